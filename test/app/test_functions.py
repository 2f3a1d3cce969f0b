"""Both functions where they belong: run by Stator, called by its stream."""
import subprocess
import uuid

import boto3
import pytest

import conftest
import world

STATOR = world.kit.STATOR


@pytest.fixture(scope='module')
def served(app, keys, tmp_path_factory):
    """Stator with the stream function on the table, and Cruddur, which leaves the group rows to it."""
    world.limited()
    where = tmp_path_factory.mktemp('functions')
    server = world.kit.Server('--data', str(where / 'data'), '--functions', log_dir=where).start()
    table = 'cruddur-messages'
    conftest.new_table(server.url, table, True)
    subprocess.run([STATOR, 'function', 'add', 'messaging-stream', '--command', f'{world.CRUDDUR} messaging-stream',
                    '--env', f'AWS_ENDPOINT_URL={server.url}', '--timeout', '20',
                    '--endpoint', server.url], check=True, timeout=60)
    ddb = conftest.client(server.url)
    boto3.client('lambda', endpoint_url=server.url, region_name='us-east-1', aws_access_key_id='t',
                 aws_secret_access_key='t').create_event_source_mapping(
        EventSourceArn=ddb.describe_table(TableName=table)['Table']['LatestStreamArn'],
        FunctionName='messaging-stream', StartingPosition='TRIM_HORIZON', BatchSize=100,
        FunctionResponseTypes=['ReportBatchItemFailures'])
    a = world.App(app.env['CONNECTION_URL'], server.url, keys, where, args=['--group-rows', 'stream']).start()
    yield a
    a.stop()
    server.stop()


def test_lists_follow_the_last_message(served):
    tag = uuid.uuid4().hex[:8]
    x, y = served.person(f'x{tag}', 'X'), served.person(f'y{tag}', 'Y')
    own = y.events('/api/events')
    group = x.ok('POST', '/api/messages', {'message': 'hello', 'handle': y.handle})['message_group_uuid']
    sent = [p.ok('POST', '/api/messages', {'message': f'hi {i}', 'message_group_uuid': group})
            for i in range(10) for p in (x, y)]

    def moved():
        lists = [p.ok('GET', '/api/message_groups') for p in (x, y)]
        assert all(len(rows) == 1 for rows in lists)
        return all(rows[0]['created_at'] == sent[-1]['created_at'] for rows in lists)
    world.until('both lists', moved)
    assert y.ok('GET', '/api/message_groups')[0].items() >= {'message': 'hi 9', 'handle': x.handle}.items()
    world.until('the event', lambda: any(g['message'] == 'hi 9' for g in own.of('message_group')))
    own.close()
