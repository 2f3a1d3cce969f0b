"""The limit of item collections: what has one partition key in a table with local indexes, on a server
with a limit of 1 MiB instead of 10 GB.
"""
import pytest

import kit
from kit import Refused, Server, Wire, make_table, refused

pytestmark = pytest.mark.ours

EXCEEDED = 'ItemCollectionSizeLimitExceededException'
TEXT = 'Collection size exceeded.'
LARGE = {'S': 'x' * 300_000}  # three of them fit
SMALL = {'S': 'x' * 1000}


@pytest.fixture(scope='module')
def wire(tmp_path_factory):
    server = Server('--memory', '--item-collection-limit', '1', log_dir=tmp_path_factory.mktemp('log')).start()
    w = Wire(server.url)
    yield w
    w.close()
    assert server.stop() == 0


@pytest.fixture(scope='module')
def indexed(wire):
    return make_table(wire, 'p:S s:S', lsi=[('local', 'p:S l:S')])


def item(p, s, value=LARGE, **more):
    return {'p': {'S': p}, 's': {'S': s}, 'v': value, **more}


def key(p, s):
    return {'p': {'S': p}, 's': {'S': s}}


@pytest.fixture
def full(wire, indexed):
    """A collection of three large items, by its partition key."""
    p = kit.fresh()
    for s in 'abc':
        wire.call('PutItem', TableName=indexed, Item=item(p, s))
    return p


def contents(wire, table, p):
    return wire.call('Query', TableName=table, KeyConditionExpression='p = :p',
                     ExpressionAttributeValues={':p': {'S': p}})['Items']


def test_put_and_update_that_would_outgrow_it(wire, indexed, full):
    before = contents(wire, indexed, full)
    refused(wire, 'PutItem', {'TableName': indexed, 'Item': item(full, 'd')}, EXCEEDED, TEXT)
    refused(wire, 'UpdateItem', {'TableName': indexed, 'Key': key(full, 'd'), 'UpdateExpression': 'SET v = :v',
                                 'ExpressionAttributeValues': {':v': LARGE}}, EXCEEDED, TEXT)
    assert contents(wire, indexed, full) == before
    wire.call('PutItem', TableName=indexed, Item=item(full, 'd', SMALL))
    wire.call('PutItem', TableName=indexed, Item=item(full + 'other', 'd'))


def test_making_room(wire, indexed, full):
    rq = {'TableName': indexed, 'Item': item(full, 'd')}
    wire.call('PutItem', TableName=indexed, Item=item(full, 'a', SMALL))
    wire.call('PutItem', **rq)
    refused(wire, 'PutItem', {'TableName': indexed, 'Item': item(full, 'e')}, EXCEEDED)
    wire.call('DeleteItem', TableName=indexed, Key=key(full, 'b'))
    wire.call('PutItem', TableName=indexed, Item=item(full, 'e'))


def test_entries_of_local_indexes_count(wire, indexed):
    p = kit.fresh()
    l = {'l': {'S': 'x'}}
    value = {'S': 'x' * 190_000}  # twice with its entry
    for s in 'ab':
        wire.call('PutItem', TableName=indexed, Item=item(p, s, value, **l))
    refused(wire, 'PutItem', {'TableName': indexed, 'Item': item(p, 'c', value, **l)}, EXCEEDED)
    wire.call('PutItem', TableName=indexed, Item=item(p, 'c', value))
    refused(wire, 'UpdateItem', {'TableName': indexed, 'Key': key(p, 'c'), 'UpdateExpression': 'SET l = :l',
                                 'ExpressionAttributeValues': {':l': {'S': 'x'}}}, EXCEEDED)


def test_a_table_without_local_indexes_has_no_limit(wire):
    table = make_table(wire, 'p:S s:S', gsi=[('global', 'p:S l:S')])
    for s in 'abcdef':
        wire.call('PutItem', TableName=table, Item=item('p', s))


def test_a_batch_does_nothing(wire, indexed, full):
    other = kit.fresh()
    refused(wire, 'BatchWriteItem', {'RequestItems': {indexed: [
        {'PutRequest': {'Item': item(other, 'a')}}, {'PutRequest': {'Item': item(full, 'd')}}]}}, EXCEEDED, TEXT)
    assert contents(wire, indexed, other) == []


def test_a_transaction_is_cancelled(wire, indexed, full):
    other = kit.fresh()
    with pytest.raises(Refused) as got:
        wire.call('TransactWriteItems', TransactItems=[
            {'Put': {'TableName': indexed, 'Item': item(other, 'a')}},
            {'Put': {'TableName': indexed, 'Item': item(full, 'd')}}])
    assert got.value.name == 'TransactionCanceledException'
    assert got.value.message.endswith('[None, ItemCollectionSizeLimitExceeded]')
    assert got.value.body['CancellationReasons'] == [
        {'Code': 'None'}, {'Code': 'ItemCollectionSizeLimitExceeded', 'Message': TEXT}]
    assert contents(wire, indexed, other) == []


def test_statements(wire, indexed, full):
    statement = f"INSERT INTO \"{indexed}\" VALUE {{'p': ?, 's': 'd', 'v': ?}}"
    rq = {'Statement': statement, 'Parameters': [{'S': full}, LARGE]}
    refused(wire, 'ExecuteStatement', rq, EXCEEDED, TEXT)
    other = {'Statement': statement, 'Parameters': [{'S': kit.fresh()}, SMALL]}
    got = wire.call('BatchExecuteStatement', Statements=[rq, other])['Responses']
    assert got[0]['Error'] == {'Code': 'ItemCollectionSizeLimitExceeded', 'Message': TEXT}
    assert got[1] == {'TableName': indexed}
    assert len(contents(wire, indexed, full)) == 3
