"""User pools through boto3: sign-up to sign-out, by person and by administrator."""
import base64
import concurrent.futures
import hashlib
import hmac
import json
import pathlib
import re
import socket
import subprocess
import threading
import time
import urllib.request

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import functions_kit
import kit
import srp_client

pytestmark = pytest.mark.ours
GOOD = 'Correct-horse-7'
OTHER = 'Another-horse-8'


def idp_client(url, key='test', secret='test'):
    return boto3.client('cognito-idp', endpoint_url=url, region_name=kit.REGION, aws_access_key_id=key,
                        aws_secret_access_key=secret,
                        config=Config(parameter_validation=False, retries={'total_max_attempts': 1},
                                      read_timeout=kit.PATIENCE_S, max_pool_connections=32))


class Outbox:
    def __init__(self, path):
        self.path = pathlib.Path(path)

    def messages(self, to):
        texts = [p.read_bytes().decode() for p in sorted(self.path.glob('*.eml'))]
        return [t for t in texts if f'\r\nTo: {to}\r\n' in t]

    def code(self, to):
        return re.search(r'\b\d{6}\b', self.messages(to)[-1].split('\r\n\r\n')[1])[0]


@pytest.fixture(scope='module')
def box(tmp_path_factory):
    return Outbox(tmp_path_factory.mktemp('pools') / 'outbox')


@pytest.fixture(scope='module')
def idp(box, tmp_path_factory):
    s = kit.Server('--memory', '--outbox', str(box.path), log_dir=tmp_path_factory.mktemp('log')).start()
    c = idp_client(s.url)
    c.url, c.server = s.url, s
    yield c
    log = s.log()
    assert s.stop() == 0, log
    assert not re.search(r'\b\d{6}\b(?!-)', re.sub(r'\S+\.eml|^\S+Z', '', log, flags=re.M)), 'a code in the log'
    assert GOOD not in log and OTHER not in log


ALL_FLOWS = ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_PASSWORD_AUTH',
             'ALLOW_ADMIN_USER_PASSWORD_AUTH']


class Pool:
    """A pool with a client; email is the sign-in name unless told otherwise."""

    def __init__(self, idp, box, client=None, **settings):
        settings = {'UsernameAttributes': ['email'], 'AutoVerifiedAttributes': ['email'], **settings}
        self.idp, self.box = idp, box
        self.described = idp.create_user_pool(PoolName=kit.fresh('pool'), **settings)['UserPool']
        self.id = self.described['Id']
        c = idp.create_user_pool_client(UserPoolId=self.id, ClientName='c', **{
            'ExplicitAuthFlows': ALL_FLOWS, **(client or {})})['UserPoolClient']
        self.client, self.secret = c['ClientId'], c.get('ClientSecret')

    def sign_up(self, name, password=GOOD, /, **attributes):
        return self.idp.sign_up(ClientId=self.client, Username=name, Password=password, UserAttributes=[
            {'Name': k, 'Value': v} for k, v in attributes.items()])

    def confirm(self, name, code=None):
        return self.idp.confirm_sign_up(ClientId=self.client, Username=name,
                                        ConfirmationCode=code or self.box.code(name))

    def user(self, name_=None, password=GOOD, /, **attributes):
        name = name_ or kit.fresh('u') + 'x@example.com'
        self.sub = self.sign_up(name, password, **attributes)['UserSub']
        self.confirm(name)
        return name

    def password(self, name, password=GOOD):
        return self.idp.initiate_auth(ClientId=self.client, AuthFlow='USER_PASSWORD_AUTH',
                                      AuthParameters={'USERNAME': name, 'PASSWORD': password})

    def tokens(self, name, password=GOOD):
        return self.password(name, password)['AuthenticationResult']

    def srp(self, name, password=GOOD):
        return srp_client.sign_in(self.idp, self.id, self.client, name, password)

    def status(self, name):
        return self.idp.admin_get_user(UserPoolId=self.id, Username=name)['UserStatus']


@pytest.fixture(scope='module')
def pool(idp, box):
    return Pool(idp, box)


@pytest.fixture(scope='module')
def hiding(idp, box):
    return Pool(idp, box, client={'PreventUserExistenceErrors': 'ENABLED'})


def refused(name, message, call, /, *args, **kwargs):
    with pytest.raises(ClientError) as e:
        call(*args, **kwargs)
    got = e.value.response['Error']
    assert got['Code'] == name, got
    if isinstance(message, re.Pattern):
        assert message.search(got['Message']), got['Message']
    elif message is not None:
        assert got['Message'] == message
    return e.value.response


def claims(token):
    part = token.split('.')[1]
    return json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)))


def attributes(user, member='UserAttributes'):
    return {a['Name']: a['Value'] for a in user[member]}


# --- pools and clients


def test_pool_life(idp):
    made = idp.create_user_pool(
        PoolName='life', UsernameAttributes=['email'], AutoVerifiedAttributes=['email'],
        Policies={'PasswordPolicy': {'MinimumLength': 10, 'RequireNumbers': True}},
        UserPoolTags={'a': 'b'}, Schema=[{'Name': 'name', 'Required': True},
                                         {'Name': 'team', 'AttributeDataType': 'String',
                                          'StringAttributeConstraints': {'MaxLength': '5'}}])['UserPool']
    assert re.fullmatch(r'us-east-1_[0-9A-Za-z]{9}', made['Id'])
    assert made['Arn'].endswith(':userpool/' + made['Id'])
    got = idp.describe_user_pool(UserPoolId=made['Id'])['UserPool']
    assert got == made
    assert got['Policies']['PasswordPolicy'] == {
        'MinimumLength': 10, 'RequireNumbers': True, 'RequireUppercase': False, 'RequireLowercase': False,
        'RequireSymbols': False, 'TemporaryPasswordValidityDays': 7}
    schema = {a['Name']: a for a in got['SchemaAttributes']}
    assert schema['name']['Required'] and schema['sub']['Required'] and not schema['sub']['Mutable']
    assert schema['custom:team']['StringAttributeConstraints'] == {'MaxLength': '5'}
    assert len(schema) == 21 and got['EstimatedNumberOfUsers'] == 0
    idp.update_user_pool(UserPoolId=made['Id'], DeletionProtection='ACTIVE')
    got = idp.describe_user_pool(UserPoolId=made['Id'])['UserPool']
    assert got['DeletionProtection'] == 'ACTIVE' and got['UsernameAttributes'] == ['email']
    assert 'AutoVerifiedAttributes' not in got  # as in the service: what is not named is reset
    refused('InvalidParameterException', re.compile('deletion protection'), idp.delete_user_pool,
            UserPoolId=made['Id'])
    idp.update_user_pool(UserPoolId=made['Id'], DeletionProtection='INACTIVE')
    idp.delete_user_pool(UserPoolId=made['Id'])
    refused('ResourceNotFoundException', f'User pool {made["Id"]} does not exist.', idp.describe_user_pool,
            UserPoolId=made['Id'])


def test_pools_are_listed_by_pages(idp):
    ids = {idp.create_user_pool(PoolName=f'list{i}')['UserPool']['Id'] for i in range(5)}
    seen, token = [], {}
    while True:
        page = idp.list_user_pools(MaxResults=2, **token)
        assert len(page['UserPools']) <= 2
        seen += [p['Id'] for p in page['UserPools']]
        if 'NextToken' not in page:
            break
        token = {'NextToken': page['NextToken']}
    assert len(seen) == len(set(seen)) and ids <= set(seen)


@pytest.mark.parametrize('settings, text', [
    ({'MfaConfiguration': 'ON'}, 'enum value set'),
    ({'SmsConfiguration': {'SnsCallerArn': 'arn:aws:iam::000000000000:role/x'}}, 'SmsConfiguration is not supported'),
    ({'LambdaConfig': {'PreSignUp': 'arn:aws:lambda:us-east-1:000000000000:function:x'}}, 'PreSignUp is not supported'),
    ({'AliasAttributes': ['email'], 'UsernameAttributes': ['email']}, 'Only one of'),
    ({'Policies': {'PasswordPolicy': {'MinimumLength': 3}}}, 'greater than or equal to 6'),
    ({'PoolName': ''}, "at 'poolName' failed"),
])
def test_what_a_pool_refuses(idp, settings, text):
    refused('InvalidParameterException', re.compile(text), idp.create_user_pool, **{'PoolName': 'x', **settings})


def test_client_life(idp, pool):
    made = idp.create_user_pool_client(UserPoolId=pool.id, ClientName='web', GenerateSecret=True)['UserPoolClient']
    assert re.fullmatch('[0-9a-z]{26}', made['ClientId']) and len(made['ClientSecret']) == 51
    assert sorted(made['ExplicitAuthFlows']) == ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH']
    rq = {'UserPoolId': pool.id, 'ClientId': made['ClientId']}
    assert idp.describe_user_pool_client(**rq)['UserPoolClient'] == made
    new = idp.update_user_pool_client(**rq, ClientName='web2', AccessTokenValidity=5,
                                      TokenValidityUnits={'AccessToken': 'minutes'})['UserPoolClient']
    assert new['ClientName'] == 'web2' and new['ClientSecret'] == made['ClientSecret']
    listed = idp.list_user_pool_clients(UserPoolId=pool.id, MaxResults=60)['UserPoolClients']
    assert {'ClientId': made['ClientId'], 'UserPoolId': pool.id, 'ClientName': 'web2'} in listed
    idp.delete_user_pool_client(**rq)
    text = f'User pool client {made["ClientId"]} does not exist.'
    refused('ResourceNotFoundException', text, idp.describe_user_pool_client, **rq)
    refused('ResourceNotFoundException', text, idp.sign_up, ClientId=made['ClientId'], Username='a@b.c', Password=GOOD)


# --- sign-up


def test_sign_up_confirm_sign_in(pool, idp):
    r = pool.sign_up('Andrew@Example.com', name="O'Neil", preferred_username='andrew')
    assert r['UserConfirmed'] is False
    assert r['CodeDeliveryDetails'] == {'AttributeName': 'email', 'DeliveryMedium': 'EMAIL', 'Destination': 'a***@e***'}
    refused('UserNotConfirmedException', 'User is not confirmed.', pool.password, 'andrew@example.com')
    refused('UserNotConfirmedException', 'User is not confirmed.', pool.srp, 'andrew@example.com')
    refused('CodeMismatchException', 'Invalid verification code provided, please try again.', pool.confirm,
            'andrew@example.com', 'abcdef')
    pool.confirm('andrew@example.com')
    refused('NotAuthorizedException', 'User cannot be confirmed. Current status is CONFIRMED', pool.confirm,
            'andrew@example.com', '123456')
    t = pool.tokens('ANDREW@example.com')
    me = idp.get_user(AccessToken=t['AccessToken'])
    assert me['Username'] == r['UserSub']
    assert attributes(me) == {'sub': r['UserSub'], 'name': "O'Neil", 'preferred_username': 'andrew',
                              'email': 'andrew@example.com', 'email_verified': 'true'}


def test_sign_up_twice(pool):
    name = pool.user()
    refused('UsernameExistsException', 'An account with the given email already exists.', pool.sign_up, name.upper())


def test_one_of_many_at_once(pool):
    name = kit.fresh('race') + 'x@example.com'

    def attempt(_):
        try:
            return pool.sign_up(name)['UserSub']
        except ClientError as e:
            assert e.response['Error']['Code'] == 'UsernameExistsException'
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        assert len([s for s in threads.map(attempt, range(16)) if s]) == 1


@pytest.mark.parametrize('password, why', [
    ('Aa1!', 'Password not long enough'), ('aaaaaaa1!', 'Password must have uppercase characters'),
    ('AAAAAAA1!', 'Password must have lowercase characters'), ('Aaaaaaaa!', 'Password must have numeric characters'),
    ('Aaaaaaaa1', 'Password must have symbol characters')])
def test_password_policy(pool, password, why):
    refused('InvalidPasswordException', 'Password did not conform with policy: ' + why, pool.sign_up,
            'policy@example.com', password)


def test_a_password_is_never_in_a_text(pool):
    r = refused('InvalidParameterException', None, pool.sign_up, 'secret@example.com', ' ' + GOOD)
    assert r['Error']['Message'].startswith("1 validation error detected: Value at 'password' failed")


@pytest.mark.parametrize('attributes_, code, text', [
    ({'nothing': 'x'}, 'InvalidParameterException', 'nothing: Attribute does not exist in the schema.'),
    ({'email_verified': 'true'}, 'NotAuthorizedException', 'A client attempted to write unauthorized attribute'),
    ({'sub': 'x'}, 'NotAuthorizedException', 'A client attempted to write unauthorized attribute'),
    ({'phone_number': '123'}, 'InvalidParameterException', 'Invalid phone number format.'),
    ({'birthdate': '1'}, 'InvalidParameterException', 'birthdate'),
    ({'email': 'other@example.com'}, 'InvalidParameterException', 'match the username')])
def test_attributes_refused(pool, attributes_, code, text):
    refused(code, re.compile(re.escape(text)), pool.sign_up, 'attr@example.com', **attributes_)


def test_required_attribute_and_name_format(idp, box):
    p = Pool(idp, box, Schema=[{'Name': 'name', 'Required': True}])
    refused('InvalidParameterException', 'Attributes did not conform to the schema: name: The attribute is required\n',
            p.sign_up, 'a@example.com')
    refused('InvalidParameterException', 'Username should be an email.', p.sign_up, 'andrew', name='x')
    closed = Pool(idp, box, AdminCreateUserConfig={'AllowAdminCreateUserOnly': True})
    refused('NotAuthorizedException', 'SignUp is not permitted for this user pool', closed.sign_up, 'a@example.com')


def test_resend(pool, box, idp):
    name = kit.fresh('again') + 'x@example.com'
    pool.sign_up(name)
    first = box.code(name)
    idp.resend_confirmation_code(ClientId=pool.client, Username=name)
    assert len(box.messages(name)) == 2
    if first != box.code(name):
        refused('CodeMismatchException', None, pool.confirm, name, first)
    pool.confirm(name)
    refused('InvalidParameterException', 'User is already confirmed.', idp.resend_confirmation_code,
            ClientId=pool.client, Username=name)


def test_plain_names_and_aliases(idp, box):
    p = Pool(idp, box, UsernameAttributes=[], AliasAttributes=['email', 'preferred_username'])
    sub = p.sign_up('Andrew', email='andrew@x.example', preferred_username='brown')['UserSub']
    refused('UsernameExistsException', 'User already exists', p.sign_up, 'andrew')
    refused('InvalidParameterException', re.compile('email format'), p.sign_up, 'a@b.example')
    p.confirm('andrew', box.code('andrew@x.example'))
    for name in ('andrew', 'ANDREW@x.example', 'brown', sub):
        assert p.srp(name)['AuthenticationResult']['AccessToken'], name
    p.sign_up('second', email='andrew@x.example')
    code = box.code('andrew@x.example')
    refused('AliasExistsException', None, p.confirm, 'second', code)
    idp.confirm_sign_up(ClientId=p.client, Username='second', ConfirmationCode=code, ForceAliasCreation=True)
    assert idp.admin_get_user(UserPoolId=p.id, Username='andrew@x.example')['Username'] == 'second'
    assert idp.admin_get_user(UserPoolId=p.id, Username='andrew')['Username'] == 'andrew'


# --- sign-in


def test_srp_right_and_wrong(pool):
    name = pool.user()
    assert pool.srp(name)['AuthenticationResult']['TokenType'] == 'Bearer'
    refused('NotAuthorizedException', 'Incorrect username or password.', pool.srp, name, OTHER)
    refused('UserNotFoundException', 'User does not exist.', pool.srp, 'nobody@example.com')


def start_srp(idp, pool, name, password=GOOD):
    s = srp_client.Srp(pool.id, password)
    r = idp.initiate_auth(ClientId=pool.client, AuthFlow='USER_SRP_AUTH',
                          AuthParameters={'USERNAME': name, 'SRP_A': f'{s.A:x}'})
    return s, r['ChallengeParameters']


def test_srp_proof_cannot_be_used_twice_or_for_another(pool, idp):
    one, two = pool.user(), pool.user()

    def finish(responses):
        return idp.respond_to_auth_challenge(ClientId=pool.client, ChallengeName='PASSWORD_VERIFIER',
                                             ChallengeResponses=responses)
    s, challenge = start_srp(idp, pool, one)
    responses = s.respond(challenge)
    assert finish(responses)['AuthenticationResult']
    refused('NotAuthorizedException', re.compile('used once'), finish, responses)
    s, challenge = start_srp(idp, pool, one)
    other = idp.admin_get_user(UserPoolId=pool.id, Username=two)['Username']
    refused('NotAuthorizedException', 'Incorrect username or password.', finish,
            {**s.respond(challenge), 'USERNAME': other})
    s, challenge = start_srp(idp, pool, one)
    block = bytearray(base64.b64decode(challenge['SECRET_BLOCK']))
    block[20] ^= 1
    challenge['SECRET_BLOCK'] = base64.b64encode(bytes(block)).decode()
    refused('NotAuthorizedException', 'Invalid session for the user.', finish, s.respond(challenge))


@pytest.mark.parametrize('a', ['0', f'{srp_client.N:x}', f'{2 * srp_client.N:x}', 'xyz', 'f' * 800])
def test_srp_values_that_prove_nothing(pool, idp, a):
    refused('InvalidParameterException', None, idp.initiate_auth, ClientId=pool.client, AuthFlow='USER_SRP_AUTH',
            AuthParameters={'USERNAME': 'a@example.com', 'SRP_A': a})


def test_flows_that_a_client_has_not(idp, pool, box):
    p = Pool(idp, box, client={'ExplicitAuthFlows': ['ALLOW_REFRESH_TOKEN_AUTH']})
    refused('InvalidParameterException', 'USER_PASSWORD_AUTH flow not enabled for this client', p.password, 'x')
    refused('InvalidParameterException', 'USER_SRP_AUTH is not enabled for the client.', p.srp, 'x')
    refused('InvalidParameterException', 'Missing required parameter USERNAME', idp.initiate_auth,
            ClientId=pool.client, AuthFlow='USER_SRP_AUTH', AuthParameters={})


def test_client_secret(idp, box):
    p = Pool(idp, box, client={'GenerateSecret': True})

    def mac(name):
        return base64.b64encode(hmac.new(p.secret.encode(), (name + p.client).encode(), hashlib.sha256).digest()).decode()
    rq = {'ClientId': p.client, 'Username': 's@example.com', 'Password': GOOD}
    refused('NotAuthorizedException', f'Client {p.client} is configured with secret but SECRET_HASH was not received',
            idp.sign_up, **rq)
    refused('NotAuthorizedException', f'Unable to verify secret hash for client {p.client}', idp.sign_up,
            SecretHash=mac('other'), **rq)
    idp.sign_up(SecretHash=mac('s@example.com'), **rq)
    idp.confirm_sign_up(ClientId=p.client, Username='s@example.com', SecretHash=mac('s@example.com'),
                        ConfirmationCode=box.code('s@example.com'))
    r = idp.initiate_auth(ClientId=p.client, AuthFlow='USER_PASSWORD_AUTH', AuthParameters={
        'USERNAME': 's@example.com', 'PASSWORD': GOOD, 'SECRET_HASH': mac('s@example.com')})
    assert r['AuthenticationResult']['AccessToken']


def test_tokens_and_keys(pool, idp):
    name = pool.user(name='T')
    before = int(time.time())
    t = pool.tokens(name)
    access, id_ = claims(t['AccessToken']), claims(t['IdToken'])
    assert t['ExpiresIn'] == 3600 and t['TokenType'] == 'Bearer' and '.' not in t['RefreshToken']
    iss = f'https://cognito-idp.us-east-1.amazonaws.com/{pool.id}'
    for c in (access, id_):
        assert c['iss'] == iss and c['sub'] == pool.sub
        assert before <= c['iat'] <= time.time() and c['exp'] == c['iat'] + 3600 and c['auth_time'] <= c['iat']
    assert access['token_use'] == 'access' and access['client_id'] == pool.client
    assert access['scope'] == 'aws.cognito.signin.user.admin' and access['username'] == pool.sub
    assert id_['token_use'] == 'id' and id_['aud'] == pool.client and id_['cognito:username'] == pool.sub
    assert id_['email'] == name and id_['email_verified'] is True and id_['name'] == 'T'
    assert access['jti'] != id_['jti'] and access['origin_jti'] == id_['origin_jti']
    rq = urllib.request.Request(f'{idp.url}/{pool.id}/.well-known/jwks.json', headers={'Origin': 'http://page'})
    with urllib.request.urlopen(rq) as r:
        assert r.headers['Access-Control-Allow-Origin'] == '*'
        key, = json.load(r)['keys']
    assert (key['alg'], key['kty'], key['use']) == ('RS256', 'RSA', 'sig')

    def number(text):
        return int.from_bytes(base64.urlsafe_b64decode(text + '=='), 'big')
    for token in (t['AccessToken'], t['IdToken']):
        head, body, signature = token.split('.')
        assert json.loads(base64.urlsafe_b64decode(head + '==')) == {'kid': key['kid'], 'alg': 'RS256'}
        padded = pow(number(signature), number(key['e']), number(key['n'])).to_bytes(256, 'big')
        digest = hashlib.sha256(f'{head}.{body}'.encode()).digest()
        assert padded.endswith(bytes.fromhex('3031300d060960864801650304020105000420') + digest)
    with urllib.request.urlopen(f'{idp.url}/{pool.id}/.well-known/openid-configuration') as r:
        configuration = json.load(r)
    assert configuration['issuer'] == iss
    with urllib.request.urlopen(configuration['jwks_uri']) as r:
        assert json.load(r)['keys'] == [key]


def test_forged_tokens(pool, idp):
    token = pool.tokens(pool.user())['AccessToken']
    head, body, signature = token.split('.')
    fake = base64.urlsafe_b64encode(json.dumps({**claims(token), 'username': 'x'}).encode()).decode().rstrip('=')
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip('=')
    for bad in (f'{head}.{fake}.{signature}', f'{none}.{body}.', f'{none}.{body}.{signature}', f'{head}.{body}.AAAA',
                'a.b.c', 'x', f'{head}.{body}'):
        refused('NotAuthorizedException', 'Invalid Access Token', idp.get_user, AccessToken=bad)


def test_refresh_revoke_sign_out(pool, idp):
    name = pool.user()
    t, other = pool.tokens(name), pool.tokens(name)

    def refresh(token):
        return idp.initiate_auth(ClientId=pool.client, AuthFlow='REFRESH_TOKEN_AUTH',
                                 AuthParameters={'REFRESH_TOKEN': token})['AuthenticationResult']
    new = refresh(t['RefreshToken'])
    assert 'RefreshToken' not in new
    assert claims(new['AccessToken'])['origin_jti'] == claims(t['AccessToken'])['origin_jti']
    refused('NotAuthorizedException', 'Invalid Refresh Token', refresh, t['RefreshToken'][:-4] + 'AAAA')
    refused('UnsupportedTokenTypeException', None, idp.revoke_token, ClientId=pool.client, Token=t['AccessToken'])
    idp.revoke_token(ClientId=pool.client, Token=t['RefreshToken'])
    refused('NotAuthorizedException', 'Refresh Token has been revoked', refresh, t['RefreshToken'])
    refused('NotAuthorizedException', 'Access Token has been revoked', idp.get_user, AccessToken=new['AccessToken'])
    assert idp.get_user(AccessToken=other['AccessToken'])  # another sign-in goes on
    idp.global_sign_out(AccessToken=other['AccessToken'])
    refused('NotAuthorizedException', 'Access Token has been revoked', idp.get_user, AccessToken=other['AccessToken'])
    refused('NotAuthorizedException', 'Refresh Token has been revoked', refresh, other['RefreshToken'])
    assert idp.get_user(AccessToken=pool.tokens(name)['AccessToken'])


def test_short_lived_tokens(idp, box):
    p = Pool(idp, box, client={'AccessTokenValidity': 1, 'RefreshTokenValidity': 1, 'TokenValidityUnits': {
        'AccessToken': 'seconds', 'RefreshToken': 'seconds'}})
    t = p.tokens(p.user())
    assert t['ExpiresIn'] == 1
    time.sleep(1.6)
    refused('NotAuthorizedException', 'Access Token has expired', idp.get_user, AccessToken=t['AccessToken'])
    refused('NotAuthorizedException', 'Refresh Token has expired', idp.initiate_auth, ClientId=p.client,
            AuthFlow='REFRESH_TOKEN_AUTH', AuthParameters={'REFRESH_TOKEN': t['RefreshToken']})


def test_too_many_wrong_passwords(pool):
    name, other = pool.user(), pool.user()
    for _ in range(5):
        refused('NotAuthorizedException', 'Incorrect username or password.', pool.password, name, OTHER)
    refused('NotAuthorizedException', 'Password attempts exceeded', pool.password, name)
    refused('NotAuthorizedException', 'Password attempts exceeded', pool.srp, name)
    assert pool.tokens(other)
    time.sleep(1.1)
    assert pool.tokens(name)


def test_too_many_guesses(pool, idp):
    name = kit.fresh('guess') + 'x@example.com'
    pool.sign_up(name)
    for i in range(10):
        refused('CodeMismatchException', None, pool.confirm, name, f'x{i}')
    refused('LimitExceededException', 'Attempt limit exceeded, please try after some time.', pool.confirm, name)


# --- who is not there looks like who is


def test_unknown_users_are_hidden(hiding, idp):
    name = hiding.user()
    wrong = ('NotAuthorizedException', 'Incorrect username or password.')
    for who in (name, 'nobody@example.com'):
        refused(*wrong, hiding.password, who, OTHER)
        refused(*wrong, hiding.srp, who, OTHER)
    _, one = start_srp(idp, hiding, 'nobody@example.com')
    _, two = start_srp(idp, hiding, 'NOBODY@example.com')
    _, real = start_srp(idp, hiding, name)
    assert (one['SALT'], one['USER_ID_FOR_SRP']) == (two['SALT'], two['USER_ID_FOR_SRP'])
    assert one['SRP_B'] != two['SRP_B'] and set(one) == set(real)
    assert re.fullmatch('[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}', one['USER_ID_FOR_SRP'])
    assert abs(len(one['SECRET_BLOCK']) - len(real['SECRET_BLOCK'])) < 64
    for who in (name, 'nobody@example.com'):
        answer = idp.forgot_password(ClientId=hiding.client, Username=who)['CodeDeliveryDetails']
        assert answer['DeliveryMedium'] == 'EMAIL' and re.fullmatch(r'.\*\*\*@.\*\*\*', answer['Destination'])
    quiet = hiding.user()
    for who in (quiet, 'nobody@example.com'):
        refused('CodeMismatchException', 'Invalid verification code provided, please try again.',
                idp.confirm_forgot_password, ClientId=hiding.client, Username=who, ConfirmationCode='123456',
                Password=OTHER)
    refused('ExpiredCodeException', 'Invalid code provided, please request a code again.', hiding.confirm,
            'nobody@example.com', '123456')
    assert idp.resend_confirmation_code(ClientId=hiding.client, Username='nobody@example.com')['CodeDeliveryDetails']


def test_an_unknown_user_takes_as_long(hiding):
    name = hiding.user()

    def spent(who):
        took = []
        for _ in range(4):
            start = time.perf_counter()
            refused('NotAuthorizedException', None, hiding.password, who, OTHER)
            took.append(time.perf_counter() - start)
        return min(took)
    real, nobody = spent(name), spent('nobody2@example.com')
    assert nobody > real / 3, (real, nobody)


def test_legacy_answers(pool, idp):
    refused('UserNotFoundException', 'User does not exist.', pool.password, 'nobody@example.com')
    for call, more in ((idp.confirm_sign_up, {'ConfirmationCode': '1'}), (idp.forgot_password, {}),
                       (idp.resend_confirmation_code, {})):
        refused('UserNotFoundException', 'Username/client id combination not found.', call, ClientId=pool.client,
                Username='nobody@example.com', **more)


# --- a person's own account


def test_forgotten_password(pool, idp, box):
    name = pool.user()
    details = idp.forgot_password(ClientId=pool.client, Username=name)['CodeDeliveryDetails']
    assert details['AttributeName'] == 'email'
    rq = {'ClientId': pool.client, 'Username': name, 'Password': OTHER}
    refused('CodeMismatchException', None, idp.confirm_forgot_password, ConfirmationCode='nope', **rq)
    code = box.code(name)
    refused('InvalidPasswordException', None, idp.confirm_forgot_password, **{**rq, 'Password': 'short'},
            ConfirmationCode=code)
    idp.confirm_forgot_password(ConfirmationCode=code, **rq)
    refused('ExpiredCodeException', None, idp.confirm_forgot_password, ConfirmationCode=code, **rq)
    refused('NotAuthorizedException', 'Incorrect username or password.', pool.password, name, GOOD)
    assert pool.srp(name, OTHER)['AuthenticationResult']


def test_change_password(pool, idp):
    name = pool.user()
    token = pool.tokens(name)['AccessToken']
    rq = {'AccessToken': token, 'ProposedPassword': OTHER}
    refused('NotAuthorizedException', 'Incorrect username or password.', idp.change_password,
            PreviousPassword='Wrong-horse-1', **rq)
    idp.change_password(PreviousPassword=GOOD, **rq)
    assert pool.srp(name, OTHER)['AuthenticationResult']
    refused('NotAuthorizedException', None, pool.srp, name, GOOD)


def test_change_attributes(pool, idp, box):
    name, new = pool.user(name='A', nickname='n'), kit.fresh('new') + 'x@example.com'
    token = pool.tokens(name)['AccessToken']
    idp.update_user_attributes(AccessToken=token, UserAttributes=[{'Name': 'name', 'Value': 'B'}])
    idp.delete_user_attributes(AccessToken=token, UserAttributeNames=['nickname'])
    r = idp.update_user_attributes(AccessToken=token, UserAttributes=[{'Name': 'email', 'Value': new}])
    assert r['CodeDeliveryDetailsList'][0]['AttributeName'] == 'email'
    got = attributes(idp.get_user(AccessToken=token))
    assert got['email'] == new and got['email_verified'] == 'false' and got['name'] == 'B' and 'nickname' not in got
    code = box.code(new)
    third = kit.fresh('third') + 'x@example.com'
    idp.update_user_attributes(AccessToken=token, UserAttributes=[{'Name': 'email', 'Value': third}])
    rq = {'AccessToken': token, 'AttributeName': 'email'}
    if code != box.code(third):
        refused('CodeMismatchException', None, idp.verify_user_attribute, Code=code, **rq)
    idp.verify_user_attribute(Code=box.code(third), **rq)
    assert attributes(idp.get_user(AccessToken=token))['email_verified'] == 'true'
    refused('UserNotFoundException', None, pool.password, name)
    assert pool.tokens(third)
    idp.get_user_attribute_verification_code(**rq)
    idp.delete_user(AccessToken=token)
    refused('UserNotFoundException', None, pool.password, third)


def test_no_one_takes_anothers_address(pool, idp):
    one, two = pool.user(), pool.user()
    token = pool.tokens(two)['AccessToken']
    refused('AliasExistsException', None, idp.update_user_attributes, AccessToken=token,
            UserAttributes=[{'Name': 'email', 'Value': one}])
    assert pool.tokens(one) and pool.tokens(two)


# --- administrators


def test_admin_life(pool, idp, box):
    name = kit.fresh('adm') + 'x@example.com'
    rq = {'UserPoolId': pool.id, 'Username': name}
    made = idp.admin_create_user(**rq, UserAttributes=[{'Name': 'name', 'Value': 'Adm'}, {
        'Name': 'email_verified', 'Value': 'true'}])['User']
    assert made['UserStatus'] == 'FORCE_CHANGE_PASSWORD' and made['Enabled'] is True
    assert attributes(made, 'Attributes')['email'] == name
    temporary = re.search(r'temporary password is (\S+)\.', box.messages(name)[-1])[1]
    refused('UsernameExistsException', 'User account already exists', idp.admin_create_user, **rq)
    first = pool.srp(name, temporary)
    assert first['ChallengeName'] == 'NEW_PASSWORD_REQUIRED'
    assert json.loads(first['ChallengeParameters']['userAttributes'])['name'] == 'Adm'
    answer = {'ClientId': pool.client, 'ChallengeName': 'NEW_PASSWORD_REQUIRED', 'Session': first['Session']}
    refused('InvalidPasswordException', None, idp.respond_to_auth_challenge, **answer,
            ChallengeResponses={'USERNAME': name, 'NEW_PASSWORD': 'short'})
    r = idp.respond_to_auth_challenge(**answer, ChallengeResponses={
        'USERNAME': name, 'NEW_PASSWORD': GOOD, 'userAttributes.nickname': 'nick'})
    assert attributes(idp.get_user(AccessToken=r['AuthenticationResult']['AccessToken']))['nickname'] == 'nick'
    refused('NotAuthorizedException', None, idp.respond_to_auth_challenge, **answer,
            ChallengeResponses={'USERNAME': name, 'NEW_PASSWORD': OTHER})
    assert pool.status(name) == 'CONFIRMED'
    refused('UnsupportedUserStateException', None, idp.admin_create_user, **rq, MessageAction='RESEND')

    token = pool.tokens(name)
    idp.admin_disable_user(**rq)
    refused('NotAuthorizedException', 'User is disabled.', pool.password, name)
    refused('NotAuthorizedException', 'User is disabled.', idp.get_user, AccessToken=token['AccessToken'])
    idp.admin_enable_user(**rq)
    token = pool.tokens(name)
    idp.admin_user_global_sign_out(**rq)
    refused('NotAuthorizedException', 'Access Token has been revoked', idp.get_user, AccessToken=token['AccessToken'])
    idp.admin_update_user_attributes(**rq, UserAttributes=[{'Name': 'name', 'Value': 'New'}])
    idp.admin_delete_user_attributes(**rq, UserAttributeNames=['nickname'])
    got = attributes(idp.admin_get_user(**rq))
    assert got['name'] == 'New' and 'nickname' not in got
    idp.admin_set_user_password(**rq, Password=OTHER, Permanent=True)
    r = idp.admin_initiate_auth(UserPoolId=pool.id, ClientId=pool.client, AuthFlow='ADMIN_USER_PASSWORD_AUTH',
                                AuthParameters={'USERNAME': name, 'PASSWORD': OTHER})
    assert r['AuthenticationResult']['RefreshToken']
    idp.admin_set_user_password(**rq, Password=GOOD, Permanent=False)
    assert pool.password(name)['ChallengeName'] == 'NEW_PASSWORD_REQUIRED'
    idp.admin_set_user_password(**rq, Password=GOOD, Permanent=True)
    idp.admin_reset_user_password(**rq)
    refused('PasswordResetRequiredException', 'Password reset required for the user', pool.password, name)
    idp.confirm_forgot_password(ClientId=pool.client, Username=name, ConfirmationCode=box.code(name), Password=OTHER)
    assert pool.tokens(name, OTHER)
    idp.admin_delete_user(**rq)
    refused('UserNotFoundException', 'User does not exist.', idp.admin_get_user, **rq)


def test_admin_confirm(pool, idp):
    name = kit.fresh('adc') + 'x@example.com'
    pool.sign_up(name)
    idp.admin_confirm_sign_up(UserPoolId=pool.id, Username=name)
    assert pool.status(name) == 'CONFIRMED'
    refused('NotAuthorizedException', 'User cannot be confirmed. Current status is CONFIRMED',
            idp.admin_confirm_sign_up, UserPoolId=pool.id, Username=name)


@pytest.fixture(scope='module')
def crowd(idp, box):
    p = Pool(idp, box, AutoVerifiedAttributes=[])
    for i in range(7):
        p.sign_up(f'user{i}@example.com', name=f'Name {i}', preferred_username=f'h{i}')
    idp.admin_confirm_sign_up(UserPoolId=p.id, Username='user3@example.com')
    idp.admin_disable_user(UserPoolId=p.id, Username='user4@example.com')
    return p


@pytest.mark.parametrize('filter_, want', [
    ('email = "user2@example.com"', [2]), ('email ^= "USER"', list(range(7))), ('name="Name 5"', [5]),
    ('preferred_username ^= "h"', list(range(7))), ('cognito:user_status = "CONFIRMED"', [3]),
    ('"cognito:user_status" = "UNCONFIRMED"', [0, 1, 2, 4, 5, 6]), ('status = "Disabled"', [4]), ('email = "user"', []),
    ('name = "Name \\"5\\""', []), ('', list(range(7)))])
def test_list_users_filter(idp, crowd, filter_, want):
    users = idp.list_users(UserPoolId=crowd.id, Filter=filter_)['Users']
    assert sorted(int(attributes(u, 'Attributes')['preferred_username'][1:]) for u in users) == want


def test_list_users(idp, crowd):
    seen, token = [], {}
    while True:
        page = idp.list_users(UserPoolId=crowd.id, Limit=3, AttributesToGet=['sub', 'preferred_username'], **token)
        assert len(page['Users']) <= 3
        seen += page['Users']
        if 'PaginationToken' not in page:
            break
        token = {'PaginationToken': page['PaginationToken']}
    assert len({u['Username'] for u in seen}) == len(seen) == 7
    assert all(set(attributes(u, 'Attributes')) == {'sub', 'preferred_username'} for u in seen)
    refused('InvalidParameterException', 'One or more requested attributes do not exist.', idp.list_users,
            UserPoolId=crowd.id, AttributesToGet=['nothing'])
    for bad in ('name', 'name = x', 'name > "x"', 'name = "x', 'name = "x" y', 'address = "x"'):
        refused('InvalidParameterException', None, idp.list_users, UserPoolId=crowd.id, Filter=bad)
    assert idp.describe_user_pool(UserPoolId=crowd.id)['UserPool']['EstimatedNumberOfUsers'] == 7


@pytest.mark.parametrize('form, check', [
    ([], lambda out: len(json.loads(out)['Users']) == 7),
    (['--output', 'table'], lambda out: out.count('preferred_username') == 7 and 'ListUsers' in out),
    (['--query', 'Users[].Attributes'], lambda out: len(json.loads(out)) == 7)])
def test_list_users_by_the_cli(idp, crowd, form, check):
    r = subprocess.run(['/usr/bin/aws', '--endpoint-url', idp.url, 'cognito-idp', 'list-users', '--user-pool-id', crowd.id, *form],
                       capture_output=True, text=True, env={
                           'PATH': '/usr/bin:/bin', 'AWS_ACCESS_KEY_ID': 'test', 'AWS_SECRET_ACCESS_KEY': 'test',
                           'AWS_DEFAULT_REGION': kit.REGION, 'AWS_PAGER': '', 'HOME': '/nonexistent'})
    assert r.returncode == 0, r.stderr
    assert check(r.stdout), r.stdout


# --- the server around it


def test_everything_survives_a_kill(server, tmp_path):
    data = str(tmp_path / 'data')
    s = server('--data', data)
    idp, box = idp_client(s.url), Outbox(tmp_path / 'data' / 'outbox')
    p = Pool(idp, box)
    name, late = p.user(), 'late@example.com'
    t = p.tokens(name)
    p.sign_up(late)
    revoked = p.tokens(name)
    idp.revoke_token(ClientId=p.client, Token=revoked['RefreshToken'])
    s.kill()
    s.start()
    p.idp = idp = idp_client(s.url)
    assert idp.get_user(AccessToken=t['AccessToken'])['Username'] == claims(t['AccessToken'])['sub']
    assert idp.initiate_auth(ClientId=p.client, AuthFlow='REFRESH_TOKEN_AUTH',
                             AuthParameters={'REFRESH_TOKEN': t['RefreshToken']})['AuthenticationResult']
    refused('NotAuthorizedException', 'Access Token has been revoked', idp.get_user, AccessToken=revoked['AccessToken'])
    assert p.srp(name)['AuthenticationResult']
    p.confirm(late)
    assert p.status(late) == 'CONFIRMED'
    stored = b''.join(f.read_bytes() for f in pathlib.Path(data).rglob('*') if f.is_file())
    assert name.encode() in stored and GOOD.encode() not in stored


def test_only_public_operations_need_no_signature(server, tmp_path):
    keys = tmp_path / 'keys'
    keys.write_text('[default]\naws_access_key_id = AKIDGOOD\naws_secret_access_key = right\n')
    s = server('--memory', '--credentials', str(keys), '--outbox', str(tmp_path / 'o'))
    good, bad = idp_client(s.url, 'AKIDGOOD', 'right'), idp_client(s.url, 'AKIDGOOD', 'wrong')
    p = Pool(good, Outbox(tmp_path / 'o'))
    name = p.user()
    assert p.srp(name)['AuthenticationResult']
    refused('InvalidSignatureException', None, bad.list_users, UserPoolId=p.id)
    refused('InvalidSignatureException', None, bad.admin_get_user, UserPoolId=p.id, Username=name)

    def plain(op, body):
        rq = urllib.request.Request(s.url, json.dumps(body).encode(), {
            'X-Amz-Target': f'AWSCognitoIdentityProviderService.{op}', 'Content-Type': 'application/x-amz-json-1.1'})
        try:
            with urllib.request.urlopen(rq) as r:
                return r.status, json.load(r)
        except urllib.error.HTTPError as e:
            assert e.headers['Content-Type'] == 'application/x-amz-json-1.1'
            return e.code, json.load(e)
    assert plain('ListUsers', {'UserPoolId': p.id})[1]['__type'] == 'MissingAuthenticationTokenException'
    assert plain('GetUser', {'AccessToken': 'x'}) == (400, {'__type': 'NotAuthorizedException',
                                                            'message': 'Invalid Access Token'})
    assert plain('NoSuchThing', {})[1]['__type'] == 'UnknownOperationException'
    assert plain('GetUser', [])[1]['__type'] == 'SerializationException'


def test_a_browser_may_ask(idp, pool):
    rq = urllib.request.Request(idp.url, method='OPTIONS', headers={
        'Origin': 'http://page', 'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'cache-control,content-type,x-amz-target,x-amz-user-agent'})
    with urllib.request.urlopen(rq) as r:
        assert r.headers['Access-Control-Allow-Headers'] == 'cache-control,content-type,x-amz-target,x-amz-user-agent'
    rq = urllib.request.Request(idp.url, b'{}', {'Origin': 'http://page', 'X-Amz-Target':
                                                 'AWSCognitoIdentityProviderService.GetUser'})
    with pytest.raises(urllib.error.HTTPError) as e:
        urllib.request.urlopen(rq)
    assert e.value.headers['Access-Control-Allow-Origin'] == '*'
    assert json.load(e.value)['message'] == (
        "1 validation error detected: Value null at 'accessToken' failed to satisfy constraint: Member must not be null")


def test_a_function_that_is_not_there(idp, box):
    p = Pool(idp, box, LambdaConfig={'PostConfirmation': 'arn:aws:lambda:us-east-1:000000000000:function:none'})
    p.sign_up('fn@example.com')
    refused('UserLambdaValidationException', re.compile('^PostConfirmation failed with error .*[^.][.]$'), p.confirm,
            'fn@example.com')
    assert p.status('fn@example.com') == 'CONFIRMED'


SOURCE = '''
import json, os
def h(event, context):
    name = event['request']['userAttributes']['name']
    if name == 'nothing':
        return None
    if name.startswith('fail'):
        raise RuntimeError(name)
    with open(os.environ['SEEN'], 'a') as f:
        f.write(json.dumps(event) + chr(10))
    return event
'''


def test_post_confirmation(server, tmp_path):
    s = server('--data', str(tmp_path / 'data'), '--functions')
    seen = tmp_path / 'seen'
    functions = functions_kit.client_of(s.url, 'lambda')
    arn = functions_kit.add_python(functions, 'confirmed', SOURCE, Timeout=int(kit.PATIENCE_S),
                                   Environment={'Variables': {'SEEN': str(seen)}})['FunctionArn']
    idp, box = idp_client(s.url), Outbox(tmp_path / 'data' / 'outbox')
    p = Pool(idp, box, LambdaConfig={'PostConfirmation': arn})
    name = p.user('o@example.com', GOOD, name="O'Neil", preferred_username='oneil')
    event = json.loads(seen.read_text())
    assert event['version'] == '1' and event['triggerSource'] == 'PostConfirmation_ConfirmSignUp'
    assert event['region'] == kit.REGION and event['userPoolId'] == p.id and event['userName'] == p.sub
    assert event['callerContext']['clientId'] == p.client and event['response'] == {}
    assert event['request']['userAttributes'] == {
        'sub': p.sub, 'cognito:user_status': 'CONFIRMED', 'email_verified': 'true', 'name': "O'Neil",
        'preferred_username': 'oneil', 'email': name}
    idp.forgot_password(ClientId=p.client, Username=name)
    idp.confirm_forgot_password(ClientId=p.client, Username=name, ConfirmationCode=box.code(name), Password=OTHER)
    assert json.loads(seen.read_text().splitlines()[1])['triggerSource'] == 'PostConfirmation_ConfirmForgotPassword'
    p.sign_up('bad@example.com', name='fail me')
    refused('UserLambdaValidationException', 'PostConfirmation failed with error fail me.', p.confirm, 'bad@example.com')
    assert p.status('bad@example.com') == 'CONFIRMED'
    p.sign_up('null@example.com', name='nothing')
    refused('InvalidLambdaResponseException', 'Unrecognizable lambda output', p.confirm, 'null@example.com')
    assert p.status('null@example.com') == 'CONFIRMED'


class MailServer(threading.Thread):
    """Takes one message."""

    def __init__(self):
        super().__init__(daemon=True)
        self.sock = socket.create_server(('127.0.0.1', 0))
        self.port, self.lines = self.sock.getsockname()[1], []

    def run(self):
        conn, _ = self.sock.accept()
        f = conn.makefile('rwb')

        def say(text):
            f.write(text + b'\r\n')
            f.flush()
        say(b'220 here')
        data = False
        for line in f:
            self.lines.append(line.decode().rstrip('\r\n'))
            if data and line != b'.\r\n':
                continue
            command = line.split(b' ')[0].strip().upper()
            data = command == b'DATA'
            say(b'354 go' if data else b'221 bye' if command == b'QUIT' else b'250 ok')
            if command == b'QUIT':
                break
        conn.close()


def test_mail(server, tmp_path):
    mail = MailServer()
    mail.start()
    s = server('--memory', '--outbox', str(tmp_path / 'o'), '--smtp', f'127.0.0.1:{mail.port}', '--mail-from',
               'pool@cruddur.example')
    p = Pool(idp_client(s.url), Outbox(tmp_path / 'o'), EmailVerificationSubject='Hello',
             EmailVerificationMessage='Use {####} now')
    p.sign_up('m@example.com')
    mail.join(kit.PATIENCE_S)
    assert 'MAIL FROM:<pool@cruddur.example>' in [x.split(' SIZE')[0] for x in mail.lines]
    assert 'RCPT TO:<m@example.com>' in mail.lines and 'Subject: Hello' in mail.lines
    assert f'Use {p.box.code("m@example.com")} now' in mail.lines
    p.confirm('m@example.com')
    refused('CodeDeliveryFailureException', None, p.sign_up, 'second@example.com')  # nobody listens any more
