"""Which of two errors in one request is told: the checks of an operation have an order."""
import itertools

import pytest

from kit import Refused, av, item


def merged(a, b):
    both = dict(a)
    for k, v in b.items():
        into = isinstance(v, dict) and isinstance(both.get(k), dict) and not set(v) <= {'S', 'N'}
        both[k] = merged(both[k], v) if into else v
    return both


LARGE = {'big': av('x' * 409600)}
BAD_VALUE = {'bad': {}}
NO_TABLE = {'TableName': 'no-such-table'}
KEY_TYPE = {'p': av(1)}
VALUES = {'ExpressionAttributeValues': {':v': av('1')}}
BAD_KEY = {'ExpressionAttributeValues': {'v': av('1')}}
BAD_VALUES = {'ExpressionAttributeValues': {':w': {}}}
UNUSED = {'ExpressionAttributeValues': {':u': av('1')}}
WRONG_CHOICE = {'ReturnConsumedCapacity': 'x'}
EXPECTED = {'Expected': {'a': {'Exists': False}}}
FAILING = {'Expected': {'none': {'Value': av(1)}}}
MALFORMED = {'Expected': {'b': {}}}

# operation, a good request (without its table), errors in the order in which they are told.
ORDERS = {
    'PutItem': ({'Item': item(p='a', r='b'), 'ConditionExpression': 'a <> :v', **VALUES}, [
        {'ReturnItemCollectionMetrics': 1}, WRONG_CHOICE, EXPECTED, {'Item': BAD_VALUE}, {'ReturnValues': 'ALL_NEW'},
        {'Item': LARGE}, BAD_KEY, BAD_VALUES, {'ConditionExpression': 'a ='}, UNUSED, NO_TABLE, {'Item': KEY_TYPE},
        {'Item': {'c': av('x')}}]),
    'PutItem, Expected': ({'Item': item(p='a', r='b'), **EXPECTED}, [
        WRONG_CHOICE, {'Item': BAD_VALUE}, {'ReturnValues': 'ALL_NEW'}, {'Item': LARGE},
        {'Expected': {'q': {'Value': {'N': 'x'}}}}, MALFORMED, NO_TABLE, {'Item': KEY_TYPE}, {'Item': {'c': av('x')}}, FAILING]),
    'DeleteItem': ({'Key': item(p='a', r='b'), 'ConditionExpression': 'a <> :v', **VALUES}, [
        {'ReturnItemCollectionMetrics': 1}, WRONG_CHOICE, EXPECTED, {'Key': BAD_VALUE}, {'ReturnValues': 'UPDATED_NEW'},
        BAD_KEY, BAD_VALUES, {'ConditionExpression': 'a ='}, UNUSED, NO_TABLE, {'Key': KEY_TYPE}]),
    'DeleteItem, Expected': ({'Key': item(p='a', r='b'), **EXPECTED}, [
        WRONG_CHOICE, {'Key': BAD_VALUE}, {'ReturnValues': 'UPDATED_NEW'}, MALFORMED, NO_TABLE, {'Key': KEY_TYPE},
        FAILING]),
    'GetItem': ({'Key': item(p='a', r='b'), 'ProjectionExpression': '#a', 'ExpressionAttributeNames': {'#a': 'x'}}, [
        {'ConsistentRead': 1}, WRONG_CHOICE, {'AttributesToGet': ['a', 'a']}, {'Key': BAD_VALUE},
        {'ExpressionAttributeNames': {'a': 'x'}}, {'ProjectionExpression': '#a,'}, NO_TABLE, {'Key': KEY_TYPE}]),
    'GetItem, AttributesToGet': ({'Key': item(p='a', r='b'), 'AttributesToGet': ['a']}, [
        WRONG_CHOICE, {'Key': BAD_VALUE}, {'AttributesToGet': ['a', 'a']}, NO_TABLE, {'Key': KEY_TYPE}]),
    'UpdateItem': ({'Key': item(p='a', r='b'), 'UpdateExpression': 'SET x = :v', **VALUES}, [
        {'ReturnItemCollectionMetrics': 1}, WRONG_CHOICE, EXPECTED, {'Key': BAD_VALUE}, BAD_KEY, BAD_VALUES,
        {'UpdateExpression': 'SET x ='}, UNUSED, NO_TABLE, {'Key': KEY_TYPE}, {'UpdateExpression': 'SET p = :v'}]),
    'UpdateItem, its condition': ({'Key': item(p='a', r='b'), 'UpdateExpression': 'SET x = :v', **VALUES}, [
        {'UpdateExpression': 'SET x ='}, {'ConditionExpression': 'a ='}, NO_TABLE, {'Key': KEY_TYPE}]),
    'UpdateItem, AttributeUpdates': (
        {'Key': item(p='a', r='b'), 'AttributeUpdates': {'x': {'Value': av(1)}}}, [
            WRONG_CHOICE, {'Key': BAD_VALUE}, {'AttributeUpdates': {'y': {'Value': {'N': 'x'}}}},
            {'AttributeUpdates': {'z': {'Action': 'ADD', 'Value': av('1')}}}, MALFORMED, NO_TABLE, {'Key': KEY_TYPE},
            {'AttributeUpdates': {'p': {'Value': av('a')}}}, {'AttributeUpdates': {'c': {'Value': av('x')}}}, FAILING]),
    'Query': ({'KeyConditionExpression': 'p = :v', **VALUES}, [
        {'ConsistentRead': 1}, WRONG_CHOICE, {'QueryFilter': {}}, {'ExclusiveStartKey': BAD_VALUE}, BAD_KEY, BAD_VALUES,
        {'KeyConditionExpression': 'p ='}, UNUSED, NO_TABLE]),
    'Scan': ({'FilterExpression': 'a = :v', **VALUES}, [
        {'ConsistentRead': 1}, WRONG_CHOICE, {'ScanFilter': {}}, {'ExclusiveStartKey': BAD_VALUE}, BAD_KEY, BAD_VALUES,
        {'FilterExpression': 'a ='}, UNUSED, NO_TABLE]),
}


def overwritten(first, second):
    """Would the second error take the first one's place?"""
    return any(k in first and not (isinstance(v, dict) and isinstance(first[k], dict)) for k, v in second.items())


@pytest.mark.parametrize('name', ORDERS)
def test_order(wire, shared, name):
    op = name.partition(',')[0]
    good, errors = ORDERS[name]
    good = {'TableName': shared('p:S r:S', lsi=(('local', 'p:S c:N'),)), **good}

    def told(*wrong):
        rq = good
        for w in wrong:
            rq = merged(rq, w)
        try:
            return wire.call(op, rq)
        except Refused as e:
            return f'{e.name}: {e.message}'
    wire.call(op, good)
    alone = [told(e) for e in errors]
    assert len(set(alone)) == len(errors) and all(isinstance(a, str) for a in alone), alone
    for (first, text), (second, _) in itertools.combinations(zip(errors, alone), 2):
        if not overwritten(first, second):
            assert told(first, second) == text, (first, second)
