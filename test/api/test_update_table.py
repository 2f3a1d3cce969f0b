"""UpdateTable: billing, throughput, protection, class; indexes that come and go under traffic."""
import re
import threading

import pytest

import kit
from kit import (PARAM, Wire, all_items, av, drop_table, fresh, index, invalid, item, items, make_table, refused, until,
                 wait_active)

TP = {'ReadCapacityUnits': 5, 'WriteCapacityUnits': 5}
MORE = {'ReadCapacityUnits': 6, 'WriteCapacityUnits': 7}


def defs(**types):
    return [{'AttributeName': n, 'AttributeType': t} for n, t in types.items()]


@pytest.fixture
def provisioned(table):
    return table('p:S', BillingMode='PROVISIONED', ProvisionedThroughput=TP)


def test_throughput(wire, provisioned):
    got = wire.call('UpdateTable', TableName=provisioned, ProvisionedThroughput=MORE)['TableDescription']
    assert got['TableStatus'] == 'UPDATING'
    t = wait_active(wire, provisioned)
    assert {k: t['ProvisionedThroughput'][k] for k in MORE} == MORE
    assert t['ProvisionedThroughput']['LastIncreaseDateTime'] > 1e9
    invalid(wire, 'UpdateTable', {'TableName': provisioned, 'ProvisionedThroughput': MORE},
            'The provisioned throughput for the table will not change. The requested value equals the current value. '
            'Current ReadCapacityUnits provisioned for the table: 6. Requested ReadCapacityUnits: 6. Current '
            'WriteCapacityUnits provisioned for the table: 7. Requested WriteCapacityUnits: 7. Refer to the Amazon '
            'DynamoDB Developer Guide for current limits and how to request higher limits.')
    wire.call('UpdateTable', TableName=provisioned, ProvisionedThroughput=TP)
    t = wait_active(wire, provisioned)
    assert t['ProvisionedThroughput']['NumberOfDecreasesToday'] == 1
    assert t['ProvisionedThroughput']['LastDecreaseDateTime'] > 1e9


def test_billing(wire, provisioned):
    wire.call('UpdateTable', TableName=provisioned, BillingMode='PAY_PER_REQUEST')
    t = wait_active(wire, provisioned)
    assert t['BillingModeSummary']['BillingMode'] == 'PAY_PER_REQUEST'
    assert t['BillingModeSummary']['LastUpdateToPayPerRequestDateTime'] > 1e9
    assert t['ProvisionedThroughput']['ReadCapacityUnits'] == 0
    wire.call('UpdateTable', TableName=provisioned, BillingMode='PAY_PER_REQUEST')
    invalid(wire, 'UpdateTable', {'TableName': provisioned, 'BillingMode': 'PROVISIONED'},
            PARAM + 'ProvisionedThroughput must be specified when BillingMode is PROVISIONED')
    wire.call('UpdateTable', TableName=provisioned, BillingMode='PROVISIONED', ProvisionedThroughput=TP)
    t = wait_active(wire, provisioned)
    assert t['BillingModeSummary']['BillingMode'] == 'PROVISIONED'
    assert t['ProvisionedThroughput']['ReadCapacityUnits'] == 5


@pytest.mark.parametrize('rq, message', [
    ({}, 'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, '
     'SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, '
     'DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required'),
    ({'BillingMode': 'PAY_PER_REQUEST', 'ProvisionedThroughput': TP}, PARAM + 'Neither ReadCapacityUnits nor '
     'WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST'),
    ({'DeletionProtectionEnabled': True, 'ProvisionedThroughput': MORE},
     PARAM + 'DeletionProtection modification must be the only operation in the request'),
    ({'TableClass': 'STANDARD', 'ProvisionedThroughput': MORE},
     PARAM + 'TableClass modification must be the only operation in the request'),
    ({'GlobalSecondaryIndexUpdates': [], 'ProvisionedThroughput': MORE},
     PARAM + 'List of GlobalSecondaryIndexUpdates is empty'),
    ({'GlobalSecondaryIndexUpdates': [{}]}, PARAM + 'One of GlobalSecondaryIndexUpdate.Update, '
     'GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null'),
    ({'GlobalSecondaryIndexUpdates': [{'Delete': {'IndexName': 'abc'},
                                       'Update': {'IndexName': 'abc', 'ProvisionedThroughput': TP}}]},
     PARAM + 'Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object'),
    ({'GlobalSecondaryIndexUpdates': [{'Create': index('new', 'p:S')[0]}], 'ProvisionedThroughput': MORE}, None),
])
def test_refused(wire, provisioned, rq, message):
    invalid(wire, 'UpdateTable', {'TableName': provisioned, **rq}, message)


def test_index_refused(wire, provisioned):
    refused(wire, 'UpdateTable', {'TableName': provisioned, 'GlobalSecondaryIndexUpdates': [{'Delete': {'IndexName': 'abc'}}]},
            'ResourceNotFoundException', f'Requested resource not found: Index abc for table {provisioned}')
    create = index('new', 'g:S')[0]
    invalid(wire, 'UpdateTable', {'TableName': provisioned, 'AttributeDefinitions': defs(g='S'),
                                  'GlobalSecondaryIndexUpdates': [{'Create': create}]},
            PARAM + 'Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: new')
    create['ProvisionedThroughput'] = TP
    invalid(wire, 'UpdateTable', {'TableName': provisioned, 'GlobalSecondaryIndexUpdates': [{'Create': create}]},
            PARAM + 'AttributeDefinitions is not specified for index: new')
    two = [{'Create': create}, {'Create': {**create, 'IndexName': 'other'}}]
    refused(wire, 'UpdateTable', {'TableName': provisioned, 'AttributeDefinitions': defs(g='S'),
                                  'GlobalSecondaryIndexUpdates': two}, 'LimitExceededException',
            'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table')


def test_protection(wire, table):
    t = table('p:S')
    got = wire.call('UpdateTable', TableName=t, DeletionProtectionEnabled=True)['TableDescription']
    assert got['DeletionProtectionEnabled'] is True
    wire.call('UpdateTable', TableName=t, DeletionProtectionEnabled=True)
    invalid(wire, 'DeleteTable', {'TableName': t})
    e = refused(wire, 'UpdateTable', {'TableName': t, 'DeletionProtectionEnabled': False}, 'ThrottlingException')
    assert e.message.startswith(f'Deletion protection setting for table {t} modified within the previous 15000 '
                                'milliseconds. Please try again after ')


def test_class(wire, table):
    t = table('p:S')
    wire.call('UpdateTable', TableName=t, TableClass='STANDARD_INFREQUENT_ACCESS')
    assert wait_active(wire, t)['TableClassSummary']['TableClass'] == 'STANDARD_INFREQUENT_ACCESS'


def add_index(wire, t, name, spec, *projection):
    made, types = index(name, spec, *projection)
    return wire.call('UpdateTable', TableName=t, AttributeDefinitions=defs(**types),
                     GlobalSecondaryIndexUpdates=[{'Create': made}])['TableDescription']


def test_add_and_remove_an_index(wire, table):
    t = table('p:S')
    for i in range(50):
        wire.call('PutItem', TableName=t, Item=items({'p': str(i), 'n': i, 'x': 'y',
                                                      'g': f'g{i % 3}' if i % 5 else i}))  # some have the wrong type
    wire.call('PutItem', TableName=t, Item=item(p='none'))
    made = add_index(wire, t, 'late', 'g:S n:N', 'INCLUDE', ['x'])
    assert made['TableStatus'] == 'UPDATING'
    (g,) = made['GlobalSecondaryIndexes']
    assert g['IndexName'] == 'late' and g['IndexStatus'] == 'CREATING' and g['Backfilling'] in (True, False)
    d = wait_active(wire, t)
    assert 'Backfilling' not in d['GlobalSecondaryIndexes'][0]
    assert [a['AttributeName'] for a in d['AttributeDefinitions']] == ['g', 'n', 'p']
    got = all_items(wire, 'Scan', {'TableName': t, 'IndexName': 'late', 'Limit': 7})
    assert {i['p'] for i in got} == {str(i) for i in range(50) if i % 5}
    assert all(set(i) == {'p', 'g', 'n', 'x'} for i in got)
    invalid(wire, 'PutItem', {'TableName': t, 'Item': item(p='x', g=1)},
            PARAM + 'Type mismatch for Index Key g Expected: S Actual: N IndexName: late')
    invalid(wire, 'UpdateTable', {'TableName': t, 'AttributeDefinitions': defs(g='S'), 'GlobalSecondaryIndexUpdates': [
        {'Create': index('late', 'g:S')[0]}]}, 'Attempting to create an index which already exists')
    gone = wire.call('UpdateTable', TableName=t, GlobalSecondaryIndexUpdates=[{'Delete': {'IndexName': 'late'}}])
    assert gone['TableDescription']['TableStatus'] == 'UPDATING'
    until('index gone', lambda: 'GlobalSecondaryIndexes' not in wait_active(wire, t))
    assert [a['AttributeName'] for a in wire.call('DescribeTable', TableName=t)['Table']['AttributeDefinitions']] == ['p']
    invalid(wire, 'Query', {'TableName': t, 'IndexName': 'late', 'KeyConditionExpression': 'g = :g',
                            'ExpressionAttributeValues': {':g': av('x')}},
            'The table does not have the specified index: late')
    wire.call('PutItem', TableName=t, Item=item(p='x', g=1))
    # A new index of the same name starts from nothing.
    add_index(wire, t, 'late', 'n:N', 'KEYS_ONLY')
    wait_active(wire, t)
    assert len(all_items(wire, 'Scan', {'TableName': t, 'IndexName': 'late'})) == 50


@pytest.mark.ours
def test_backfill_under_traffic(url, wire):
    t = make_table(wire, 'p:S s:N')
    for i in range(0, 2000, 25):
        wire.call('BatchWriteItem', RequestItems={t: [
            {'PutRequest': {'Item': item(p=f'p{n % 50}', s=n, g=f'g{n % 10}', pad='x' * 200)}} for n in range(i, i + 25)]})
    stop, errors = threading.Event(), []

    def write(seed):
        w = Wire(url)
        n = seed
        try:
            while not stop.is_set():
                n = (n * 48271 + 11) % 2000
                key = item(p=f'p{n % 50}', s=n)
                if n % 3 == 0:
                    w.call('DeleteItem', TableName=t, Key=key)
                elif n % 3 == 1:
                    w.call('UpdateItem', TableName=t, Key=key, UpdateExpression='SET g = :g',
                           ExpressionAttributeValues={':g': av(f'g{seed}')})
                else:
                    w.call('PutItem', TableName=t, Item={**key, **item(g=f'new{n % 7}')})
        except Exception as e:
            errors.append(e)
        finally:
            w.close()
    writers = [threading.Thread(target=write, args=(i,)) for i in (1, 2, 3)]
    for w in writers:
        w.start()
    try:
        for round_ in range(3):
            add_index(wire, t, f'round{round_}', 'g:S s:N')
            wait_active(wire, t)
    finally:
        stop.set()
        for w in writers:
            w.join()
    assert not errors
    base = {(i['p'], i['s']): i for i in all_items(wire, 'Scan', {'TableName': t}) if 'g' in i}
    for round_ in range(3):
        entries = all_items(wire, 'Scan', {'TableName': t, 'IndexName': f'round{round_}'})
        assert len(entries) == len(base)
        assert {(i['p'], i['s']): i for i in entries} == base
    drop_table(wire, t)


def test_missing_table(wire):
    refused(wire, 'UpdateTable', {'TableName': fresh(), 'BillingMode': 'PAY_PER_REQUEST'}, 'ResourceNotFoundException')
    # Constraints come before the table.
    invalid(wire, 'UpdateTable', {'TableName': fresh(), 'ProvisionedThroughput': {
        'ReadCapacityUnits': 1, 'WriteCapacityUnits': 0}})


TABLE_CLASS = 'Invalid table-class parameter provided. Please try again with a valid table-class value: ' \
    '[STANDARD, STANDARD_INFREQUENT_ACCESS].'


@pytest.mark.parametrize('rq, message', [
    ({'TableClass': 'CHEAP'}, TABLE_CLASS),
    ({'BillingMode': 'PROVISIONED'}, PARAM + 'ProvisionedThroughput must be specified when BillingMode is PROVISIONED'),
    ({'BillingMode': 'PAY_PER_REQUEST', 'ProvisionedThroughput': TP}, PARAM + 'Neither ReadCapacityUnits nor '
     'WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST'),
    ({'ProvisionedThroughput': {'ReadCapacityUnits': 10**12 + 1, 'WriteCapacityUnits': 1}},
     'Given value 1000000000001 for ReadCapacityUnits is out of bounds'),
    ({'StreamSpecification': {'StreamEnabled': True}},
     PARAM + 'If stream is being enabled then UpdateViewType is required'),
    ({'StreamSpecification': {'StreamEnabled': False, 'StreamViewType': 'KEYS_ONLY'}},
     PARAM + 'If stream is being disabled, then UpdateViewType must not be specified'),
    ({'SSESpecification': {'SSEType': 'AES256'}}, PARAM + 'SSEType AES256 is not supported'),
    ({'GlobalSecondaryIndexUpdates': [{'Create': index('new', 'p:S')[0]}]},
     PARAM + 'AttributeDefinitions is not specified for index: new'),
    ({'GlobalSecondaryIndexUpdates': [{'Create': index('new', 'p:S')[0]}], 'AttributeDefinitions': defs(q='S')},
     PARAM + 'Some index key attributes are not defined in AttributeDefinitions. Keys: [p], AttributeDefinitions: [q]'),
    ({'GlobalSecondaryIndexUpdates': [{'Create': index('new', 'p:S')[0]}], 'AttributeDefinitions': defs(p='S') * 2},
     'Attribute Name is duplicated: p'),
    ({'GlobalSecondaryIndexUpdates': [{'Create': {**index('new', 'p:S')[0], 'Projection': {}}}],
      'AttributeDefinitions': defs(p='S')}, PARAM + 'Unknown ProjectionType: null'),
])
def test_the_request_is_checked_before_the_table(wire, simple, rq, message):
    for name in (fresh(), simple):
        invalid(wire, 'UpdateTable', {'TableName': name, **rq}, message)


@pytest.mark.parametrize('rq, member', [
    ({'VectorIndexUpdates': [{'Delete': {'IndexName': 'vec'}}]}, 'VectorIndexUpdates'),
    ({'VectorIndexUpdates': [], 'BillingMode': 'PAY_PER_REQUEST'}, 'VectorIndexUpdates'),
    ({'DisassociationProtectionEnabled': True}, 'DisassociationProtectionEnabled'),
    ({'ReplicaUpdates': [{'Create': {'RegionName': 'eu-west-1'}}]}, 'ReplicaUpdates'),
    ({'ReplicaUpdates': [{'Disassociate': {'RegionName': 'x', 'DisassociationMode': 'WAIT_FOR_REPLICATION'}}]},
     'ReplicaUpdates'),
    ({'GlobalTableWitnessUpdates': [{'Create': {'RegionName': 'eu-west-1'}}]}, 'GlobalTableWitnessUpdates'),
    ({'MultiRegionConsistency': 'STRONG'}, 'MultiRegionConsistency'),
    ({'GlobalTableSettingsReplicationMode': 'ENABLED'}, 'GlobalTableSettingsReplicationMode'),
    ({'SSESpecification': {'Enabled': True}}, 'SSESpecification with SSEType KMS'),
])
@pytest.mark.ours
def test_not_here(wire, simple, rq, member):
    invalid(wire, 'UpdateTable', {'TableName': simple, **rq}, PARAM + f'{member} is not supported by this server')


def test_class_may_change_twice_in_a_month(wire, table):
    t = table('p:S')

    def to(name):
        return wire.call('UpdateTable', TableName=t, TableClass=name)['TableDescription']
    assert to('STANDARD')['TableStatus'] == 'UPDATING'  # though it is that already
    assert 'TableClassSummary' not in wait_active(wire, t)
    assert to('STANDARD_INFREQUENT_ACCESS')['TableStatus'] == 'UPDATING'
    first = wait_active(wire, t)['TableClassSummary']
    assert first['TableClass'] == 'STANDARD_INFREQUENT_ACCESS' and first['LastUpdateDateTime'] > 1e9
    assert to('STANDARD_INFREQUENT_ACCESS')['TableClassSummary'] == first  # the same once more is no change
    assert wait_active(wire, t)['TableClassSummary'] == first
    assert to('STANDARD')['TableClassSummary'] == first  # the answer shows what was
    last = wait_active(wire, t)['TableClassSummary']
    assert last['TableClass'] == 'STANDARD' and last['LastUpdateDateTime'] >= first['LastUpdateDateTime']
    for name in ('STANDARD_INFREQUENT_ACCESS', 'STANDARD'):
        refused(wire, 'UpdateTable', {'TableName': t, 'TableClass': name}, 'LimitExceededException',
                'Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).')
    assert wire.call('DescribeTable', TableName=t)['Table']['TableClassSummary'] == last


@pytest.mark.parametrize('more', [{}, {'OnDemandThroughput': {}}, {'WarmThroughput': {}}])
def test_an_index_update_that_says_nothing(wire, table, more):
    update = [{'Update': {'IndexName': 'byg', **more}}]
    t = table('p:S', gsi=[('byg', 'g:S')])
    invalid(wire, 'UpdateTable', {'TableName': t, 'GlobalSecondaryIndexUpdates': update},
            PARAM + 'The only Updates for index: byg when TableThroughputMode is PAY_PER_REQUEST can be to '
            'OnDemandThroughput, WarmThroughput')
    wire.call('UpdateTable', TableName=t, BillingMode='PROVISIONED', ProvisionedThroughput=TP,
              GlobalSecondaryIndexUpdates=[{'Update': {'IndexName': 'byg', 'ProvisionedThroughput': TP}}])
    invalid(wire, 'UpdateTable', {'TableName': t, 'GlobalSecondaryIndexUpdates': update},
            PARAM + 'Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: byg')


def test_warm_throughput_of_a_new_index(wire, table):
    t = table('p:S')
    create = {**index('byg', 'g:S')[0], 'WarmThroughput': {'ReadUnitsPerSecond': 11999}}
    rq = {'TableName': t, 'AttributeDefinitions': defs(g='S'), 'GlobalSecondaryIndexUpdates': [{'Create': create}]}
    e = invalid(wire, 'UpdateTable', rq)
    assert e.message.startswith(PARAM + 'Requested ReadUnitsPerSecond for WarmThroughput for index byg is lower than '
                                'initial throughput for OnDemand. See: https://docs.aws.amazon.com/')
    create['WarmThroughput'] = {'ReadUnitsPerSecond': 12001}
    (g,) = wire.call('UpdateTable', rq)['TableDescription']['GlobalSecondaryIndexes']
    assert g['WarmThroughput'] == {'ReadUnitsPerSecond': 12001, 'WriteUnitsPerSecond': 4000, 'Status': 'UPDATING'}
    (g,) = wait_active(wire, t)['GlobalSecondaryIndexes']
    assert g['WarmThroughput'] == {'ReadUnitsPerSecond': 12001, 'WriteUnitsPerSecond': 4000, 'Status': 'ACTIVE'}
    invalid(wire, 'UpdateTable', {'TableName': t, 'GlobalSecondaryIndexUpdates': [
        {'Update': {'IndexName': 'byg', 'WarmThroughput': {'ReadUnitsPerSecond': 12000}}}]},
        PARAM + 'Requested ReadUnitsPerSecond for WarmThroughput for index byg is lower than current WarmThroughput, '
        'decreasing WarmThroughput is not supported')


def test_warm_throughput_alone_and_with_an_index(wire, table):
    t = table('p:S', gsi=[('byg', 'g:S')])
    index_warm = {'GlobalSecondaryIndexUpdates': [{'Update': {
        'IndexName': 'byg', 'WarmThroughput': {'WriteUnitsPerSecond': 4001}}}]}
    got = wire.call('UpdateTable', TableName=t, WarmThroughput={'ReadUnitsPerSecond': 12001})['TableDescription']
    assert got['TableStatus'] == 'ACTIVE' and got['WarmThroughput']['Status'] == 'UPDATING'
    assert got['GlobalSecondaryIndexes'][0]['WarmThroughput']['Status'] == 'ACTIVE'
    got = wire.call('UpdateTable', TableName=t, **index_warm)['TableDescription']
    (g,) = got['GlobalSecondaryIndexes']
    assert (got['TableStatus'], g['IndexStatus']) == ('ACTIVE', 'ACTIVE')
    assert (got['WarmThroughput']['Status'], g['WarmThroughput']['Status']) == ('ACTIVE', 'UPDATING')
    seen = wait_active(wire, t)
    assert seen['WarmThroughput'] == {'ReadUnitsPerSecond': 12001, 'WriteUnitsPerSecond': 4000, 'Status': 'ACTIVE'}
    assert seen['GlobalSecondaryIndexes'][0]['WarmThroughput'] == {
        'ReadUnitsPerSecond': 12000, 'WriteUnitsPerSecond': 4001, 'Status': 'ACTIVE'}
    invalid(wire, 'UpdateTable', {
        'TableName': t, 'AttributeDefinitions': defs(n='S'), 'GlobalSecondaryIndexUpdates': [
            {'Create': index('new', 'n:S')[0]}, *index_warm['GlobalSecondaryIndexUpdates']]},
        PARAM + 'Create global secondary index cannot be specified when updating WarmThroughput')


def test_warm_throughput_of_table_and_index_together(wire, table):
    t = table('p:S', gsi=[('byg', 'g:S')])

    def update(*updates):
        return {'TableName': t, 'WarmThroughput': {'ReadUnitsPerSecond': 12345, 'WriteUnitsPerSecond': 4567},
                'GlobalSecondaryIndexUpdates': list(updates)}
    warm = {'Update': {'IndexName': 'byg', 'WarmThroughput': {'ReadUnitsPerSecond': 12001, 'WriteUnitsPerSecond': 4001}}}
    got = wire.call('UpdateTable', update(warm))['TableDescription']
    assert [d['WarmThroughput']['Status'] for d in (got, got['GlobalSecondaryIndexes'][0])] == ['UPDATING'] * 2
    seen = wait_active(wire, t)
    assert [d['WarmThroughput'] for d in (seen, seen['GlobalSecondaryIndexes'][0])] == [
        {'ReadUnitsPerSecond': 12345, 'WriteUnitsPerSecond': 4567, 'Status': 'ACTIVE'},
        {'ReadUnitsPerSecond': 12001, 'WriteUnitsPerSecond': 4001, 'Status': 'ACTIVE'}]
    alone = PARAM + 'WarmThroughput must be the only operation in the request'
    for more in ({'Delete': {'IndexName': 'byg'}}, {'Create': index('new', 'p:S')[0]},
                 {'Update': {'IndexName': 'byg', 'OnDemandThroughput': {'MaxReadRequestUnits': 5}}},
                 {'Update': {**warm['Update'], 'OnDemandThroughput': {'MaxReadRequestUnits': 5}}}):
        invalid(wire, 'UpdateTable', {**update(more), 'AttributeDefinitions': defs(p='S')}, alone)
    invalid(wire, 'UpdateTable', {**update(warm), 'OnDemandThroughput': {'MaxReadRequestUnits': 5}}, alone)


def test_an_index_that_is_updated_leaves_the_table_active(wire, table):
    t = table('p:S', gsi=[('byg', 'g:S')])

    def update(**members):
        got = wire.call('UpdateTable', TableName=t, GlobalSecondaryIndexUpdates=[
            {'Update': {'IndexName': 'byg', **members}}])['TableDescription']
        return got['TableStatus'], got['GlobalSecondaryIndexes'][0]['IndexStatus']
    assert update(OnDemandThroughput={'MaxReadRequestUnits': 5}) == ('ACTIVE', 'UPDATING')
    wait_active(wire, t)
    got = wire.call('UpdateTable', TableName=t, BillingMode='PROVISIONED', ProvisionedThroughput=TP,
                    GlobalSecondaryIndexUpdates=[{'Update': {'IndexName': 'byg', 'ProvisionedThroughput': TP}}])
    assert got['TableDescription']['TableStatus'] == 'UPDATING'
    wait_active(wire, t)
    assert update(ProvisionedThroughput=MORE) == ('ACTIVE', 'UPDATING')
    got = wire.call('UpdateTable', TableName=t, BillingMode='PAY_PER_REQUEST')['TableDescription']
    for what in (got, got['GlobalSecondaryIndexes'][0]):
        assert (what['ProvisionedThroughput']['ReadCapacityUnits'],
                what['ProvisionedThroughput']['WriteCapacityUnits']) == (0, 0)
    invalid(wire, 'UpdateTable', {'TableName': t, 'AttributeDefinitions': defs(n='S'), 'GlobalSecondaryIndexUpdates': [
        {'Create': {**index('new', 'n:S')[0], 'ProvisionedThroughput': TP}}]},
        PARAM + 'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: new when BillingMode is '
        'PAY_PER_REQUEST')


def test_above_the_maximum(wire, table):
    region = kit.REGION
    t = table('p:S', gsi=[('byg', 'g:S')])

    def above(text, **rq):
        refused(wire, 'UpdateTable', {'TableName': t, **rq}, 'LimitExceededException', text)

    def of_index(**members):
        return {'GlobalSecondaryIndexUpdates': [{'Update': {'IndexName': 'byg', **members}}]}
    for whom, on_demand, place in (('table', 'table', dict), ('index byg', 'index : byg', of_index)):
        for kind, member, name, who in (('OnDemandThroughput', 'MaxReadRequestUnits', 'Read', on_demand),
                                        ('OnDemandThroughput', 'MaxWriteRequestUnits', 'Write', on_demand),
                                        ('WarmThroughput', 'ReadUnitsPerSecond', 'Read', whom),
                                        ('WarmThroughput', 'WriteUnitsPerSecond', 'Write', whom)):
            above(f'Subscriber limit exceeded: Requested {member} for {kind} for {who} exceeds TableMax{name}'
                  f'CapacityUnits of the account in region {region}', **place(**{kind: {member: 40001}}))
            wire.call('UpdateTable', TableName=t, **place(**{kind: {member: 40000}}))
            wait_active(wire, t)
    much = {'ReadCapacityUnits': 1, 'WriteCapacityUnits': 40001}
    tail = 'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.'
    wire.call('UpdateTable', TableName=t, BillingMode='PROVISIONED', ProvisionedThroughput=TP,
              **of_index(ProvisionedThroughput=TP))
    wait_active(wire, t)
    above(f'The requested WriteCapacityUnits, 40001, is above the per table maximum for the account in {region}. '
          f'Per table maximum: 40000. {tail}', ProvisionedThroughput=much)
    above(f'The requested WriteCapacityUnits for index byg, 40001, is above the per index maximum for the account in '
          f'{region}. Per index maximum: 40000. {tail}', **of_index(ProvisionedThroughput=much))


def test_capacity_of_all_tables(wire, table):
    def units(read, write):
        return {'ReadCapacityUnits': read, 'WriteCapacityUnits': write}

    def make(read, write, **more):
        return table('p:S', BillingMode='PROVISIONED', ProvisionedThroughput=units(read, write), **more)

    def above(op, rq, member, more):
        e = refused(wire, op, rq, 'LimitExceededException')
        want = re.compile(f'This request would have caused the {member} limit to be exceeded for the account in '
                          rf'{kit.REGION}\. Current {member} reserved by the account: (\d+)\. Limit: 80000\. Requested: '
                          rf'{more}\. Refer to the Amazon DynamoDB Developer Guide for current limits and how to '
                          r'request higher limits\.')
        got = want.fullmatch(e.message)
        assert got, e.message
        assert 80000 - more < int(got[1]) <= 80000  # other tests may have tables, too
    make(40000, 1)
    t = make(35000, 1)
    above('CreateTable', {'TableName': fresh(), 'KeySchema': [{'AttributeName': 'p', 'KeyType': 'HASH'}],
                          'AttributeDefinitions': defs(p='S'), 'ProvisionedThroughput': units(5001, 1)},
          'ReadCapacityUnits', 5001)

    def indexed(read, write):
        return {'TableName': t, 'AttributeDefinitions': defs(g='S'), 'GlobalSecondaryIndexUpdates': [
            {'Create': {**index('byg', 'g:S')[0], 'ProvisionedThroughput': units(read, write)}}]}
    above('UpdateTable', indexed(5001, 1), 'ReadCapacityUnits', 5001)
    wire.call('UpdateTable', TableName=t, ProvisionedThroughput=units(34000, 40000))  # less of one is no trouble
    wait_active(wire, t)
    above('UpdateTable', indexed(1, 40000), 'WriteCapacityUnits', 40000)
    wire.call('UpdateTable', TableName=t, BillingMode='PAY_PER_REQUEST')
    wait_active(wire, t)
    make(30000, 30000)
