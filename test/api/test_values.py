"""Wrong attribute values, wherever a request may have one: each place words them in its own way, and before it
looks for the table."""
import base64

import pytest

from kit import ENVELOPE, PARAM, av, invalid, item

NO_TABLE = 'no-such-table'
K = item(p='k')


def deep(levels, leaf=None):
    value = leaf or av('x')
    for _ in range(levels - 1):
        value = {'L': [value]}
    return value


EMPTY = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'
MANY = 'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'
TOO_DEEP = ('Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond '
            'supported limit')
NO_NUMBER = 'The parameter cannot be converted to a numeric value'
OVERFLOW = 'Number overflow. Attempting to store a number with magnitude larger than supported range'
UNDERFLOW = 'Number underflow. Attempting to store a number with magnitude smaller than supported range'
DIGITS = 'Attempting to store more than 38 significant digits in a Number'
NULL_FALSE = PARAM + 'Null attribute value types must have the value of true'
NO_STRINGS = PARAM + 'An string set  may not be empty'
NO_NUMBERS = PARAM + 'An number set  may not be empty'
NO_BINARIES = PARAM + 'Binary sets should not be empty'
LONG_NAME = 'Attribute name is too large, must be less than 65536 bytes'

# (value, text, in the envelope of PutItem and UpdateItem?, prefixed as a part of a starting key?)
VALUES = {
    'nothing': ({}, EMPTY, False, True),
    'unknown type': ({'s': 'a'}, EMPTY, False, True),
    'null': ({'S': None}, EMPTY, False, True),
    'two types': ({'S': 'a', 'N': '1'}, MANY, False, True),
    'two types, no number': ({'S': 'a', 'N': 'x'}, NO_NUMBER + ': x', False, False),
    'two types, empty set': ({'S': 'a', 'SS': []}, MANY, False, True),
    'no digits': ({'N': ''}, NO_NUMBER, False, False),
    'no number': ({'N': '1,5'}, NO_NUMBER + ': 1,5', False, False),
    'NUL in a number': ({'N': '1\0002'}, NO_NUMBER + ': 1\0002', False, False),
    'long number': ({'N': 'x' * 60000}, NO_NUMBER + ': ' + 'x' * 60000, False, False),
    '39 digits': ({'N': '1' * 39}, DIGITS, False, False),
    'too large': ({'NS': ['1', '-1e126']}, OVERFLOW, False, False),
    'too small': ({'L': [{'N': '1e-131'}]}, UNDERFLOW, False, False),
    'NULL false': ({'NULL': False}, NULL_FALSE, True, True),
    'no strings': ({'SS': []}, NO_STRINGS, True, True),
    'no numbers': ({'NS': []}, NO_NUMBERS, True, False),
    'no binaries': ({'BS': []}, NO_BINARIES, True, True),
    'empty set below': ({'M': {'a': {'L': [{'SS': []}]}}}, NO_STRINGS, True, True),
    'strings twice': ({'SS': ['a\0b', 'c', 'a\0b']},
                      PARAM + 'Input collection [a\0b, c, a\0b] contains duplicates.', True, True),
    'numbers twice': ({'NS': ['1', '1.0']}, 'Input collection contains duplicates', True, False),
    'binaries twice': ({'BS': ['Yg==', 'Yg==']}, PARAM + 'Input collection [Yg==, Yg==]of type BS contains duplicates.',
                       True, True),
    '33 levels': (deep(33), TOO_DEEP, False, True),
    '33 levels, empty': (deep(33, {'L': []}), TOO_DEEP, False, True),
    'long name': ({'M': {'x' * 65536: av(1)}}, LONG_NAME, True, True),
    'empty name': ({'M': {'': av(1)}}, PARAM + 'Attribute name must not be empty', False, True),
}


def table(**more):
    return {'TableName': NO_TABLE, **more}


def put(**more):
    return 'PutItem', table(Item=K, **more)


def update(**more):
    return 'UpdateItem', table(Key=K, **more)


def delete(**more):
    return 'DeleteItem', table(Key=K, **more)


def write(**action):
    return 'TransactWriteItems', {'TransactItems': [action]}


def eq(v):
    return {'ComparisonOperator': 'EQ', 'AttributeValueList': [v]}


def values(v):
    return {'ExpressionAttributeValues': {':v': v}}


# Place -> (what it is, request with the value there).
PLAIN, ENVELOPED, IN_VALUES, ENVELOPED_VALUES, START_KEY = range(5)
PLACES = [
    (ENVELOPED, lambda v: ('PutItem', table(Item={**K, 'v': v}))),
    (ENVELOPED, lambda v: ('UpdateItem', table(Key={'p': v}))),
    (PLAIN, lambda v: ('DeleteItem', table(Key={'p': v}))),
    (PLAIN, lambda v: ('GetItem', table(Key={'p': v}))),
    (PLAIN, lambda v: ('BatchGetItem', {'RequestItems': {NO_TABLE: {'Keys': [{'p': v}]}}})),
    (PLAIN, lambda v: ('BatchWriteItem', {'RequestItems': {NO_TABLE: [{'PutRequest': {'Item': {**K, 'v': v}}}]}})),
    (PLAIN, lambda v: ('BatchWriteItem', {'RequestItems': {NO_TABLE: [{'DeleteRequest': {'Key': {'p': v}}}]}})),
    (PLAIN, lambda v: write(Put=table(Item={**K, 'v': v}))),
    (PLAIN, lambda v: write(Update=table(Key={'p': v}, UpdateExpression='REMOVE a'))),
    (PLAIN, lambda v: write(Delete=table(Key={'p': v}))),
    (PLAIN, lambda v: write(ConditionCheck=table(Key={'p': v}, ConditionExpression='attribute_exists(a)'))),
    (IN_VALUES, lambda v: write(Put=table(Item=K, ConditionExpression='a = :v', **values(v)))),
    (IN_VALUES, lambda v: write(Update=table(Key=K, UpdateExpression='SET a = :v', **values(v)))),
    (PLAIN, lambda v: ('TransactGetItems', {'TransactItems': [{'Get': table(Key={'p': v})}]})),
    (ENVELOPED_VALUES, lambda v: put(ConditionExpression='a = :v', **values(v))),
    (ENVELOPED_VALUES, lambda v: update(UpdateExpression='SET a = :v', **values(v))),
    (IN_VALUES, lambda v: delete(ConditionExpression='a = :v', **values(v))),
    (IN_VALUES, lambda v: ('Query', table(KeyConditionExpression='p = :v', **values(v)))),
    (IN_VALUES, lambda v: ('Scan', table(FilterExpression='a = :v', **values(v)))),
    (ENVELOPED, lambda v: put(Expected={'a': {'Value': v}})),
    (ENVELOPED, lambda v: put(Expected={'a': eq(v)})),
    (ENVELOPED, lambda v: update(Expected={'a': eq(v)})),
    (PLAIN, lambda v: delete(Expected={'a': {'Value': v}})),
    (ENVELOPED, lambda v: update(AttributeUpdates={'a': {'Value': v}})),
    (PLAIN, lambda v: ('Query', table(KeyConditions={'p': eq(v)}))),
    (PLAIN, lambda v: ('Query', table(KeyConditions={'p': eq(av('k'))}, QueryFilter={'a': eq(v)}))),
    (PLAIN, lambda v: ('Scan', table(ScanFilter={'a': eq(v)}))),
    (START_KEY, lambda v: ('Scan', table(ExclusiveStartKey={'p': v}))),
    (START_KEY, lambda v: ('Query', table(KeyConditions={'p': eq(av('k'))}, ExclusiveStartKey={'p': v}))),
    (PLAIN, lambda v: ('ExecuteStatement', {'Statement': f'SELECT * FROM "{NO_TABLE}" WHERE p = ?',
                                            'Parameters': [v]})),
]


@pytest.mark.parametrize('name', VALUES)
def test_everywhere(wire, name):
    value, text, enveloped, prefixed = VALUES[name]
    in_values = f'ExpressionAttributeValues contains invalid value: {text} for key :v'
    want = {
        PLAIN: text,
        ENVELOPED: (ENVELOPE if enveloped else '') + text,
        IN_VALUES: in_values,
        ENVELOPED_VALUES: (ENVELOPE if enveloped else '') + in_values,
        START_KEY: ('The provided starting key is invalid: ' if prefixed else '') + text,
    }
    for place, make in PLACES:
        invalid(wire, *make(value), want[place])


def test_the_first_wrong_value_is_told(wire):
    invalid(wire, 'PutItem', table(Item={'a': {'N': 'x'}, 'b': {}, 'c': {'SS': []}}), NO_NUMBER + ': x')
    invalid(wire, 'PutItem', table(Item={'a': {'L': [av(1), {'SS': []}, {}]}, 'b': {}}), ENVELOPE + NO_STRINGS)


def test_what_may_be_empty(wire, simple):
    k = item(p='what may be empty')
    rest = {'s': {'S': ''}, 'b': {'B': ''}, 'l': {'L': []}, 'm': {'M': {}}, 'ss': {'SS': ['']}, 'bs': {'BS': ['']},
            'deep': {'M': {'l': {'L': [{'S': ''}, {'M': {}}]}}}}
    wire.call('PutItem', TableName=simple, Item={**k, **rest})
    assert wire.call('GetItem', TableName=simple, Key=k)['Item'] == {**k, **rest}


def test_nulls_are_absent(wire, simple):
    k = item(p='nulls are absent')
    given = {'a': None, 'b': {'S': 'x', 'N': None}, 'c': {'L': [None, av(1), None]}, 'd': {'M': {'x': None}},
             'e': {'SS': ['x', None]}}
    wire.call('PutItem', TableName=simple, Item={**k, **given})
    assert wire.call('GetItem', TableName=simple, Key=k)['Item'] == {
        **k, 'b': {'S': 'x'}, 'c': {'L': [av(1)]}, 'd': {'M': {}}, 'e': {'SS': ['x']}}


@pytest.mark.parametrize('level', [31, 32])
def test_deep_values(wire, simple, level):
    k = item(p=f'deep {level}')
    for leaf in (av('x'), {'L': []}, {'M': {}}, {'NS': ['1']}):
        wire.call('PutItem', TableName=simple, Item={**k, 'd': deep(level, leaf)})
        assert wire.call('GetItem', TableName=simple, Key=k)['Item']['d'] == deep(level, leaf)
        wire.call('UpdateItem', TableName=simple, Key=k, UpdateExpression='SET e = :v', **values(deep(level, leaf)))


def test_too_deep_by_an_update(wire, simple):
    k = item(p='too deep by an update')
    for levels, ok in ((30, True), (31, False)):
        wire.call('PutItem', TableName=simple, Item={
            **k, 'l': {'L': [{'M': {}}]}, 'm': {'M': {'a': {'M': {}}}}, 'from': deep(levels)})
        for update_, value in (('SET l[0].x = :v', deep(levels)), ('SET l[1] = :v', deep(levels + 1)),
                               ('SET m.a.b = #from', None), ('SET m.a.c = if_not_exists(q, #from)', None),
                               ('SET l = list_append(l, :v)', {'L': [deep(levels + 1)]})):
            rq = {'TableName': simple, 'Key': k, 'UpdateExpression': update_,
                  **(values(value) if value else {'ExpressionAttributeNames': {'#from': 'from'}})}
            if ok:
                wire.call('UpdateItem', rq)
            elif 'list_append' in update_:  # the value alone is too deep
                invalid(wire, 'UpdateItem', rq,
                        f'ExpressionAttributeValues contains invalid value: {TOO_DEEP} for key :v')
            else:
                invalid(wire, 'UpdateItem', rq, TOO_DEEP)


# Sizes of values in an item: (value, bytes).
SIZES = [
    (av('ab'), 2), (av('é'), 2), (av('🜲'), 4), (av('\0'), 1), ({'B': base64.b64encode(b'abc').decode()}, 3),
    (av(True), 1), (av(None), 1), ({'SS': ['ab', 'c', '']}, 3), ({'NS': ['1', '-42']}, 5), ({'BS': ['AAEC', '']}, 3),
    ({'L': []}, 3), ({'L': [av('ab'), av(None)]}, 3 + 1 + 2 + 1 + 1), ({'M': {}}, 3),
    ({'M': {'key': av(12)}}, 3 + 1 + 3 + 2), (deep(3, {'M': {'x': av('y')}}), 3 + 1 + 3 + 1 + 3 + 1 + 2),
    *(({'N': n}, size) for n, size in (
        ('0', 1), ('1', 2), ('12', 2), ('123', 3), ('1.5', 3), ('100', 2), ('1e125', 2), ('-42', 3), ('9' * 38, 20),
        ('-' + '9' * 38, 21), ('0.1', 2), ('0.01', 2), ('0.12', 2), ('0.123', 3), ('10.01', 3), ('1000001', 5),
        ('-0.5', 3), ('12.3', 3), ('123.456', 5), ('1e-130', 2), ('0012.3400', 3))),
]


@pytest.mark.parametrize('value, size', SIZES)
def test_size(wire, simple, value, size):
    rest = len('p' + 'size' + 'é' + 'f') + 1 + size
    for over in (0, 1):
        rq = {'TableName': simple, 'Item': {**item(p='size', f='x' * (409600 - rest + over)), 'é': value}}
        if over:
            invalid(wire, 'PutItem', rq, 'Item size has exceeded the maximum allowed size')
        else:
            wire.call('PutItem', rq)
