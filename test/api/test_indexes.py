"""Secondary indexes: what is in them, what can be read through them, and in which pages."""
import random

import pytest

from kit import KEY_SCHEMA, PARAM, PARAM_ARE, Refused, all_items, av, fresh, invalid, item, items, pages, plain_item, until

GSI = (('all', 'g:S h:N'), ('keys', 'g:S', 'KEYS_ONLY'), ('some', 'h:N', 'INCLUDE', ['a', 'b']))
LSI = (('lall', 'p:S l:N'), ('lkeys', 'p:S l:N', 'KEYS_ONLY'), ('lsome', 'p:S l:N', 'INCLUDE', ['a']))


@pytest.fixture(scope='module')
def t(shared):
    return shared('p:S s:S', gsi=GSI, lsi=LSI)


def through(wire, t, index, condition, **v):
    rq = {'TableName': t, 'IndexName': index, 'KeyConditionExpression': condition,
          'ExpressionAttributeValues': items({':' + k: x for k, x in v.items()})}
    return all_items(wire, 'Query', rq)


def test_projections(wire, t):
    thing = {'p': fresh(), 's': '1', 'g': fresh(), 'h': 7, 'l': 3, 'a': 'A', 'b': 'B', 'c': 'C'}
    wire.call('PutItem', TableName=t, Item=items(thing))
    g, p = thing['g'], thing['p']

    def only(*names):
        return [{k: thing[k] for k in names}]
    assert through(wire, t, 'all', 'g = :g AND h = :h', g=g, h=7) == [thing]
    assert through(wire, t, 'keys', 'g = :g', g=g) == only('p', 's', 'g')
    assert [i for i in through(wire, t, 'some', 'h = :h', h=7) if i['p'] == p] == only('p', 's', 'h', 'a', 'b')
    assert through(wire, t, 'lall', 'p = :p AND l = :l', p=p, l=3) == [thing]
    assert through(wire, t, 'lkeys', 'p = :p', p=p) == only('p', 's', 'l')
    assert through(wire, t, 'lsome', 'p = :p', p=p) == only('p', 's', 'l', 'a')


def test_a_local_index_fetches_what_it_lacks(wire, t):
    thing = {'p': fresh(), 's': '1', 'l': 3, 'a': 'A', 'c': {'d': 'D'}}
    wire.call('PutItem', TableName=t, Item=items(thing))
    rq = {'TableName': t, 'IndexName': 'lkeys', 'KeyConditionExpression': 'p = :p',
          'ExpressionAttributeValues': {':p': av(thing['p'])}}
    assert all_items(wire, 'Query', {**rq, 'Select': 'ALL_ATTRIBUTES'}) == [thing]
    assert all_items(wire, 'Query', {**rq, 'ProjectionExpression': 'c.d, l'}) == [{'c': {'d': 'D'}, 'l': 3}]
    assert all_items(wire, 'Query', {**rq, 'Select': 'ALL_PROJECTED_ATTRIBUTES'}) == [
        {k: thing[k] for k in 'psl'}]
    rq['ConsistentRead'] = True
    assert len(all_items(wire, 'Query', rq)) == 1


WHOLE = {'p': 'select', 's': '1', 'g': 'select', 'h': 1, 'l': 1, 'a': 'A', 'b': 'B', 'c': 'C'}
ENTRY = {'all': 'psghlabc', 'keys': 'psg', 'some': 'pshab', 'lall': 'psghlabc', 'lkeys': 'psl', 'lsome': 'psla'}


@pytest.mark.parametrize('index', list(ENTRY))
def test_what_select_means(wire, t, index):
    """By itself an index answers with what it has, also when a filter has to look at the item."""
    wire.call('PutItem', TableName=t, Item=items(WHOLE))
    key = {'some': 'h'}.get(index, 'g' if index in 'all keys' else 'p')
    entry, local = ENTRY[index], index[0] == 'l'

    def ask(filtered=False, **more):
        values = {':k': WHOLE[key], **({':c': 'C'} if filtered else {})}
        rq = {'TableName': t, 'IndexName': index, 'KeyConditionExpression': f'{key} = :k', **more,
              'ExpressionAttributeValues': items(values)}
        if filtered:
            rq['FilterExpression'] = 'c = :c'
        try:
            answer = wire.call('Query', rq)
        except Refused as e:
            return e.message
        return ''.join(sorted(answer['Items'][0])) if 'Items' in answer else answer['Count']
    projected, everything = ''.join(sorted(entry)), ''.join(sorted(WHOLE))
    unprojected = PARAM + f'Global secondary index {index} does not project [c]'
    for filtered in (False, True):
        refusal = unprojected if filtered and not local and 'c' not in entry else None
        for select in ({}, {'Select': 'ALL_PROJECTED_ATTRIBUTES'}):
            assert ask(filtered, **select) == (refusal or projected)
        assert ask(filtered, Select='COUNT') == (refusal or 1)
        assert ask(filtered, ProjectionExpression='s') == (refusal or 's')
        assert ask(filtered, Select='SPECIFIC_ATTRIBUTES', ProjectionExpression='s') == (refusal or 's')
        assert ask(filtered, Select='ALL_ATTRIBUTES') == (
            everything if local or projected == everything else PARAM + 'Select type ALL_ATTRIBUTES is not supported for '
            f'global secondary index {index} because its projection type is not ALL')
        assert ask(filtered, ProjectionExpression='s, c') == ('cs' if local or 'c' in entry else unprojected)


def test_a_page_is_a_megabyte_with_what_is_fetched(wire, table):
    t = table('p:S s:N', lsi=(('lkeys', 'p:S l:N', 'KEYS_ONLY'),))
    for i in range(12):
        wire.call('PutItem', TableName=t, Item=item(p='a', s=i, l=-i, x=i, pad='x' * 200_000))
    rq = {'TableName': t, 'IndexName': 'lkeys', 'KeyConditionExpression': 'p = :p', 'ReturnConsumedCapacity': 'INDEXES',
          'ExpressionAttributeValues': items({':p': 'a'})}
    assert wire.call('Query', rq)['Count'] == 12
    for op, more in (('Query', rq), ('Scan', {k: rq[k] for k in ('TableName', 'IndexName', 'ReturnConsumedCapacity')})):
        for ask in ({'Select': 'ALL_ATTRIBUTES'}, {'ProjectionExpression': 's, x'}):
            got = list(pages(wire, op, {**more, **ask}))
            assert [plain_item(i)['s'] for p in got for i in p['Items']] == list(range(11, -1, -1))
            assert [p['Count'] for p in got] == [6, 6, 0]  # the one that reaches it is included
            assert plain_item(got[0]['LastEvaluatedKey']) == {'p': 'a', 's': 6, 'l': -6}
            assert got[0]['ConsumedCapacity']['Table'] == {'CapacityUnits': 6 * 49 / 2}


def test_small_items_that_are_fetched_fill_a_page_in_blocks(wire, table):
    """300 bytes each, 200 of them projected: one block per item, and those of the entries together."""
    t = table('p:S s:S', lsi=(('some', 'p:S l:S', 'INCLUDE', ['a']),))
    n = 260
    things = [item(p='a', s=f'{i:03}', l=f'{i:03}', a='x' * 189, b='y' * 99) for i in range(n)]
    for some in range(0, n, 25):
        wire.call('BatchWriteItem', RequestItems={t: [{'PutRequest': {'Item': i}} for i in things[some:some + 25]]})
    rq = {'TableName': t, 'IndexName': 'some', 'KeyConditionExpression': 'p = :p',
          'ExpressionAttributeValues': items({':p': 'a'})}
    assert wire.call('Query', rq)['Count'] == n
    full = next(i for i in range(n) if i + -(-i * 200 // 4096) >= 256)
    for ask in ({'Select': 'ALL_ATTRIBUTES'}, {'ProjectionExpression': 'b'}):
        assert [p['Count'] for p in pages(wire, 'Query', {**rq, **ask})] == [full, n - full]
    got = wire.call('ExecuteStatement', Statement=f'SELECT b FROM "{t}"."some" WHERE p = \'a\'')
    assert (len(got['Items']), 'NextToken' in got) == (full, True)


def test_entries_follow_the_item(wire, t):
    key = item(p=fresh(), s='1')
    g = fresh()

    def update(expr, **v):
        wire.call('UpdateItem', TableName=t, Key=key, UpdateExpression=expr,
                  **({'ExpressionAttributeValues': items({':' + k: x for k, x in v.items()})} if v else {}))

    def seen(index, name, value):
        return [i['p'] for i in through(wire, t, index, f'{name} = :v', v=value)]
    p = plain_item(key)['p']
    update('SET g = :g', g=g)
    assert seen('keys', 'g', g) == [p] and seen('all', 'g', g) == []
    update('SET h = :h', h=1)
    assert seen('all', 'g', g) == [p]
    update('SET g = :g', g=g + 'x')
    assert seen('keys', 'g', g) == [] and seen('keys', 'g', g + 'x') == [p] and seen('all', 'g', g + 'x') == [p]
    update('SET a = :a', a='new')
    assert [i['a'] for i in through(wire, t, 'all', 'g = :v', v=g + 'x')] == ['new']
    update('REMOVE h')
    assert seen('all', 'g', g + 'x') == [] and seen('keys', 'g', g + 'x') == [p]
    wire.call('PutItem', TableName=t, Item={**key, **item(g=g, h=2)})
    assert seen('all', 'g', g) == [p] and seen('keys', 'g', g + 'x') == []
    wire.call('DeleteItem', TableName=t, Key=key)
    assert seen('all', 'g', g) == seen('keys', 'g', g) == []


def test_order_and_pages_with_ties(wire, t):
    g, p = fresh(), fresh()
    for i in range(30):
        wire.call('PutItem', TableName=t, Item=item(p=f'{p}-{i % 7}', s=str(i), g=g, h=i // 10, l=i // 10))
    rq = {'TableName': t, 'IndexName': 'all', 'KeyConditionExpression': 'g = :g',
          'ExpressionAttributeValues': {':g': av(g)}}
    whole = all_items(wire, 'Query', rq)
    assert [i['h'] for i in whole] == [0] * 10 + [1] * 10 + [2] * 10
    for limit in (1, 4, 30):
        assert all_items(wire, 'Query', {**rq, 'Limit': limit}) == whole
        back = all_items(wire, 'Query', {**rq, 'Limit': limit, 'ScanIndexForward': False})
        assert back == whole[::-1]
    page = wire.call('Query', {**rq, 'Limit': 3})
    assert plain_item(page['LastEvaluatedKey']) == {k: whole[2][k] for k in 'psgh'}


def test_scan_of_an_index(wire, table):
    t = table('p:S', gsi=(('sparse', 'g:S h:N', 'KEYS_ONLY'),))
    want = set()
    for i in range(40):
        thing = {'p': f'k{i}', **({'g': f'g{i % 5}', 'h': i} if i % 2 else {'g': 'only'} if i % 4 else {})}
        want |= {thing['p']} if 'h' in thing else set()
        wire.call('PutItem', TableName=t, Item=items(thing))
    for limit in (3, 100):
        got = all_items(wire, 'Scan', {'TableName': t, 'IndexName': 'sparse', 'Limit': limit})
        assert len(got) == len(want) and {i['p'] for i in got} == want
        assert all(set(i) == {'p', 'g', 'h'} for i in got)
    parts = [all_items(wire, 'Scan', {'TableName': t, 'IndexName': 'sparse', 'Segment': s, 'TotalSegments': 3})
             for s in range(3)]
    assert sorted(i['p'] for part in parts for i in part) == sorted(want)
    got = wire.call('Scan', TableName=t, IndexName='sparse', FilterExpression='h > :h',
                    ExpressionAttributeValues={':h': av(20)})
    assert (got['Count'], got['ScannedCount']) == (10, 20)


@pytest.mark.parametrize('index, more, message', [
    ('all', {'ConsistentRead': True}, 'Consistent reads are not supported on global secondary indexes'),
    ('keys', {'Select': 'ALL_ATTRIBUTES'}, PARAM + 'Select type ALL_ATTRIBUTES is not supported for global secondary '
     'index keys because its projection type is not ALL'),
    ('keys', {'ProjectionExpression': 'p, b'}, PARAM + 'Global secondary index keys does not project [b]'),
    ('keys', {'FilterExpression': 'b = :g'}, PARAM + 'Global secondary index keys does not project [b]'),
    ('keys', {'FilterExpression': 'g = :g'},
     'Filter Expression can only contain non-primary key attributes: Primary key attribute: g'),
])
def test_refused(wire, t, index, more, message):
    invalid(wire, 'Query', {'TableName': t, 'IndexName': index, 'KeyConditionExpression': 'g = :g',
                            'ExpressionAttributeValues': {':g': av('x')}, **more}, message)


def test_scan_refused(wire, t):
    invalid(wire, 'Scan', {'TableName': t, 'IndexName': 'all', 'ConsistentRead': True},
            'Consistent reads are not supported on global secondary indexes')
    wire.call('Scan', TableName=t, IndexName='lall', ConsistentRead=True)


def test_filter_on_table_keys_in_an_index(wire, t):
    g, p = fresh(), fresh()
    for s in '123':
        wire.call('PutItem', TableName=t, Item=item(p=p, s=s, g=g))
    got = wire.call('Query', TableName=t, IndexName='keys', KeyConditionExpression='g = :g', FilterExpression='s > :s',
                    ExpressionAttributeValues=items({':g': g, ':s': '1'}))
    assert sorted(i['s']['S'] for i in got['Items']) == ['2', '3'] and got['ScannedCount'] == 3


START = 'The provided starting key is invalid'
OUTSIDE = 'The provided starting key is outside query boundaries based on provided conditions'
STARTS = {  # index: (condition, a good start key, another partition's)
    'all': ('g', {'p': 'a', 's': 'b', 'g': 'x', 'h': 1}, {'g': 'other'}),
    'keys': ('g', {'p': 'a', 's': 'b', 'g': 'x'}, {'g': 'other'}),
    'lkeys': ('p', {'p': 'x', 's': 'b', 'l': 1}, {'p': 'other'}),
}


@pytest.mark.parametrize('index', list(STARTS))
def test_start_key_of_an_index(wire, t, index):
    key, good, elsewhere = STARTS[index]
    query = {'KeyConditionExpression': f'{key} = :k', 'ExpressionAttributeValues': items({':k': 'x'})}

    def start(key, query_message, scan_message=None):
        for op, more, message in (('Query', query, query_message), ('Scan', {}, scan_message)):
            rq = {'TableName': t, 'IndexName': index, 'ExclusiveStartKey': key, **more}
            if message:
                invalid(wire, op, rq, message)
            else:
                wire.call(op, rq)
    start(items(good), None)
    start(items({**good, **elsewhere}), OUTSIDE)
    start(items({**good, 'x': 1}), START, START)
    for k, v in good.items():
        start(items({a: b for a, b in good.items() if a != k}), START, START)
        start(items({**{a: b for a, b in good.items() if a != k}, 'x': 1}), START, START)
        start(items({**good, k: 1 if isinstance(v, str) else 'x'}), KEY_SCHEMA, KEY_SCHEMA)
        start(items({**good, k: True}), KEY_SCHEMA, KEY_SCHEMA)
        empty = START + ': Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'
        start({**items(good), k: {}}, empty, empty)
        if isinstance(v, str):
            start(items({**good, k: ''}), START, START)


def test_multi_attribute_keys(wire, table):
    t = table('p:S', **{
        'AttributeDefinitions': [{'AttributeName': n, 'AttributeType': k} for n, k in
                                 (('p', 'S'), ('a', 'S'), ('b', 'N'), ('x', 'N'), ('y', 'S'))],
        'GlobalSecondaryIndexes': [{'IndexName': 'multi', 'Projection': {'ProjectionType': 'ALL'}, 'KeySchema': [
            {'AttributeName': 'a', 'KeyType': 'HASH'}, {'AttributeName': 'b', 'KeyType': 'HASH'},
            {'AttributeName': 'x', 'KeyType': 'RANGE'}, {'AttributeName': 'y', 'KeyType': 'RANGE'}]}]})
    rng = random.Random(3)
    rows = [{'p': f'k{i}', 'a': 'ab'[i % 2], 'b': 1, 'x': i // 8, 'y': f'y{i % 8}'} for i in range(32)]
    rng.shuffle(rows)
    for r in rows + [{'p': 'part', 'a': 'a', 'b': 1, 'x': 0}]:
        wire.call('PutItem', TableName=t, Item=items(r))

    def ask(condition, limit=100, **v):
        rq = {'TableName': t, 'IndexName': 'multi', 'KeyConditionExpression': condition, 'Limit': limit,
              'ExpressionAttributeValues': items({':' + k: x for k, x in v.items()})}
        return all_items(wire, 'Query', rq)

    def want(test):
        return sorted((r for r in rows if test(r)), key=lambda r: (r['x'], r['y']))
    for limit in (3, 100):
        assert ask('a = :a AND b = :b', limit, a='a', b=1) == want(lambda r: r['a'] == 'a')
    assert ask('a = :a AND b = :b AND x = :x', a='a', b=1, x=2) == want(lambda r: r['a'] == 'a' and r['x'] == 2)
    assert ask('a = :a AND b = :b AND x > :x', a='b', b=1, x=1) == want(lambda r: r['a'] == 'b' and r['x'] > 1)
    assert ask('a = :a AND b = :b AND x = :x AND y > :y', a='a', b=1, x=2, y='y2') == want(
        lambda r: r['a'] == 'a' and r['x'] == 2 and r['y'] > 'y2')
    missed, unsupported = 'Query condition missed key schema element: ', 'Query key condition not supported'
    twice = 'KeyConditionExpressions must only contain one condition per key'
    for bad, message in (
            ('a = :a', missed + 'b'), ('b = :b', missed + 'a'), ('a = :a AND b > :b', unsupported),
            ('a > :a AND b = :b', unsupported), ('a = :a AND b = :b AND y = :y', missed + 'x'),
            ('a = :a AND b = :b AND x > :b AND y = :y', unsupported), ('a = :a AND b = :b AND p = :a', missed + 'x'),
            ('a = :a AND b = :b AND x = :b AND y = :y AND p = :a', unsupported),
            ('a = :a AND b = :b AND x > :b AND x < :b', twice), ('a = :a AND a = :a AND b = :b', twice),
            ('a = :b AND b = :b', PARAM + 'Condition parameter type does not match schema type'),
            ('a = :a AND b = :b AND x = :y', PARAM + 'Condition parameter type does not match schema type'),
            ('a = :e AND b = :b', PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string value. '
             'Key: a'),
            ('a = :a AND b = :b AND begins_with(x, :b)', 'Invalid KeyConditionExpression: Incorrect operand type for operator '
             'or function; operator or function: begins_with, operand type: N')):
        values = {k: x for k, x in {':a': 'a', ':b': 1, ':y': 'y', ':e': ''}.items() if k in bad}
        invalid(wire, 'Query', {'TableName': t, 'IndexName': 'multi', 'KeyConditionExpression': bad,
                                'ExpressionAttributeValues': items(values)}, message)
    rq = {'TableName': t, 'IndexName': 'multi', 'KeyConditionExpression': 'a = :a AND b = :b',
          'ExpressionAttributeValues': items({':a': 'a', ':b': 1})}
    for name in 'abxy':
        invalid(wire, 'Query', {**rq, 'FilterExpression': f'attribute_exists({name})'},
                f'Filter Expression can only contain non-primary key attributes: Primary key attribute: {name}')
    assert wire.call('Query', {**rq, 'FilterExpression': 'begins_with(p, :a)'})['Count'] == 0
    last = wire.call('Query', {**rq, 'Limit': 3})['LastEvaluatedKey']
    assert set(last) == set('pabxy')
    for name in 'pabxy':
        invalid(wire, 'Query', {**rq, 'ExclusiveStartKey': {k: v for k, v in last.items() if k != name}}, START)
        invalid(wire, 'Query', {**rq, 'ExclusiveStartKey': {**last, name: av(True)}}, KEY_SCHEMA)
    for name, v in (('a', 'b'), ('b', 2)):
        invalid(wire, 'Query', {**rq, 'ExclusiveStartKey': {**last, name: av(v)}}, OUTSIDE)
    rq.update(KeyConditionExpression='a = :a AND b = :b AND x = :x', ExclusiveStartKey=last,
              ExpressionAttributeValues=items({':a': 'a', ':b': 1, ':x': 3}))
    invalid(wire, 'Query', rq, 'The provided starting key does not match the range key predicate')
    # The old form of conditions knows such keys as well.
    got = wire.call('Query', TableName=t, IndexName='multi', KeyConditions={
        k: {'ComparisonOperator': 'EQ', 'AttributeValueList': [av(v)]} for k, v in (('a', 'a'), ('b', 1), ('x', 2))})
    assert list(map(plain_item, got['Items'])) == want(lambda r: r['a'] == 'a' and r['x'] == 2)


def test_index_of_a_page_of_large_items(wire, table):
    t = table('p:S', gsi=(('all', 'g:S h:N'),))
    for i in range(12):
        wire.call('PutItem', TableName=t, Item=item(p=str(i), g='g', h=i, pad='x' * 200000))
    rq = {'TableName': t, 'IndexName': 'all', 'KeyConditionExpression': 'g = :g',
          'ExpressionAttributeValues': {':g': av('g')}}
    got = list(pages(wire, 'Query', rq))
    assert len(got) >= 2 and [plain_item(i)['h'] for p in got for i in p['Items']] == list(range(12))


def test_local_entries_count_for_the_size_of_the_item(wire, table):
    t = table('p:S s:N', lsi=(('local', 'p:S l:S'),))
    room = 409600 - len('p' 'a' 's' 'l' 'x' 'pad') - 2

    def put(size, **more):
        wire.call('PutItem', TableName=t, Item=item(p='a', s=1, pad='x' * size, **more))

    def both(n):  # of an item with its entry, which is as large
        return n // 2 - len('p' 'a' 's' 'l' 'x' 'pad') - 2

    put(both(409600), l='x')
    put(room)  # has no entry
    with pytest.raises(Refused) as e:
        put(both(409600) + 1, l='x')
    assert (e.value.name, e.value.message) == (
        'ValidationException', 'Item size has exceeded the maximum allowed size')
    invalid(wire, 'UpdateItem', {'TableName': t, 'Key': item(p='a', s=1), 'UpdateExpression': 'SET l = :l',
                                 'ExpressionAttributeValues': {':l': av('x')}},
            'Item size to update has exceeded the maximum allowed size')


def counted(wire, t, count):
    return until(f'{count} counted', lambda: wire.call('DescribeTable', TableName=t)['Table']['ItemCount'] == count)


@pytest.mark.ours
def test_counts(wire, table):
    t = table('p:S', gsi=(('g-index', 'g:S'),))
    for i in range(10):
        wire.call('PutItem', TableName=t, Item=items({'p': f'{i:02}', **({'g': 'x'} if i < 4 else {})}))
    counted(wire, t, 10)
    d = wire.call('DescribeTable', TableName=t)['Table']
    assert d['TableSizeBytes'] == 10 * 3 + 4 * 2
    assert d['GlobalSecondaryIndexes'][0]['ItemCount'] == 4
    for i in range(3):
        wire.call('DeleteItem', TableName=t, Key=item(p=f'{i:02}'))
    counted(wire, t, 7)
    assert wire.call('DescribeTable', TableName=t)['Table']['GlobalSecondaryIndexes'][0]['ItemCount'] == 1
