"""Throughput that is used up, on a server with --throttling on.

A bucket holds 300 seconds of its rate and is full at first, so tables with one unit per second give
300 units at once; what a second more brings is too little to matter.
"""
import contextlib

import pytest

import kit
from kit import ACCOUNT, REGION, Refused, Server, Wire, make_table

ARN = f'arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/'
OF_TABLE = ('The level of configured provisioned throughput for the table was exceeded. Consider increasing your '
            'provisioning level with the UpdateTable API.')
OF_INDEX = ('The level of configured provisioned throughput for one or more global secondary indexes of the table was '
            'exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes '
            'with the UpdateTable API.')
BIG = {'S': 'x' * 300_000}  # 293 write units, 74 of reading
UNITS = {'ReadCapacityUnits': 1, 'WriteCapacityUnits': 1}

pytestmark = pytest.mark.ours


@pytest.fixture(scope='module')
def wire(tmp_path_factory):
    server = Server('--memory', '--throttling', 'on', log_dir=tmp_path_factory.mktemp('log')).start()
    w = Wire(server.url)
    yield w
    w.close()
    assert server.stop() == 0


@contextlib.contextmanager
def throttled(name, message=None, reason=None, resource=None):
    with pytest.raises(Refused) as got:
        yield
    assert got.value.name == name, got.value
    assert message is None or got.value.message == message
    member = 'throttlingReasons' if name == 'ThrottlingException' else 'ThrottlingReasons'
    if reason:
        assert got.value.body[member] == [{'reason': reason, 'resource': resource}]


def provisioned(wire, spec='p:S', **more):
    return make_table(wire, spec, BillingMode='PROVISIONED', ProvisionedThroughput=UNITS, **more)


def put(wire, name, p='1', **attributes):
    return wire.call('PutItem', TableName=name, Item={'p': {'S': p}, **attributes})


def until_throttled(act, most=400):
    for n in range(most):
        try:
            act(n)
        except Refused as e:
            return n, e
    raise AssertionError(f'not throttled after {most} requests')


def test_writes_of_a_table(wire):
    name = provisioned(wire)
    n, e = until_throttled(lambda i: put(wire, name, str(i)))
    assert 300 <= n <= 310
    assert (e.name, e.message) == ('ProvisionedThroughputExceededException', OF_TABLE)
    assert e.body['ThrottlingReasons'] == [
        {'reason': 'TableWriteProvisionedThroughputExceeded', 'resource': ARN + name}]
    # Reads have a bucket of their own, and the item that was refused is not there.
    assert wire.call('GetItem', TableName=name, Key={'p': {'S': '0'}})['Item']
    assert 'Item' not in wire.call('GetItem', TableName=name, Key={'p': {'S': str(n)}})
    for op, more in (('DeleteItem', {}), ('UpdateItem', {})):
        with throttled('ProvisionedThroughputExceededException', OF_TABLE):
            wire.call(op, TableName=name, Key={'p': {'S': '0'}}, **more)


def test_a_table_on_demand_has_no_such_limit(wire):
    name = provisioned(wire)
    put(wire, name, big=BIG)
    put(wire, name, big=BIG)
    with throttled('ProvisionedThroughputExceededException'):
        put(wire, name)
    wire.call('UpdateTable', TableName=name, BillingMode='PAY_PER_REQUEST')
    put(wire, name)


def test_reads_of_a_table(wire):
    name = provisioned(wire)
    put(wire, name, big=BIG)
    read = lambda i: wire.call('GetItem', TableName=name, Key={'p': {'S': '1'}}, ConsistentRead=True)
    n, e = until_throttled(read)
    assert n == 5  # 74 units each
    assert e.body['ThrottlingReasons'] == [
        {'reason': 'TableReadProvisionedThroughputExceeded', 'resource': ARN + name}]
    for op, more in (('Query', {'KeyConditionExpression': 'p = :p', 'ExpressionAttributeValues': {':p': {'S': '1'}}}),
                     ('Scan', {})):
        with throttled('ProvisionedThroughputExceededException', OF_TABLE, 'TableReadProvisionedThroughputExceeded',
                       ARN + name):
            wire.call(op, TableName=name, **more)


def test_a_failed_condition_is_charged(wire):
    name = provisioned(wire)
    put(wire, name, big=BIG)
    with pytest.raises(Refused) as got:
        wire.call('DeleteItem', TableName=name, Key={'p': {'S': '1'}}, ConditionExpression='attribute_not_exists(p)')
    assert got.value.name == 'ConditionalCheckFailedException'
    with throttled('ProvisionedThroughputExceededException', OF_TABLE):
        wire.call('DeleteItem', TableName=name, Key={'p': {'S': '1'}})


def indexed(wire, table_wcu=40000):
    return wire.call('CreateTable', {
        'TableName': f'indexed{table_wcu}', 'BillingMode': 'PROVISIONED',
        'KeySchema': [{'AttributeName': 'p', 'KeyType': 'HASH'}],
        'AttributeDefinitions': [{'AttributeName': 'p', 'AttributeType': 'S'},
                                 {'AttributeName': 'q', 'AttributeType': 'S'}],
        'ProvisionedThroughput': {'ReadCapacityUnits': 100, 'WriteCapacityUnits': table_wcu},
        'GlobalSecondaryIndexes': [{
            'IndexName': 'byq', 'KeySchema': [{'AttributeName': 'q', 'KeyType': 'HASH'}],
            'Projection': {'ProjectionType': 'ALL'}, 'ProvisionedThroughput': UNITS}],
    })['TableDescription']['TableName']


def test_a_write_needs_every_index_it_touches(wire):
    name = indexed(wire)
    put(wire, name, big=BIG, q={'S': 'a'})
    put(wire, name, '2', big=BIG, q={'S': 'a'})
    with throttled('ProvisionedThroughputExceededException', OF_INDEX, 'IndexWriteProvisionedThroughputExceeded',
                   f'{ARN}{name}/index/byq'):
        put(wire, name, '3', q={'S': 'a'})
    assert 'Item' not in wire.call('GetItem', TableName=name, Key={'p': {'S': '3'}}, ConsistentRead=True)
    put(wire, name, '3')  # not in the index
    query = lambda i: wire.call('Query', TableName=name, IndexName='byq', KeyConditionExpression='q = :q',
                                ExpressionAttributeValues={':q': {'S': 'a'}})
    n, e = until_throttled(query)
    assert e.body['ThrottlingReasons'] == [
        {'reason': 'IndexReadProvisionedThroughputExceeded', 'resource': f'{ARN}{name}/index/byq'}]
    # The table itself has enough.
    assert wire.call('Scan', TableName=name)['Count'] == 3


def test_batches(wire):
    name, other = provisioned(wire), make_table(wire, 'p:S')
    big = {'PutRequest': {'Item': {'p': {'S': '1'}, 'big': BIG}}}
    two = {'PutRequest': {'Item': {'p': {'S': '2'}, 'big': BIG}}}
    three = {'PutRequest': {'Item': {'p': {'S': '3'}, 'big': BIG}}}
    gone = {'DeleteRequest': {'Key': {'p': {'S': '4'}}}}
    answer = wire.call('BatchWriteItem', RequestItems={name: [big, two, three, gone]})
    assert answer['UnprocessedItems'] == {name: [three, gone]}
    with throttled('ProvisionedThroughputExceededException', OF_TABLE, 'TableWriteProvisionedThroughputExceeded',
                   ARN + name):
        wire.call('BatchWriteItem', RequestItems={name: [three, gone]})
    answer = wire.call('BatchWriteItem', RequestItems={name: [three], other: [gone]})
    assert answer['UnprocessedItems'] == {name: [three]}

    keys = [{'p': {'S': str(i)}} for i in range(1, 4)]
    ask = {'Keys': keys, 'ConsistentRead': True, 'ProjectionExpression': '#p', 'ExpressionAttributeNames': {'#p': 'p'}}
    for _ in range(5):
        answer = wire.call('BatchGetItem', RequestItems={name: ask})
        if answer['UnprocessedKeys']:
            break
    left = answer['UnprocessedKeys'][name]['Keys']
    assert left == keys[-len(left):] and answer['UnprocessedKeys'] == {name: {**ask, 'Keys': left}}
    assert len(answer['Responses'][name]) == len([k for k in keys[:3 - len(left)] if k['p']['S'] != '3'])
    with throttled('ProvisionedThroughputExceededException', OF_TABLE, 'TableReadProvisionedThroughputExceeded',
                   ARN + name):
        wire.call('BatchGetItem', RequestItems={name: ask})
    answer = wire.call('BatchGetItem', RequestItems={name: ask, other: {'Keys': keys[:1]}})
    assert answer['UnprocessedKeys'] == {name: ask} and answer['Responses'] == {name: [], other: []}


def test_transactions(wire):
    name = provisioned(wire)
    write = {'TransactItems': [{'Put': {'TableName': name, 'Item': {'p': {'S': '1'}, 'big': BIG}}},
                               {'Put': {'TableName': make_table(wire, 'p:S'), 'Item': {'p': {'S': '1'}}}}]}
    wire.call('TransactWriteItems', write)  # twice 293 units
    with pytest.raises(Refused) as got:
        wire.call('TransactWriteItems', write)
    assert got.value.name == 'TransactionCanceledException'
    assert [r['Code'] for r in got.value.body['CancellationReasons']] == ['ProvisionedThroughputExceeded', 'None']
    get = {'TransactItems': [{'Get': {'TableName': name, 'Key': {'p': {'S': '1'}}}}]}
    n, e = until_throttled(lambda i: wire.call('TransactGetItems', get))
    assert n == 3  # 148 units each
    assert [r['Code'] for r in e.body['CancellationReasons']] == ['ProvisionedThroughputExceeded']


def test_a_token_that_was_used_costs_reads(wire):
    name = provisioned(wire)
    write = {'TransactItems': [{'Put': {'TableName': name, 'Item': {'p': {'S': '1'}, 'big': BIG}}}], 'ClientRequestToken': 't'}
    wire.call('TransactWriteItems', write)
    for _ in range(3):  # 148 units of reading each, though the 300 of writing are used up
        wire.call('TransactWriteItems', write)
    with throttled('ProvisionedThroughputExceededException', OF_TABLE, 'TableReadProvisionedThroughputExceeded',
                   ARN + name):
        wire.call('GetItem', TableName=name, Key={'p': {'S': '1'}})


def test_a_cancelled_transaction_is_charged(wire):
    name = provisioned(wire)
    put(wire, name, '2')
    failing = [{'Put': {'TableName': name, 'Item': {'p': {'S': '1'}, 'big': BIG}}},
               {'ConditionCheck': {'TableName': name, 'Key': {'p': {'S': '2'}}, 'ConditionExpression': 'attribute_exists(x)'}}]
    codes = []
    for _ in range(3):
        with pytest.raises(Refused) as got:
            wire.call('TransactWriteItems', TransactItems=failing)
        codes.append([r['Code'] for r in got.value.body['CancellationReasons']])
    assert codes == [['None', 'ConditionalCheckFailed'], ['None', 'ProvisionedThroughputExceeded'],
                     ['ProvisionedThroughputExceeded'] * 2]
    assert 'Item' not in wire.call('GetItem', TableName=name, Key={'p': {'S': '1'}})


def test_a_failed_condition_costs_the_larger_item(wire):
    """What is there or what was to be there; one unit when there is neither."""
    name = provisioned(wire)
    put(wire, name, 'small')
    for op, more in (('PutItem', {'Item': {'p': {'S': 'small'}, 'a': {'S': 'a'}}}), ('DeleteItem', {'Key': {'p': {'S': 'none'}}}),
                     ('UpdateItem', {'Key': {'p': {'S': 'small'}}, 'UpdateExpression': 'REMOVE a'})):
        for _ in range(60):
            with throttled('ConditionalCheckFailedException'):
                wire.call(op, TableName=name, ConditionExpression='attribute_exists(x)', **more)
    put(wire, name, 'big', big=BIG)  # 181 units so far of 300, so this is let through
    with throttled('ProvisionedThroughputExceededException', OF_TABLE):
        put(wire, name, 'small')


@pytest.mark.parametrize('there', [True, False])
@pytest.mark.parametrize('op', ['PutItem', 'UpdateItem'])
def test_a_failed_condition_costs_what_was_to_be_there(wire, op, there):
    name = provisioned(wire)
    if there:
        put(wire, name)
    rq = {'TableName': name, 'ConditionExpression': 'attribute_exists(x)'}
    if op == 'PutItem':
        rq['Item'] = {'p': {'S': '1'}, 'big': BIG}
    else:
        rq |= {'Key': {'p': {'S': '1'}}, 'UpdateExpression': 'SET big = :b', 'ExpressionAttributeValues': {':b': BIG}}
    for _ in range(2):  # of 300 units
        with throttled('ConditionalCheckFailedException'):
            wire.call(op, rq)
    with throttled('ProvisionedThroughputExceededException', OF_TABLE):
        put(wire, name, 'small')


def test_maximum_of_on_demand(wire):
    name = make_table(wire, 'p:S', OnDemandThroughput={'MaxReadRequestUnits': 1, 'MaxWriteRequestUnits': 1})
    put(wire, name, big=BIG)
    put(wire, name, big=BIG)
    with throttled('ThrottlingException', 'Throughput exceeds the maximum OnDemandThroughput configured on table or '
                   'index', 'TableWriteMaxOnDemandThroughputExceeded', ARN + name):
        put(wire, name)
    wire.call('UpdateTable', TableName=name, OnDemandThroughput={'MaxReadRequestUnits': -1, 'MaxWriteRequestUnits': -1})
    put(wire, name)


def test_a_partition(wire):
    """1000 write units per second of one key; others are not concerned."""
    name = make_table(wire, 'p:S')

    def write(_):
        put(wire, name, big=BIG)
    n, e = until_throttled(write)
    assert 4 <= n <= 40
    assert e.name == 'ThrottlingException' and 'hot key' in e.message
    assert e.body['throttlingReasons'] == [
        {'reason': 'TableWriteKeyRangeThroughputExceeded', 'resource': ARN + name}]
    put(wire, name, '2')


def test_a_partition_of_an_index(wire):
    name = make_table(wire, 'p:S', gsi=[('byq', 'q:S')])
    n, e = until_throttled(lambda i: put(wire, name, str(i), big=BIG, q={'S': 'same'}))
    assert 4 <= n <= 40
    assert (e.name, e.message) == ('ThrottlingException', 'Throughput exceeds the current capacity for one or more global '
                                   'secondary indexes. DynamoDB is automatically scaling your index so please try again '
                                   'shortly.')
    assert e.body['throttlingReasons'] == [
        {'reason': 'IndexWriteKeyRangeThroughputExceeded', 'resource': f'{ARN}{name}/index/byq'}]
    put(wire, name, 'other', big=BIG, q={'S': 'other'})


def test_off_by_default(tmp_path):
    server = Server('--memory', log_dir=tmp_path).start()
    w = Wire(server.url)
    name = provisioned(w)
    for _ in range(5):
        put(w, name, big=BIG)
    w.close()
    assert server.stop() == 0
