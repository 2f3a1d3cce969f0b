"""KeyConditions, QueryFilter, ScanFilter and AttributesToGet."""
import pytest

from kit import PARAM, Refused, all_items, av, drop_table, invalid, item, make_table, plain, plain_item


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


# Every operator on an attribute of every type, with arguments of every type.
STORED = {'s': 'abc', 'n': 5, 'b': b'abc', 'l': ['abc', 5, b'abc', None, True, [1]], 'm': {'a': 1}, 'ss': {'abc', 'd'},
          'ns': {5, 6}, 'bs': {b'abc'}, 'null': None, 'bool': True}
ARGUMENTS = [[], *([v] for v in STORED.values()), ['b'], [b'ab'], ['a', 'z'], ['z', 'a'], [1, 9], [9, 1],
             [b'a', b'z'], ['abc', 5], [True, True], ['abc', 'x', 'y']]
TYPES = {'EQ': None, 'NE': None, 'NULL': None, 'NOT_NULL': None, 'BEGINS_WITH': 'SB'}
ORDER = {'LE': lambda v, a, b: v <= a, 'LT': lambda v, a, b: v < a, 'GE': lambda v, a, b: v >= a,
         'GT': lambda v, a, b: v > a, 'BETWEEN': lambda v, a, b: a <= v <= b, 'BEGINS_WITH': lambda v, a, b: v.startswith(a)}


def kind(v):
    return next(iter(av(v)))


def same(a, b):
    return kind(a) == kind(b) and plain(av(a)) == plain(av(b))


def contains(v, a):
    if kind(v) == 'L':
        return any(same(x, a) for x in v)
    if kind(v) in ('SS', 'NS', 'BS'):
        return kind(v) == kind(a) + 'S' and a in v
    return kind(v) in ('S', 'B') and kind(v) == kind(a) and a in v


def refusal(op, args):
    least, most = {'NULL': (0, 0), 'NOT_NULL': (0, 0), 'BETWEEN': (2, 2), 'IN': (1, 99)}.get(op, (1, 1))
    if not least <= len(args) <= most:
        return PARAM + f'Invalid number of argument(s) for the {op} ComparisonOperator'
    for a in args:
        if kind(a) != kind(args[0]):
            return PARAM + 'AttributeValues inside AttributeValueList must be of same type'
        if TYPES.get(op, 'SNB') and kind(a) not in TYPES.get(op, 'SNB'):
            return PARAM + f'ComparisonOperator {op} is not valid for {kind(a)} AttributeValue type'
    if op == 'BETWEEN' and args[0] > args[1]:
        return 'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound'
    return None


def true(op, v, args):
    """v None: the attribute is missing (the stored NULL comes as a list of it)."""
    if op in ('NULL', 'NOT_NULL'):
        return (v is None) == (op == 'NULL')
    if v is None:
        return op == 'NE'
    v = v[0]
    if op in ('CONTAINS', 'NOT_CONTAINS'):
        return contains(v, args[0]) == (op == 'CONTAINS')
    if op in ORDER:
        return kind(v) == kind(args[0]) and ORDER[op](v, args[0], args[-1])
    return any(same(v, a) for a in args) == (op != 'NE')


@pytest.fixture(scope='module')
def every_type(wire):
    t = make_table(wire, 'p:S')
    for name, v in STORED.items():
        wire.call('PutItem', TableName=t, Item=item(p=name, x=v))
    wire.call('PutItem', TableName=t, Item=item(p='missing'))
    yield t
    drop_table(wire, t)


@pytest.mark.parametrize('op', 'EQ NE LE LT GE GT CONTAINS NOT_CONTAINS BEGINS_WITH IN BETWEEN NULL NOT_NULL'.split())
def test_operator_on_every_type(wire, every_type, op):
    for args in ARGUMENTS:
        rq = {'TableName': every_type, 'ScanFilter': {'x': cond(op, *args)}, 'AttributesToGet': ['p']}
        try:
            got = {i['p'] for i in all_items(wire, 'Scan', rq)}
        except Refused as e:
            got = e.message
        want = {name for name in [*STORED, 'missing'] if true(op, [STORED[name]] if name in STORED else None, args)} \
            if refusal(op, args) is None else refusal(op, args)
        assert got == want, args
