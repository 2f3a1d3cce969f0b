"""PutItem."""
import pytest

from kit import (ENVELOPE, KEY_SCHEMA, NO_TABLE, PARAM, PARAM_ARE, av, constraint, constraints, fresh, invalid, item,
                 items, plain_item, refused)

EVERYTHING = {
    's': 'text', 'empty': '', 'unicode': 'zażółć 🜲 \u0000 \u2028', 'n': 42, 'b': b'\x00\xff', 'no bytes': b'',
    'yes': True, 'no': False, 'null': None, 'list': [1, 'two', [b'3'], {}], 'map': {'a': {'b': [None]}},
    'no list': [], 'no map': {}, 'ss': {'a', 'b', ''}, 'ns': {1, 2, -3}, 'bs': {b'x', b''}, 'a.b': 1, ' ': 2, '#:[': 3,
    'nul\u0000name': 4}


def put(table, **more):
    return {'TableName': table, 'Item': item(p='k'), **more}


def test_every_type_comes_back(ddb, wire, simple):
    k = fresh()
    rq = {**items(EVERYTHING), 'p': av(k)}
    assert wire.call('PutItem', TableName=simple, Item=rq) == {}
    back = wire.call('GetItem', TableName=simple, Key=item(p=k))['Item']
    want = plain_item(rq)
    assert plain_item(back) == want
    via_boto = ddb.get_item(TableName=simple, Key=item(p=k))['Item']
    assert via_boto['b'] == {'B': b'\x00\xff'} and via_boto['unicode'] == {'S': EVERYTHING['unicode']}


def test_replaces_the_whole_item(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, a=1, b=2))
    wire.call('PutItem', TableName=simple, Item=item(p=k, b=3))
    assert plain_item(wire.call('GetItem', TableName=simple, Key=item(p=k))['Item']) == {'p': k, 'b': 3}


def test_return_values(wire, simple):
    k = fresh()
    first = wire.call('PutItem', TableName=simple, Item=item(p=k, a=1), ReturnValues='ALL_OLD')
    assert first == {}
    second = wire.call('PutItem', TableName=simple, Item=item(p=k, a=2), ReturnValues='ALL_OLD')
    assert plain_item(second['Attributes']) == {'p': k, 'a': 1}
    assert wire.call('PutItem', TableName=simple, Item=item(p=k), ReturnValues='NONE') == {}


@pytest.mark.parametrize('mode', ['ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'])
def test_return_values_of_updates_are_refused(wire, simple, mode):
    invalid(wire, 'PutItem', put(simple, ReturnValues=mode), ENVELOPE + 'ReturnValues can only be ALL_OLD or NONE')


def test_condition(wire, simple):
    k = fresh()
    once = {'TableName': simple, 'Item': item(p=k, a=1), 'ConditionExpression': 'attribute_not_exists(p)'}
    wire.call('PutItem', once)
    e = refused(wire, 'PutItem', once, 'ConditionalCheckFailedException', 'The conditional request failed')
    assert 'Item' not in e.body
    e = refused(wire, 'PutItem', {**once, 'ReturnValuesOnConditionCheckFailure': 'ALL_OLD'},
                'ConditionalCheckFailedException')
    assert plain_item(e.body['Item']) == {'p': k, 'a': 1}
    e = refused(wire, 'PutItem', {'TableName': simple, 'Item': item(p=fresh()),
                                  'ConditionExpression': 'attribute_exists(p)',
                                  'ReturnValuesOnConditionCheckFailure': 'ALL_OLD'},
                'ConditionalCheckFailedException')
    assert 'Item' not in e.body


def test_failed_condition_changes_nothing(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, a=1))
    refused(wire, 'PutItem', {'TableName': simple, 'Item': item(p=k, a=2), 'ConditionExpression': 'a > :v',
                              'ExpressionAttributeValues': {':v': av(5)}}, 'ConditionalCheckFailedException')
    assert plain_item(wire.call('GetItem', TableName=simple, Key=item(p=k))['Item']) == {'p': k, 'a': 1}


def test_missing_table(wire):
    refused(wire, 'PutItem', put('no-such-table'), 'ResourceNotFoundException', NO_TABLE)


@pytest.mark.parametrize('schema, thing, message', [
    ('p:S', {'a': 1}, PARAM + 'Missing the key p in the item'),
    ('p:S', {}, PARAM + 'Missing the key p in the item'),
    ('p:S', {'p': 1}, PARAM + 'Type mismatch for key p expected: S actual: N'),
    ('p:S', {'p': [1]}, PARAM + 'Type mismatch for key p expected: S actual: L'),
    ('p:S', {'p': ''}, PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string value. Key: p'),
    ('p:S', {'p': 'x' * 2049}, PARAM + 'Size of hashkey has exceeded the maximum size limit of2048 bytes'),
    ('p:B s:N', {'p': b'1'}, PARAM + 'Missing the key s in the item'),
    ('p:B s:N', {'p': b'1', 's': '1'}, PARAM + 'Type mismatch for key s expected: N actual: S'),
    ('p:B s:N', {'p': b'', 's': 1},
     PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty binary value. Key: p'),
    ('p:S s:S', {'p': 'k', 's': 'é' * 513},
     PARAM + 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes'),
])
def test_keys(wire, shared, schema, thing, message):
    invalid(wire, 'PutItem', {'TableName': shared(schema), 'Item': items(thing)}, message)


def test_longest_keys(wire, shared):
    t = shared('p:S s:S')
    key = item(p='x' * 2048, s='é' * 512)
    wire.call('PutItem', TableName=t, Item=key)
    assert wire.call('GetItem', TableName=t, Key=key)['Item'] == key


@pytest.mark.parametrize('thing, error, message', [
    ({'a': {}}, 'ValidationException',
     'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'),
    ({'a': {'L': [{}]}}, 'ValidationException',
     'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'),
    ({'a': {'S': 'a', 'N': '1'}}, 'ValidationException',
     'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'),
    ({'a': {'S': 'a', 'N': 'x'}}, 'ValidationException',
     'The parameter cannot be converted to a numeric value: x'),
    ({'a': {'NULL': False}}, 'ValidationException',
     ENVELOPE + PARAM + 'Null attribute value types must have the value of true'),
    ({'a': {'SS': []}}, 'ValidationException', ENVELOPE + PARAM + 'An string set  may not be empty'),
    ({'a': {'NS': []}}, 'ValidationException', ENVELOPE + PARAM + 'An number set  may not be empty'),
    ({'a': {'BS': []}}, 'ValidationException', ENVELOPE + PARAM + 'Binary sets should not be empty'),
    ({'a': {'M': {'x': {'L': [{'SS': []}]}}}}, 'ValidationException',
     ENVELOPE + PARAM + 'An string set  may not be empty'),
    ({'a': {'SS': ['a', 'b', 'a']}}, 'ValidationException',
     ENVELOPE + PARAM + 'Input collection [a, b, a] contains duplicates.'),
    ({'a': {'BS': ['Yg==', 'Yg==']}}, 'ValidationException',
     ENVELOPE + PARAM + 'Input collection [Yg==, Yg==]of type BS contains duplicates.'),
    ({'a': {'NS': ['1', '1.0']}}, 'ValidationException', ENVELOPE + 'Input collection contains duplicates'),
    ({'a': {'N': '1e126'}}, 'ValidationException',
     'Number overflow. Attempting to store a number with magnitude larger than supported range'),
])
def test_values(wire, thing, error, message):
    # Values are checked before the table is looked for.
    refused(wire, 'PutItem', {'TableName': 'no-such-table', 'Item': {'p': {'S': 'k'}, **thing}}, error, message)


def nested(levels):
    v = {'S': 'x'}
    for _ in range(levels - 1):
        v = {'L': [v]}
    return v


def test_nesting(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item={'p': av(k), 'deep': nested(32)})
    assert wire.call('GetItem', TableName=simple, Key=item(p=k))['Item']['deep'] == nested(32)
    for levels in (33, 34):
        invalid(wire, 'PutItem', {'TableName': simple, 'Item': {'p': av(k), 'deep': nested(levels)}},
                'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond '
                'supported limit')


def test_attribute_names(wire, simple):
    k = fresh()
    longest = {'p': av(k), 'n' * 65535: av(1)}
    wire.call('PutItem', TableName=simple, Item=longest)
    assert wire.call('GetItem', TableName=simple, Key=item(p=k))['Item'] == longest
    invalid(wire, 'PutItem', {'TableName': simple, 'Item': {'p': av(k), 'n' * 65536: av(1)}})
    invalid(wire, 'PutItem', {'TableName': simple, 'Item': {'p': av(k), '': av(1)}})


@pytest.mark.parametrize('more, message', [
    ({'TableName': None}, constraint(None, 'tableName', 'Member must not be null')),
    ({'Item': None}, constraint(None, 'item', 'Member must not be null')),
    ({'TableName': ''}, constraint('', 'tableName', 'Member must have length greater than or equal to 1')),
    ({'TableName': 'a b'}, constraint('a b', 'tableName',
                                      'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+')),
    ({'ReturnValues': 'all_old'}, constraint('all_old', 'returnValues', 'Member must satisfy enum value set: '
                                             '[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]')),
    ({'ReturnConsumedCapacity': ''}, constraint('', 'returnConsumedCapacity',
                                                'Member must satisfy enum value set: [INDEXES, TOTAL, NONE]')),
    ({'ReturnItemCollectionMetrics': 'X'}, constraint('X', 'returnItemCollectionMetrics',
                                                      'Member must satisfy enum value set: [SIZE, NONE]')),
    ({'ReturnValuesOnConditionCheckFailure': 'ALL_NEW'},
     constraint('ALL_NEW', 'returnValuesOnConditionCheckFailure',
                'Member must satisfy enum value set: [ALL_OLD, NONE]')),
    ({'ConditionalOperator': 'XOR'},
     constraint('XOR', 'conditionalOperator', 'Member must satisfy enum value set: [OR, AND]')),
])
def test_constraints(wire, more, message):
    invalid(wire, 'PutItem', {k: v for k, v in put('no-such-table', **more).items() if v is not None}, message)


def test_constraints_together(wire):
    e = invalid(wire, 'PutItem', put('no-such-table', ReturnValues='A', ReturnConsumedCapacity='B'))
    assert constraints(e.message) == {
        "Value 'A' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: "
        '[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]',
        "Value 'B' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: "
        '[INDEXES, TOTAL, NONE]'}


@pytest.mark.parametrize('more, message', [
    ({'Expected': {'a': {'Exists': False}}, 'ConditionExpression': 'attribute_exists(a)'},
     ENVELOPE + 'Can not use both expression and non-expression parameters in the same request: Non-expression '
     'parameters: {Expected} Expression parameters: {ConditionExpression}'),
    ({'ExpressionAttributeNames': {'#a': 'a'}},
     'ExpressionAttributeNames can only be specified when using expressions'),
    ({'ExpressionAttributeValues': {':a': av(1)}},
     ENVELOPE + 'ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null'),
    ({'ConditionExpression': '', }, 'Invalid ConditionExpression: The expression can not be empty;'),
    ({'ConditionExpression': 'a ='}, ENVELOPE + 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="'),
    ({'ConditionExpression': 'a' * 4097}, ENVELOPE + 'Invalid ConditionExpression: Expression size has exceeded the '
     'maximum allowed size; expression size: 4097'),
    ({'ConditionExpression': 'a = a'},
     ENVELOPE + 'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this '
     'operator or function; operator: =, first operand: [a]'),
    ({'ConditionExpression': '((a = b))'},
     ENVELOPE + 'Invalid ConditionExpression: The expression has redundant parentheses;'),
    ({'ConditionExpression': '#a = :a', 'ExpressionAttributeValues': {':a': av(1)}},
     'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; '
     'attribute name: #a'),
    ({'ConditionExpression': 'a = :a'},
     'Invalid ConditionExpression: An expression attribute value used in expression is not defined; '
     'attribute value: :a'),
])
def test_expression_parameters(wire, more, message):
    e = invalid(wire, 'PutItem', put('no-such-table', **more))
    # Which texts the envelope precedes here is known for most; accept either for the rest.
    assert e.message in (message, ENVELOPE + message)
    if message.startswith(ENVELOPE) or 'not defined' in message:
        assert e.message == message


def test_values_before_condition_before_table(wire):
    bad_both = put('no-such-table', ConditionExpression='a =')
    bad_both['Item'] = {'p': {'S': 'k'}, 'a': {}}
    invalid(wire, 'PutItem', bad_both,
            'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')
    bad_both['Item'] = item(p='k')
    e = invalid(wire, 'PutItem', bad_both)
    assert 'Syntax error' in e.message


def test_index_keys(wire, shared):
    t = shared('p:S s:S', gsi=(('b-index', 'g:S h:N'), ('a-index', 'g:S')), lsi=(('local', 'p:S l:B'),))

    def put_with(**more):
        return {'TableName': t, 'Item': item(p='k', s='1', **more)}
    wire.call('PutItem', put_with())
    wire.call('PutItem', put_with(g='x'))
    invalid(wire, 'PutItem', put_with(h='1'),
            PARAM + 'Type mismatch for Index Key h Expected: N Actual: S IndexName: b-index')
    invalid(wire, 'PutItem', put_with(g=1),
            PARAM + 'Type mismatch for Index Key g Expected: S Actual: N IndexName: a-index')
    invalid(wire, 'PutItem', put_with(l='x'),
            PARAM + 'Type mismatch for Index Key l Expected: B Actual: S IndexName: local')
    invalid(wire, 'PutItem', put_with(g=''),
            PARAM_ARE + 'A value specified for a secondary index key is not supported. The AttributeValue for a key '
            'attribute cannot contain an empty string value. IndexName: a-index, IndexKey: g')
    invalid(wire, 'PutItem', put_with(l=b'x' * 1025))
    invalid(wire, 'PutItem', put_with(g='x' * 2049))
    wire.call('PutItem', put_with(l=b'x' * 1024, g='x' * 2048))


def test_key_lookup_text_for_other_operations(wire, simple):
    # PutItem words a wrong key by its name; a Key parameter has one text for all.
    invalid(wire, 'GetItem', {'TableName': simple, 'Key': item(p=1)}, KEY_SCHEMA)
