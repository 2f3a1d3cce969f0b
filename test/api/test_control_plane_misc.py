"""What tools ask about a table besides its definition: off, none or refused, and never a false ENABLED."""
import contextlib

import pytest

from kit import ACCOUNT, REGION, Refused, constraint, constraints

ARN = f'arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/'
KINESIS = f'arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/changes-of-it'
NO_SUCH = 'Requested resource not found: Table: no-such-table not found'


@contextlib.contextmanager
def refused(name, message=None):
    with pytest.raises(Refused) as got:
        yield
    assert got.value.name == name
    assert message is None or got.value.message == message


@pytest.fixture
def name(table):
    return table('p:S', gsi=[('byq', 'q:S')])


def test_continuous_backups_are_off(wire, name):
    off = {'ContinuousBackupsDescription': {
        'ContinuousBackupsStatus': 'DISABLED',
        'PointInTimeRecoveryDescription': {'PointInTimeRecoveryStatus': 'DISABLED'}}}
    assert wire.call('DescribeContinuousBackups', TableName=name) == off
    assert wire.call('DescribeContinuousBackups', TableName=ARN + name) == off
    assert wire.call('UpdateContinuousBackups', TableName=name,
                     PointInTimeRecoverySpecification={'PointInTimeRecoveryEnabled': False}) == off
    with refused('ValidationException', 'One or more parameter values were invalid: PointInTimeRecoverySpecification '
                                       'with PointInTimeRecoveryEnabled is not supported by this server'):
        wire.call('UpdateContinuousBackups', TableName=name,
                  PointInTimeRecoverySpecification={'PointInTimeRecoveryEnabled': True})
    with refused('ValidationException', 'Invalid Request: Cannot specify RecoveryPeriodInDays when disabling '
                                       'point-in-time recovery.'):
        wire.call('UpdateContinuousBackups', TableName=name, PointInTimeRecoverySpecification={
            'PointInTimeRecoveryEnabled': False, 'RecoveryPeriodInDays': 5})


@pytest.mark.parametrize('op, more', [
    ('DescribeContinuousBackups', {}),
    ('UpdateContinuousBackups', {'PointInTimeRecoverySpecification': {'PointInTimeRecoveryEnabled': False}}),
])
def test_the_backup_family_has_its_own_missing_table(wire, op, more):
    with refused('TableNotFoundException', 'Table not found: no-such-table'):
        wire.call(op, TableName='no-such-table', **more)


def test_contributor_insights_are_off(wire, name):
    off = {'TableName': name, 'ContributorInsightsStatus': 'DISABLED'}
    assert wire.call('DescribeContributorInsights', TableName=name) == off
    assert wire.call('DescribeContributorInsights', TableName=name, IndexName='byq') == {**off, 'IndexName': 'byq'}
    assert wire.call('UpdateContributorInsights', TableName=name, ContributorInsightsAction='DISABLE') == off
    assert wire.call('ListContributorInsights', TableName=name) == {'ContributorInsightsSummaries': []}
    assert wire.call('ListContributorInsights') == {'ContributorInsightsSummaries': []}
    with refused('ValidationException', 'One or more parameter values were invalid: ContributorInsightsAction ENABLE '
                                       'is not supported by this server'):
        wire.call('UpdateContributorInsights', TableName=name, ContributorInsightsAction='ENABLE')
    with refused('ResourceNotFoundException',
                f'Requested resource not found: Index: gone not found for table: {name}'):
        wire.call('DescribeContributorInsights', TableName=name, IndexName='gone')
    for bad in ('by', 'x' * 256):
        with refused('ValidationException',
                     'IndexName must be at least 3 characters long and at most 255 characters long'):
            wire.call('DescribeContributorInsights', TableName=name, IndexName=bad)
    with refused('ValidationException', "1 validation error detected: Value 'X' at 'contributorInsightsMode' failed to "
                                        'satisfy constraint: Member must satisfy enum value set: '
                                        '[THROTTLED_KEYS, ACCESSED_AND_THROTTLED_KEYS]'):
        wire.call('UpdateContributorInsights', TableName=name, ContributorInsightsAction='DISABLE',
                  ContributorInsightsMode='X')


def test_nothing_goes_to_kinesis(wire, name):
    assert wire.call('DescribeKinesisStreamingDestination', TableName=name) == {
        'TableName': name, 'KinesisDataStreamDestinations': []}
    for op, text in (
            ('Enable', 'One or more parameter values were invalid: EnableKinesisStreamingDestination is not '
                       'supported by this server'),
            ('Disable', 'Table is not in a valid state to enable Kinesis Streaming Destination: '
                        'KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.'),
            ('Update', 'Table is not in a valid state to enable Kinesis Streaming Destination: Kinesis streaming is '
                       'not in ACTIVE state. Updates are only allowed in ACTIVE state. '
                       f'TableName: {name}, kdsArn: {KINESIS}')):
        with refused('ValidationException', text):
            wire.call(f'{op}KinesisStreamingDestination', TableName=name, StreamArn=KINESIS)


@pytest.mark.parametrize('op, more', [
    ('DescribeContributorInsights', {}), ('UpdateContributorInsights', {'ContributorInsightsAction': 'DISABLE'}),
    ('ListContributorInsights', {}), ('DescribeKinesisStreamingDestination', {}),
    ('EnableKinesisStreamingDestination', {'StreamArn': KINESIS}),
    ('DisableKinesisStreamingDestination', {'StreamArn': KINESIS}),
    ('UpdateKinesisStreamingDestination', {'StreamArn': KINESIS}),
    ('DescribeTableReplicaAutoScaling', {}), ('UpdateTableReplicaAutoScaling', {}),
])
def test_a_missing_table_is_missed(wire, op, more):
    with refused('ResourceNotFoundException', NO_SUCH):
        wire.call(op, TableName='no-such-table', **more)


@pytest.mark.parametrize('op', ['DescribeTableReplicaAutoScaling', 'UpdateTableReplicaAutoScaling'])
def test_replica_auto_scaling(wire, name, op):
    with refused('ResourceNotFoundException', f"Global table with name: '{name}' does not exist."):
        wire.call(op, TableName=name)


def test_resource_policies(wire, name):
    missing = f'Resource-based policy not found for the provided ResourceArn: {ARN}{name}'
    with refused('PolicyNotFoundException', missing):
        wire.call('GetResourcePolicy', ResourceArn=ARN + name)
    assert wire.call('DeleteResourcePolicy', ResourceArn=ARN + name) == {}
    with refused('PolicyNotFoundException'):
        wire.call('DeleteResourcePolicy', ResourceArn=ARN + name, ExpectedRevisionId='1')
    with refused('ValidationException', 'One or more parameter values were invalid: PutResourcePolicy is not '
                                       'supported by this server'):
        wire.call('PutResourcePolicy', ResourceArn=ARN + name, Policy='{}')
    for op, more in (('Get', {}), ('Put', {'Policy': '{}'}), ('Delete', {})):
        with refused('ResourceNotFoundException', NO_SUCH):
            wire.call(f'{op}ResourcePolicy', ResourceArn=ARN + 'no-such-table', **more)
    gone = f'{ARN}{name}/stream/2015-05-20T20:51:10.252'
    with refused('ResourceNotFoundException', f'Requested resource not found: Stream: {gone} not found'):
        wire.call('GetResourcePolicy', ResourceArn=gone)


def test_resource_policies_of_streams(wire, table):
    t = table('p:S', StreamSpecification={'StreamEnabled': True, 'StreamViewType': 'KEYS_ONLY'})
    stream = wire.call('DescribeTable', TableName=t)['Table']['LatestStreamArn']
    for _ in ('enabled', 'disabled'):
        with refused('PolicyNotFoundException',
                     f'Resource-based policy not found for the provided ResourceArn: {stream}'):
            wire.call('GetResourcePolicy', ResourceArn=stream)
        assert wire.call('DeleteResourcePolicy', ResourceArn=stream) == {}
        if _ == 'enabled':
            wire.call('UpdateTable', TableName=t, StreamSpecification={'StreamEnabled': False})
            wire.call('UpdateTable', TableName=t, StreamSpecification={
                'StreamEnabled': True, 'StreamViewType': 'NEW_IMAGE'})


@pytest.mark.parametrize('op, more', [('GetResourcePolicy', {}), ('PutResourcePolicy', {'Policy': '{}'}),
                                      ('DeleteResourcePolicy', {})])
@pytest.mark.parametrize('what', ['x', 'x/stream/2015-05-20T20:51:10.252'])
def test_resource_policies_of_others(wire, op, more, what):
    with refused('ValidationException', 'This action is only supported by accounts that match the resource '
                                        'owner’s account.'):
        wire.call(op, ResourceArn=ARN.replace(ACCOUNT, '1' * 12) + what, **more)
    for arn in (ARN.replace(REGION, 'eu-west-1') + what, ARN.replace('arn:aws:', 'arn:aws-cn:') + what):
        with refused('ValidationException', f'One or more parameter values were invalid: Invalid resource Arn: {arn}'):
            wire.call(op, ResourceArn=arn, **more)


KINESIS_OP = {'StreamArn': KINESIS}
OF_A_TABLE = {
    'DescribeContinuousBackups': {},
    'UpdateContinuousBackups': {'PointInTimeRecoverySpecification': {'PointInTimeRecoveryEnabled': False}},
    'DescribeContributorInsights': {}, 'UpdateContributorInsights': {'ContributorInsightsAction': 'DISABLE'},
    'DescribeKinesisStreamingDestination': {}, 'EnableKinesisStreamingDestination': KINESIS_OP,
    'DisableKinesisStreamingDestination': KINESIS_OP, 'UpdateKinesisStreamingDestination': KINESIS_OP,
    'DescribeTableReplicaAutoScaling': {}, 'UpdateTableReplicaAutoScaling': {},
    'DescribeTimeToLive': {}, 'UpdateTimeToLive': {'TimeToLiveSpecification': {'Enabled': True, 'AttributeName': 'x'}},
    'UpdateTable': {'BillingMode': 'PAY_PER_REQUEST'}, 'DescribeTable': {}, 'DeleteTable': {},
}


@pytest.mark.parametrize('op', sorted(OF_A_TABLE))
def test_names_of_tables(wire, op):
    """All operations on tables want the same of a name or an ARN."""
    more = OF_A_TABLE[op]
    with refused('ValidationException', "The parameter 'TableName' is required but was not present in the request"):
        wire.call(op, {k: v for k, v in more.items()})
    for name, what in (('ab', 'length greater than or equal to 3'), ('x' * 256, 'length less than or equal to 255')):
        with refused('ValidationException', constraint(name, 'tableName', f'Member must have {what}')):
            wire.call(op, TableName=name, **more)
    with refused('ValidationException', constraint('a b', 'tableName', 'Member must satisfy regular expression pattern: '
                                                   '[a-zA-Z0-9_.-]+')):
        wire.call(op, TableName='a b', **more)
    for arn, what in ((ARN.replace(REGION, 'eu-west-1') + 'things', 'AWS region'),
                      (ARN.replace('arn:aws:', 'arn:aws-cn:') + 'things', 'AWS partition'),
                      (ARN + 'things/index/byq', 'resource type'), (ARN + 'a b', 'resource type'),
                      (ARN + 'things/stream/2015-05-20T20:51:10.252', 'resource type')):
        with refused('ValidationException', f"1 validation error detected: Invalid {what} in '{arn}'"):
            wire.call(op, TableName=arn, **more)
    with refused('AccessDeniedException', 'Access is denied'):
        wire.call(op, TableName=ARN.replace(ACCOUNT, '1' * 12) + 'things', **more)
    with refused('ValidationException'):
        wire.call(op, TableName='arn:aws:s3:::things', **more)


@pytest.mark.parametrize('op, answer', [
    ('ListBackups', {'BackupSummaries': []}), ('ListExports', {'ExportSummaries': []}),
    ('ListImports', {'ImportSummaryList': []}), ('ListGlobalTables', {'GlobalTables': []}),
])
def test_empty_lists(wire, op, answer):
    assert wire.call(op) == answer


@pytest.mark.parametrize('op, member', [
    ('ListContributorInsights', 'NextToken'), ('ListExports', 'NextToken'), ('ListImports', 'NextToken'),
    ('ListGlobalTables', 'RegionName')])
def test_empty_lists_know_the_types_of_what_continues_them(wire, op, member):
    with refused('SerializationException', 'NUMBER_VALUE cannot be converted to String'):
        wire.call(op, {member: 1})


def test_tokens_of_imports(wire):
    for token, *broken in (('0' * 112,), ('af' * 56,), ('0' * 111, 'greater than or equal to 112', 'pattern'),
                           ('g' * 112, 'pattern'), ('0' * 1040, 'less than or equal to 1024')):
        reply = wire.post('ListImports', {'NextToken': token})
        if broken:
            got = sorted(constraints(Refused(reply).message))
            assert len(got) == len(broken) and all(b in g for b, g in zip(broken, got)), got
            assert all(g.startswith(f"Value '{token}' at 'nextToken' failed") for g in got)
        else:
            assert reply.json() == {'ImportSummaryList': []}


def test_list_backups_checks_its_parameters(wire, name):
    assert wire.call('ListBackups', TableName='no-such-table') == {'BackupSummaries': []}
    assert wire.call('ListBackups', TableName=name, Limit=1, BackupType='ALL') == {'BackupSummaries': []}
    with refused('ValidationException', 'One or more parameter values were invalid: Time range lower bound must be '
                                       'less than or equal to upper bound'):
        wire.call('ListBackups', TimeRangeLowerBound=2.5, TimeRangeUpperBound=1)
    with refused('ValidationException', "1 validation error detected: Value '101' at 'limit' failed to satisfy "
                                       'constraint: Member must have value less than or equal to 100'):
        wire.call('ListBackups', Limit=101)


@pytest.mark.parametrize('op, member, kind', [
    ('DescribeBackup', 'BackupArn', 'backup'), ('DeleteBackup', 'BackupArn', 'backup'),
    ('DescribeExport', 'ExportArn', 'export'), ('DescribeImport', 'ImportArn', 'import'),
])
def test_what_is_not_there(wire, op, member, kind):
    title = kind.capitalize()
    arn = f'{ARN}things/{kind}/01234567890123-01234567'
    with refused(f'{title}NotFoundException', f'{title} not found: {arn}'):
        wire.call(op, **{member: arn})
    with refused('ValidationException', f'Invalid {title} ARN'):
        wire.call(op, **{member: ARN + 'things/and/nothing/else'})


def test_global_tables(wire):
    for op, more in (('DescribeGlobalTable', {}), ('DescribeGlobalTableSettings', {}),
                     ('UpdateGlobalTableSettings', {}), ('UpdateGlobalTable', {'ReplicaUpdates': []})):
        with refused('GlobalTableNotFoundException', "Global table with name: 'things' does not exist."):
            wire.call(op, GlobalTableName='things', **more)
        with refused('ValidationException',
                     'TableName must be at least 3 characters long and at most 255 characters long'):
            wire.call(op, GlobalTableName='ab', **more)
    with refused('ValidationException'):
        wire.call('CreateGlobalTable', GlobalTableName='things', ReplicationGroup=[{'RegionName': REGION}])


def test_by_boto3(ddb, name):
    """The client reads its exceptions and answers as it does the service's."""
    with pytest.raises(ddb.exceptions.BackupNotFoundException):
        ddb.describe_backup(BackupArn=f'{ARN}things/backup/01234567890123-01234567')
    assert ddb.describe_continuous_backups(TableName=name)['ContinuousBackupsDescription'][
        'PointInTimeRecoveryDescription']['PointInTimeRecoveryStatus'] == 'DISABLED'


def test_what_cloudformation_reads(wire, table):
    """The questions of the handlers of AWS::DynamoDB::Table and GlobalTable about a plain table all have answers."""
    t = table('p:S', gsi=[('byq', 'q:S')], StreamSpecification={'StreamEnabled': True, 'StreamViewType': 'KEYS_ONLY'})
    described = wire.call('DescribeTable', TableName=t)['Table']
    for op, rq, member in (
            ('DescribeContinuousBackups', {'TableName': t}, 'ContinuousBackupsDescription'),
            ('DescribeTimeToLive', {'TableName': t}, 'TimeToLiveDescription'),
            ('DescribeContributorInsights', {'TableName': t}, 'ContributorInsightsStatus'),
            ('DescribeContributorInsights', {'TableName': t, 'IndexName': 'byq'}, 'ContributorInsightsStatus'),
            ('DescribeKinesisStreamingDestination', {'TableName': t}, 'KinesisDataStreamDestinations'),
            ('ListTagsOfResource', {'ResourceArn': described['TableArn']}, 'Tags'),
            ('ListTagsOfResource', {'ResourceArn': described['LatestStreamArn']}, 'Tags')):
        assert member in wire.call(op, rq)
    for arn in (described['TableArn'], described['LatestStreamArn']):
        with refused('PolicyNotFoundException'):
            wire.call('GetResourcePolicy', ResourceArn=arn)
    with refused('ResourceNotFoundException', f"Global table with name: '{t}' does not exist."):
        wire.call('DescribeTableReplicaAutoScaling', TableName=t)
