"""The utility commands: database, user pool, firewall, conversations; each as a person would run it."""
import http.server
import json
import os
import subprocess
import threading
import urllib.parse
import uuid

import boto3
import pytest

import world

SUBS = {'AfroLatino': str(uuid.uuid4()), 'londo': str(uuid.uuid4()), 'stranger': str(uuid.uuid4())}


class Services:
    """Stands for the user pool and the firewall: answers what the services would, and keeps what was asked."""

    def __init__(self):
        self.asked, outer = [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length'])).decode()
                outer.asked.append((dict(self.headers), body))
                status, answer = outer.answer(self.headers.get('X-Amz-Target'), body)
                self.send_response(status)
                self.send_header('Content-Length', str(len(answer)))
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *args):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, target, body):
        if target is None:
            group = urllib.parse.parse_qs(body)['GroupId'][0]
            if group != 'sg-1':
                return 400, ('<Response><Errors><Error><Code>InvalidGroup.NotFound</Code><Message>The security group '
                             f'{group} does not exist</Message></Error></Errors></Response>')
            return 200, '<ModifySecurityGroupRulesResponse><return>true</return></ModifySecurityGroupRulesResponse>'
        assert target == 'AWSCognitoIdentityProviderService.ListUsers'
        asked = json.loads(body)
        assert asked['UserPoolId'] == world.POOL and asked['AttributesToGet'] == ['preferred_username', 'sub']
        names = list(SUBS)  # two pages
        page = names[2:] if asked.get('PaginationToken') == 'more' else names[:2]
        users = [{'Username': SUBS[n], 'Enabled': True, 'UserStatus': 'CONFIRMED', 'Attributes': [
            {'Name': 'sub', 'Value': SUBS[n]}, {'Name': 'preferred_username', 'Value': n}]} for n in page]
        if len(page) == 1:
            users.append({'Username': 'x', 'Attributes': []})
        return 200, json.dumps({'Users': users, **({'PaginationToken': 'more'} if len(page) == 2 else {})})


@pytest.fixture(scope='module')
def services():
    return Services()


@pytest.fixture
def place(db_kind, request, tmp_path, services):
    """An environment whose database does not exist yet."""
    url = str(tmp_path / 'cruddur.db')
    if db_kind == 'postgresql':
        url = request.getfixturevalue('postgres').url('it"s ' + uuid.uuid4().hex[:6]).replace('"', '%22').replace(
            ' ', '%20')
    return {'CONNECTION_URL': url, 'AWS_ENDPOINT_URL': services.url, 'AWS_COGNITO_USER_POOL_ID': world.POOL}


def query(place, statement):
    url = place['CONNECTION_URL']
    if url.startswith('postgres'):
        return subprocess.run(['psql', url, '-Atc', statement], check=True, timeout=30, capture_output=True,
                              text=True).stdout.splitlines()
    import sqlite3
    with sqlite3.connect(url) as db:
        return ['|'.join(map(str, row)) for row in db.execute(statement)]


def test_setup(place):
    out = world.run('db', 'setup', env=place).stdout.splitlines()
    assert [line for line in out if line.startswith('==')] == [
        f'== db-{w}' for w in ('setup', 'drop', 'create', 'schema-load', 'seed', 'update-cognito-user-ids')]
    assert [line for line in out if line.startswith(('INSERT', 'DROP DATABASE', 'CREATE DATABASE', '----'))] == [
        'DROP DATABASE', 'CREATE DATABASE', 'INSERT 0 3', 'INSERT 0 1', f'---- AfroLatino {SUBS["AfroLatino"]}',
        f'---- londo {SUBS["londo"]}', f'---- stranger {SUBS["stranger"]} (nobody here)']
    assert query(place, 'SELECT handle, cognito_user_id FROM users ORDER BY handle') == [
        f'AfroLatino|{SUBS["AfroLatino"]}', 'andrewbrown|MOCK', f'londo|{SUBS["londo"]}']
    assert query(place, 'SELECT message, handle FROM activities a JOIN users u ON u.uuid = a.user_uuid') == [
        'This was imported as seed data!|AfroLatino']
    assert world.run('db', 'setup', env=place).stdout.splitlines() == out  # again, over what is there
    assert world.run('db', 'create', env=place, check=False).returncode == 1


def test_statements_of_the_document(place):
    """People and posts are inserted with psql or sqlite3 by hand, without ids and times."""
    world.run('db', 'setup', env=place)
    insert = ("INSERT INTO users (display_name, email, handle, cognito_user_id) VALUES ('Delenn', 'd@m.b', 'delenn',"
              " 'MOCK'); ")
    if place['CONNECTION_URL'].startswith('postgres'):
        query(place, insert.replace('INTO users', 'INTO public.users'))
        query(place, "INSERT INTO public.activities (user_uuid, message, expires_at) VALUES ((SELECT uuid from "
                     "public.users WHERE users.handle = 'delenn' LIMIT 1), 'x', current_timestamp + interval '10 day')")
    else:
        query(place, insert)
        query(place, "INSERT INTO activities (user_uuid, message) VALUES ((SELECT uuid FROM users WHERE "
                     "handle = 'delenn'), 'x')")
    (row,) = query(place, "SELECT a.uuid, a.created_at, a.likes_count FROM activities a WHERE message = 'x'")
    assert str(uuid.UUID(row.split('|')[0])) == row.split('|')[0] and row.split('|')[1].startswith('20')


def test_migrations(place):
    world.run('db', 'drop', env=place)
    world.run('db', 'create', env=place)
    out = world.run('db', 'migrate', env=place).stdout
    assert '1 people and posts\nCREATE TABLE\n' in out and 'nothing to do' not in out
    (last,) = query(place, 'SELECT last_successful_run FROM schema_information')
    assert world.run('db', 'migrate', env=place).stdout.endswith('nothing to do\n')
    world.run('db', 'seed', env=place)
    for step in range(int(last), 0, -1):
        assert f'{step} ' in world.run('db', 'rollback', env=place).stdout
        assert query(place, 'SELECT last_successful_run FROM schema_information') == [str(step - 1)]
        if step > 1:
            assert len(query(place, 'SELECT handle FROM users')) == 3
    assert world.run('db', 'rollback', env=place).stdout.endswith('nothing to do\n')
    world.run('db', 'migrate', env=place)
    assert query(place, 'SELECT count(*) FROM users') == ['0']


def test_connect_and_sessions(place):
    world.run('db', 'setup', env=place)
    if place['CONNECTION_URL'].startswith('postgres') or subprocess.call(['sh', '-c', 'command -v sqlite3']) == 0:
        r = world.run('db', 'connect', env=place, stdin='SELECT count(*) FROM users;\n')
        assert '3' in r.stdout
    out = world.run('db', 'sessions', env=place).stdout
    assert '(1 row)' in out and ' process_id | ' in out if 'postgres' in place['CONNECTION_URL'] else 'no sessions' in out


def test_prod(place):
    env = {**place, 'CONNECTION_URL': '/nonexistent/x'}
    r = world.run('db', 'migrate', 'prod', env=env, check=False)
    assert (r.returncode, r.stderr) == (1, 'cruddur: PROD_CONNECTION_URL is not set\n')
    world.run('db', 'drop', env=place)
    world.run('db', 'create', env=place)
    r = world.run('db', 'migrate', 'prod', env={**env, 'PROD_CONNECTION_URL': place['CONNECTION_URL']})
    assert 'Running in production mode\n' in r.stdout
    assert world.run('db', 'drop', 'prod', env=place, check=False).returncode == 1
    assert query(place, 'SELECT count(*) FROM users') == ['0']


def test_drop_deletes_only_databases(tmp_path):
    precious = tmp_path / 'thesis.txt'
    precious.write_text('years of work')
    r = world.run('db', 'drop', env={'CONNECTION_URL': str(precious)}, check=False)
    assert (r.returncode, r.stderr) == (1, f'cruddur: drop: {precious} is not a SQLite database\n')
    assert precious.read_text() == 'years of work'


def test_list_users(services):
    env = {'AWS_ENDPOINT_URL': services.url, 'AWS_COGNITO_USER_POOL_ID': world.POOL}
    decoder = json.JSONDecoder()
    out = world.run('cognito', 'list-users', env=env).stdout
    users, end = decoder.raw_decode(out)
    assert json.loads(out[end:]) == SUBS
    assert [u['Username'] for u in users] == [*SUBS.values(), 'x']
    assert json.dumps(users, indent=2, sort_keys=True) == out[:end]
    assert '/cognito-idp/aws4_request' in services.asked[-1][0]['Authorization']
    r = world.run('cognito', 'list-users', env={'AWS_ENDPOINT_URL': services.url}, check=False)
    assert (r.returncode, r.stderr) == (1, 'cruddur: AWS_COGNITO_USER_POOL_ID is not set\n')


def test_update_sg_rule(services):
    env = {'AWS_ENDPOINT_URL_EC2': services.url, 'DB_SG_ID': 'sg-1', 'DB_SG_RULE_ID': 'sgr-2', 'GITPOD_IP': '192.0.2.7'}
    r = world.run('rds', 'update-sg-rule', env=env)
    head, _, rest = r.stdout.partition('\n')
    assert head == '== rds-update-sg-rule' and json.loads(rest) == {'Return': True}
    headers, body = services.asked[-1]
    rule = 'SecurityGroupRule.1.SecurityGroupRule.'
    assert dict(urllib.parse.parse_qsl(body)) == {
        'Action': 'ModifySecurityGroupRules', 'Version': '2016-11-15', 'GroupId': 'sg-1',
        'SecurityGroupRule.1.SecurityGroupRuleId': 'sgr-2', rule + 'Description': 'GITPOD', rule + 'IpProtocol': 'tcp',
        rule + 'FromPort': '5432', rule + 'ToPort': '5432', rule + 'CidrIpv4': '192.0.2.7/32'}
    assert '/ec2/aws4_request' in headers['Authorization'] and 'X-Amz-Target' not in headers
    r = world.run('rds', 'update-sg-rule', env={**env, 'DB_SG_ID': 'sg-2'}, check=False)
    assert r.returncode == 1
    assert 'InvalidGroup.NotFound: The security group sg-2 does not exist' in r.stderr
    r = world.run('rds', 'update-sg-rule', env={**env, 'GITPOD_IP': '1.2.3'}, check=False)
    assert r.returncode == 1 and 'GITPOD_IP' in r.stderr


def test_update_sg_rule_for_real(stator):
    ec2 = boto3.client('ec2', endpoint_url=stator.url, region_name='us-east-1', aws_access_key_id='t',
                       aws_secret_access_key='t')
    group = ec2.create_security_group(GroupName=f'db-{uuid.uuid4()}', Description='d')['GroupId']
    rule = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{
        'IpProtocol': 'tcp', 'FromPort': 1, 'ToPort': 2, 'IpRanges': [{'CidrIp': '10.0.0.1/32'}]}])
    world.run('rds', 'update-sg-rule', env={
        'AWS_ENDPOINT_URL': stator.url, 'DB_SG_ID': group, 'GITPOD_IP': '192.0.2.9',
        'DB_SG_RULE_ID': rule['SecurityGroupRules'][0]['SecurityGroupRuleId']})
    (now,) = ec2.describe_security_group_rules(Filters=[{'Name': 'group-id', 'Values': [group]}])['SecurityGroupRules']
    assert (now['CidrIpv4'], now['Description'], now['FromPort'], now['ToPort']) == (
        '192.0.2.9/32', 'GITPOD', 5432, 5432)


def test_the_sample_conversation_belongs_to_the_people_of_the_database(place, stator, ddb):
    table = 'seeded-' + uuid.uuid4().hex[:6]
    env = {**place, 'AWS_ENDPOINT_URL': stator.url, 'DDB_MESSAGE_TABLE': table}
    world.run('db', 'drop', env=place)
    world.run('db', 'create', env=place)
    world.run('db', 'migrate', env=place)
    ids = {h: str(uuid.uuid4()) for h in ('AfroLatino', 'londo')}
    for handle, u in ids.items():
        query(place, f"INSERT INTO users (uuid, display_name, email, handle, cognito_user_id) VALUES ('{u}', "
                     f"'{handle}!', 'e', '{handle}', 'MOCK')")
    world.run('ddb', 'schema-load', env=env)
    world.run('ddb', 'seed', env=env)
    out = world.run('ddb', 'list-conversations', env=env).stdout
    assert out.startswith(f'my-uuid: {ids["AfroLatino"]}\n')
    (item,) = json.loads(out.partition('\n')[2])['Items']
    assert (item['user_uuid']['S'], item['user_display_name']['S']) == (ids['londo'], 'londo!')
    assert ddb.scan(TableName=table, Select='COUNT')['Count'] == 106
    out = world.run('ddb', 'get-conversation', env=env).stdout.splitlines()
    assert out[-1].startswith('londo       20') and out[-2].startswith('AfroLatino  20')
    # Without a database the ids are the sample's own, and none is made.
    del env['CONNECTION_URL']
    env['CRUDDUR_DB'] = place['CONNECTION_URL'] + '-not-there' if not place['CONNECTION_URL'].startswith('p') else '/x/y'
    assert not world.run('ddb', 'list-conversations', env=env).stdout.startswith(f'my-uuid: {ids["AfroLatino"]}\n')
    assert not os.path.exists(env['CRUDDUR_DB'])


def test_headings_are_coloured_on_a_terminal(place):
    import pty
    master, slave = pty.openpty()
    full = {**os.environ, **place}
    p = subprocess.Popen([world.CRUDDUR, 'db', 'drop'], stdout=slave, env=full)
    p.wait(timeout=30)
    os.close(slave)
    assert os.read(master, 1000).startswith(b'\x1b[1;36m== db-drop\x1b[0m')
    os.close(master)


def test_usage():
    r = world.run('help')
    assert 'db update-cognito-user-ids' in r.stdout and '  serve [FLAGS]' in r.stdout
    assert world.run('db', 'nonsense', check=False).returncode == 2
    assert world.run(check=False).returncode == 2
    assert world.run('post-confirmation', check=False).returncode == 2
    assert world.run('serve', '--nonsense', 'x', check=False).returncode == 1


