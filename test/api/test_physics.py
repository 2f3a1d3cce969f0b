"""Rules that make requests go wrong on purpose, on servers with --physics."""
import json
import time

import boto3
import pytest
from botocore.config import Config

import kit
from kit import Refused, Server, Wire, fresh, make_table, refused, table_request, until

kit.MEMBER.setdefault('TransactionCanceledException', 'Message')
pytestmark = pytest.mark.ours


@pytest.fixture
def physics(tmp_path):
    """A server with these rules: physics({'effect': ...}, ..., seed=1)."""
    made = []

    def make(*rules, tables=('p:S',), flags=(), **top):
        path = tmp_path / f'physics{len(made)}.json'
        path.write_text(json.dumps({'rules': rules, **top}))
        s = Server('--memory', '--threads', '1', '--physics', str(path), *flags, log_dir=tmp_path).start()
        w = Wire(s.url)
        made.append((s, w))
        return w
    yield make
    for s, w in made:
        w.close()
        assert s.stop() == 0


def put(wire, table, p='1', headers=(), **more):
    return wire.post('PutItem', {'TableName': table, 'Item': {'p': {'S': p}, **more}}, headers)


def kinds(wire, table, n=20):
    """The exceptions of n puts, '' where it went well."""
    return [put(wire, table).json().get('__type', '').rpartition('#')[2] for _ in range(n)]


def test_throttle_some_then_none(physics):
    w = physics({'effect': 'throttle', 'operations': ['PutItem'], 'after': 1, 'times': 2})
    t = make_table(w, 'p:S')
    assert kinds(w, t, 5) == ['', 'ProvisionedThroughputExceededException', 'ProvisionedThroughputExceededException',
                              '', '']
    assert w.call('GetItem', TableName=t, Key={'p': {'S': '1'}})['Item']


def test_only_some_tables(physics):
    w = physics({'effect': 'throttle', 'tables': ['orders*'], 'error': 'ThrottlingException'})
    orders, other = (make_table(w, 'p:S', name=n) for n in ('orders-1', 'others'))
    assert kinds(w, orders, 2) == ['ThrottlingException'] * 2
    assert kinds(w, other, 2) == ['', '']
    assert put(w, orders).json()['throttlingReasons'] == [
        {'reason': 'TableWriteKeyRangeThroughputExceeded',
         'resource': f'arn:aws:dynamodb:{kit.REGION}:{kit.ACCOUNT}:table/{orders}'}]
    for op, body in (('BatchGetItem', {'RequestItems': {other: {'Keys': [{'p': {'S': '1'}}]},
                                                        orders: {'Keys': [{'p': {'S': '1'}}]}}}),
                     ('TransactGetItems', {'TransactItems': [{'Get': {'TableName': orders, 'Key': {'p': {'S': '1'}}}}]}),
                     ('Scan', {'TableName': orders})):
        refused(w, op, body, 'ThrottlingException')
    w.call('DescribeTable', TableName=orders)  # not an operation on data


@pytest.mark.parametrize('error, member, limit, text', [
    ('ProvisionedThroughputExceededException', 'ThrottlingReasons', 'ProvisionedThroughputExceeded',
     'The level of configured provisioned throughput for the table was exceeded. Consider increasing your '
     'provisioning level with the UpdateTable API.'),
    ('ThrottlingException', 'throttlingReasons', 'KeyRangeThroughputExceeded',
     'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or '
     'index so please try again shortly. If exceptions persist, check if you have a hot key: '
     'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html'),
    ('RequestLimitExceeded', 'ThrottlingReasons', 'AccountLimitExceeded',
     'Throughput exceeds the current throughput limit for your account. To request a limit increase, contact AWS '
     'Support at https://aws.amazon.com/support'),
])
def test_what_throttled_requests_are_told(physics, error, member, limit, text):
    w = physics({'effect': 'throttle', 'error': error})
    t = make_table(w, 'p:S')
    arn = f'arn:aws:dynamodb:{kit.REGION}:{kit.ACCOUNT}:table/{t}'
    for op, kind, body in (('PutItem', 'Write', {'Item': {'p': {'S': '1'}}}), ('Scan', 'Read', {})):
        reply = w.post(op, {'TableName': t, **body})
        assert reply.status == 400 and reply.json() == {
            '__type': kit.DYNAMO + error, 'message': text,
            member: [{'reason': f'Table{kind}{limit}', 'resource': arn}]}


def test_writes_in_two_regions(physics):
    w = physics({'effect': 'error', 'operations': ['PutItem'], 'error': 'ReplicatedWriteConflictException'})
    assert kinds(w, make_table(w, 'p:S'), 1) == ['ReplicatedWriteConflictException']


def test_the_same_seed_the_same_fate(physics):
    rule = {'effect': 'throttle', 'operations': ['PutItem'], 'probability': 0.5}
    runs = []
    for seed in (1, 1, 2):
        w = physics(rule, seed=seed)
        runs.append(kinds(w, make_table(w, 'p:S'), 60))
    assert runs[0] == runs[1] != runs[2]
    assert 10 < runs[0].count('') < 50


def test_conflicts(physics):
    w = physics({'effect': 'conflict', 'times': 2})
    t = make_table(w, 'p:S')
    e = refused(w, 'PutItem', {'TableName': t, 'Item': {'p': {'S': '1'}}}, 'TransactionConflictException',
                'Transaction is ongoing for the item')
    assert e.reply.status == 400
    actions = [{'Put': {'TableName': t, 'Item': {'p': {'S': str(i)}}}} for i in range(3)]
    e = refused(w, 'TransactWriteItems', {'TransactItems': actions}, 'TransactionCanceledException')
    codes = [r['Code'] for r in e.body['CancellationReasons']]
    assert sorted(codes) == ['None', 'None', 'TransactionConflict']
    assert e.message == f'Transaction cancelled, please refer cancellation reasons for specific reasons [{", ".join(codes)}]'
    assert w.call('Scan', TableName=t)['Count'] == 0
    w.call('TransactWriteItems', TransactItems=actions)
    assert w.call('Scan', TableName=t)['Count'] == 3


def test_envelope_of_every_exception(physics):
    """Prefix, status and the spelling of the text's member, as the models of the API have them."""
    w, seen = physics(), 0
    names = {'ValidationException', 'SerializationException', 'AccessDeniedException', 'UnknownOperationException',
             'MissingAuthenticationTokenException', 'IncompleteSignatureException', 'InvalidSignatureException',
             'UnrecognizedClientException', 'ThrottlingException'}
    spelled = {'SerializationException': 'Message', 'AccessDeniedException': 'Message'}
    for service in ('dynamodb', 'dynamodbstreams'):
        model = boto3.client(service, region_name='us-east-1').meta.service_model
        for shape in model.error_shapes:
            names.add(shape.name)
            spelled[shape.name] = 'Message' if 'Message' in shape.members else 'message'
    for name in sorted(names):
        reply = w.post('ListTables', {}, {'x-stator-physics': json.dumps({'effect': 'error', 'error': name})})
        body = reply.json()
        if body['__type'].endswith('#ValidationException') and 'there is no error' in body['message']:
            continue  # one that the service has and this server has no use for
        seen += 1
        kit.check_envelope(reply)
        assert body['__type'].rpartition('#')[2] == name
        assert set(body) == {'__type', spelled.get(name, 'message')}, body
    assert seen > 30


def test_errors_and_validation_first(physics):
    w = physics({'effect': 'error', 'operations': ['GetItem'], 'error': 'InternalServerError'})
    t = make_table(w, 'p:S')
    refused(w, 'GetItem', {'TableName': t, 'Key': {'p': {'S': '1'}}}, 'InternalServerError')
    refused(w, 'GetItem', {'TableName': t}, 'ValidationException')
    put(w, t)


def test_latency(physics):
    w = physics({'effect': 'latency', 'operations': ['PutItem'], 'ms': [150, 160], 'times': 1})
    t = make_table(w, 'p:S')
    start = time.monotonic()
    assert put(w, t).status == 200
    assert time.monotonic() - start >= 0.15
    assert w.call('GetItem', TableName=t, Key={'p': {'S': '1'}})['Item']


def test_unprocessed(physics):
    w = physics({'effect': 'unprocessed', 'share': 0.5}, seed=3)
    t = make_table(w, 'p:S')
    wanted = {str(i) for i in range(25)}
    requests, rounds = [{'PutRequest': {'Item': {'p': {'S': p}}}} for p in sorted(wanted)], 0
    while requests:
        left = w.call('BatchWriteItem', RequestItems={t: requests})['UnprocessedItems'].get(t, [])
        assert all(r in requests for r in left)
        requests, rounds = left, rounds + 1
        assert rounds < 50
    assert rounds > 1 and w.call('Scan', TableName=t)['Count'] == 25
    keys, got, rounds = [{'p': {'S': p}} for p in sorted(wanted)], set(), 0
    while keys:
        answer = w.call('BatchGetItem', RequestItems={t: {'Keys': keys, 'ConsistentRead': True}})
        got |= {i['p']['S'] for i in answer['Responses'][t]}
        left = answer['UnprocessedKeys'].get(t, {'ConsistentRead': True, 'Keys': []})
        assert left['ConsistentRead'] is True
        keys, rounds = left['Keys'], rounds + 1
        assert rounds < 50
    assert rounds > 1 and got == wanted


def test_stale_reads(physics):
    w = physics({'effect': 'stale-reads', 'ms': 400}, history_ms=500)
    t = make_table(w, 'p:S')
    time.sleep(0.6)  # the table is old enough to be seen
    key = {'TableName': t, 'Key': {'p': {'S': '1'}}}
    query = {'TableName': t, 'KeyConditionExpression': 'p = :p', 'ExpressionAttributeValues': {':p': {'S': '1'}}}
    batch = {'RequestItems': {t: {'Keys': [key['Key']]}}}
    start = time.monotonic()
    assert put(w, t).status == 200
    assert w.call('GetItem', ConsistentRead=True, **key)['Item']
    assert w.call('Query', ConsistentRead=True, **query)['Count'] == 1
    stale = ['Item' not in w.call('GetItem', **key), w.call('Query', **query)['Count'] == 0,
             w.call('Scan', TableName=t)['Count'] == 0, w.call('BatchGetItem', batch)['Responses'][t] == []]
    if time.monotonic() - start < 0.4:
        assert all(stale)
    until('the item is seen', lambda: 'Item' in w.call('GetItem', **key))
    assert time.monotonic() - start >= 0.39
    assert w.call('BatchGetItem', batch)['Responses'][t]


def test_delayed_stream(physics):
    w = physics({'effect': 'stream-delay', 'ms': 400})
    t = make_table(w, 'p:S', StreamSpecification={'StreamEnabled': True, 'StreamViewType': 'NEW_IMAGE'})
    arn = w.call('DescribeTable', TableName=t)['Table']['LatestStreamArn']
    shards = [s['ShardId'] for s in w.call('DescribeStream', StreamArn=arn)['StreamDescription']['Shards']]
    at = {s: w.call('GetShardIterator', StreamArn=arn, ShardId=s, ShardIteratorType='LATEST')['ShardIterator']
          for s in shards}
    start = time.monotonic()
    assert put(w, t).status == 200

    def read():
        got = []
        for s in shards:
            page = w.call('GetRecords', ShardIterator=at[s])
            at[s] = page['NextShardIterator']
            got += page['Records']
        return got
    got = until('the record comes', read)
    assert time.monotonic() - start >= 0.39
    assert [r['dynamodb']['NewImage'] for r in got] == [{'p': {'S': '1'}}]


def test_delayed_stream_whose_shards_go_on(physics):
    """A shard that is younger than the delay has no records yet; it was not trimmed."""
    w = physics({'effect': 'stream-delay', 'ms': 1500}, flags=('--stream-shard', '1'))
    t = make_table(w, 'p:S', StreamSpecification={'StreamEnabled': True, 'StreamViewType': 'NEW_IMAGE'})
    arn, at, seen = w.call('DescribeTable', TableName=t)['Table']['LatestStreamArn'], {}, []
    written = 0

    def read():
        for s in w.call('DescribeStream', StreamArn=arn)['StreamDescription']['Shards']:
            if s['ShardId'] not in at:
                at[s['ShardId']] = w.call('GetShardIterator', StreamArn=arn, ShardId=s['ShardId'],
                                          ShardIteratorType='TRIM_HORIZON')['ShardIterator']
        for s in list(at):
            if at[s] is not None:
                page = w.call('GetRecords', ShardIterator=at[s])
                at[s] = page.get('NextShardIterator')
                seen.extend(r['dynamodb']['NewImage']['n']['N'] for r in page['Records'])
        return len(at) >= 16 and len(seen) >= written

    def work():
        nonlocal written
        if len(at) < 16:
            put(w, t, n={'N': str(written)})
            written += 1
        return read()
    until('all records', work)
    assert sorted(map(int, seen)) == list(range(written))


def test_table_states(physics):
    w = physics({'effect': 'table-states', 'ms': 500})
    rq = table_request(fresh(), 'p:S', gsi=[('byq', 'q:S')])
    t = rq['TableName']
    start = time.monotonic()
    assert w.call('CreateTable', rq)['TableDescription']['TableStatus'] == 'CREATING'
    seen = w.call('DescribeTable', TableName=t)['Table']
    busy = f'Attempt to change a resource which is still in use: Table is being created: {t}'
    unknown = f'Requested resource not found: Table: {t} not found'
    if time.monotonic() - start < 0.4:
        assert seen['TableStatus'] == 'CREATING' and seen['GlobalSecondaryIndexes'][0]['IndexStatus'] == 'CREATING'
        refused(w, 'GetItem', {'TableName': t, 'Key': {'p': {'S': '1'}}}, 'ResourceNotFoundException')
        refused(w, 'DeleteTable', {'TableName': t}, 'ResourceInUseException', busy)
        refused(w, 'CreateTable', rq, 'ResourceInUseException', busy)
        refused(w, 'UpdateTable', {'TableName': t, 'BillingMode': 'PAY_PER_REQUEST'}, 'ResourceInUseException', busy)
        refused(w, 'UpdateTimeToLive', {'TableName': t, 'TimeToLiveSpecification': {
            'Enabled': True, 'AttributeName': 'x'}}, 'ResourceNotFoundException', unknown)
        for op in ('DescribeContributorInsights', 'DescribeKinesisStreamingDestination'):
            refused(w, op, {'TableName': t}, 'ResourceNotFoundException', unknown)
        refused(w, 'GetResourcePolicy', {'ResourceArn': seen['TableArn']}, 'ResourceNotFoundException', unknown)
        refused(w, 'DescribeTimeToLive', {'TableName': t}, 'ValidationException', 'Cannot describe time to live while '
                'table is in CREATING state: Current table state is CREATING')
        refused(w, 'ListTagsOfResource', {'ResourceArn': seen['TableArn']}, 'ResourceNotFoundException',
                f'Requested resource not found: ResourceArn: {seen["TableArn"]} not found')
        refused(w, 'DescribeContinuousBackups', {'TableName': t}, 'TableNotFoundException', f'Table not found: {t}')
    kit.wait_active(w, t)
    assert time.monotonic() - start >= 0.49
    assert put(w, t).status == 200

    start = time.monotonic()
    assert w.call('DeleteTable', TableName=t)['TableDescription']['TableStatus'] == 'DELETING'
    seen = w.call('DescribeTable', TableName=t)['Table']['TableStatus']
    if time.monotonic() - start < 0.4:
        assert seen == 'DELETING'
        refused(w, 'DeleteTable', {'TableName': t}, 'ResourceInUseException',
                f'Attempt to change a resource which is still in use: Table is being deleted: {t}')
        refused(w, 'PutItem', {'TableName': t, 'Item': {'p': {'S': '1'}}}, 'ResourceNotFoundException')
        assert t in w.call('ListTables')['TableNames']
        refused(w, 'DescribeTimeToLive', {'TableName': t}, 'ValidationException', 'Cannot describe time to live while '
                'table is in DELETING state: Current table state is DELETING')

    def gone():
        try:
            w.call('DescribeTable', TableName=t)
        except Refused as e:
            return e.name == 'ResourceNotFoundException'
    until('the table is gone', gone)
    assert time.monotonic() - start >= 0.49
    w.call('CreateTable', rq)


def test_a_restart_finishes_a_deletion(tmp_path):
    path = tmp_path / 'physics.json'
    path.write_text(json.dumps({'rules': [{'effect': 'table-states', 'operations': ['DeleteTable'], 'ms': 60000}]}))
    s = Server('--data', str(tmp_path / 'data'), '--physics', str(path), log_dir=tmp_path).start()
    w = Wire(s.url)
    t = make_table(w, 'p:S')
    time.sleep(0.01)
    # Only DeleteTable sees the rule, and not yet: for it the table is still in the making.
    refused(w, 'DeleteTable', {'TableName': t}, 'ResourceInUseException')
    w.close()
    assert s.stop() == 0
    path.write_text(json.dumps({'rules': [{'effect': 'table-states', 'operations': ['DeleteTable'], 'ms': 200}]}))
    s = Server('--data', str(tmp_path / 'data'), '--physics', str(path), log_dir=tmp_path).start()
    time.sleep(0.25)
    w = Wire(s.url)
    assert w.call('DeleteTable', TableName=t)['TableDescription']['TableStatus'] == 'DELETING'
    s.kill()
    w.close()
    s = Server('--data', str(tmp_path / 'data'), log_dir=tmp_path).start()
    w = Wire(s.url)
    until('the table is gone', lambda: t not in w.call('ListTables')['TableNames'])
    w.close()
    assert s.stop() == 0


def test_rules_in_a_header(physics):
    w = physics()
    t = make_table(w, 'p:S')
    rule = {'effect': 'throttle'}
    header = lambda r: {'x-stator-physics': json.dumps(r)}
    assert put(w, t, headers=header(rule)).json()['__type'].endswith('ProvisionedThroughputExceededException')
    assert put(w, t, headers=header([{**rule, 'operations': ['GetItem']}])).status == 200
    assert put(w, t).status == 200
    for bad, text in (({'effect': 'x'}, 'rule: there is no effect "x"'), (1, 'not a rule in JSON'),
                      ({'effect': 'throttle', 'odds': 1}, 'rule: there is no member "odds"')):
        reply = put(w, t, headers=header(bad))
        assert reply.status == 400 and reply.json()['message'] == 'x-stator-physics: ' + text
    reply = w.post('GetItem', {'TableName': t, 'Key': {'p': {'S': '1'}}},
                   header({'effect': 'stale-reads', 'ms': 1001}))
    assert reply.json()['message'].startswith('x-stator-physics: "history_ms" of the file is 1000')


def test_without_the_flag_there_is_no_header(wire, simple):
    assert put(wire, simple, headers={'x-stator-physics': '{"effect":"throttle"}'}).status == 200


@pytest.mark.parametrize('text, error', [
    ('{"rules":[{"effect":"gravity"}]}', 'there is no effect "gravity"'), ('', 'not a JSON object'),
    ('{"rules":[{"effect":"latency"}]}', 'latency needs "ms"')])
def test_a_wrong_file_is_refused(server, tmp_path, text, error):
    path = tmp_path / 'rules.json'
    path.write_text(text)
    s = server('--memory', '--physics', str(path), start=False)
    s.port = kit.free_port()
    s.spawn()
    assert s.proc.wait(kit.PATIENCE_S) != 0
    assert error in s.log() and str(path) in s.log()


def test_boto3_gets_through_by_its_retries(physics):
    """The example of the documentation."""
    w = physics({'effect': 'throttle', 'operations': ['PutItem'], 'times': 2},
                {'effect': 'error', 'operations': ['GetItem'], 'error': 'InternalServerError', 'times': 1})
    t = make_table(w, 'p:S')

    def make(attempts):
        return boto3.session.Session().client(
            'dynamodb', endpoint_url=w.url, region_name=kit.REGION, aws_access_key_id='test',
            aws_secret_access_key='test', config=Config(retries={'total_max_attempts': attempts, 'mode': 'standard'}))
    answer = make(3).put_item(TableName=t, Item={'p': {'S': '1'}})
    assert answer['ResponseMetadata']['RetryAttempts'] == 2
    hasty = make(1)
    with pytest.raises(hasty.exceptions.InternalServerError):
        hasty.get_item(TableName=t, Key={'p': {'S': '1'}})
    assert hasty.get_item(TableName=t, Key={'p': {'S': '1'}})['Item']
