"""DescribeLimits, DescribeEndpoints, and all other operations."""
import pytest

from kit import Refused, check_envelope


def test_limits(wire):
    assert wire.call('DescribeLimits') == {
        'AccountMaxReadCapacityUnits': 80000, 'AccountMaxWriteCapacityUnits': 80000,
        'TableMaxReadCapacityUnits': 40000, 'TableMaxWriteCapacityUnits': 40000}


@pytest.mark.ours
def test_endpoints(wire, url):
    (e,) = wire.call('DescribeEndpoints')['Endpoints']
    assert e['CachePeriodInMinutes'] == 1440 and e['Address'] == url.partition('//')[2]


# Every operation of the API model beside those that have a file of their own here.
OPERATIONS = '''BatchExecuteStatement CreateBackup CreateGlobalTable DeleteBackup DeleteResourcePolicy DescribeBackup
DescribeContinuousBackups DescribeContributorInsights DescribeExport DescribeGlobalTable DescribeGlobalTableSettings
DescribeImport DescribeKinesisStreamingDestination DescribeTableReplicaAutoScaling DescribeTimeToLive
DisableKinesisStreamingDestination EnableKinesisStreamingDestination ExecuteStatement ExecuteTransaction
ExportTableToPointInTime GetResourcePolicy ImportTable ListBackups ListContributorInsights ListExports ListGlobalTables
ListImports PutResourcePolicy RestoreTableFromBackup RestoreTableToPointInTime TransactGetItems TransactWriteItems
UpdateContinuousBackups UpdateContributorInsights UpdateGlobalTable UpdateGlobalTableSettings
UpdateKinesisStreamingDestination UpdateTableReplicaAutoScaling UpdateTimeToLive'''.split()


@pytest.mark.parametrize('op', OPERATIONS)
def test_known(wire, op):
    """Each is carried out, refused for its parameters, or said not to be supported; never a failure of the server."""
    for body in ({}, {'TableName': 'no-such-table'}):
        reply = wire.post(op, body)
        check_envelope(reply)
        assert reply.status in (200, 400)
        if reply.json().get('__type', '').endswith('#UnknownOperationException'):
            assert 'support' in (reply.json().get('message') or ''), reply.body


def test_unknown(wire):
    for op in ('NoSuchThing', 'putitem', 'PutItem2', ''):
        try:
            wire.call(op, {})
        except Refused as e:
            assert e.body == {'__type': 'com.amazon.coral.service#UnknownOperationException'}
        else:
            raise AssertionError(op)
