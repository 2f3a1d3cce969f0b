"""Layer 1: JSON of the wrong types is refused before anything else is looked at."""
import json

import botocore.session
import pytest

from kit import Refused, av, constraint, fresh, invalid, item, refused

AV = 'com.amazonaws.dynamodb.v20120810.AttributeValue'
NO_CLASS = 'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.'


def bad(wire, op, body, message=None):
    return refused(wire, op, body, 'SerializationException', message)


@pytest.mark.parametrize('op, body, message', [
    ('PutItem', {'TableName': True}, 'TRUE_VALUE cannot be converted to String'),
    ('PutItem', {'TableName': False}, 'FALSE_VALUE cannot be converted to String'),
    ('PutItem', {'TableName': 1}, 'NUMBER_VALUE cannot be converted to String'),
    ('PutItem', {'TableName': 1.5}, 'DECIMAL_VALUE cannot be converted to String'),
    ('PutItem', {'TableName': []}, 'Unrecognized collection type class java.lang.String'),
    ('PutItem', {'TableName': {}}, 'Start of structure or map found where not expected'),
    ('GetItem', {'ConsistentRead': 'maybe'}, 'Unexpected token received from parser'),
    ('GetItem', {'ConsistentRead': 1}, 'NUMBER_VALUE cannot be converted to Boolean'),
    ('GetItem', {'ConsistentRead': 1.5}, 'DECIMAL_VALUE cannot be converted to Boolean'),
    ('GetItem', {'ConsistentRead': []}, 'Unrecognized collection type class java.lang.Boolean'),
    ('GetItem', {'ConsistentRead': {}}, 'Start of structure or map found where not expected'),
    ('Scan', {'Limit': '1'}, 'STRING_VALUE cannot be converted to Integer'),
    ('Scan', {'Limit': True}, 'TRUE_VALUE cannot be converted to Integer'),
    ('Scan', {'Limit': []}, 'Unrecognized collection type class java.lang.Integer'),
    ('CreateTable', {'ProvisionedThroughput': {'ReadCapacityUnits': '1'}},
     'STRING_VALUE cannot be converted to Long'),
    ('CreateTable', {'ProvisionedThroughput': 'x'}, 'Unexpected field type'),
    ('CreateTable', {'ProvisionedThroughput': []},
     'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ProvisionedThroughput'),
    ('CreateTable', {'KeySchema': 'x'}, 'Unexpected field type'),
    ('CreateTable', {'KeySchema': {}}, 'Start of structure or map found where not expected'),
    ('CreateTable', {'KeySchema': ['x']}, 'Unexpected value type in payload'),
    ('PutItem', {'Item': 'x'}, 'Unexpected field type'),
    ('PutItem', {'Item': []}, f'Unrecognized collection type java.util.Map<java.lang.String, {AV}>'),
    ('PutItem', {'Item': {'a': 'x'}}, 'Unexpected value type in payload'),
    ('PutItem', {'Item': {'a': []}}, f'Unrecognized collection type class {AV}'),
    ('PutItem', {'Item': {'a': {'S': 1}}}, 'NUMBER_VALUE cannot be converted to String'),
    ('PutItem', {'Item': {'a': {'N': 123}}}, 'NUMBER_VALUE cannot be converted to String'),
    ('PutItem', {'Item': {'a': {'N': 1.5}}}, 'DECIMAL_VALUE cannot be converted to String'),
    ('PutItem', {'Item': {'a': {'NULL': 'maybe'}}}, 'Unexpected token received from parser'),
    ('PutItem', {'Item': {'a': {'B': 1}}}, 'only base-64-encoded strings are convertible to bytes'),
    ('PutItem', {'Item': {'a': {'B': []}}}, 'Unrecognized collection type class java.nio.ByteBuffer'),
    ('PutItem', {'Item': {'a': {'B': 'abc'}}},
     'Base64 encoded length is expected a multiple of 4 bytes but found: 3'),
    ('PutItem', {'Item': {'a': {'B': '!!!!'}}}, 'Invalid last non-pad Base64 character dectected'),
    ('PutItem', {'Item': {'a': {'B': 'Zh=='}}}, 'Invalid last non-pad Base64 character dectected'),
    ('PutItem', {'Item': {'a': {'BS': ['Zm9=']}}}, 'Invalid last non-pad Base64 character dectected'),
    ('PutItem', {'Item': {'a': {'SS': 'x'}}}, 'Unexpected field type'),
    ('PutItem', {'Item': {'a': {'SS': {}}}}, 'Start of structure or map found where not expected'),
    ('PutItem', {'Item': {'a': {'SS': [1]}}}, 'NUMBER_VALUE cannot be converted to String'),
    ('PutItem', {'Item': {'a': {'L': 'x'}}}, 'Unexpected field type'),
    ('PutItem', {'Item': {'a': {'L': ['x']}}}, 'Unexpected value type in payload'),
    ('PutItem', {'Item': {'a': {'M': []}}}, f'Unrecognized collection type java.util.Map<java.lang.String, {AV}>'),
    ('PutItem', {'Item': {'a': {'L': [{'M': {'b': {'S': True}}}]}}}, 'TRUE_VALUE cannot be converted to String'),
    ('PutItem', {'ExpressionAttributeNames': []},
     'Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>'),
    ('UpdateItem', {'AttributeUpdates': []}, 'Unrecognized collection type java.util.Map<java.lang.String, '
     'com.amazonaws.dynamodb.v20120810.AttributeValueUpdate>'),
    ('Query', {'KeyConditions': []},
     'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.Condition>'),
    ('BatchGetItem', {'RequestItems': []},
     'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.KeysAndAttributes>'),
    ('BatchWriteItem', {'RequestItems': []}, 'Unrecognized collection type java.util.Map<java.lang.String, '
     'java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>'),
    # What is refused as a whole still has types.
    ('CreateTable', {'VectorIndexes': [[]]}, NO_CLASS + 'VectorIndex'),
    ('UpdateTable', {'VectorIndexUpdates': [[]]}, NO_CLASS + 'VectorIndexUpdate'),
    ('UpdateTable', {'GlobalTableWitnessUpdates': [[]]}, NO_CLASS + 'GlobalTableWitnessGroupUpdate'),
])
def test_wrong_types(wire, op, body, message):
    bad(wire, op, body, message)


def structures(shape, path='', above=()):
    """Every structure in a request: (how to put a value in its place, path, name)."""
    if shape.name in above:
        return
    if path and shape.type_name == 'structure':
        yield (lambda v: v), path, shape.name
    above += (shape.name,)
    if shape.type_name == 'structure':
        for name, member in shape.members.items():
            for put, where, below in structures(member, f'{path}.{name}', above):
                yield (lambda v, put=put, name=name: {name: put(v)}), where, below
    elif shape.type_name == 'list':
        for put, where, below in structures(shape.member, path + '[]', above):
            yield (lambda v, put=put: [put(v)]), where, below
    elif shape.type_name == 'map':
        for put, where, below in structures(shape.value, path + '{}', above):
            yield (lambda v, put=put: {'aaa': put(v)}), where, below


# Of these nothing is looked at: their requests are refused, or answered, whatever is in them.
NOT_LOOKED_AT = {
    'CreateTable': ('.VectorIndexes[].',),
    'DisableKinesisStreamingDestination': ('.EnableKinesisStreamingConfiguration',),
    'EnableKinesisStreamingDestination': ('.EnableKinesisStreamingConfiguration',),
    'UpdateGlobalTable': ('.ReplicaUpdates[].',),
    'UpdateGlobalTableSettings': ('',),
    'UpdateKinesisStreamingDestination': ('.UpdateKinesisStreamingConfiguration',),
    'UpdateTable': ('.ReplicaUpdates[].', '.GlobalTableWitnessUpdates[].', '.VectorIndexUpdates[].'),
    'UpdateTableReplicaAutoScaling': ('',),
}


def test_every_structure(wire):
    model = botocore.session.get_session().get_service_model('dynamodb')
    looked_at = 0
    for op in model.operation_names:
        if Refused(wire.post(op, {'TableName': 1})).name == 'UnknownOperationException':
            continue
        for put, path, name in structures(model.operation_model(op).input_shape):
            if not path.startswith(NOT_LOOKED_AT.get(op, ('?',))):
                bad(wire, op, put([]), NO_CLASS + name)
                bad(wire, op, put('x'))
                looked_at += 1
    assert looked_at > 50


def test_before_constraints(wire):
    bad(wire, 'PutItem', {'TableName': '', 'Item': {'p': {'S': 1}}}, 'NUMBER_VALUE cannot be converted to String')


@pytest.mark.parametrize('text', ['true', 'TRUE', '1', 'yes', 'Yes'])
def test_strings_that_are_booleans(wire, simple, text):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item={'p': av(k), 'b': {'BOOL': text}, 'n': {'NULL': text}})
    got = wire.call('GetItem', TableName=simple, Key=item(p=k), ConsistentRead=text)['Item']
    assert got['b'] == {'BOOL': True} and got['n'] == {'NULL': True}


@pytest.mark.parametrize('text', ['false', 'FALSE', '0', 'no'])
def test_strings_that_are_false(wire, simple, text):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item={'p': av(k), 'b': {'BOOL': text}})
    assert wire.call('GetItem', TableName=simple, Key=item(p=k))['Item']['b'] == {'BOOL': False}


def test_decimals_are_cut(wire, simple):
    assert wire.call('Scan', TableName=simple, Limit=1.9)['ScannedCount'] <= 1


@pytest.mark.parametrize('number, value', [
    ('0.9', 0), ('-0.9', 0), ('0e5', 0), ('-15e-1', -1), ('0.' + '0' * 80 + '1', 0), ('-200' + '0' * 80 + 'e-82', -2),
    ('-0.' + '0' * 80 + '3e81', -3)])
def test_integers_in_other_spellings(wire, number, value):
    invalid(wire, 'Scan', f'{{"TableName":"no-such-table","Limit":{number}}}',
            constraint(str(value), 'limit', 'Member must have value greater than or equal to 1'))


def test_unknown_members_and_nulls(wire, simple):
    k = fresh()
    wire.call('PutItem', {'TableName': simple, 'Item': {**item(p=k), 'x': {'S': 'x', 'N': None}}, 'Whatever': [1, {'a': 2}],
                          'ConditionExpression': None, 'Expected': None})
    assert wire.call('GetItem', {'TableName': simple, 'Key': item(p=k), 'Nonsense': None})['Item']['x'] == {'S': 'x'}


@pytest.mark.parametrize('body', [
    b'{', b'{"TableName":', b'[]', b'"x"', b'1', b'null', b'{"a":1}}', b'{"a":1} x', b"{'a':1}", b'{"a":01}',
    b'{"a":"\xff"}', b'{"a":"\xc0\x80"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\\x"}', b'{"a":"\\ud800"', b'{"a":"\n"}',
    b'{"a":nul}', b'{"a":1,}', b'{a:1}', b'{"a" 1}', b'\x00', b'{"a":+1}', b'{"a":.5}', b'{"a":"x',
    b'{"TableName":"abc","Key":{"p":{"S":"\xf5\x80\x80\x80"}}}', b'[' * 100000, b'{"a":' * 100000])
def test_not_json(wire, body):
    reply = wire.post('GetItem', body)
    assert reply.status == 400
    assert reply.json()['__type'] == 'com.amazon.coral.service#SerializationException'


def test_deep_but_unknown(wire, simple):
    # What nobody reads is bounded too: refused or ignored, never a crash.
    reply = wire.post('Scan', '{"TableName":"%s","x":%s1%s}' % (simple, '[' * 5000, ']' * 5000))
    assert reply.status in (200, 400)


def test_duplicate_members(wire, simple):
    k = fresh()
    reply = wire.post('PutItem', '{"TableName":"%s","Item":{"p":{"S":"%s"},"a":{"S":"1"},"a":{"S":"2"}}}' % (simple, k))
    got = wire.call('GetItem', TableName=simple, Key=item(p=k))
    if reply.status == 200:
        assert got['Item']['a'] in ({'S': '1'}, {'S': '2'})
    else:
        assert reply.status == 400 and got == {}


def test_escapes(wire, simple):
    k = fresh()
    raw = '{"TableName":"%s","Item":{"p":{"S":"%s"},"a":{"S":"\\u00e9\\ud83d\\ude00\\n\\t\\"\\\\\\/\\u0000"}}}' % (simple, k)
    assert wire.post('PutItem', raw).status == 200
    assert wire.call('GetItem', TableName=simple, Key=item(p=k))['Item']['a']['S'] == 'é😀\n\t"\\/\0'


def test_lone_surrogates(wire, simple):
    raw = '{"TableName":"%s","Item":{"p":{"S":"x"},"a":{"S":"\\ud800"}}}' % simple
    reply = wire.post('PutItem', raw)
    assert reply.status in (200, 400)
    json.loads(wire.post('GetItem', {'TableName': simple, 'Key': item(p='x')}).body.decode('utf-8'))


def test_spaces(wire, simple):
    assert wire.post('Scan', ' \r\n\t{ "TableName" : "%s" , "Limit" : 1 } \n' % simple).status == 200


@pytest.mark.parametrize('op', ['BatchGetItem', 'BatchWriteItem'])
def test_scalars_in_batches(wire, op):
    for inner in ('x', 1, ['x'], [1]):
        try:
            wire.call(op, RequestItems={'tbl': inner})
        except Refused as e:
            assert e.name in ('SerializationException', 'ValidationException')
        else:
            raise AssertionError(inner)
