"""KeyConditionExpression: which conditions on keys there are, and which are refused."""
import pytest

from kit import PARAM, PARAM_ARE, all_items, av, invalid, item, items, refused

NUMBERS = [-100, -1, 0, 1, 2, 9, 10, 11, 100]
STRINGS = ['a', 'aa', 'ab', 'b', 'z', 'é', '🜲']


@pytest.fixture(scope='module')
def numbers(wire, shared):
    t = shared('p:S s:N')
    for n in NUMBERS:
        wire.call('PutItem', TableName=t, Item=item(p='numbers', s=n))
    return t


@pytest.fixture(scope='module')
def strings(wire, shared):
    t = shared('p:S s:S')
    for s in STRINGS:
        wire.call('PutItem', TableName=t, Item=item(p='strings', s=s))
    return t


def ask(wire, table, p, condition, **values):
    rq = {'TableName': table, 'KeyConditionExpression': condition,
          'ExpressionAttributeValues': items({':p': p, **{':' + k: v for k, v in values.items()}})}
    return [i['s'] for i in all_items(wire, 'Query', rq)]


@pytest.mark.parametrize('condition, v, test', [
    ('p = :p', {}, lambda n: True), ('p = :p AND s = :v', {'v': 10}, lambda n: n == 10),
    ('p = :p AND s < :v', {'v': 10}, lambda n: n < 10), ('p = :p AND s <= :v', {'v': 10}, lambda n: n <= 10),
    ('p = :p AND s > :v', {'v': -1}, lambda n: n > -1), ('s >= :v AND p = :p', {'v': 0}, lambda n: n >= 0),
    ('p = :p AND s BETWEEN :v AND :w', {'v': 1, 'w': 10}, lambda n: 1 <= n <= 10),
    ('(p = :p) AND (s > :v)', {'v': 5}, lambda n: n > 5), ('(p = :p AND s > :v)', {'v': 5}, lambda n: n > 5),
    (':p = p AND :v < s', {'v': 5}, lambda n: n > 5), ('p = :p and :v >= s', {'v': 5}, lambda n: n <= 5),
    ('p = :p AND s > :v', {'v': 1000}, lambda n: False),
])
def test_numbers(wire, numbers, condition, v, test):
    assert ask(wire, numbers, 'numbers', condition, **v) == [n for n in NUMBERS if test(n)]


@pytest.mark.parametrize('condition, v, test', [
    ('p = :p', {}, lambda s: True), ('p = :p AND begins_with(s, :v)', {'v': 'a'}, lambda s: s.startswith('a')),
    ('begins_with(s, :v) AND p = :p', {'v': 'ab'}, lambda s: s == 'ab'),
    ('p = :p AND s > :v', {'v': 'z'}, lambda s: s.encode() > b'z'),
    ('p = :p AND s < :v', {'v': 'aa'}, lambda s: s.encode() < b'aa'),
    ('p = :p AND s BETWEEN :v AND :w', {'v': 'aa', 'w': 'é'}, lambda s: b'aa' <= s.encode() <= 'é'.encode()),
])
def test_strings(wire, strings, condition, v, test):
    assert ask(wire, strings, 'strings', condition, **v) == [s for s in STRINGS if test(s)]


def test_begins_with_the_last_byte(wire, shared):
    t = shared('p:S s:B')
    keys = [b'\xfe\xff', b'\xff', b'\xff\x00', b'\xff\xff', b'\xff\xff\xff']
    for k in keys:
        wire.call('PutItem', TableName=t, Item=item(p='bytes', s=k))
    assert ask(wire, t, 'bytes', 'p = :p AND begins_with(s, :v)', v=b'\xff') == keys[1:]
    assert ask(wire, t, 'bytes', 'p = :p AND begins_with(s, :v)', v=b'\xff\xff') == keys[3:]


def query(condition, table='no-such-table', v=None, **more):
    rq = {'TableName': table, 'KeyConditionExpression': condition, **more}
    if v:
        rq['ExpressionAttributeValues'] = items({':' + k: x for k, x in v.items()})
    return rq


@pytest.mark.parametrize('condition, v, message', [
    ('p = :p OR s = :p', {'p': 1}, 'Invalid operator used in KeyConditionExpression: OR'),
    ('NOT p = :p', {'p': 1}, 'Invalid operator used in KeyConditionExpression: NOT'),
    ('p <> :p', {'p': 1}, 'Invalid operator used in KeyConditionExpression: <>'),
    ('p IN (:p)', {'p': 1}, 'Invalid operator used in KeyConditionExpression: IN'),
    ('attribute_exists(p)', {}, 'Invalid operator used in KeyConditionExpression: attribute_exists'),
    ('p = :p AND contains(s, :p)', {'p': 'a'}, 'Invalid operator used in KeyConditionExpression: contains'),
    ('size(p) = :p', {'p': 1}, 'KeyConditionExpressions cannot contain nested operations'),
    (':p BETWEEN p AND :q', {'p': 1, 'q': 2}, 'Invalid condition in KeyConditionExpression: BETWEEN operator must have the key '
     'attribute as its first operand'),
    ('p = :p AND begins_with(:p, s)', {'p': 'a'}, 'Invalid condition in KeyConditionExpression: begins_with operator '
     'must have the key attribute as its first operand'),
    ('p = s', {}, 'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition'),
    (':p = :q', {'p': 1, 'q': 2}, 'Invalid condition in KeyConditionExpression: No key attribute specified'),
    ('p = :p AND p = :p', {'p': 1}, 'KeyConditionExpressions must only contain one condition per key'),
    ('p = :p AND s > :p AND s < :p', {'p': 1}, None),
    ('p =', {}, 'Invalid KeyConditionExpression: Syntax error; token: "<EOF>", near: "="'),
    ('', {}, 'Invalid KeyConditionExpression: The expression can not be empty;'),
    ('hash = :p', {'p': 1},
     'Invalid KeyConditionExpression: Attribute name is a reserved keyword; reserved keyword: hash'),
    ('#p = :p', {'p': 1}, 'Invalid KeyConditionExpression: An expression attribute name used in the document path is '
     'not defined; attribute name: #p'),
    ('p = :q', {'p': 1}, 'Invalid KeyConditionExpression: An expression attribute value used in expression is not '
     'defined; attribute value: :q'),
    ('p = :p AND s BETWEEN :q AND :p', {'p': 1, 'q': 2}, 'Invalid KeyConditionExpression: The BETWEEN operator requires '
     'upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound '
     'operand: AttributeValue: {N:1}'),
])
def test_refused_before_the_table_is_looked_for(wire, condition, v, message):
    e = invalid(wire, 'Query', query(condition, v=v))
    if message is not None:
        assert e.message == message


def test_nested_attribute(wire):
    e = invalid(wire, 'Query', query('p.a = :p', v={'p': 1}))
    assert e.message.endswith('KeyConditionExpressions cannot have conditions on nested attributes')


@pytest.mark.parametrize('schema, condition, v, message', [
    ('p:S s:S', 's = :p', {'p': 'a'}, 'Query condition missed key schema element: p'),
    ('p:S s:S', 'p = :p AND x = :p', {'p': 'a'}, 'Query condition missed key schema element: s'),
    ('p:S s:S', 'p > :p', {'p': 'a'}, 'Query key condition not supported'),
    ('p:S s:S', 'begins_with(p, :p)', {'p': 'a'}, 'Query key condition not supported'),
    ('p:S', 'p = :p AND x = :p', {'p': 'a'}, 'Query key condition not supported'),
    ('p:S s:N', 'p = :p', {'p': 1}, PARAM + 'Condition parameter type does not match schema type'),
    ('p:S s:N', 'p = :p AND s > :s', {'p': 'a', 's': 'x'},
     PARAM + 'Condition parameter type does not match schema type'),
    ('p:S s:S', 'p = :p', {'p': ''},
     PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string value. Key: p'),
])
def test_against_the_schema(wire, shared, schema, condition, v, message):
    invalid(wire, 'Query', query(condition, shared(schema), v), message)


def test_begins_with_a_number(wire, shared):
    e = invalid(wire, 'Query', query('p = :p AND begins_with(s, :s)', shared('p:S s:N'), {'p': 'a', 's': 1}))
    assert e.message.endswith('Incorrect operand type for operator or function; operator or function: begins_with, '
                              'operand type: N')


def test_neither_form(wire):
    invalid(wire, 'Query', {'TableName': 'no-such-table'},
            'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.')


def test_missing_table(wire):
    refused(wire, 'Query', query('p = :p', v={'p': 1}), 'ResourceNotFoundException', 'Requested resource not found')


def test_both_forms(wire):
    rq = query('p = :p', v={'p': 1})
    rq['KeyConditions'] = {'p': {'ComparisonOperator': 'EQ', 'AttributeValueList': [av(1)]}}
    invalid(wire, 'Query', rq, 'Can not use both expression and non-expression parameters in the same request: '
            'Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}')
