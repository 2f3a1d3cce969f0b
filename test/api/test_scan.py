"""Scan: everything once, in one order, in pages and segments."""
import pytest

from kit import (KEY_SCHEMA, PARAM, all_items, av, constraint, fresh, invalid, item, items, make_table, drop_table,
                 pages, plain_item, refused)

N = 60
START = 'The provided starting key is invalid'


@pytest.fixture(scope='module')
def rows(wire):
    t = make_table(wire, 'p:S s:N')
    for p in range(N // 3):
        wire.call('BatchWriteItem', RequestItems={t: [
            {'PutRequest': {'Item': item(p=f'p{p}', s=s, a=s)}} for s in range(3)]})
    yield t
    drop_table(wire, t)


def keys(found):
    return [(i['p'], i['s']) for i in found]


WANT = {(f'p{p}', s) for p in range(N // 3) for s in range(3)}


def test_everything_once(wire, rows):
    got = wire.call('Scan', TableName=rows)
    assert got['Count'] == got['ScannedCount'] == N and 'LastEvaluatedKey' not in got
    assert set(keys(map(plain_item, got['Items']))) == WANT


def test_partitions_are_together_and_sorted(wire, rows):
    order = keys(all_items(wire, 'Scan', {'TableName': rows}))
    for i in range(0, N, 3):
        assert len({p for p, _ in order[i:i + 3]}) == 1
        assert [s for _, s in order[i:i + 3]] == [0, 1, 2]


@pytest.mark.parametrize('limit', [1, 7, N - 1, N, N + 1])
def test_pages(wire, rows, limit):
    whole = keys(all_items(wire, 'Scan', {'TableName': rows}))
    got = list(pages(wire, 'Scan', {'TableName': rows, 'Limit': limit}))
    assert [k for p in got for k in keys(map(plain_item, p['Items']))] == whole
    assert [p['Count'] for p in got] == [limit] * (N // limit) + [N % limit]


@pytest.mark.parametrize('total', [1, 2, 3, 7, 50, 1000])
def test_segments(wire, rows, total):
    found = []
    for segment in range(min(total, 50)) if total < 1000 else (0, 499, 999):
        rq = {'TableName': rows, 'Segment': segment, 'TotalSegments': total, 'Limit': 5}
        mine = keys(all_items(wire, 'Scan', rq))
        partitions = {p for p, _ in mine}
        assert len(mine) == 3 * len(partitions), 'a partition is split over segments'
        found += mine
    assert len(found) == len(set(found))
    if total < 1000:
        assert set(found) == WANT


def test_segments_share_the_work(wire, rows):
    sizes = [len(all_items(wire, 'Scan', {'TableName': rows, 'Segment': s, 'TotalSegments': 2})) for s in (0, 1)]
    assert sum(sizes) == N and min(sizes) > 0


@pytest.mark.parametrize('kind', ['S', 'N', 'B'])
def test_segments_are_balanced(wire, table, kind):
    """Keys that differ little are spread over the segments, of the table and of an index."""
    t = table(f'p:{kind}', gsi=(('g-index', f'g:{kind}'),))
    key = {'S': lambda i: f'user-{i:05}', 'N': lambda i: i, 'B': lambda i: i.to_bytes(4, 'big')}[kind]
    n, total = 1000, 10
    for i in range(0, n, 25):
        wire.call('BatchWriteItem', RequestItems={t: [{'PutRequest': {'Item': item(p=key(k), g=key(n - k))}}
                                                      for k in range(i, i + 25)]})
    for more in ({}, {'IndexName': 'g-index'}):
        sizes = [wire.call('Scan', TableName=t, Segment=s, TotalSegments=total, Select='COUNT', **more)['Count']
                 for s in range(total)]
        assert sum(sizes) == n and 50 < min(sizes) <= max(sizes) < 160, sizes  # five standard deviations


def test_filter(wire, rows):
    got = wire.call('Scan', TableName=rows, FilterExpression='a = :a AND p <> :p',
                    ExpressionAttributeValues=items({':a': 1, ':p': 'p3'}))
    assert (got['Count'], got['ScannedCount']) == (N // 3 - 1, N)
    got = wire.call('Scan', TableName=rows, FilterExpression='attribute_exists(absent)', Limit=4)
    assert (got['Count'], got['ScannedCount'], got['Items']) == (0, 4, []) and 'LastEvaluatedKey' in got


def test_count_and_projection(wire, rows):
    assert wire.call('Scan', TableName=rows, Select='COUNT') == {'Count': N, 'ScannedCount': N}
    got = wire.call('Scan', TableName=rows, ProjectionExpression='a', Limit=3)
    assert [plain_item(i) for i in got['Items']] == [{'a': 0}, {'a': 1}, {'a': 2}]
    got = wire.call('Scan', TableName=rows, AttributesToGet=['a'], Limit=1)
    assert [plain_item(i) for i in got['Items']] == [{'a': 0}]


@pytest.mark.parametrize('more, message', [
    ({'Limit': 0}, constraint('0', 'limit', 'Member must have value greater than or equal to 1')),
    ({'Segment': -1, 'TotalSegments': 1},
     constraint('-1', 'segment', 'Member must have value greater than or equal to 0')),
    ({'Segment': 0, 'TotalSegments': 0},
     constraint('0', 'totalSegments', 'Member must have value greater than or equal to 1')),
    ({'Segment': 0, 'TotalSegments': 1000001},
     constraint('1000001', 'totalSegments', 'Member must have value less than or equal to 1000000')),
    ({'Segment': 0}, 'The TotalSegments parameter is required but was not present in the request when Segment '
     'parameter is present'),
    ({'TotalSegments': 1}, 'The Segment parameter is required but was not present in the request when parameter '
     'TotalSegments is present'),
    ({'Segment': 1, 'TotalSegments': 1}, 'The Segment parameter is zero-based and must be less than parameter '
     'TotalSegments: Segment: 1 is not less than TotalSegments: 1'),
    ({'FilterExpression': 'a'}, None),
    ({'ExpressionAttributeValues': {':a': av(1)}},
     'ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null'),
    ({'ScanFilter': {'a': {'ComparisonOperator': 'NULL'}}, 'FilterExpression': 'attribute_exists(a)'},
     'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: '
     '{ScanFilter} Expression parameters: {FilterExpression}'),
    ({'AttributesToGet': ['a', 'a']}, PARAM + 'Duplicate value in attribute name: a'),
])
def test_refused_before_the_table_is_looked_for(wire, more, message):
    invalid(wire, 'Scan', {'TableName': 'no-such-table', **more}, message)


@pytest.mark.parametrize('more, message', [
    ({'Select': 'COUNT', 'ProjectionExpression': 'a', 'Segment': 0},
     'Cannot specify the ProjectionExpression when choosing to get only the Count'),
    ({'ExclusiveStartKey': {'p': {}}, 'Segment': 0}, START + ': Supplied AttributeValue is empty, must contain exactly one '
     'of the supported datatypes'),
    ({'FilterExpression': 'a b', 'Segment': 0}, 'The TotalSegments parameter is required but was not present in the request '
     'when Segment parameter is present'),
    ({'Segment': 1000000, 'TotalSegments': 1000000},
     constraint('1000000', 'segment', 'Member must have value less than or equal to 999999')),
    ({'Segment': 5, 'TotalSegments': 5}, 'The Segment parameter is zero-based and must be less than parameter '
     'TotalSegments: Segment: 5 is not less than TotalSegments: 5'),
])
def test_which_error_comes_first(wire, more, message):
    invalid(wire, 'Scan', {'TableName': 'no-such-table', **more}, message)


@pytest.mark.parametrize('more, message', [
    ({'IndexName': 'no-such-index'}, 'The table does not have the specified index: no-such-index'),
    ({'Select': 'SPECIFIC_ATTRIBUTES'},
     'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES'),
    ({'Select': 'ALL_PROJECTED_ATTRIBUTES'},
     'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName'),
    *(({'ExclusiveStartKey': key}, START + ': ' + KEY_SCHEMA) for key in (
        {}, item(p='x'), item(s=1), item(p='x', s='1'), item(p=1, s=1), item(p='x', s=1, x=1), item(p='x', x=1),
        item(p='', s=1), item(p='x' * 2049, s=1), {'p': av('x'), 's': {'NS': ['1']}}, item(p='x', s=True), item(p='x', s=None))),
    ({'ExclusiveStartKey': {'p': av('x'), 's': {'N': 'x'}}}, 'The parameter cannot be converted to a numeric value: x'),
    ({'ExclusiveStartKey': {'p': av('x'), 's': {'NS': ['1', '1']}}}, 'Input collection contains duplicates'),
    ({'ExclusiveStartKey': {'p': av('x'), 's': {'NS': []}}}, PARAM + 'An number set  may not be empty'),
    ({'ExclusiveStartKey': {'p': av('x'), 's': {'SS': []}}}, START + ': ' + PARAM + 'An string set  may not be empty'),
    ({'ExclusiveStartKey': {'p': av('x'), 's': {'NULL': False}}},
     START + ': ' + PARAM + 'Null attribute value types must have the value of true'),
    ({'ExclusiveStartKey': {'p': av('x'), 's': {'S': 'a', 'N': '1'}}},
     START + ': Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'),
])
def test_refused(wire, rows, more, message):
    invalid(wire, 'Scan', {'TableName': rows, **more}, message)


def test_start_key_of_another_segment(wire, rows):
    mine = wire.call('Scan', TableName=rows, Segment=0, TotalSegments=2, Limit=1)['LastEvaluatedKey']
    invalid(wire, 'Scan', {'TableName': rows, 'Segment': 1, 'TotalSegments': 2, 'ExclusiveStartKey': mine},
            'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct '
            'Segment. TotalSegments: 2 Segment: 1')


def test_start_key_need_not_exist(wire, rows):
    whole = keys(all_items(wire, 'Scan', {'TableName': rows}))
    p, _ = whole[30]
    got = wire.call('Scan', TableName=rows, ExclusiveStartKey={'p': av(p), 's': {'N': '0.5'}})
    assert keys(map(plain_item, got['Items'])) == whole[whole.index((p, 1)):]


def test_missing_table(wire):
    refused(wire, 'Scan', {'TableName': 'no-such-table'}, 'ResourceNotFoundException', 'Requested resource not found')


def test_empty_table(wire, table):
    assert wire.call('Scan', TableName=table('p:S')) == {'Items': [], 'Count': 0, 'ScannedCount': 0}


def test_large_items(wire, table):
    t = table('p:S')
    names = {fresh() for _ in range(9)}
    for n in names:
        wire.call('PutItem', TableName=t, Item=item(p=n, filler='x' * 300000))
    got = list(pages(wire, 'Scan', {'TableName': t}))
    assert {i['p']['S'] for p in got for i in p['Items']} == names and len(got) >= 3
