"""The constraints of every member of every operation on items and tables, walked by the API's own model."""
import botocore.session
import pytest

from kit import ENVELOPE, Refused, av, check_envelope, constraint, constraints, invalid, item

OPERATIONS = (
    'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem',
    'TransactGetItems', 'TransactWriteItems', 'ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction',
    'CreateTable', 'UpdateTable', 'DescribeTable', 'DeleteTable', 'ListTables', 'DescribeTimeToLive',
    'UpdateTimeToLive')
# Members whose errors the service words in another way, or whose limits in the model are not the service's.
# Their texts are looked at in the tests of their operations.  Vector indexes are refused whatever is in them.
WORDED_OTHERWISE = {
    '': ('tableName', 'limit'),
    'BatchGetItem': ('requestItems',),
    'BatchWriteItem': ('requestItems',),
    'CreateTable': ('tags', 'tableClass', 'keySchema', 'globalTableS', 'sSESpecification', 'vectorIndexes'),
    'UpdateTable': ('tableClass', 'replicaUpdates', 'globalTable', 'multiRegion', 'sSESpecification', 'vectorIndexUpdates'),
}
# The same anywhere below; of these the model's versions disagree.
SOMEWHERE = ('.tableName', 'expressionAttributeNames.aaa.member', '.keySchema', '.update.provisionedThroughput')
LONGEST = 100_000  # longer ones would say nothing new


def valid(shape, depth=0):
    kind, given = shape.type_name, shape.metadata
    if kind == 'string':
        return given['enum'][0] if 'enum' in given else 'a' * max(given.get('min', 3), min(3, given.get('max', 3)))
    if kind == 'list':
        return [valid(shape.member, depth + 1)] * max(1, given.get('min', 1))
    if kind == 'map':
        return {'aaa': valid(shape.value, depth + 1)}
    if kind == 'structure':
        if shape.name == 'AttributeValue':
            return {'S': 'x'}
        return {k: valid(v, depth + 1) for k, v in shape.members.items() if k in shape.required_members}
    return {'boolean': True, 'blob': 'YQ==', 'double': 1.5}.get(kind, max(1, given.get('min', 1)))


def lower(name):
    return name[0].lower() + name[1:]


def broken(shape):
    """Values that break one constraint each: (value, path below this one or None, text)."""
    kind, given = shape.type_name, shape.metadata
    least, most = given.get('min'), given.get('max', LONGEST)
    if kind == 'structure' and shape.name != 'AttributeValue':
        for name in shape.required_members:
            yield {k: v for k, v in valid(shape).items() if k != name}, lower(name), 'Member must not be null'
    elif kind in ('integer', 'long'):
        if least is not None:
            yield least - 1, None, f'Member must have value greater than or equal to {least}'
        if 'max' in given:
            yield most + 1, None, f'Member must have value less than or equal to {most}'
    elif kind in ('string', 'list'):
        fill = (lambda n: 'a' * n) if kind == 'string' else (lambda n: [valid(shape.member)] * n)
        if 'enum' in given:
            yield 'NONE_OF_THEM', None, 'Member must satisfy enum value set: ['
        elif least:
            yield fill(least - 1), None, f'Member must have length greater than or equal to {least}'
        if 'enum' not in given and most < LONGEST and (kind == 'string' or most <= 1000):
            yield fill(most + 1), None, f'Member must have length less than or equal to {most}'
        if 'pattern' in given:
            yield 'no! way', None, 'Member must satisfy regular expression pattern: ' + given['pattern']


def walk(shape, above=()):
    """Every shape below this one: (how to put a value there into a request, path, shape)."""
    yield (lambda v: v), '', shape
    if shape.name in above or shape.name == 'AttributeValue':
        return
    above += (shape.name,)
    if shape.type_name == 'structure':
        for name, member in shape.members.items():
            for put, path, below in walk(member, above):
                yield ((lambda v, put=put, name=name: {**valid(shape), name: put(v)}),
                       ('.' if len(above) > 1 else '') + lower(name) + path, below)
    elif shape.type_name == 'list':
        for put, path, below in walk(shape.member, above):
            yield (lambda v, put=put: [put(v)]), '.1.member' + path, below
    elif shape.type_name == 'map':
        for put, path, below in walk(shape.value, above):
            yield (lambda v, put=put: {'aaa': put(v)}), '.aaa.member' + path, below


@pytest.fixture(scope='module')
def model():
    return botocore.session.get_session().get_service_model('dynamodb')


@pytest.mark.parametrize('op', OPERATIONS)
def test_every_member(wire, model, op):
    otherwise = WORDED_OTHERWISE[''] + WORDED_OTHERWISE.get(op, ())
    looked_at, wrong = 0, []
    for put, path, shape in walk(model.operation_model(op).input_shape):
        for value, below, text in broken(shape):
            where = '.'.join(p for p in (path, below) if p)
            if where.startswith(otherwise) or where.endswith(SOMEWHERE):
                continue
            looked_at += 1
            reply = wire.post(op, put(value))
            check_envelope(reply)
            got = Refused(reply) if reply.status != 200 else None
            if got is None or got.name != 'ValidationException' or (
                    f" at '{where}' failed to satisfy constraint: {text}" not in got.message):
                wrong.append((where, text, str(got)))
    assert not wrong
    assert looked_at > 0 or all(m.startswith(otherwise) for m in map(
        lower, model.operation_model(op).input_shape.members))


KEPT = 64 * 1024  # of one value


def test_values_are_shown_whole(wire):
    for value in ('x' * 300, 'x' * KEPT, 'a\0b' * 90, 'é' * 2000):
        e = invalid(wire, 'GetItem', {'TableName': value, 'Key': item(p='k')})
        # (A NUL ends nothing.)
        assert f"Value '{value}' at 'tableName' failed to satisfy constraint: Member must " in e.message
        assert e.message.endswith(('less than or equal to 255', 'pattern: [a-zA-Z0-9_.-]+'))


def test_very_long_values_are_cut(wire):
    for value, shown in (('x' * (KEPT + 1), 'x' * KEPT), ('é' * KEPT, 'é' * (KEPT // 2)),
                         ('x' + 'é' * KEPT, 'x' + 'é' * (KEPT // 2 - 1))):
        invalid(wire, 'PutItem', {'TableName': 'no-such-table', 'Item': item(p='k'), 'ReturnValues': value},
                constraint(shown + '...', 'returnValues', 'Member must satisfy enum value set: '
                           '[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]'))


def test_many_long_errors(wire):
    wrong = {'ReturnValues': 'v' * 5000, 'ReturnConsumedCapacity': 'c' * 5000, 'ReturnItemCollectionMetrics': 'm\0' * 2500,
             'ReturnValuesOnConditionCheckFailure': 'f' * 5000, 'ConditionalOperator': 'o' * 5000}
    e = invalid(wire, 'DeleteItem', {'TableName': 't' * 256, 'Key': item(p='k'), **wrong})
    got = constraints(e.message)
    assert len(got) == 6
    for name, value in wrong.items():
        assert sum(x.startswith(f"Value '{value}' at '{lower(name)}' failed") for x in got) == 1


def test_maps_and_structures_are_shown(wire):
    requests = [{'DeleteRequest': {'Key': item(p=f'k\0{i}')}} for i in range(26)]
    shown = ', '.join(f'WriteRequest(putRequest=null, deleteRequest=DeleteRequest(key={{p={{S:k\0{i}}}}}))'
                      for i in range(26))
    invalid(wire, 'BatchWriteItem', {'RequestItems': {'no-such-table': requests}},
            constraint('{no-such-table=[' + shown + ']}', 'requestItems',
                       'Map value must satisfy constraint: [Member must have length less than or equal to 25, '
                       'Member must have length greater than or equal to 1]'))


def test_names_are_shown_whole(wire):
    """Long names and NULs in texts of other kinds."""
    long, nul = 'é' * 30000, 'a\0b'
    for name in (long, nul):
        names = {'ExpressionAttributeNames': {'#a': name}}
        invalid(wire, 'PutItem', {'TableName': 'no-such-table', 'Item': item(p='k'), 'ConditionExpression': '#a = #a',
                                  **names},
                ENVELOPE + 'Invalid ConditionExpression: The first operand must be distinct from the remaining operands '
                f'for this operator or function; operator: =, first operand: [{name}]')
        invalid(wire, 'GetItem', {'TableName': 'no-such-table', 'Key': item(p='k'), 'AttributesToGet': [name, name]},
                'One or more parameter values were invalid: Duplicate value in attribute name: ' + name)
        invalid(wire, 'DeleteItem', {'TableName': 'no-such-table', 'Key': item(p='k'), 'Expected': {name: {}}},
                'One or more parameter values were invalid: Value must be provided when Exists is null for Attribute: '
                + name)
    unused = {f'#n{i}': 'a' for i in range(5000)}
    e = invalid(wire, 'DeleteItem', {'TableName': 'no-such-table', 'Key': item(p='k'), 'ConditionExpression': 'a = b',
                                     'ExpressionAttributeNames': unused})
    told = e.message.removeprefix('Value provided in ExpressionAttributeNames unused in expressions: keys: {')
    assert set(told.removesuffix('}').split(', ')) == set(unused)
    invalid(wire, 'DeleteItem', {
        'TableName': 'no-such-table', 'Key': item(p='k'), 'ConditionExpression': 'attribute_type(a, :v)',
        'ExpressionAttributeValues': {':v': av('X\0Y')}},
        'Invalid ConditionExpression: Invalid attribute type name found; type: X\0Y, valid types: '
        '{B,NULL,SS,BOOL,L,BS,N,NS,S,M}')
