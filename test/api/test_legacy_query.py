"""KeyConditions, QueryFilter, ScanFilter and AttributesToGet."""
import pytest

from kit import PARAM, all_items, av, invalid, item, plain_item


def cond(op, *values):
    return {'ComparisonOperator': op, **({'AttributeValueList': [av(v) for v in values]} if values else {})}


@pytest.fixture(scope='module')
def rows(wire, shared):
    t = shared('p:S s:S')
    for i in range(10):
        wire.call('PutItem', TableName=t, Item=item(p='legacy', s=f'k{i}', a=i, b=i % 2))
    return t


def rq(table, s=None, **more):
    conditions = {'p': cond('EQ', 'legacy'), **({'s': s} if s else {})}
    return {'TableName': table, 'KeyConditions': conditions, **more}


@pytest.mark.parametrize('s, want', [
    (None, range(10)), (cond('EQ', 'k3'), [3]), (cond('LT', 'k3'), range(3)), (cond('LE', 'k3'), range(4)),
    (cond('GT', 'k7'), [8, 9]), (cond('GE', 'k7'), [7, 8, 9]), (cond('BETWEEN', 'k2', 'k4'), [2, 3, 4]),
    (cond('BEGINS_WITH', 'k5'), [5]), (cond('BEGINS_WITH', 'k'), range(10))])
def test_key_conditions(wire, rows, s, want):
    assert [i['a'] for i in all_items(wire, 'Query', rq(rows, s, Limit=4))] == list(want)


@pytest.mark.parametrize('filter_, operator, want', [
    ({'b': cond('EQ', 1)}, None, 5), ({'b': cond('EQ', 1), 'a': cond('GT', 4)}, None, 3),
    ({'b': cond('EQ', 1), 'a': cond('GT', 4)}, 'OR', 7), ({'absent': cond('NULL')}, None, 10),
    ({'a': cond('IN', 1, 2, 99)}, None, 2), ({'a': cond('BETWEEN', 3, 5)}, 'AND', 3)])
def test_filters(wire, rows, filter_, operator, want):
    more = {'ConditionalOperator': operator} if operator else {}
    got = wire.call('Query', rq(rows, QueryFilter=filter_, **more))
    assert (got['Count'], got['ScannedCount']) == (want, 10)
    scanned = [i for i in all_items(wire, 'Scan', {'TableName': rows, 'ScanFilter': filter_, **more})
               if i['p'] == 'legacy']
    assert len(scanned) == want


def test_attributes_to_get(wire, rows):
    got = wire.call('Query', rq(rows, cond('EQ', 'k3'), AttributesToGet=['a', 'absent']))
    assert [plain_item(i) for i in got['Items']] == [{'a': 3}]


def test_scan_filter_on_keys(wire, rows):
    got = all_items(wire, 'Scan', {'TableName': rows, 'ScanFilter': {'s': cond('EQ', 'k3'), 'p': cond('EQ', 'legacy')}})
    assert [i['a'] for i in got] == [3]


@pytest.mark.parametrize('conditions, message', [
    ({'p': cond('EQ', 'x'), 's': cond('CONTAINS', 'x')},
     'Attempted conditional constraint is not an indexable operation'),
    ({'p': cond('EQ', 'x'), 's': cond('NE', 'x')}, 'Attempted conditional constraint is not an indexable operation'),
    ({'p': cond('EQ', 'x', 'y')}, PARAM + 'Invalid number of argument(s) for the EQ ComparisonOperator'),
    ({'p': {'AttributeValueList': [av(1)]}}, None),
])
def test_refused_before_the_table_is_looked_for(wire, conditions, message):
    e = invalid(wire, 'Query', {'TableName': 'no-such-table', 'KeyConditions': conditions}, message)
    if message is None:
        assert e.message.endswith('failed to satisfy constraint: Member must not be null')


@pytest.mark.parametrize('conditions, message', [
    ({'s': cond('EQ', 'x')}, 'Query condition missed key schema element: p'),
    ({'p': cond('GT', 'x')}, 'Query key condition not supported'),
    ({'p': cond('EQ', 'x'), 's': cond('EQ', 'x'), 't': cond('EQ', 'x')}, 'Conditions can be of length 1 or 2 only'),
    ({'p': cond('EQ', 1)}, PARAM + 'Condition parameter type does not match schema type'),
    ({'p': cond('EQ', 'x'), 'a': cond('EQ', 'x')}, 'Query condition missed key schema element: s'),
])
def test_refused_by_the_schema(wire, rows, conditions, message):
    invalid(wire, 'Query', {'TableName': rows, 'KeyConditions': conditions}, message)


def test_query_filter_on_a_key(wire, rows):
    invalid(wire, 'Query', rq(rows, QueryFilter={'s': cond('EQ', 'x')}),
            'QueryFilter can only contain non-primary key attributes: Primary key attribute: s')


def test_operator_alone(wire, rows):
    e = invalid(wire, 'Query', rq(rows, ConditionalOperator='OR'))
    assert 'ConditionalOperator' in e.message
