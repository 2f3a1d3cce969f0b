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
