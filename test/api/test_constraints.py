"""The constraints of every member of every operation on items and tables, walked by the API's own model."""
import botocore.session
import pytest

from kit import Refused, check_envelope

OPERATIONS = (
    'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem',
    'TransactGetItems', 'TransactWriteItems', 'ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction',
    'CreateTable', 'UpdateTable', 'DescribeTable', 'DeleteTable', 'ListTables', 'DescribeTimeToLive',
    'UpdateTimeToLive')
# Members whose errors the service words in another way, or whose limits in the model are not the service's.
# Their texts are looked at in the tests of their operations.
WORDED_OTHERWISE = {
    '': ('tableName', 'limit'),
    'BatchGetItem': ('requestItems',),
    'BatchWriteItem': ('requestItems',),
    'CreateTable': ('tags', 'tableClass', 'keySchema', 'globalTableS', 'sSESpecification'),
    'UpdateTable': ('tableClass', 'replicaUpdates', 'globalTable', 'multiRegion', 'sSESpecification'),
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
