"""Many clients at once: sums are exact, swaps are lost by nobody, readers see whole items."""
import os
import threading

import pytest

from kit import Refused, Wire, all_items, av, fresh, item, plain_item

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
