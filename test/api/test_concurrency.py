"""Many clients at once: sums are exact, swaps are lost by nobody, readers see whole items."""
import os
import random
import threading
import time

import pytest

from kit import Refused, Wire, all_items, av, fresh, item, items, make_table, plain_item

CLIENTS = int(os.environ.get('CLIENTS', '16'))
ROUNDS = int(os.environ.get('ROUNDS', '60'))


def together(url, work, clients=CLIENTS):
    """Runs work(wire, i) in many threads; the first failure is raised."""
    errors, start = [], threading.Barrier(clients)

    def run(i):
        w = Wire(url)
        try:
            start.wait()
            work(w, i)
        except BaseException as e:
            errors.append(e)
        finally:
            w.close()
    threads = [threading.Thread(target=run, args=(i,)) for i in range(clients)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise errors[0]


def test_counters(url, wire, simple):
    keys = [item(p=fresh()) for _ in range(3)]

    def work(w, i):
        for n in range(ROUNDS):
            w.call('UpdateItem', TableName=simple, Key=keys[n % 3], UpdateExpression='ADD tally :one, byclient.#c :one',
                   ExpressionAttributeNames={'#c': f'c{i}'}, ExpressionAttributeValues={':one': av(1)})
    for k in keys:
        wire.call('PutItem', TableName=simple, Item={**k, 'byclient': {'M': {}}})
    together(url, work)
    got = [plain_item(wire.call('GetItem', TableName=simple, Key=k, ConsistentRead=True)['Item']) for k in keys]
    assert sum(g['tally'] for g in got) == CLIENTS * ROUNDS
    for g in got:
        assert sum(g['byclient'].values()) == g['tally']


def test_each_answer_is_a_different_number(url, simple):
    key, seen, lock = item(p=fresh()), [], threading.Lock()

    def work(w, i):
        mine = [int(w.call('UpdateItem', TableName=simple, Key=key, UpdateExpression='ADD n :one',
                           ExpressionAttributeValues={':one': av(1)}, ReturnValues='UPDATED_NEW')['Attributes']['n']['N'])
                for _ in range(ROUNDS)]
        assert mine == sorted(mine)
        with lock:
            seen.extend(mine)
    together(url, work)
    assert sorted(seen) == list(range(1, CLIENTS * ROUNDS + 1))


def test_swaps(url, wire, simple):
    """Optimistic locking: read, then write on the condition that nobody was faster."""
    key = item(p=fresh())
    wire.call('PutItem', TableName=simple, Item={**key, **item(version=0, tally=0)})
    won = [0] * CLIENTS

    def work(w, i):
        for _ in range(ROUNDS // 4):
            while True:
                old = plain_item(w.call('GetItem', TableName=simple, Key=key, ConsistentRead=True)['Item'])
                try:
                    w.call('PutItem', TableName=simple,
                           Item={**key, **item(version=old['version'] + 1, tally=old['tally'] + i)},
                           ConditionExpression='version = :v', ExpressionAttributeValues={':v': av(old['version'])})
                    won[i] += 1
                    break
                except Refused as e:
                    assert e.name == 'ConditionalCheckFailedException'
    together(url, work, 8)
    end = plain_item(wire.call('GetItem', TableName=simple, Key=key)['Item'])
    assert end['version'] == sum(won) and end['tally'] == sum(i * n for i, n in enumerate(won))


def test_one_winner(url, simple):
    """Of many that create the same item only one succeeds."""
    keys = [item(p=fresh()) for _ in range(20)]
    wins, lock = [], threading.Lock()

    def work(w, i):
        for n, k in enumerate(keys):
            try:
                w.call('PutItem', TableName=simple, Item={**k, **item(owner=i)},
                       ConditionExpression='attribute_not_exists(p)')
                with lock:
                    wins.append((n, i))
            except Refused as e:
                assert e.name == 'ConditionalCheckFailedException'
    together(url, work)
    assert sorted(n for n, _ in wins) == list(range(20))


def test_readers_see_whole_items(url, simple):
    key, stop = item(p=fresh()), threading.Event()
    writers = CLIENTS // 2

    def work(w, i):
        if i < writers:
            try:
                for n in range(ROUNDS):
                    w.call('PutItem', TableName=simple, Item={**key, **item(a=f'{i}-{n}', b=f'{i}-{n}', pad='x' * (n * 37))})
            finally:
                stop.set()
        else:
            while not stop.is_set():
                got = w.call('GetItem', TableName=simple, Key=key, ConsistentRead=True).get('Item')
                assert got is None or got['a'] == got['b']
    together(url, work)


def test_read_your_writes(url, simple):
    def work(w, i):
        key = item(p=fresh())
        for n in range(ROUNDS):
            w.call('PutItem', TableName=simple, Item={**key, **item(n=n)})
            assert w.call('GetItem', TableName=simple, Key=key, ConsistentRead=True)['Item']['n'] == av(n)
    together(url, work)


def test_index_and_table_agree(url, wire, table):
    t = table('p:S', gsi=(('g-index', 'g:S n:N'),))

    def work(w, i):
        for n in range(ROUNDS):
            k = item(p=f'k{(n * 7 + i) % 25}')
            if n % 5 == 4:
                w.call('DeleteItem', TableName=t, Key=k)
            else:
                w.call('PutItem', TableName=t, Item={**k, **item(g=f'g{n % 4}', n=i, x=n)})
    together(url, work)
    base = {i['p']: i for i in all_items(wire, 'Scan', {'TableName': t})}
    entries = all_items(wire, 'Scan', {'TableName': t, 'IndexName': 'g-index'})
    assert len(entries) == len(base) and {i['p']: i for i in entries} == base


def test_what_a_local_index_fetches_is_of_the_same_instant(url, wire, table):
    """Items move between two places of an index that does not have their attribute w, which says where they are."""
    t = table('p:S s:N', lsi=(('lkeys', 'p:S l:S', 'KEYS_ONLY'),))
    stop, n = threading.Event(), 20

    def work(w, i):
        if i < 2:
            try:
                for turn in range(ROUNDS * 8):
                    where = 'ab'[turn // n % 2]
                    w.call('PutItem', TableName=t, Item=item(p='p', s=turn % n, l=where, w=where))
            finally:
                stop.set()
            return
        op, more = [('Query', {'KeyConditionExpression': 'p = :p AND l = :a'}),
                    ('Scan', {'FilterExpression': 'l = :a'})][i % 2]
        values = items({':p': 'p', ':a': 'a'}) if op == 'Query' else items({':a': 'a'})
        while not stop.is_set():
            got = w.call(op, TableName=t, IndexName='lkeys', ConsistentRead=True, ProjectionExpression='l, w',
                         ExpressionAttributeValues=values, **more)
            assert op == 'Scan' or got['Count'] == got['ScannedCount']
            assert all(i == item(l='a', w='a') for i in got['Items']), got['Items']
    together(url, work, 6)


@pytest.mark.ours
def test_tables_come_and_go(url, wire):
    """Creating and dropping the same table under traffic: requests succeed or say that it is not there."""
    name, stop = fresh(), threading.Event()

    def work(w, i):
        if i == 0:
            try:
                for _ in range(10):
                    w.call('CreateTable', TableName=name, BillingMode='PAY_PER_REQUEST',
                           KeySchema=[{'AttributeName': 'p', 'KeyType': 'HASH'}],
                           AttributeDefinitions=[{'AttributeName': 'p', 'AttributeType': 'S'}])
                    while w.post('DeleteTable', {'TableName': name}).status != 200:
                        pass
                    while w.post('DescribeTable', {'TableName': name}).status == 200:
                        pass
            finally:
                stop.set()
        else:
            n = 0
            while not stop.is_set():
                n += 1
                for op, rq in (('PutItem', {'Item': item(p=str(n))}), ('Scan', {})):
                    try:
                        w.call(op, TableName=name, **rq)
                    except Refused as e:
                        assert e.name == 'ResourceNotFoundException', e
    together(url, work, 6)


# Transactions ----------------------------------------------------------------------------------------------------------

def test_bank(url, wire, simple):
    """Transfers between accounts: whoever looks at all accounts at once sees the same sum."""
    accounts, start, stop = [fresh('bank') for _ in range(8)], 100, threading.Event()
    for p in accounts:
        wire.call('PutItem', TableName=simple, Item=item(p=p, money=start))
    moved, looks, lock = [0], [0], threading.Lock()

    def transfer(w, rng):
        a, b = rng.sample(accounts, 2)
        amount = rng.randint(1, 40)

        def add(p, sign, condition=None):
            rq = {'TableName': simple, 'Key': item(p=p), 'UpdateExpression': f'SET money = money {sign} :m',
                  'ExpressionAttributeValues': {':m': av(amount)}}
            return {'Update': {**rq, **({'ConditionExpression': condition} if condition else {})}}
        try:
            w.call('TransactWriteItems', TransactItems=[add(a, '-', 'money >= :m'), add(b, '+')])
            with lock:
                moved[0] += 1
        except Refused as e:
            assert [r['Code'] for r in e.body['CancellationReasons']] == ['ConditionalCheckFailed', 'None'], e

    def look(w, rng):
        order = rng.sample(accounts, len(accounts))
        got = w.call('TransactGetItems', TransactItems=[{'Get': {'TableName': simple, 'Key': item(p=p)}} for p in order])
        money = [plain_item(r['Item'])['money'] for r in got['Responses']]
        assert sum(money) == start * len(accounts) and min(money) >= 0, money
        with lock:
            looks[0] += 1

    def work(w, i):
        rng = random.Random(i)
        if i < CLIENTS // 2:
            try:
                for _ in range(ROUNDS):
                    transfer(w, rng)
            finally:
                stop.set()
        else:
            while not stop.is_set():
                look(w, rng)
    together(url, work)
    assert moved[0] > ROUNDS and looks[0] > 10


def cycle(edges):
    """A cycle of a directed graph {node: {successors}}, or None."""
    done, path, on_path = set(), [], set()
    for root in list(edges):
        stack = [(root, iter(edges.get(root, ())))] if root not in done else []
        path[:] = [root]
        on_path = {root}
        while stack:
            node, successors = stack[-1]
            for s in successors:
                if s in on_path:
                    return path[path.index(s):]
                if s not in done:
                    stack.append((s, iter(edges.get(s, ()))))
                    path.append(s)
                    on_path.add(s)
                    break
            else:
                stack.pop()
                done.add(node)
                on_path.discard(node)
                path.pop()
    return None


def test_the_check_for_cycles_finds_them():
    assert cycle({1: {2}, 2: {3}, 3: set()}) is None
    assert cycle({0: {1}, 1: {2}, 2: {3}, 3: {1}}) == [1, 2, 3]
    assert cycle({1: {2, 3}, 2: {4}, 3: {4}}) is None


def depends(history):
    """Which operation must come before which, by real time and by what each read and wrote.

    history: (begin, end, {register: version read}, {register: version written}); versions count from 0.
    Nodes are indexes of the history, and the instants ('at', n) that order them by time."""
    edges = {n: set() for n in range(len(history))}
    writer = {(r, v): n for n, (_, _, _, written) in enumerate(history) for r, v in written.items()}
    for n, (_, _, read, written) in enumerate(history):
        for r, v in read.items():
            if (r, v) in writer and writer[r, v] != n:
                edges[writer[r, v]].add(n)  # it read what that one wrote
            if (r, v + 1) in writer and writer[r, v + 1] != n:
                edges[n].add(writer[r, v + 1])  # and not yet what the next one wrote
        for r, v in written.items():
            if (r, v - 1) in writer:
                edges[writer[r, v - 1]].add(n)
    # What was answered at an instant comes before all that was sent later.
    events = sorted([(end, 0, n) for n, (_, end, _, _) in enumerate(history)] +
                    [(begin, -1, n) for n, (begin, _, _, _) in enumerate(history)])
    instants = [('at', i) for i in range(len(events))]
    for i, (_, kind, n) in enumerate(events):
        edges[instants[i]] = {instants[i + 1]} if i + 1 < len(events) else set()
        edges[n if kind == 0 else instants[i]].add(instants[i] if kind == 0 else n)
    return edges


def test_the_order_of_histories():
    def bad(*history):
        return cycle(depends(list(history))) is not None
    assert not bad((0, 1, {}, {'a': 1}), (2, 3, {'a': 1}, {}))
    assert not bad((0, 3, {}, {'a': 1}), (1, 2, {'a': 0}, {}), (1, 2, {'a': 1}, {}))  # at the same time: either
    assert bad((0, 1, {}, {'a': 1}), (2, 3, {'a': 0}, {}))  # stale
    assert bad((0, 9, {}, {'a': 1}), (1, 2, {'a': 1}, {}), (3, 4, {'a': 0}, {}))  # back in time
    assert bad((0, 9, {}, {'a': 1, 'b': 1}), (1, 8, {'a': 1, 'b': 0}, {}))  # torn
    assert bad((0, 9, {'a': 0, 'b': 0}, {'a': 1}), (0, 9, {'a': 0, 'b': 0}, {'b': 1}))  # write skew


class Registers:
    """Items with versions, read and written in every way; each way notes what it saw and when."""

    def __init__(self, url, table, n=30):
        self.table, self.partition, self.n, self.history, self.lock = table, fresh('reg'), n, [], threading.Lock()
        w = Wire(url)
        w.call('TransactWriteItems', TransactItems=[
            {'Put': {'TableName': table, 'Item': self.thing(r, 0)}} for r in range(n)])
        w.close()

    def key(self, r):
        return item(p=self.partition, s=r)

    def thing(self, r, v):
        return {**self.key(r), **item(v=v)}

    def note(self, begin, *facts):
        end = time.monotonic()
        with self.lock:
            self.history.extend((begin, end, seen, written) for seen, written in facts)

    # Reads: {register: version}.  Those that are not of one instant are noted one by one.

    def together(self, w, chosen):
        begin = time.monotonic()
        got = w.call('TransactGetItems', TransactItems=[
            {'Get': {'TableName': self.table, 'Key': self.key(r)}} for r in chosen])
        seen = {r: plain_item(x['Item'])['v'] for r, x in zip(chosen, got['Responses'])}
        self.note(begin, (seen, {}))
        return seen

    def one_by_one(self, w, chosen):
        seen = {}
        for r in chosen:
            begin = time.monotonic()
            got = w.call('GetItem', TableName=self.table, Key=self.key(r), ConsistentRead=True)
            seen[r] = plain_item(got['Item'])['v']
            self.note(begin, ({r: seen[r]}, {}))
        return seen

    def batch(self, w, chosen):
        begin = time.monotonic()
        got = w.call('BatchGetItem', RequestItems={
            self.table: {'Keys': [self.key(r) for r in chosen], 'ConsistentRead': True}})
        seen = {i['s']: i['v'] for i in map(plain_item, got['Responses'][self.table])}
        self.note(begin, *(({r: v}, {}) for r, v in seen.items()))
        return seen

    def query(self, w, chosen, **index):
        begin = time.monotonic()
        got = w.call('Query', TableName=self.table, KeyConditionExpression='p = :p', ConsistentRead=True,
                     ExpressionAttributeValues=items({':p': self.partition}), **index)
        seen = {i['s']: i['v'] for i in map(plain_item, got['Items'])}
        assert sorted(seen) == list(range(self.n)), 'an item is missing while it changes'
        self.note(begin, *(({r: v}, {}) for r, v in seen.items()))
        return {r: seen[r] for r in chosen}

    def local_index(self, w, chosen):
        return self.query(w, chosen, IndexName='by-v')

    # Writes, on the condition that nothing has changed.

    def write_together(self, w, seen, written):
        actions = []
        for r, v in seen.items():
            rq = {'TableName': self.table, 'Key': self.key(r), 'ConditionExpression': 'v = :v',
                  'ExpressionAttributeValues': items({':v': v})}
            if r in written:
                rq['ExpressionAttributeValues'][':n'] = av(v + 1)
                actions.append({'Update': {**rq, 'UpdateExpression': 'SET v = :n'}})
            else:
                actions.append({'ConditionCheck': rq})
        begin = time.monotonic()
        w.call('TransactWriteItems', TransactItems=actions)
        self.note(begin, (seen, {r: seen[r] + 1 for r in written}))

    def write_one(self, w, seen, written):
        r = written[0]
        rq = {'TableName': self.table, 'ConditionExpression': 'v = :v',
              'ExpressionAttributeValues': items({':v': seen[r]})}
        begin = time.monotonic()
        if r % 2:
            w.call('PutItem', Item=self.thing(r, seen[r] + 1), **rq)
        else:
            rq['ExpressionAttributeValues'][':one'] = av(1)
            w.call('UpdateItem', Key=self.key(r), UpdateExpression='ADD v :one', **rq)
        self.note(begin, ({r: seen[r]}, {r: seen[r] + 1}))

    def check(self):
        written = [w for h in self.history for w in h[3].items()]
        assert len(written) == len(set(written)) and len(written) > 20, 'a version was written twice'
        read = {seen for h in self.history for seen in h[2].items() if seen[1] > 0}
        assert read <= set(written), 'a version was read that nobody wrote'
        found = cycle(depends(self.history))
        assert found is None, [self.history[n] for n in found if isinstance(n, int)]


def strictly_serializable(url, table):
    """Writers go on with what they know until a condition tells that it is out of date; some registers are hot."""
    regs, stop = Registers(url, table), threading.Event()
    reads = [regs.together, regs.one_by_one, regs.batch, regs.query, regs.local_index]

    def write(w, rng, known):
        chosen = rng.sample(range(regs.n) if rng.random() < 0.5 else range(4), rng.randint(2, 4))
        seen, written = {r: known[r] for r in chosen}, rng.sample(chosen, rng.randint(1, len(chosen)))
        try:
            if rng.random() < 0.8:
                regs.write_together(w, seen, written)
            else:
                regs.write_one(w, seen, written[:1])
                del written[1:]
            known.update({r: seen[r] + 1 for r in written})
        except Refused as e:
            assert e.name in ('TransactionCanceledException', 'ConditionalCheckFailedException'), e
            known.update(rng.choice(reads)(w, chosen))

    def work(w, i):
        rng, known = random.Random(1000 + i), dict.fromkeys(range(regs.n), 0)
        if i < 5:
            try:
                for _ in range(ROUNDS * 2):
                    write(w, rng, known)
            finally:
                stop.set()
        while i >= 5 and not stop.is_set():
            if rng.random() < 0.7:
                regs.together(w, range(regs.n))
            else:
                rng.choice(reads)(w, rng.sample(range(regs.n), 4))
    together(url, work, 8)
    regs.check()


@pytest.mark.ours
def test_everything_is_strictly_serializable(url, table):
    """Random reads and writes of registers with versions, alone and in transactions: no order by what they
    read and wrote, and by time, contradicts itself."""
    strictly_serializable(url, table('p:S s:N', lsi=(('by-v', 'p:S v:N'),)))


@pytest.mark.ours
def test_strictly_serializable_on_disk(server, tmp_path):
    """The same where a commit takes its time."""
    s = server('--data', str(tmp_path / 'data'))
    w = Wire(s.url)
    strictly_serializable(s.url, make_table(w, 'p:S s:N', lsi=(('by-v', 'p:S v:N'),)))
    w.close()


def test_a_token_used_by_many_at_once(url, wire, simple):
    """The same request sent by all at the same time happens once."""
    keys = [fresh('once') for _ in range(10)]

    def work(w, i):
        for p in keys:
            w.call('TransactWriteItems', ClientRequestToken=p[:36], TransactItems=[
                {'Update': {'TableName': simple, 'Key': item(p=p), 'UpdateExpression': 'ADD n :one',
                            'ExpressionAttributeValues': {':one': av(1)}}}])
    together(url, work)
    for p in keys:
        assert plain_item(wire.call('GetItem', TableName=simple, Key=item(p=p))['Item'])['n'] == 1
