"""Consumed capacity to the half unit, item collection metrics, and item sizes to the byte."""
import os
import random

import pytest

from kit import Num, Refused, av, fresh, invalid, item, items

KB = 1024


def pad(thing, size):
    """The item with an attribute `x` that brings it to `size` bytes."""
    return {**thing, 'x': av('x' * (size - item_size(thing) - 1))}


def number_size(text):
    whole, _, fraction = text.lstrip('-').partition('.')
    whole, fraction = whole.lstrip('0'), fraction.rstrip('0')
    if not whole and not fraction:
        return 1
    while not fraction and whole.endswith('00'):
        whole = whole[:-2]
    while not whole and fraction.startswith('00'):
        fraction = fraction[2:]
    return 1 + (len(whole) + 1) // 2 + (len(fraction) + 1) // 2 + text.startswith('-')


def size(value):
    (kind, v), = value.items()
    if kind == 'S':
        return len(v.encode())
    if kind == 'B':
        return len(v) * 3 // 4 - v.count('=')
    if kind == 'N':
        return number_size(v)
    if kind in ('BOOL', 'NULL'):
        return 1
    if kind in ('SS', 'NS', 'BS'):
        return sum(size({kind[0]: x}) for x in v)
    if kind == 'L':
        return 3 + sum(1 + size(x) for x in v)
    return 3 + sum(1 + len(k.encode()) + size(x) for k, x in v.items())


def item_size(thing):
    return sum(len(k.encode()) + size(v) for k, v in thing.items())


def units(wire, op, mode='TOTAL', **rq):
    c = wire.call(op, ReturnConsumedCapacity=mode, **rq)['ConsumedCapacity']
    if mode == 'TOTAL':
        assert set(c) == {'TableName', 'CapacityUnits'}
    return c['CapacityUnits'] if mode == 'TOTAL' else c


@pytest.mark.parametrize('thing', [
    {}, {'a': 'zażółć'}, {'ż': 1}, {'a': b'12345'}, {'a': True, 'b': None}, {'a': [], 'b': {}}, {'a': [1, 'x', [None]]},
    {'a': {'b': {'c': 'd'}, 'e': [1]}}, {'a': {'x', 'yy'}, 'b': {1, 22}, 'c': {b'', b'123'}},
    *({'n': Num(t)} for t in ('0', '1', '12', '123', '1.5', '100', '-42', '-0.001', '123.456', '1' + '0' * 125,
                              '0.' + '0' * 129 + '1', '9' * 38, '-' + '9' * 38, '10.01', '1234567.1', '0.012',
                              '120', '-190', '1200'))])
def test_largest_item(wire, simple, thing):
    base = {'p': av(fresh()), **items(thing)}
    wire.call('PutItem', TableName=simple, Item=pad(base, 409600))
    invalid(wire, 'PutItem', {'TableName': 'no-such-table', 'Item': pad(base, 409601)},
            'Item size has exceeded the maximum allowed size')
    wire.call('DeleteItem', TableName=simple, Key={'p': base['p']})


@pytest.mark.parametrize('bytes_, eventual, consistent', [
    (100, 0.5, 1), (4 * KB, 0.5, 1), (4 * KB + 1, 1, 2), (8 * KB, 1, 2), (20 * KB + 1, 3, 6), (400 * KB, 50, 100)])
def test_get(wire, simple, bytes_, eventual, consistent):
    key = item(p=fresh())
    wire.call('PutItem', TableName=simple, Item=pad(key, bytes_))
    assert units(wire, 'GetItem', TableName=simple, Key=key) == eventual
    assert units(wire, 'GetItem', TableName=simple, Key=key, ConsistentRead=True) == consistent
    assert units(wire, 'GetItem', TableName=simple, Key=key, ProjectionExpression='p') == eventual


def test_missing_item(wire, simple):
    assert units(wire, 'GetItem', TableName=simple, Key=item(p=fresh())) == 0.5
    assert units(wire, 'GetItem', TableName=simple, Key=item(p=fresh()), ConsistentRead=True) == 1
    assert units(wire, 'DeleteItem', TableName=simple, Key=item(p=fresh())) == 1


def test_writes(wire, simple):
    key = item(p=fresh())
    for size_, want in ((10, 1), (KB, 1), (KB + 1, 2), (100, 2), (3 * KB, 3)):  # the larger of old and new counts
        thing = pad(key, max(size_, item_size(key) + 1))
        assert units(wire, 'PutItem', TableName=simple, Item=thing) == want, size_
    assert units(wire, 'UpdateItem', TableName=simple, Key=key, UpdateExpression='REMOVE x') == 3
    assert units(wire, 'UpdateItem', TableName=simple, Key=key, UpdateExpression='SET y = :v',
                 ExpressionAttributeValues={':v': av('y' * 1500)}) == 2
    assert units(wire, 'DeleteItem', TableName=simple, Key=key) == 2


def test_modes(wire, simple):
    rq = {'TableName': simple, 'Item': item(p=fresh())}
    assert wire.call('PutItem', rq) == {}
    assert wire.call('PutItem', ReturnConsumedCapacity='NONE', **rq) == {}
    assert units(wire, 'PutItem', 'INDEXES', **rq) == {
        'TableName': simple, 'CapacityUnits': 1.0, 'Table': {'CapacityUnits': 1.0}}


def test_query_and_scan_round_once(wire, shared, table):
    t = table('p:S s:N')
    for i in range(20):
        wire.call('PutItem', TableName=t, Item=pad(item(p='k', s=i), 400))
    query = {'TableName': t, 'KeyConditionExpression': 'p = :p', 'ExpressionAttributeValues': {':p': av('k')}}
    assert units(wire, 'Query', **query) == 1.0  # 8000 bytes
    assert units(wire, 'Query', ConsistentRead=True, **query) == 2.0
    assert units(wire, 'Query', Limit=10, **query) == 0.5
    assert units(wire, 'Query', FilterExpression='attribute_exists(absent)', Select='COUNT', **query) == 1.0
    query['ExpressionAttributeValues'] = {':p': av('nobody')}
    assert units(wire, 'Query', **query) == 0.5
    assert units(wire, 'Scan', TableName=t, ConsistentRead=True) >= 2.0  # AWS adds for each partition it visits


@pytest.fixture(scope='module')
def indexed(shared):
    return shared('p:S s:S', gsi=(('all', 'g:S'), ('keys', 'g:S h:N', 'KEYS_ONLY')), lsi=(('local', 'p:S l:N', 'KEYS_ONLY'),))


def arms(c):
    """Units by table ('') and index; the total must be their sum."""
    out = {'': c['Table']['CapacityUnits']}
    for kind in ('GlobalSecondaryIndexes', 'LocalSecondaryIndexes'):
        out.update({k: v['CapacityUnits'] for k, v in c.get(kind, {}).items()})
    assert c['CapacityUnits'] == sum(out.values())
    return out


def test_index_writes(wire, indexed):
    key = item(p=fresh(), s='1')

    def put(**more):
        return arms(units(wire, 'PutItem', 'INDEXES', TableName=indexed, Item={**key, **items(more)}))
    assert put() == {'': 1}
    assert put(g='1') == {'': 1, 'all': 1}
    assert put(g='1') == {'': 1}
    assert put(g='1', a=1) == {'': 1, 'all': 1}
    assert put(g='1', a=1, h=1, l=1) == {'': 1, 'all': 1, 'keys': 1, 'local': 1}
    assert put(g='2', a=1, h=1, l=1) == {'': 1, 'all': 2, 'keys': 2}
    assert put(g='2', a=2, h=1, l=2) == {'': 1, 'all': 1, 'local': 2}
    assert put(g='2', a='x' * 2500, h=1, l=2) == {'': 3, 'all': 3}
    assert put(g='3', h=1, l=2) == {'': 3, 'all': 3 + 1, 'keys': 2}
    got = units(wire, 'UpdateItem', 'INDEXES', TableName=indexed, Key=key, UpdateExpression='REMOVE h')
    assert arms(got) == {'': 1, 'all': 1, 'keys': 1}
    got = units(wire, 'DeleteItem', 'INDEXES', TableName=indexed, Key=key)
    assert arms(got) == {'': 1, 'all': 1, 'local': 1}
    assert units(wire, 'PutItem', TableName=indexed, Item={**key, **items({'g': '1', 'h': 1, 'l': 1})}) == 4


def test_index_reads(wire, indexed):
    p, g = fresh(), fresh()
    for i in range(3):
        wire.call('PutItem', TableName=indexed, Item=pad(items({'p': p, 's': str(i), 'g': g, 'h': i, 'l': i}), 5000))

    def query(index, condition, value, **more):
        return arms(units(wire, 'Query', 'INDEXES', TableName=indexed, IndexName=index,
                          KeyConditionExpression=condition, ExpressionAttributeValues={':v': av(value)}, **more))
    assert query('all', 'g = :v', g) == {'': 0, 'all': 2.0}  # 15000 bytes
    assert query('keys', 'g = :v', g) == {'': 0, 'keys': 0.5}
    assert query('local', 'p = :v', p) == {'': 0, 'local': 0.5}
    assert query('local', 'p = :v', p, ConsistentRead=True) == {'': 0, 'local': 1.0}
    # Fetched items are rounded one by one: 3 items of 2 blocks.
    assert query('local', 'p = :v', p, Select='ALL_ATTRIBUTES') == {'': 3.0, 'local': 0.5}
    assert query('local', 'p = :v', p, Select='ALL_ATTRIBUTES', ConsistentRead=True) == {'': 6.0, 'local': 1.0}


def test_item_collection_metrics(wire, indexed, simple):
    key = items({'p': fresh(), 's': '1'})
    for op, rq in (('PutItem', {'Item': key}), ('UpdateItem', {'Key': key}), ('DeleteItem', {'Key': key})):
        got = wire.call(op, TableName=indexed, ReturnItemCollectionMetrics='SIZE', **rq)
        assert got['ItemCollectionMetrics']['ItemCollectionKey'] == {'p': key['p']}
        low, high = got['ItemCollectionMetrics']['SizeEstimateRangeGB']
        assert low <= high and low == 0
        assert wire.call(op, TableName=indexed, ReturnItemCollectionMetrics='NONE', **rq) == {}
    got = wire.call('BatchWriteItem', ReturnItemCollectionMetrics='SIZE',
                    RequestItems={indexed: [{'PutRequest': {'Item': key}}]})
    assert [m['ItemCollectionKey'] for m in got['ItemCollectionMetrics'][indexed]] == [{'p': key['p']}]
    # A table without a local index has no item collections.
    assert wire.call('PutItem', TableName=simple, ReturnItemCollectionMetrics='SIZE', Item=item(p=fresh())) == {}


def test_largest_update(wire, simple):
    # UpdateItem has a rule of its own: the item without its key, plus 3, plus 19 for each SET or ADD.
    for key_bytes in (1, 100):
        key = {'p': av('k' * (key_bytes - 1))} if key_bytes > 1 else {'p': av('k')}
        whole = 409600 - item_size(key) - 1        # the value that makes the item exactly as large as allowed
        by_rule = 409600 - 3 - 19 - 1              # the value that the rule for updates just accepts
        room = min(whole, by_rule)

        def update(n):
            return {'TableName': simple, 'Key': key, 'UpdateExpression': 'SET a = :v',
                    'ExpressionAttributeValues': {':v': av('x' * n)}}
        wire.call('UpdateItem', update(room))
        invalid(wire, 'UpdateItem', update(room + 1), 'Item size to update has exceeded the maximum allowed size')
        wire.call('DeleteItem', TableName=simple, Key=key)


@pytest.mark.ours
def test_the_table_as_the_request_names_it(wire, indexed):
    arn = wire.call('DescribeTable', TableName=indexed)['Table']['TableArn']
    key = items({'p': fresh(), 's': '1'})
    for op, rq in (('PutItem', {'Item': key}), ('GetItem', {'Key': key}), ('Scan', {'Limit': 1}), ('Query', {
            'KeyConditionExpression': 'p = :p', 'ExpressionAttributeValues': {':p': key['p']}}),
            ('UpdateItem', {'Key': key}), ('DeleteItem', {'Key': key})):
        for name in (arn, indexed):
            for mode in ('TOTAL', 'INDEXES'):
                got = wire.call(op, TableName=name, ReturnConsumedCapacity=mode, **rq)
                assert got['ConsumedCapacity']['TableName'] == name, op
    for name in (arn, indexed):
        got = wire.call('ExecuteStatement', Statement=f'SELECT * FROM "{name}" WHERE p = ? AND s = ?',
                        Parameters=[key['p'], key['s']], ReturnConsumedCapacity='TOTAL')
        assert got['ConsumedCapacity']['TableName'] == name
        for op, member in (('BatchExecuteStatement', 'Statements'), ('ExecuteTransaction', 'TransactStatements')):
            got = wire.call(op, ReturnConsumedCapacity='TOTAL', **{member: [
                {'Statement': f'SELECT * FROM "{name}" WHERE p = ? AND s = ?', 'Parameters': [key['p'], key['s']]}]})
            assert [c['TableName'] for c in got['ConsumedCapacity']] == [name], op


# Random writes against the rules --------------------------------------------------------------------------------------

INDEXES = {  # name: (key attributes, what else is projected; None: everything)
    'gall': ('g', None), 'gkeys': ('gh', ''), 'gsome': ('h', 'ab'),
    'lkeys': ('pl', ''), 'lsome': ('pl', 'a'), 'lall': ('pl', None),
}


@pytest.fixture(scope='module')
def many(shared):
    return shared('p:S s:N', gsi=(('gall', 'g:S'), ('gkeys', 'g:S h:N', 'KEYS_ONLY'),
                                  ('gsome', 'h:N', 'INCLUDE', ['a', 'b'])),
                  lsi=(('lkeys', 'p:S l:N', 'KEYS_ONLY'), ('lsome', 'p:S l:N', 'INCLUDE', ['a']), ('lall', 'p:S l:N')))


def entry(index, thing):
    key, more = INDEXES[index]
    if not thing or any(k not in thing for k in key):
        return None
    return {k: v for k, v in thing.items() if more is None or k in 'ps' + key + more}


def blocks(thing):
    return max(1, -(-item_size(items(thing)) // KB)) if thing else 1


def entry_units(index, old, new):
    """None: the index is not touched."""
    old, new = entry(index, old), entry(index, new)
    if old == new:
        return None
    if old and new and all(old[k] == new[k] for k in 'ps' + INDEXES[index][0]):
        return max(blocks(old), blocks(new))
    return (blocks(old) if old else 0) + (blocks(new) if new else 0)


def write_units(old, new):
    out = {'': max(blocks(old), blocks(new))}
    for index in INDEXES:
        n = entry_units(index, old, new)
        if n is not None:
            out[index] = n
    return out


def total_units(parts, table_factor=1):
    out = {}
    for part in parts:
        for arm, n in part.items():
            out[arm] = out.get(arm, 0) + n * (1 if arm else table_factor)
    return out


class Writes:
    """Random writes to a few items, of sizes around the borders of a unit."""

    def __init__(self, wire, table, seed):
        self.wire, self.table, self.r, self.have = wire, table, random.Random(seed), {}
        self.p = [fresh(), fresh()]

    def value(self, name):
        r = self.r
        if name == 'g':
            return r.choice(['x', 'y' * r.choice([10, 900, 1500])])
        if name in 'hl':
            return r.randrange(3)
        return r.choice(['', 'v' * r.choice([1, 400, 1000, 1024, 2500]), frozenset(r.sample(['m', 'n', 'o'], 2))])

    def key(self, taken=()):
        return self.r.choice([(p, s) for p in self.p for s in range(3) if (p, s) not in taken])

    def change(self, key):
        """(kind, new item, members of the action)"""
        r, old = self.r, self.have.get(key)
        whole = {'p': key[0], 's': key[1]}
        wire_key = {'Key': items(whole)}
        kind = r.choice(['Put', 'Put', 'Again', 'Delete', 'Set', 'Remove'])
        if kind == 'Again' and old:  # the same once more, members of sets the other way round
            thing = items(old)
            for v in thing.values():
                if 'SS' in v:
                    v['SS'].reverse()
            return 'Put', old, {'Item': thing}
        if kind == 'Delete':
            return 'Delete', None, wire_key
        name = r.choice('ghlabc')
        if kind == 'Set':
            v = self.value(name)
            return 'Update', {**(old or whole), name: v}, {**wire_key, 'UpdateExpression': f'SET {name} = :v',
                                                           'ExpressionAttributeValues': {':v': av(v)}}
        if kind == 'Remove':
            new = {k: v for k, v in old.items() if k != name} if old else None
            return 'Update', new, {**wire_key, 'UpdateExpression': f'REMOVE {name}'}
        new = {**whole, **{n: self.value(n) for n in 'ghlabc' if r.random() < 0.6}}
        return 'Put', new, {'Item': items(new)}

    def done(self, key, new):
        units_ = write_units(self.have.get(key), new)
        self.have.pop(key, None)
        if new:
            self.have[key] = new
        return units_

    def single(self):
        key = self.key()
        kind, new, members = self.change(key)
        got = units(self.wire, kind + 'Item', 'INDEXES', TableName=self.table, **members)
        assert arms(got) == self.done(key, new), (kind, members)

    def several(self, n=4):
        keys, out = [], []
        for _ in range(n):
            keys.append(self.key(keys))
            out.append(self.change(keys[-1]))
        return keys, out

    def batch(self):
        keys, changes = self.several()
        requests = []
        for key, (kind, new, members) in zip(keys, changes):
            if kind == 'Delete' or not new:
                requests.append({'DeleteRequest': {'Key': items(dict(zip('ps', key)))}})
            else:
                requests.append({'PutRequest': {'Item': items(new)}})
        want = total_units([self.done(key, new) for key, (_, new, _) in zip(keys, changes)])
        got = self.wire.call('BatchWriteItem', RequestItems={self.table: requests}, ReturnConsumedCapacity='INDEXES')
        assert arms(got['ConsumedCapacity'][0]) == want, requests

    def transaction(self):
        keys, changes = self.several()
        actions = [{kind: {'TableName': self.table, **members}} for kind, _, members in changes]
        checked = self.key(keys)
        have = self.have.get(checked)
        actions.append({'ConditionCheck': {'TableName': self.table, 'Key': items(dict(zip('ps', checked))),
                                           'ConditionExpression': f'attribute_{"" if have else "not_"}exists(p)'}})
        want = total_units([self.done(key, new) for key, (_, new, _) in zip(keys, changes)] + [{'': blocks(have)}], 2)
        got = self.wire.call('TransactWriteItems', TransactItems=actions, ReturnConsumedCapacity='INDEXES')
        c, = got['ConsumedCapacity']
        assert arms(c) == want, actions
        assert c['WriteCapacityUnits'] == c['CapacityUnits'] and c['Table']['WriteCapacityUnits'] == want['']
        for kind in ('GlobalSecondaryIndexes', 'LocalSecondaryIndexes'):
            assert all(v['WriteCapacityUnits'] == v['CapacityUnits'] for v in c.get(kind, {}).values())

    def reads(self):
        """What is there costs what its size says, in the table and in every index."""
        def rounded(sizes):
            return max(1, -(-sum(sizes) // (4 * KB)))
        everything = [i for i in self.have.values() if i['p'] == self.p[0]]
        rq = {'TableName': self.table, 'KeyConditionExpression': 'p = :p',
              'ExpressionAttributeValues': {':p': av(self.p[0])}}
        for index in (None, 'lkeys', 'lsome', 'lall'):
            there = [i for i in everything if index is None or entry(index, i)]
            read = [item_size(items(entry(index, i) if index else i)) for i in there]
            fetched = sum(rounded([item_size(items(i))]) for i in there)
            for more, fetches in (({}, False), ({'FilterExpression': 'attribute_exists(nothing)'}, True),
                                  ({'Select': 'COUNT'}, False), ({'Select': 'ALL_ATTRIBUTES'}, True),
                                  ({'ProjectionExpression': 'p, l'}, False), ({'ProjectionExpression': 'c'}, True)):
                for consistent in (False, True):
                    part = 1 if consistent else 0.5
                    want = {'': rounded(read) * part}
                    if index:
                        want = {'': fetched * part if fetches and index != 'lall' else 0, index: rounded(read) * part}
                    got = units(self.wire, 'Query', 'INDEXES', ConsistentRead=consistent, **rq, **more,
                                **({'IndexName': index} if index else {}))
                    assert arms(got) == want, (index, more, consistent)


@pytest.mark.parametrize('run', range(3))
def test_random_writes_and_reads(wire, many, run):
    seed = int(os.environ.get('STATOR_MODEL_SEED', '0')) or random.SystemRandom().randrange(1, 1 << 40)
    print('seed', seed + run)
    w = Writes(wire, many, seed + run)
    for n in range(120):
        w.r.choice([w.single, w.single, w.single, w.batch, w.transaction])()
        if n % 30 == 29:
            w.reads()


def test_errors_report_no_capacity(wire, simple):
    key = item(p=fresh())
    for op, rq in (('PutItem', {'Item': key, 'ConditionExpression': 'attribute_exists(p)'}),
                   ('DeleteItem', {'Key': key, 'ConditionExpression': 'attribute_exists(p)'}),
                   ('UpdateItem', {'Key': key, 'UpdateExpression': 'SET a = b'})):
        with pytest.raises(Refused) as e:
            wire.call(op, TableName=simple, ReturnConsumedCapacity='INDEXES', **rq)
        assert set(e.value.body) == {'__type', 'message'}
