"""GetItem."""
import pytest

from kit import (KEY_SCHEMA, NO_TABLE, PARAM, PARAM_ARE, av, constraint, fresh, invalid, item, items, plain_item,
                 refused)


@pytest.fixture(scope='module')
def stored(wire, shared):
    t = shared('p:S s:N')
    thing = {'p': 'get', 's': 7, 'a': {'b': [10, 11, {'c': 12}], 'd': 'x'}, 'e': {1, 2}, 'a.b': 'dotted'}
    wire.call('PutItem', TableName=t, Item=items(thing))
    return t, item(p='get', s=7), thing


def test_whole_item(ddb, wire, stored):
    t, key, thing = stored
    assert plain_item(wire.call('GetItem', TableName=t, Key=key)['Item']) == thing
    for consistent in (True, False):
        assert ddb.get_item(TableName=t, Key=key, ConsistentRead=consistent)['Item']['s'] == {'N': '7'}


def test_missing_item(wire, stored):
    t, _, _ = stored
    assert wire.call('GetItem', TableName=t, Key=item(p='get', s=8)) == {}
    assert wire.call('GetItem', TableName=t, Key=item(p=fresh(), s=7)) == {}


def test_key_by_value(wire, stored):
    t, _, thing = stored
    got = wire.call('GetItem', TableName=t, Key={'p': av('get'), 's': {'N': '+0.70e1'}})
    assert plain_item(got['Item']) == thing


@pytest.mark.parametrize('rq, want', [
    ({'ProjectionExpression': 's'}, {'s': 7}),
    ({'ProjectionExpression': 'a.d, e'}, {'a': {'d': 'x'}, 'e': {1, 2}}),
    ({'ProjectionExpression': 'a.b[2].c,a.b[0]'}, {'a': {'b': [10, {'c': 12}]}}),
    ({'ProjectionExpression': '#x', 'ExpressionAttributeNames': {'#x': 'a.b'}}, {'a.b': 'dotted'}),
    ({'ProjectionExpression': 'nothing'}, {}),
    ({'AttributesToGet': ['a.b', 'none', 'p']}, {'a.b': 'dotted', 'p': 'get'}),
])
def test_projection(wire, stored, rq, want):
    t, key, _ = stored
    assert plain_item(wire.call('GetItem', TableName=t, Key=key, **rq)['Item']) == want


@pytest.mark.parametrize('key', [{}, {'p': 'get'}, {'p': 'get', 's': '7'}, {'p': 'get', 'x': 7}, {'s': 7},
                                 {'p': 'get', 's': 7, 'x': 1}, {'p': ['get'], 's': 7}, {'p': {'a'}, 's': 7},
                                 {'p': None, 's': 7}])
def test_wrong_keys(wire, stored, key):
    invalid(wire, 'GetItem', {'TableName': stored[0], 'Key': items(key)}, KEY_SCHEMA)


def test_empty_key_value(wire, stored):
    invalid(wire, 'GetItem', {'TableName': stored[0], 'Key': item(p='', s=1)},
            PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string value. Key: p')


def test_long_key_value(wire, shared):
    invalid(wire, 'GetItem', {'TableName': shared('p:S'), 'Key': item(p='x' * 2049)},
            PARAM + 'Size of hashkey has exceeded the maximum size limit of2048 bytes')
    invalid(wire, 'GetItem', {'TableName': shared('p:S s:S'), 'Key': item(p='x', s='y' * 1025)},
            PARAM + 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes')


@pytest.mark.parametrize('rq, message', [
    ({'Key': None}, constraint(None, 'key', 'Member must not be null')),
    ({'TableName': None}, constraint(None, 'tableName', 'Member must not be null')),
    ({'AttributesToGet': []}, constraint('[]', 'attributesToGet',
                                         'Member must have length greater than or equal to 1')),
    ({'ReturnConsumedCapacity': 'total'}, constraint('total', 'returnConsumedCapacity',
                                                     'Member must satisfy enum value set: [INDEXES, TOTAL, NONE]')),
    ({'AttributesToGet': ['a'], 'ProjectionExpression': 'a'},
     'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: '
     '{AttributesToGet} Expression parameters: {ProjectionExpression}'),
    ({'AttributesToGet': ['a', 'b', 'a']}, PARAM + 'Duplicate value in attribute name: a'),
    ({'ExpressionAttributeNames': {'#a': 'a'}},
     'ExpressionAttributeNames can only be specified when using expressions'),
    ({'ProjectionExpression': 'a', 'ExpressionAttributeNames': {}}, 'ExpressionAttributeNames must not be empty'),
    ({'ProjectionExpression': ''}, 'Invalid ProjectionExpression: The expression can not be empty;'),
    ({'Key': {'p': {}}}, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'),
    ({'Key': {'p': {'N': 'abc'}}}, 'The parameter cannot be converted to a numeric value: abc'),
    ({'Key': {'p': {'SS': []}}}, PARAM + 'An string set  may not be empty'),
])
def test_refused_before_the_table_is_looked_for(wire, rq, message):
    body = {'TableName': 'no-such-table', 'Key': item(p='x'), **rq}
    invalid(wire, 'GetItem', {k: v for k, v in body.items() if v is not None}, message)


def test_missing_table(wire):
    refused(wire, 'GetItem', {'TableName': 'no-such-table', 'Key': item(p='x')}, 'ResourceNotFoundException', NO_TABLE)


def test_table_by_arn(wire, stored):
    t, key, thing = stored
    arn = wire.call('DescribeTable', TableName=t)['Table']['TableArn']
    assert plain_item(wire.call('GetItem', TableName=arn, Key=key)['Item']) == thing
