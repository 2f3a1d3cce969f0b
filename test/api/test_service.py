"""DescribeLimits, DescribeEndpoints, and operations that are not supported."""
import pytest

from kit import Refused


def test_limits(wire):
    assert wire.call('DescribeLimits') == {
        'AccountMaxReadCapacityUnits': 80000, 'AccountMaxWriteCapacityUnits': 80000,
        'TableMaxReadCapacityUnits': 40000, 'TableMaxWriteCapacityUnits': 40000}


@pytest.mark.ours
def test_endpoints(wire, url):
    (e,) = wire.call('DescribeEndpoints')['Endpoints']
    assert e['CachePeriodInMinutes'] == 1440 and e['Address'] == url.partition('//')[2]


@pytest.mark.ours
@pytest.mark.parametrize('op', ['ExportTableToPointInTime', 'CreateGlobalTable', 'DescribeContributorInsights',
                                'ImportTable', 'EnableKinesisStreamingDestination'])
def test_not_supported_yet(wire, op):
    reply = wire.post(op, {'TableName': 'abc'})
    assert reply.status == 400
    body = reply.json()
    assert body['__type'] == 'com.amazon.coral.service#UnknownOperationException'
    assert 'support' in (body.get('message') or body.get('Message'))


def test_unknown(wire):
    for op in ('NoSuchThing', 'putitem', 'PutItem2', ''):
        try:
            wire.call(op, {})
        except Refused as e:
            assert e.body == {'__type': 'com.amazon.coral.service#UnknownOperationException'}
        else:
            raise AssertionError(op)
