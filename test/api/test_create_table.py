"""CreateTable and DescribeTable."""
import re
import time

import pytest

from kit import (ACCOUNT, PARAM, REGION, constraint, constraints, drop_table, fresh, index, invalid, item, make_table,
                 refused, table_request, wait_active)


def create(spec='p:S', gsi=(), lsi=(), name='no-such-table', **more):
    return {k: v for k, v in table_request(name, spec, gsi, lsi, **more).items() if v is not None}


THROUGHPUT = {'ReadCapacityUnits': 3, 'WriteCapacityUnits': 2}


def test_on_demand(wire, table):
    name = fresh()
    before = time.time()
    made = wire.call('CreateTable', create('p:S s:N', name=name))['TableDescription']
    assert made['TableStatus'] == 'CREATING' and made['TableName'] == name
    assert made['ItemCount'] == made['TableSizeBytes'] == 0
    assert before - 5 < made['CreationDateTime'] < time.time() + 5
    assert made['BillingModeSummary']['BillingMode'] == 'PAY_PER_REQUEST'
    wait_active(wire, name)
    t = wire.call('DescribeTable', TableName=name)['Table']
    assert re.fullmatch('[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', t['TableId'])
    assert t['KeySchema'] == [{'AttributeName': 'p', 'KeyType': 'HASH'}, {'AttributeName': 's', 'KeyType': 'RANGE'}]
    assert t['AttributeDefinitions'] == [{'AttributeName': 'p', 'AttributeType': 'S'},
                                         {'AttributeName': 's', 'AttributeType': 'N'}]
    assert t['ProvisionedThroughput'] == {'NumberOfDecreasesToday': 0, 'ReadCapacityUnits': 0, 'WriteCapacityUnits': 0}
    assert t['DeletionProtectionEnabled'] is False
    assert t['WarmThroughput'] == {'ReadUnitsPerSecond': 12000, 'WriteUnitsPerSecond': 4000, 'Status': 'ACTIVE'}
    assert t['TableId'] == made['TableId'] and t['CreationDateTime'] == made['CreationDateTime']
    for absent in ('GlobalSecondaryIndexes', 'LocalSecondaryIndexes', 'StreamSpecification', 'SSEDescription',
                   'TableClassSummary', 'LatestStreamArn', 'Tags', 'BillingMode'):
        assert absent not in t
    drop_table(wire, name)


@pytest.mark.ours
def test_arn(wire, simple):
    t = wire.call('DescribeTable', TableName=simple)['Table']
    assert t['TableArn'] == f'arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{simple}'
    assert wire.call('DescribeTable', TableName=t['TableArn'])['Table'] == t


def test_provisioned_with_indexes(wire):
    name = fresh()
    rq = create('pk:S sk:S', gsi=(('gi2', 'b:N a:S', 'INCLUDE', ['z', 'y']), ('gi1', 'a:S', 'KEYS_ONLY')),
                lsi=(('li1', 'pk:S b:N'),), name=name, BillingMode='PROVISIONED', ProvisionedThroughput=THROUGHPUT)
    for g in rq['GlobalSecondaryIndexes']:
        g['ProvisionedThroughput'] = {'ReadCapacityUnits': 7, 'WriteCapacityUnits': 8}
    wire.call('CreateTable', rq)
    t = wait_active(wire, name)
    assert [d['AttributeName'] for d in t['AttributeDefinitions']] == ['a', 'b', 'pk', 'sk']
    assert t['ProvisionedThroughput'] == {'NumberOfDecreasesToday': 0, **THROUGHPUT}
    assert 'BillingModeSummary' not in t
    assert [g['IndexName'] for g in t['GlobalSecondaryIndexes']] == ['gi2', 'gi1']
    g = t['GlobalSecondaryIndexes'][0]
    assert g['IndexStatus'] == 'ACTIVE' and 'Backfilling' not in g
    assert g['IndexArn'] == t['TableArn'] + '/index/gi2'
    assert g['KeySchema'] == [{'AttributeName': 'b', 'KeyType': 'HASH'}, {'AttributeName': 'a', 'KeyType': 'RANGE'}]
    assert g['Projection'] == {'ProjectionType': 'INCLUDE', 'NonKeyAttributes': ['y', 'z']}
    assert g['ProvisionedThroughput'] == {'NumberOfDecreasesToday': 0, 'ReadCapacityUnits': 7, 'WriteCapacityUnits': 8}
    assert g['ItemCount'] == g['IndexSizeBytes'] == 0
    (local,) = t['LocalSecondaryIndexes']
    assert local['IndexArn'] == t['TableArn'] + '/index/li1' and local['Projection'] == {'ProjectionType': 'ALL'}
    assert 'IndexStatus' not in local and 'ProvisionedThroughput' not in local
    drop_table(wire, name)


def test_usable_at_once(wire):
    name = fresh()
    wire.call('CreateTable', create(name=name))
    wait_active(wire, name)
    wire.call('PutItem', TableName=name, Item=item(p='x'))
    drop_table(wire, name)


def test_exists(wire, simple):
    refused(wire, 'CreateTable', create(name=simple), 'ResourceInUseException', f'Table already exists: {simple}')
    # The request itself is checked first.
    invalid(wire, 'CreateTable', create(name=simple, BillingMode='PROVISIONED'))


def test_a_new_incarnation(wire):
    name = make_table(wire, 'p:S')
    first = wire.call('DescribeTable', TableName=name)['Table']['TableId']
    wire.call('PutItem', TableName=name, Item=item(p='x'))
    drop_table(wire, name)
    make_table(wire, 'p:S', name=name)
    assert wire.call('DescribeTable', TableName=name)['Table']['TableId'] != first
    assert wire.call('Scan', TableName=name)['Count'] == 0
    assert wire.call('GetItem', TableName=name, Key=item(p='x')) == {}
    drop_table(wire, name)


def test_describe_missing(wire):
    refused(wire, 'DescribeTable', {'TableName': 'no-such-table'}, 'ResourceNotFoundException',
            'Requested resource not found: Table: no-such-table not found')


@pytest.mark.parametrize('op', ['DescribeTable', 'CreateTable', 'DeleteTable', 'UpdateTable'])
def test_names(wire, op):
    rest = create() if op == 'CreateTable' else {}
    short = "Value '{}' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3"
    bad = "Value '{}' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: " \
        '[a-zA-Z0-9_.-]+'
    e = invalid(wire, op, {**rest, 'TableName': ''})
    assert constraints(e.message) == {short.format(''), bad.format('')}
    e = invalid(wire, op, {**rest, 'TableName': 'ab'})
    assert constraints(e.message) == {short.format('ab')}
    e = invalid(wire, op, {**rest, 'TableName': 'a' * 256})
    assert 'Member must have length less than or equal to 255' in e.message
    e = invalid(wire, op, {**rest, 'TableName': 'abc/def'})
    assert 'regular expression' in e.message or 'ARN' in e.message
    e = invalid(wire, op, {k: v for k, v in rest.items() if k != 'TableName'})
    assert e.message in ("The parameter 'TableName' is required but was not present in the request",
                         constraint(None, 'tableName', 'Member must not be null'))


def test_longest_name(wire):
    name = fresh('n').ljust(255, '.')
    make_table(wire, 'p:S', name=name)
    drop_table(wire, name)


def ks(*pairs):
    return [{'AttributeName': n, 'KeyType': k} for n, k in pairs]


def defs(**types):
    return [{'AttributeName': n, 'AttributeType': t} for n, t in types.items()]


G = index('g-index', 'p:S')[0]


@pytest.mark.parametrize('more, message', [
    ({'KeySchema': None}, constraint(None, 'keySchema', 'Member must not be null')),
    ({'AttributeDefinitions': None}, None),
    ({'KeySchema': []}, constraint('[]', 'keySchema', 'Member must have length greater than or equal to 1')),
    ({'BillingMode': 'FREE'},
     constraint('FREE', 'billingMode', 'Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]')),
    ({'AttributeDefinitions': defs(p='X')}, constraint(
        'X', 'attributeDefinitions.1.member.attributeType', 'Member must satisfy enum value set: [B, N, S]')),
    ({'KeySchema': ks(('p', 'PRIMARY'))}, constraint(
        'PRIMARY', 'keySchema.1.member.keyType', 'Member must satisfy enum value set: [HASH, RANGE]')),
    ({'KeySchema': [{'KeyType': 'HASH'}]},
     constraint(None, 'keySchema.1.member.attributeName', 'Member must not be null')),
    ({'ProvisionedThroughput': {'ReadCapacityUnits': 1}},
     constraint(None, 'provisionedThroughput.writeCapacityUnits', 'Member must not be null')),
    ({'ProvisionedThroughput': {'ReadCapacityUnits': 0, 'WriteCapacityUnits': 1}}, constraint(
        '0', 'provisionedThroughput.readCapacityUnits', 'Member must have value greater than or equal to 1')),
    ({'GlobalSecondaryIndexes': [{**G, 'IndexName': 'ab'}]}, constraint(
        'ab', 'globalSecondaryIndexes.1.member.indexName', 'Member must have length greater than or equal to 3')),
    ({'GlobalSecondaryIndexes': [{k: v for k, v in G.items() if k != 'Projection'}]}, constraint(
        None, 'globalSecondaryIndexes.1.member.projection', 'Member must not be null')),
    ({'BillingMode': 'PROVISIONED'}, PARAM + 'ReadCapacityUnits and WriteCapacityUnits must both be specified when '
     'BillingMode is PROVISIONED'),
    ({'BillingMode': None}, PARAM + 'ReadCapacityUnits and WriteCapacityUnits must both be specified when '
     'BillingMode is PROVISIONED'),
    ({'ProvisionedThroughput': THROUGHPUT}, PARAM + 'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified '
     'when BillingMode is PAY_PER_REQUEST'),
    ({'AttributeDefinitions': defs(p='S', q='S')}, PARAM + 'Number of attributes in KeySchema does not exactly match '
     'number of attributes defined in AttributeDefinitions'),
    ({'AttributeDefinitions': defs(q='S')}, PARAM + 'Some index key attributes are not defined in AttributeDefinitions. '
     'Keys: [p], AttributeDefinitions: [q]'),
    ({'KeySchema': ks(('p', 'HASH'), ('s', 'RANGE'))}, 'Invalid KeySchema: Some index key attribute have no definition'),
    ({'GlobalSecondaryIndexes': [index('one', 'q:S')[0]]}, PARAM + 'Some index key attributes are not defined in '
     'AttributeDefinitions. Keys: [q], AttributeDefinitions: [p]'),
    ({'GlobalSecondaryIndexes': [index('one', 'q:S r:S')[0]]},
     'Invalid KeySchema: Some index key attribute have no definition'),
    ({'KeySchema': ks(('p', 'RANGE'))}, 'Invalid KeySchema: The first KeySchemaElement is not a HASH key type'),
    ({'KeySchema': ks(('p', 'HASH'), ('s', 'HASH')), 'AttributeDefinitions': defs(p='S', s='S')},
     'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type'),
    ({'KeySchema': ks(('p', 'HASH'), ('p', 'RANGE'))},
     'Both the Hash Key and the Range Key element in the KeySchema have the same name'),
    ({'KeySchema': ks(('a', 'HASH'), ('b', 'RANGE'), ('c', 'RANGE')), 'AttributeDefinitions': defs(a='S', b='S', c='S')},
     None),
    ({'GlobalSecondaryIndexes': []}, PARAM + 'List of GlobalSecondaryIndexes is empty'),
    ({'LocalSecondaryIndexes': []}, PARAM + 'List of LocalSecondaryIndexes is empty'),
    ({'GlobalSecondaryIndexes': [G, G]}, PARAM + 'Duplicate index name: g-index'),
    ({'GlobalSecondaryIndexes': [{**G, 'ProvisionedThroughput': THROUGHPUT}]}, PARAM + 'ProvisionedThroughput should not '
     'be specified for index: g-index when BillingMode is PAY_PER_REQUEST'),
    ({'GlobalSecondaryIndexes': [G], 'BillingMode': 'PROVISIONED', 'ProvisionedThroughput': THROUGHPUT},
     PARAM + 'ProvisionedThroughput is not specified for index: g-index'),
    ({'GlobalSecondaryIndexes': [{**G, 'Projection': {}}]}, PARAM + 'Unknown ProjectionType: null'),
    ({'GlobalSecondaryIndexes': [{**G, 'Projection': {'ProjectionType': 'ALL', 'NonKeyAttributes': ['a']}}]},
     PARAM + 'ProjectionType is ALL, but NonKeyAttributes is specified'),
    ({'GlobalSecondaryIndexes': [{**G, 'Projection': {'ProjectionType': 'INCLUDE'}}]},
     PARAM + 'ProjectionType is INCLUDE, but NonKeyAttributes is not specified'),
    ({'GlobalSecondaryIndexes': [{**G, 'Projection': {'ProjectionType': 'INCLUDE', 'NonKeyAttributes': ['a', 'a']}}]},
     PARAM + 'Duplicate element in NonKeyAttributes: a'),
    ({'GlobalSecondaryIndexes': [{**G, 'IndexName': f'g-{i:02}'} for i in range(21)]},
     PARAM + 'GlobalSecondaryIndex count exceeds the per-table limit of 20'),
    ({'LocalSecondaryIndexes': [G]},
     PARAM + 'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex'),
])
def test_refused(wire, more, message):
    e = invalid(wire, 'CreateTable', create(**more), message)
    if message is None:
        assert e.message


@pytest.mark.parametrize('lsi, types, message', [
    ([('l-index', 'p:S')], {}, PARAM + 'Index KeySchema does not have a range key for index: l-index'),
    ([('l-index', 'q:S s:S')], {}, PARAM + 'Index KeySchema does not have the same leading hash key as table KeySchema '
     'for index: l-index. index hash key: q, table hash key: p'),
    ([(f'l-{i:02}', 'p:S s:S') for i in range(6)], {},
     PARAM + 'Number of LocalSecondaryIndexes exceeds per-table limit of 5'),
])
def test_local_refused(wire, lsi, types, message):
    invalid(wire, 'CreateTable', create('p:S s:S', lsi=lsi), message)


def test_definitions_with_indexes(wire):
    e = invalid(wire, 'CreateTable', create('pk:S sk:S', gsi=[('g-index', 'sk:S')],
                                            AttributeDefinitions=defs(sk='S', a='S', pk='S')))
    m = re.fullmatch(re.escape(PARAM) + r'Some AttributeDefinitions are not used. AttributeDefinitions: \[(.*)\], '
                     r'keys used: \[(.*)\]', e.message)
    assert m and set(m[1].split(', ')) == {'sk', 'a', 'pk'} and set(m[2].split(', ')) == {'sk', 'pk'}, e.message


def test_what_is_accepted(wire):
    name = make_table(wire, 'p:S s:S', gsi=[('same', 'p:S s:S'), (fresh('as'), 's:S')], lsi=[('range', 'p:S s:S')],
                      Tags=[], TableClass='STANDARD')
    assert wire.call('DescribeTable', TableName=name)['Table']['TableClassSummary'] == {'TableClass': 'STANDARD'}
    drop_table(wire, name)


def test_table_class(wire):
    e = invalid(wire, 'CreateTable', create(TableClass='CHEAP'))
    assert '[STANDARD, STANDARD_INFREQUENT_ACCESS]' in e.message


def test_boto3_waiters(ddb):
    name = fresh()
    ddb.create_table(**create(name=name))
    ddb.get_waiter('table_exists').wait(TableName=name, WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
    ddb.delete_table(TableName=name)
    ddb.get_waiter('table_not_exists').wait(TableName=name, WaiterConfig={'Delay': 1, 'MaxAttempts': 60})


@pytest.mark.ours
@pytest.mark.parametrize('more, member', [
    ({'VectorIndexes': [{'IndexName': 'vec'}]}, 'VectorIndexes'), ({'VectorIndexes': []}, 'VectorIndexes'),
    ({'ResourcePolicy': '{}'}, 'ResourcePolicy'), ({'GlobalTableSourceArn': 'arn:x'}, 'GlobalTableSourceArn'),
    ({'GlobalTableSettingsReplicationMode': 'DISABLED'}, 'GlobalTableSettingsReplicationMode'),
    ({'SSESpecification': {'Enabled': True}}, 'SSESpecification with SSEType KMS'),
    ({'SSESpecification': {'SSEType': 'KMS', 'KMSMasterKeyId': 'x'}}, 'SSESpecification with SSEType KMS'),
])
def test_not_here(wire, more, member):
    invalid(wire, 'CreateTable', create(**more), PARAM + f'{member} is not supported by this server')


def test_thousands_of_names(wire):
    """The texts that list names do not grow with them."""
    names = [f'{i:04}' + 'n' * 250 for i in range(9000)]
    many = [{'AttributeName': n, 'AttributeType': 'S'} for n in names]
    e = invalid(wire, 'CreateTable', create(AttributeDefinitions=many))
    assert e.message.startswith(PARAM + 'Some index key attributes are not defined in AttributeDefinitions. Keys: [p], '
                                f'AttributeDefinitions: [{names[0]}, {names[1]}, ')
    e = invalid(wire, 'CreateTable', create(gsi=[('byn', 'p:S')], AttributeDefinitions=defs(p='S') + many))
    assert e.message.startswith(PARAM + f'Some AttributeDefinitions are not used. AttributeDefinitions: [p, {names[0]}, ')
    key = ks(*((n, 'HASH') for n in names))
    big = {'IndexName': 'byn', 'KeySchema': key, 'Projection': {'ProjectionType': 'ALL'}}
    invalid(wire, 'CreateTable', create(GlobalSecondaryIndexes=[big]),
            'Invalid KeySchema: Some index key attribute have no definition')
    # The same name again and again is one name.
    big['KeySchema'] = ks(*[('p', 'HASH')] * 9000)
    invalid(wire, 'CreateTable', create(GlobalSecondaryIndexes=[big]),
            PARAM + 'The KeySchema exceeds the maximum allowed number of HASH key attributes')
