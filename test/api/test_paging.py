"""Query and Scan page by page against a sort in Python: tables, local, global and multi-attribute indexes.

Items get random keys with many ties; every condition on a sort key, both directions, filters and every
Limit must give what the whole list, filtered and sorted, gives.  A failing run prints its seed;
STATOR_MODEL_SEED runs it again."""
import itertools
import os
import random

import pytest

from kit import av, items, key_schema, fresh, drop_table, plain_item, wait_active

WORDS = ['', 'a', 'a\x00', 'a\x00b', 'aa', 'ab', 'b', 'é', '\U0001f600', '\uffff', 'z' * 40]
NUMBERS = [0, 1, -1, 10, -10, 2, 100, 99, -100, 12345678901234, -12345678901234]
BYTES = [b'\0', b'\0\0', b'\0\1', b'\1', b'\x7f', b'\x80', b'\xff', b'\xff\xff', b'\xffa', b'a']
VALUES = {'S': WORDS[1:], 'N': NUMBERS, 'B': BYTES}
KINDS = {'h': 'S', 'r': 'N', 'l': 'B', 'g': 'S', 'n': 'N', 'b': 'B', 's': 'S'}

# What is read: its partition key, its sort key, and what else LastEvaluatedKey has.
SOURCES = {
    None: (['h'], ['r']),
    'local': (['h'], ['l']),
    'local-same': (['h'], ['r']),  # as the table itself
    'global': (['g'], ['n']),
    'sortless': (['g'], []),
    'overlap': (['g'], ['r']),
    'multi': (['g', 'b'], ['s', 'n', 'l']),
}


def schema(hashes, ranges):
    return [{'AttributeName': a, 'KeyType': k} for k, names in (('HASH', hashes), ('RANGE', ranges)) for a in names]


@pytest.fixture(scope='module')
def seed():
    seed = int(os.environ.get('STATOR_MODEL_SEED', '0')) or random.SystemRandom().randrange(1, 1 << 40)
    print('seed', seed)
    return seed


@pytest.fixture(scope='module')
def data(wire, seed):
    """(table, items)"""
    name, r = fresh(), random.Random(seed)
    index = {n: {'IndexName': n, 'KeySchema': schema(*k), 'Projection': {'ProjectionType': 'ALL'}}
             for n, k in SOURCES.items() if n}
    wire.call('CreateTable', TableName=name, BillingMode='PAY_PER_REQUEST', KeySchema=schema(*SOURCES[None]),
              AttributeDefinitions=[{'AttributeName': n, 'AttributeType': k} for n, k in KINDS.items()],
              LocalSecondaryIndexes=[index.pop('local'), index.pop('local-same')], GlobalSecondaryIndexes=list(index.values()))
    wait_active(wire, name)
    made = {}
    while len(made) < 60:
        i = {'h': r.choice('xy'), 'r': r.choice(NUMBERS) + r.randrange(9), 'x': r.randrange(5)}
        for a in 'lgnbs':
            if r.random() < 0.9:
                i[a] = r.choice({'g': ['g', 'G'], 'b': [b'\0', b'\0\0']}.get(a, VALUES[KINDS[a]]))
        made[i['h'], i['r']] = i
    for key, i in made.items():
        wire.call('PutItem', TableName=name, Item=items(i))
    yield name, list(made.values())
    drop_table(wire, name)


def rank(value):
    return value.encode() if isinstance(value, str) else value


def rest(source):
    """The table's keys that are not part of the index's: they order ties."""
    hashes, ranges = SOURCES[source]
    return [a for a in 'hr' if a not in hashes + ranges]


def holds(op, value, a, b=None):
    v, a, b = rank(value), rank(a), b if b is None else rank(b)
    return {'=': v == a, '<': v < a, '<=': v <= a, '>': v > a, '>=': v >= a, 'BETWEEN': b is not None and a <= v <= b,
            'begins_with': op == 'begins_with' and v.startswith(a)}[op]


def condition(r, source):
    """(text, values, test) of a random key condition."""
    hashes, ranges = SOURCES[source]
    texts, values, tests = [], {}, []

    def value(v):
        values[f':v{len(values)}'] = v
        return f':v{len(values) - 1}'

    def term(a, op):
        kind = KINDS[a]
        pool = {'h': ['x', 'y'], 'g': ['g', 'G', 'none'], 'b': [b'\0', b'\0\0']} if a in hashes else {}
        x = r.choice(pool.get(a, VALUES[kind]))
        y = None
        if op == 'BETWEEN':
            x, y = sorted([x, r.choice(VALUES[kind])], key=rank)
            texts.append(f'{a} BETWEEN {value(x)} AND {value(y)}')
        elif op == 'begins_with':
            x = x[:r.randint(1, len(x))]
            texts.append(f'begins_with({a}, {value(x)})')
        else:
            texts.append(f'{a} {op} {value(x)}')
        tests.append(lambda i: holds(op, i[a], x, y))

    for a in hashes:
        term(a, '=')
    used = r.randint(0, len(ranges))
    for n, a in enumerate(ranges[:used]):
        last = ['=', '<', '<=', '>', '>=', 'BETWEEN'] + ['begins_with'] * 4 * (KINDS[a] != 'N')
        term(a, r.choice(last) if n == used - 1 else '=')
    return ' AND '.join(r.sample(texts, len(texts))), values, lambda i: all(t(i) for t in tests)


def walk(wire, op, rq, limit, whole, key):
    """All pages; each must end where the Limit says, and name the last item it looked at."""
    rq, got, seen = dict(rq), [], 0
    if limit:
        rq['Limit'] = limit
    while True:
        page = wire.call(op, rq)
        seen += page['ScannedCount']
        got += [plain_item(i) for i in page['Items']]
        assert page['Count'] == len(page['Items']) <= page['ScannedCount']
        if 'LastEvaluatedKey' not in page:
            assert not limit or page['ScannedCount'] < limit
            assert seen == len(whole)
            return got
        last = page['LastEvaluatedKey']
        assert page['ScannedCount'] == limit and set(last) == set(key)
        if op == 'Query':
            assert plain_item(last) == {a: whole[seen - 1][a] for a in key}
        rq['ExclusiveStartKey'] = last


@pytest.mark.parametrize('forward', [True, False])
@pytest.mark.parametrize('source', list(SOURCES))
def test_query(wire, data, seed, source, forward):
    table, everything = data
    hashes, ranges = SOURCES[source]
    r = random.Random(seed + len(ranges) + forward)
    key = hashes + ranges + rest(source)
    found = 0
    for _ in range(12):
        text, values, test = condition(r, source)
        if source is None and 'r =' in text:
            continue  # at most one row: such a query has no pages
        inside = [i for i in everything if all(a in i for a in hashes + ranges) and test(i)]
        # Items with the same index key may come in any order, as long as it is always the same one.
        inside.sort(key=lambda i: [rank(i[a]) for a in ranges], reverse=not forward)
        rq = {'TableName': table, 'KeyConditionExpression': text, 'ExpressionAttributeValues': items(values),
              'ScanIndexForward': forward, **({'IndexName': source} if source else {})}
        whole = [plain_item(i) for i in wire.call('Query', rq)['Items']]
        assert [[i[a] for a in ranges] for i in whole] == [[i[a] for a in ranges] for i in inside], (text, values)
        assert sorted(map(repr, map(sorted_item, whole))) == sorted(map(repr, map(sorted_item, inside))), (text, values)
        found += len(whole)
        for limit in {*range(1, min(len(whole), 3) + 1), len(whole), len(whole) + 1} - {0}:
            assert walk(wire, 'Query', rq, limit, whole, key) == whole, (text, values, limit)
            filtered = {**rq, 'FilterExpression': 'x < :x OR x = :y',
                        'ExpressionAttributeValues': items({**values, ':x': 1, ':y': 3})}
            assert walk(wire, 'Query', filtered, limit, whole, key) == [i for i in whole if i['x'] < 1 or i['x'] == 3]
    assert found > 0, 'conditions that find nothing prove nothing'


def sorted_item(i):
    return sorted(i.items())


@pytest.mark.parametrize('source', list(SOURCES))
def test_every_limit(wire, data, source):
    """A whole partition, by every Limit from 1 to one more than there is."""
    table, everything = data
    hashes, ranges = SOURCES[source]
    wanted = {'h': 'x', 'g': 'g', 'b': b'\0'}
    names = {f':{a}': wanted[a] for a in hashes}
    count = sum(all(a in i for a in hashes + ranges) and all(i[a] == wanted[a] for a in hashes) for i in everything)
    assert count > 1
    for forward in (True, False):
        rq = {'TableName': table, 'KeyConditionExpression': ' AND '.join(f'{a} = :{a}' for a in hashes),
              'ExpressionAttributeValues': items(names), 'ScanIndexForward': forward,
              **({'IndexName': source} if source else {})}
        whole = [plain_item(i) for i in wire.call('Query', rq)['Items']]
        assert len(whole) == count
        for limit in range(1, count + 2):
            assert walk(wire, 'Query', rq, limit, whole, hashes + ranges + rest(source)) == whole


@pytest.mark.parametrize('source', list(SOURCES))
def test_start_anywhere(wire, data, source):
    """A start key need not be there: what follows it in the order is what comes."""
    table, everything = data
    hashes, ranges = SOURCES[source]
    wanted = {'h': 'x', 'g': 'g', 'b': b'\0'}
    if source != 'sortless':
        r, a = random.Random(1), ranges[0]
        rq = {'TableName': table, 'KeyConditionExpression': ' AND '.join(f'{a} = :{a}' for a in hashes),
              'ExpressionAttributeValues': items({f':{a}': wanted[a] for a in hashes}),
              **({'IndexName': source} if source else {})}
        values = VALUES[KINDS[a]] if KINDS[a] != 'N' else [n + 0.5 for n in NUMBERS]
        for v, forward in itertools.product(values, (True, False)):
            start = {k: wanted.get(k) if k in hashes else r.choice(VALUES[KINDS[k]]) for k in hashes + ranges}
            start.update({k: {'h': 'x', 'r': r.choice(NUMBERS)}[k] for k in rest(source)})
            start[a] = v
            got = wire.call('Query', {**rq, 'ScanIndexForward': forward, 'ExclusiveStartKey': items(start)})['Items']
            have = [i[a] for i in everything if all(k in i for k in hashes + ranges)
                    and all(i[k] == wanted[k] for k in hashes)]
            beyond = [x for x in have if (rank(x) > rank(v) if forward else rank(x) < rank(v))]
            ties = len(got) - len(beyond)
            assert 0 <= ties <= sum(x == v for x in have), (v, forward)
            assert sorted(rank(plain_item(i)[a]) for i in got[ties:]) == sorted(map(rank, beyond))


@pytest.mark.parametrize('total', [1, 2, 5, 16, 1000000])
@pytest.mark.parametrize('source', list(SOURCES))
def test_scan_in_segments(wire, data, source, total):
    table, everything = data
    hashes, ranges = SOURCES[source]
    key = hashes + ranges + rest(source)
    inside = [i for i in everything if all(a in i for a in hashes + ranges)]
    rq = {'TableName': table, **({'IndexName': source} if source else {})}
    whole = [plain_item(i) for i in wire.call('Scan', rq)['Items']]
    assert sorted(map(repr, map(sorted_item, whole))) == sorted(map(repr, map(sorted_item, inside)))
    together = []
    for segment in range(total) if total < 1000 else (0, 499999, 999999):
        mine = {**rq, 'Segment': segment, 'TotalSegments': total}
        alone = [plain_item(i) for i in wire.call('Scan', mine)['Items']]
        for limit in (1, 3, max(len(alone), 1)):
            assert walk(wire, 'Scan', mine, limit, alone, key) == alone
        together += alone
    if total < 1000:
        assert together == whole, 'segments follow each other in the order of the whole'
