"""A person signs up at the user pool and is known here: pool, function, database and API together."""
import json
import pathlib
import re
import subprocess
import uuid

import boto3
import pytest

import conftest
import world

PASSWORD = 'Centauri-Prime-7'


@pytest.fixture(scope='module')
def place(new_db, keys, tmp_path_factory):
    world.limited()
    where = tmp_path_factory.mktemp('signup')
    server = world.kit.Server('--data', str(where / 'data'), '--outbox', str(where / 'outbox'), '--functions',
                              log_dir=where).start()
    db = new_db()
    env = {'AWS_ENDPOINT_URL': server.url, 'CONNECTION_URL': db}
    world.run('db', 'migrate', env=env)
    arn = subprocess.run([world.kit.STATOR, 'function', 'add', 'post-confirmation', '--command',
                          f'{world.CRUDDUR} post-confirmation', '--env', f'CONNECTION_URL={db}', '--endpoint',
                          server.url], check=True, timeout=60, stdout=subprocess.PIPE, text=True).stdout.strip()
    ids = dict(re.findall(r'export (\w+)=(\S+)', world.run('cognito', 'setup', PASSWORD, arn, env=env).stdout))
    world.run('db', 'seed', env=env)
    conftest.new_table(server.url, 'cruddur-messages', False)
    app = world.App(db, server.url, keys, where, env={**ids, 'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER': server.url})
    app.start()
    app.outbox = where / 'outbox'
    app.pool = conftest.client(server.url, 'cognito-idp')
    app.ids, app.command_env = ids, {**env, **ids}
    app.pool.update_user_pool_client(
        UserPoolId=ids['AWS_COGNITO_USER_POOL_ID'], ClientId=ids['AWS_COGNITO_USER_POOL_CLIENT_ID'],
        ExplicitAuthFlows=['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'])
    yield app
    app.stop()
    server.stop()


def sign_in(app, email):
    r = app.pool.initiate_auth(AuthFlow='USER_PASSWORD_AUTH', ClientId=app.ids['AWS_COGNITO_USER_POOL_CLIENT_ID'],
                               AuthParameters={'USERNAME': email, 'PASSWORD': PASSWORD})['AuthenticationResult']
    return world.Client(app.url, r['AccessToken']), r


def code_for(app, email):
    texts = [p.read_text() for p in sorted(pathlib.Path(app.outbox).iterdir(), key=lambda p: p.stat().st_mtime_ns)
             if p.is_file()]
    return re.findall(r'\b(\d{6})\b', [t for t in texts if email in t][-1])[-1]


def test_sign_up(place):
    email, client = f'{uuid.uuid4().hex[:8]}@test.com', place.ids['AWS_COGNITO_USER_POOL_CLIENT_ID']
    handle = "Vir-" + email[:4]
    sub = place.pool.sign_up(ClientId=client, Username=email, Password=PASSWORD, UserAttributes=[
        {'Name': 'name', 'Value': "Vir O'Cotto"}, {'Name': 'email', 'Value': email},
        {'Name': 'preferred_username', 'Value': handle}])['UserSub']
    assert place.nobody().get(f'/api/users/@{handle}/short').status == 404
    place.pool.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=code_for(place, email))
    assert place.nobody().ok('GET', f'/api/users/@{handle.lower()}/short')['display_name'] == "Vir O'Cotto"
    person, tokens = sign_in(place, email)
    assert person.ok('GET', '/api/users/me').items() >= {'handle': handle, 'cognito_user_uuid': sub}.items()
    assert person.ok('POST', '/api/activities', {'message': 'hi', 'ttl': '1-day'})['handle'] == handle
    for wrong in (tokens['IdToken'], tokens['RefreshToken'], tokens['AccessToken'][:-8] + 'AAAAAAAA'):
        assert world.Client(place.url, wrong).get('/api/users/me').status == 401


def test_the_samples_people_talk(place):
    out = world.run('cognito', 'list-users', env=place.command_env).stdout
    ids = json.loads(out[out.rindex('\n{'):])
    out = world.run('db', 'update-cognito-user-ids', env=place.command_env).stdout
    assert f'---- AfroLatino {ids["AfroLatino"]}\n' in out and f'---- londo {ids["londo"]}\n' in out
    world.run('ddb', 'seed', env=place.command_env)
    (a, _), (b, _) = sign_in(place, 'afrolatino@test.com'), sign_in(place, 'lmollari@centari.com')
    (group,) = a.ok('GET', '/api/message_groups')
    assert group['handle'] == 'londo' and len(a.ok('GET', f'/api/messages/{group["uuid"]}')) == 20
    a.ok('POST', '/api/messages', {'message': 'hi', 'message_group_uuid': group['uuid']})
    assert b.ok('GET', '/api/message_groups')[0]['message'] == 'hi'
    # Writing to the person continues the conversation that the sample began.
    assert b.ok('POST', '/api/messages', {'message': 'ho', 'handle': 'AfroLatino'}) == {
        'message_group_uuid': group['uuid']}
