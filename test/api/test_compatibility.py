"""docs/compatibility.md against a running server and against the newest API model that is installed."""
import re

import botocore.loaders
import pytest

from kit import ROOT

TEXT = (ROOT / 'docs' / 'compatibility.md').read_text()
STATES = dict(re.findall(r'^\| ([A-Z]\w+) \| (yes|partial|no) \|', TEXT, re.M))


def test_all_operations_of_the_model():
    loader = botocore.loaders.Loader()
    for service in ('dynamodb', 'dynamodbstreams'):
        missing = set(loader.load_service_model(service, 'service-2')['operations']) - set(STATES)
        assert not missing


def test_no_data_operation_is_missing():
    control = re.compile('Backup|Restore|Export|Import|Bulk|Vectors')
    assert [op for op, state in STATES.items() if state == 'no' and not control.search(op)] == []


@pytest.mark.parametrize('op', sorted(STATES))
def test_the_server_agrees(wire, op):
    reply = wire.post(op, {})
    unknown = reply.json().get('__type', '').endswith('#UnknownOperationException')
    assert unknown == (STATES[op] == 'no'), reply.body
    if unknown:
        assert reply.json()['message'] == f'The operation {op} is not supported yet'


@pytest.mark.parametrize('op', sorted(op for op, state in STATES.items() if state == 'yes'))
def test_yes_means_never_unsupported(wire, op):
    """An operation without remarks says of nothing that it is not supported by this server."""
    for body in ({}, {'TableName': 'no-such-table'}):
        reply = wire.post(op, body)
        assert 'by this server' not in reply.json().get('message', '')


# Parts of requests that need not be looked at: what they belong to is refused whatever it says, is
# always empty, or fits one page.
NOT_READ = re.compile(r'''
    .*KinesisStreamingDestination\.(Enable|Update)KinesisStreamingConfiguration |
    (CreateGlobalTable|UpdateGlobalTable)\.\w+\.\[\] | UpdateGlobalTableSettings | UpdateTableReplicaAutoScaling |
    UpdateTable\.(Replica|VectorIndex|GlobalTableWitness)Updates\.\[\] | CreateTable\.VectorIndexes\.\[\] |
    List\w+\.NextToken | ListGlobalTables\.RegionName
''', re.X)


def members(shapes, name, wrap, path, inside=()):
    """Each member below a shape, with a request that gives it a JSON type that it cannot have."""
    shape = shapes[name]
    parts = {'structure': [(k, m['shape'], lambda v, k=k: {k: v}) for k, m in shape.get('members', {}).items()],
             'list': [('[]', shape.get('member', {}).get('shape'), lambda v: [v])],
             'map': [('{}', shape.get('value', {}).get('shape'), lambda v: {'things': v})]}
    for key, of, around in parts.get(shape['type'], []):
        if of in inside or of == 'AttributeValue':
            continue
        below = lambda v, around=around: wrap(around(v))
        if shape['type'] == 'structure':
            numeric = shapes[of]['type'] in ('integer', 'long', 'double', 'timestamp')
            yield f'{path}.{key}', below('x' if numeric else 5)
        yield from members(shapes, of, below, f'{path}.{key}', (*inside, name))


@pytest.mark.ours
@pytest.mark.parametrize('service, target', [('dynamodb', 'DynamoDB'), ('dynamodbstreams', 'DynamoDBStreams')])
def test_no_member_is_ignored(wire, service, target):
    """The server knows every member of every request of the model, as a wrong JSON type in it shows."""
    model = botocore.loaders.Loader().load_service_model(service, 'service-2')
    ignored = []
    for op, of in model['operations'].items():
        if STATES.get(op) == 'no':
            continue
        for path, body in members(model['shapes'], of['input']['shape'], lambda v: v, op):
            reply = wire.post(op, body, {'X-Amz-Target': f'{target}_20120810.{op}'})
            if not NOT_READ.match(path) and b'#SerializationException' not in reply.body:
                ignored.append(path)
    assert ignored == []
