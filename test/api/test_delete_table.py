"""DeleteTable and ListTables."""
import pytest

from kit import constraint, drop_table, fresh, invalid, item, make_table, refused, until


def test_delete(wire):
    name = make_table(wire, 'p:S s:S', gsi=[('g-index', 'g:S')])
    wire.call('PutItem', TableName=name, Item=item(p='x', s='y', g='z'))
    gone = wire.call('DeleteTable', TableName=name)['TableDescription']
    assert gone['TableStatus'] == 'DELETING' and gone['TableName'] == name
    assert 'KeySchema' not in gone and 'AttributeDefinitions' not in gone and 'GlobalSecondaryIndexes' not in gone

    def missing():
        return name not in wire.call('ListTables', ExclusiveStartTableName=name[:-1], Limit=100)['TableNames']
    until('deleted', missing)
    for op, rq, message in (
            ('DescribeTable', {}, f'Requested resource not found: Table: {name} not found'),
            ('DeleteTable', {}, f'Requested resource not found: Table: {name} not found'),
            ('UpdateTable', {'BillingMode': 'PAY_PER_REQUEST'}, f'Requested resource not found: Table: {name} not found'),
            ('Scan', {}, 'Requested resource not found'),
            ('GetItem', {'Key': item(p='x', s='y')}, 'Requested resource not found')):
        refused(wire, op, {'TableName': name, **rq}, 'ResourceNotFoundException', message)


def test_protection(wire):
    name = make_table(wire, 'p:S', DeletionProtectionEnabled=True)
    assert wire.call('DescribeTable', TableName=name)['Table']['DeletionProtectionEnabled'] is True
    invalid(wire, 'DeleteTable', {'TableName': name}, 'Resource cannot be deleted as it is currently protected against '
            'deletion. Disable deletion protection first.')

    def unprotect():
        return wire.post('UpdateTable', {'TableName': name, 'DeletionProtectionEnabled': False}).status == 200
    until('unprotected', unprotect, 40)
    drop_table(wire, name)


@pytest.fixture(scope='module')
def listed(wire):
    prefix = fresh('list')
    names = [make_table(wire, 'p:S', name=f'{prefix}.{x}') for x in ('b', 'B', 'a', '_', '-', '0', 'aa')]
    yield prefix, sorted(names)
    for n in names:
        drop_table(wire, n)


def test_list(wire, listed):
    prefix, names = listed
    seen, start = [], {}
    while True:
        page = wire.call('ListTables', Limit=3, **start)
        assert len(page['TableNames']) <= 3
        seen += page['TableNames']
        if 'LastEvaluatedTableName' not in page:
            break
        assert page['LastEvaluatedTableName'] == page['TableNames'][-1]
        start = {'ExclusiveStartTableName': page['LastEvaluatedTableName']}
    assert seen == sorted(seen)
    assert [n for n in seen if n.startswith(prefix)] == names


def test_list_from_a_name_that_does_not_exist(wire, listed):
    prefix, names = listed
    got = wire.call('ListTables', ExclusiveStartTableName=prefix + '.Zzz', Limit=1)
    assert got['TableNames'] == [next(n for n in names if n > prefix + '.Zzz')]


def test_boto3_paginator(ddb, listed):
    prefix, names = listed
    got = [n for p in ddb.get_paginator('list_tables').paginate(PaginationConfig={'PageSize': 2}) for n in p['TableNames']]
    assert [n for n in got if n.startswith(prefix)] == names


@pytest.mark.parametrize('rq, message', [
    ({'Limit': 0}, constraint('0', 'limit', 'Member must have value greater than or equal to 1')),
    ({'Limit': 101}, constraint('101', 'limit', 'Member must have value less than or equal to 100')),
    ({'ExclusiveStartTableName': 'ab'},
     constraint('ab', 'exclusiveStartTableName', 'Member must have length greater than or equal to 3')),
    ({'ExclusiveStartTableName': 'a b c'}, constraint(
        'a b c', 'exclusiveStartTableName', 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+')),
])
def test_list_refused(wire, rq, message):
    invalid(wire, 'ListTables', rq, message)
