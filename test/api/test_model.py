"""Random histories of operations give the same answers as a plain model of a table in memory.

The model is Python dicts and the rules of the developer guide, nothing of the server.  A failing run
prints its seed; STATOR_MODEL_SEED runs it again, STATOR_MODEL_STEPS makes it longer."""
import copy
import os
import random
import re

import pytest

import kit

STEPS = int(os.environ.get('STATOR_MODEL_STEPS', '1500'))
PKS = ['a', 'b', 'c\x00d', 'é']
NAMES = ['n', 's', 'set', 'list', 'map', 'g', 'flag']
MISSING = object()


class Model:
    """One table with keys pk (S) and sk (N), and an index g (S) -> sk over items that have a g."""

    def __init__(self):
        self.items = {}

    def get(self, key):
        return copy.deepcopy(self.items.get(key))

    def put(self, item):
        self.items[item['pk'], item['sk']] = copy.deepcopy(item)

    def query(self, pk, low, high):
        return sorted((i for (p, s), i in self.items.items() if p == pk and low <= s <= high),
                      key=lambda i: i['sk'])

    def index(self, g):
        return [i for i in self.items.values() if i.get('g') == g]


def kind_of(v):
    return next(iter(kit.av(v)))


# --- conditions: ('op', ...) trees, as text and as truth ----------------------

def condition(r, depth=0):
    if depth < 2 and r.random() < 0.35:
        op = r.choice(['AND', 'OR', 'NOT'])
        return (op, *[condition(r, depth + 1) for _ in range(1 if op == 'NOT' else 2)])
    op = r.choice(['=', '<>', '<', '<=', '>', '>=', 'exists', 'not_exists', 'type', 'begins', 'contains',
                   'between', 'in', 'size'])
    name = r.choice(NAMES)
    if op == 'size':
        return op, name, r.choice(['<', '>=', '=']), r.randrange(4)
    if op == 'type':
        return op, name, r.choice(['S', 'N', 'SS', 'L', 'M', 'BOOL'])
    if op == 'between':
        return op, name, *sorted([r.randrange(20), r.randrange(20)])
    if op == 'in':
        return op, name, [scalar(r) for _ in range(3)]
    if op == 'begins':
        return op, name, r.choice(['x', 'xy', ''])
    if op in '<=>=':
        return op, name, scalar(r)
    return op, name, value(r)


def text(c, values):
    def v(x):
        values.append(x)
        return f':v{len(values) - 1}'
    op = c[0]
    if op in ('AND', 'OR'):
        return f'({text(c[1], values)}) {op} ({text(c[2], values)})'.replace('((', '( (')
    if op == 'NOT':
        return f'NOT {sub(c[1], values)}'
    name = '#' + c[1]
    if op in ('=', '<>', '<', '<=', '>', '>='):
        return f'{name} {op} {v(c[2])}'
    if op in ('exists', 'not_exists'):
        return f'attribute_{op}({name})'
    if op == 'type':
        return f'attribute_type({name}, {v(c[2])})'
    if op == 'begins':
        return f'begins_with({name}, {v(c[2])})'
    if op == 'contains':
        return f'contains({name}, {v(c[2])})'
    if op == 'between':
        return f'{name} BETWEEN {v(c[2])} AND {v(c[3])}'
    if op == 'in':
        return f'{name} IN ({", ".join(v(x) for x in c[2])})'
    return f'size({name}) {c[2]} {v(c[3])}'


def sub(c, values):
    """An operand of NOT: parentheses only around what needs them, as more are redundant."""
    t = text(c, values)
    return f'({t})' if c[0] in ('AND', 'OR') else t


def compare(op, a, b):
    if op == '=':
        return kind_of(a) == kind_of(b) and a == b
    if kind_of(a) != kind_of(b) or kind_of(a) not in 'SNB':
        return False
    if isinstance(a, str):
        a, b = a.encode(), b.encode()
    return {'<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b}[op]


def true(c, item):
    op = c[0]
    if op == 'AND':
        return true(c[1], item) and true(c[2], item)
    if op == 'OR':
        return true(c[1], item) or true(c[2], item)
    if op == 'NOT':
        return not true(c[1], item)
    a = (item or {}).get(c[1], MISSING)
    if op in ('exists', 'not_exists'):
        return (a is not MISSING) == (op == 'exists')
    if op == '<>':
        return a is MISSING or not compare('=', a, c[2])
    if a is MISSING:
        return False
    if op == 'type':
        return kind_of(a) == c[2]
    if op == 'begins':
        return isinstance(a, str) and a.startswith(c[2])
    if op == 'contains':
        return contains(a, c[2])
    if op == 'between':
        return compare('>=', a, c[2]) and compare('<=', a, c[3])
    if op == 'in':
        return any(compare('=', a, x) for x in c[2])
    if op == 'size':
        return kind_of(a) in ('S', 'SS', 'NS', 'L', 'M') and compare(c[2], len(a), c[3])
    return compare(op, a, c[2])


def contains(a, b):
    if isinstance(a, str):
        return isinstance(b, str) and b in a
    if isinstance(a, frozenset):
        return any(kind_of(x) == kind_of(b) and x == b for x in a)
    return isinstance(a, list) and any(compare('=', x, b) for x in a)


# --- values ------------------------------------------------------------------

def scalar(r):
    return r.choice([r.randrange(20), 'xyz'[:r.randrange(4)], r.choice('uvw')])


def value(r):
    return r.choice([scalar(r), scalar(r), r.random() < 0.5, frozenset(r.sample(['p', 'q', 'r'], r.randint(1, 3))),
                     [scalar(r) for _ in range(r.randrange(4))], {'k': scalar(r)}])


def attributes(r):
    out = {n: value(r) for n in r.sample(NAMES, r.randrange(5)) if n != 'g'}
    if r.random() < 0.5:
        out['g'] = r.choice(['g1', 'g2'])
    return out


# --- updates: (section, name, value), as text and as effect --------------------

def update(r):
    actions = []
    for name in r.sample([n for n in NAMES if n != 'g'], r.randint(1, 3)):
        actions.append(r.choice([
            ('SET', name, value(r)), ('REMOVE', name, None), ('ADD', name, r.randrange(9)),
            ('ADD', name, frozenset(r.sample(['p', 'q', 'z'], 2))), ('DELETE', name, frozenset(r.sample(['p', 'q'], 1))),
            ('PLUS', name, r.randrange(9)), ('DEFAULT', name, value(r)), ('APPEND', name, [scalar(r)])]))
    return actions


def update_text(actions, values):
    sections = {}
    for op, name, v in actions:
        at = f':v{len(values)}'
        if op != 'REMOVE':
            values.append(v)
        n = '#' + name
        part = {'SET': ('SET', f'{n} = {at}'), 'REMOVE': ('REMOVE', n), 'ADD': ('ADD', f'{n} {at}'),
                'DELETE': ('DELETE', f'{n} {at}'), 'PLUS': ('SET', f'{n} = {n} + {at}'),
                'DEFAULT': ('SET', f'{n} = if_not_exists({n}, {at})'),
                'APPEND': ('SET', f'{n} = list_append({n}, {at})')}[op]
        sections.setdefault(part[0], []).append(part[1])
    return ' '.join(f'{s} {", ".join(p)}' for s, p in sections.items())


class Invalid(Exception):
    pass


def apply(actions, old, key):
    """The new item; None when none is created; Invalid when the service refuses."""
    item = copy.deepcopy(old) if old else {'pk': key[0], 'sk': key[1]}
    before = old or {}
    creates = False
    for op, name, v in actions:
        a = before.get(name, MISSING)
        creates |= op not in ('REMOVE', 'DELETE')
        if op == 'SET' or (op == 'DEFAULT' and a is MISSING):
            item[name] = v
        elif op == 'REMOVE':
            item.pop(name, None)
        elif op == 'PLUS':
            item[name] = require(a, 'N') + v
        elif op == 'APPEND':
            item[name] = require(a, 'L') + v
        elif op == 'ADD':
            item[name] = v if a is MISSING else require(a, kind_of(v)) + v if kind_of(v) == 'N' else require(a, 'SS') | v
        elif op == 'DELETE' and a is not MISSING:
            left = require(a, 'SS') - v
            item.pop(name)
            if left:
                item[name] = left
    return item if old or creates else None


def require(a, kind):
    if a is MISSING or kind_of(a) != kind:
        raise Invalid
    return a


# --- the walk -------------------------------------------------------------------

class Walk:
    def __init__(self, wire, table, seed):
        self.wire, self.table, self.r, self.model = wire, table, random.Random(seed), Model()

    def key(self):
        return self.r.choice(PKS), self.r.randrange(-3, 6)

    def wire_key(self, key):
        return kit.item(pk=key[0], sk=key[1])

    def request(self, used_text, values, **more):
        rq = {'TableName': self.table, **more}
        if values:
            rq['ExpressionAttributeValues'] = {f':v{i}': kit.av(v) for i, v in enumerate(values)}
        names = {n: n[1:] for n in re.findall('#[a-z]+', used_text)}
        if names:
            rq['ExpressionAttributeNames'] = names
        return rq

    def write(self):
        key, values, rq_text = self.key(), [], ''
        old = self.model.get(key)
        new, op, more = self.choose(key, old, values)
        rq_text = more.get('UpdateExpression', '')
        c = condition(self.r) if self.r.random() < 0.5 else None
        if c:
            more['ConditionExpression'] = text(c, values)
            rq_text += ' ' + more['ConditionExpression']
        rq = self.request(rq_text, values, **more, ReturnValues='ALL_OLD')
        try:
            answer = self.wire.call(op, rq)
            outcome = 'done'
        except kit.Refused as e:
            outcome = e.name
        if c and not true(c, old):
            assert outcome == 'ConditionalCheckFailedException', (rq, old)
        elif new is Invalid:
            assert outcome == 'ValidationException', (rq, old)
        else:
            assert outcome == 'done', (outcome, rq, old)
            got = kit.plain_item(answer['Attributes']) if 'Attributes' in answer else None
            assert got == old, (rq, got, old)
            self.model.items.pop(key, None)
            if new is not None:
                self.model.put(new)

    def choose(self, key, old, values):
        kind = self.r.choice(['put', 'update', 'update', 'delete'])
        if kind == 'put':
            new = {'pk': key[0], 'sk': key[1], **attributes(self.r)}
            return new, 'PutItem', {'Item': kit.items(new)}
        if kind == 'delete':
            return None, 'DeleteItem', {'Key': self.wire_key(key)}
        actions = update(self.r)
        more = {'Key': self.wire_key(key), 'UpdateExpression': update_text(actions, values)}
        try:
            return apply(actions, old, key), 'UpdateItem', more
        except Invalid:
            return Invalid, 'UpdateItem', more

    def read(self):
        key = self.key()
        got = self.wire.call('GetItem', TableName=self.table, Key=self.wire_key(key)).get('Item')
        assert (kit.plain_item(got) if got else None) == self.model.get(key), key

    def query(self):
        pk, (low, high) = self.r.choice(PKS), sorted([self.r.randrange(-4, 7), self.r.randrange(-4, 7)])
        forward, limit = self.r.random() < 0.5, self.r.choice([1, 2, 100])
        rq = {'TableName': self.table, 'KeyConditionExpression': 'pk = :p AND sk BETWEEN :a AND :b', 'Limit': limit,
              'ScanIndexForward': forward,
              'ExpressionAttributeValues': kit.items({':p': pk, ':a': low, ':b': high})}
        want = self.model.query(pk, low, high)
        assert kit.all_items(self.wire, 'Query', rq) == (want if forward else want[::-1])

    def scan(self):
        c, values = condition(self.r), []
        filter_ = text(c, values)
        rq = self.request(filter_, values, FilterExpression=filter_, Limit=self.r.choice([3, 1000]))
        got = kit.all_items(self.wire, 'Scan', rq)
        want = [i for i in self.model.items.values() if true(c, i)]
        assert by_key(got) == by_key(want), rq

    def by_index(self):
        g = self.r.choice(['g1', 'g2'])
        rq = {'TableName': self.table, 'IndexName': 'by-g', 'KeyConditionExpression': 'g = :g', 'Limit': 3,
              'ExpressionAttributeValues': kit.items({':g': g})}
        got = kit.all_items(self.wire, 'Query', rq)
        assert [i['sk'] for i in got] == sorted(i['sk'] for i in got)
        assert by_key(got) == by_key(self.model.index(g))

    def batch(self):
        keys = {self.key() for _ in range(self.r.randint(1, 8))}
        requests = []
        for key in keys:
            if self.r.random() < 0.3:
                requests.append({'DeleteRequest': {'Key': self.wire_key(key)}})
                self.model.items.pop(key, None)
            else:
                new = {'pk': key[0], 'sk': key[1], **attributes(self.r)}
                requests.append({'PutRequest': {'Item': kit.items(new)}})
                self.model.put(new)
        self.wire.call('BatchWriteItem', RequestItems={self.table: requests})

    def run(self, steps):
        for n in range(steps):
            step = self.r.choices([self.write, self.read, self.query, self.scan, self.by_index, self.batch],
                                  [12, 3, 2, 1, 1, 1])[0]
            step()


def by_key(found):
    return sorted(found, key=lambda i: (i['pk'], i['sk']))


@pytest.mark.parametrize('run', range(3))
def test_history_agrees_with_the_model(wire, run):
    seed = int(os.environ.get('STATOR_MODEL_SEED', '0')) or random.SystemRandom().randrange(1, 1 << 40)
    print('seed', seed + run)
    table = kit.make_table(wire, 'pk:S sk:N', gsi=[('by-g', 'g:S sk:N')])
    Walk(wire, table, seed + run).run(STEPS)
    kit.drop_table(wire, table)
