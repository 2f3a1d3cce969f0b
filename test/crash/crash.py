#!/usr/bin/python3
"""crash.py [--rounds N] [--seed S] - kills a loaded server with SIGKILL at random moments and looks at what is left.

Writers own disjoint keys, so each key has one known history: the last acknowledged state, and at most one request that
was in flight when the server died.  After each restart

  (1) every item is in its acknowledged state, or in the one that the request in flight asked for, whole;
  (2) a counter that all writers add to lies between what was acknowledged and that plus what was in flight;
  (3) every secondary index has exactly the entries that the table's items call for, read by Scan and by Query;
  (4) the counts of items in the table's description are what a Scan finds;
  (5) tables whose creation or deletion was acknowledged are there or gone;
  (6) a transaction in flight happened wholly or not at all; sent again with its token it happens once, and one that was
      acknowledged does not happen again;
  (7) the streams, replayed record by record since the beginning, lead to exactly what the tables hold: each record's
      old image is what the one before left, sequence numbers only grow;
  (8) of the items that expire, only those are gone whose time had come, deleted by the service and by nobody else;
  (9) `stator check`, where the program has it, finds nothing wrong."""
import argparse
import http.client
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'api'))
import kit  # noqa: E402
from kit import av, items, plain_item  # noqa: E402

TABLE, WRITERS, KEYS = 'crash', 4, 25
GSI = (('all', 'g:S n:N'), ('keys', 'g:S', 'KEYS_ONLY'), ('some', 'n:N', 'INCLUDE', ['a']))
LSI = (('local', 'p:S l:N', 'KEYS_ONLY'),)
LATE = ('late', 'g:S a:N')
FADING, FADING_KEYS = 'fading', 40
STREAM = {'StreamEnabled': True, 'StreamViewType': 'NEW_AND_OLD_IMAGES'}
PROJECTED = {'all': None, 'late': None, 'keys': {'p', 's', 'g'}, 'some': {'p', 's', 'n', 'a'}, 'local': {'p', 's', 'l'}}
NEEDS = {'all': 'gn', 'late': 'ga', 'keys': 'g', 'some': 'n', 'local': 'l'}


class Gone(Exception):
    """The server died under the request: nobody knows whether it was executed."""


class Client:
    """A connection without real signatures: the server is told to trust its host."""

    def __init__(self, port):
        self.conn = http.client.HTTPConnection('127.0.0.1', port, timeout=kit.PATIENCE_S)

    def call(self, op, **members):
        headers = {'X-Amz-Target': 'DynamoDB_20120810.' + op, 'Content-Type': 'application/x-amz-json-1.0',
                   'X-Amz-Date': '20260101T000000Z', 'Authorization': 'AWS4-HMAC-SHA256 Credential=crash/20260101/'
                   'us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=' + '0' * 64}
        try:
            self.conn.request('POST', '/', json.dumps(members), headers)
            r = self.conn.getresponse()
            body = r.read()
        except (OSError, http.client.HTTPException) as e:
            raise Gone(op) from e
        if r.status != 200:
            raise kit.Refused(kit.Reply(r.status, r.headers, body))
        return json.loads(body) if body else {}


class Writer(threading.Thread):
    """Changes its own keys until the server dies; `state` is what was acknowledged, `pending` what may have happened."""

    def __init__(self, number, rng, port, state):
        super().__init__()
        self.rng, self.state, self.pending = rng, state, {}
        self.client, self.number, self.added, self.adding, self.error = Client(port), number, 0, 0, None
        self.acked = 0
        self.last, self.flying = None, None  # transactions with tokens: acknowledged, and in flight

    def keys(self, n):
        return [(f'w{self.number}-{k % 5}', f's{k}') for k in self.rng.sample(range(KEYS), n)]

    def thing(self, key):
        r = self.rng
        t = {'p': key[0], 's': key[1], 'a': r.randint(0, 10 ** 6), 'pad': 'x' * r.choice([0, 10, 300, 5000])}
        t['twin'] = t['a']  # two halves that must always agree
        for name, value in (('g', f'g{r.randint(0, 5)}'), ('n', r.randint(0, 9)), ('l', r.randint(0, 9))):
            if r.random() < 0.7:
                t[name] = value
        return t

    def ask(self, wanted, op, **members):
        """Sends a request that leads to the states `wanted`; they are facts once it is answered."""
        self.pending = wanted
        got = self.client.call(op, **members)
        self.state.update(wanted)
        self.pending = {}
        self.acked += 1
        return got

    def put(self):
        (key,) = self.keys(1)
        t = self.thing(key)
        self.ask({key: t}, 'PutItem', TableName=TABLE, Item=items(t))

    def delete(self):
        (key,) = self.keys(1)
        self.ask({key: None}, 'DeleteItem', TableName=TABLE, Key=items({'p': key[0], 's': key[1]}))

    def update(self):
        (key,) = self.keys(1)
        old = self.state.get(key)
        if old is None:
            return self.put()
        t = {**old, 'a': old['a'] + 1, 'twin': old['a'] + 1, 'g': f'g{self.rng.randint(0, 5)}'}
        t.pop('n', None)
        self.ask({key: t}, 'UpdateItem', TableName=TABLE, Key=items({'p': key[0], 's': key[1]}),
                 UpdateExpression='ADD a :one SET twin = a + :one, g = :g REMOVE n', ConditionExpression='a = :a',
                 ExpressionAttributeValues=items({':one': 1, ':g': t['g'], ':a': old['a']}))

    def batch(self):
        wanted, rq = {}, []
        for key in self.keys(self.rng.randint(2, 12)):
            t = None if self.rng.random() < 0.3 else self.thing(key)
            wanted[key] = t
            rq.append({'PutRequest': {'Item': items(t)}} if t else
                      {'DeleteRequest': {'Key': items({'p': key[0], 's': key[1]})}})
        got = self.ask(wanted, 'BatchWriteItem', RequestItems={TABLE: rq})
        assert got['UnprocessedItems'] == {}

    def count(self):
        self.adding = 1
        self.client.call('UpdateItem', TableName=TABLE, Key=items({'p': 'counter', 's': 'one'}),
                         UpdateExpression='ADD tally :one', ExpressionAttributeValues={':one': av(1)})
        self.added, self.adding = self.added + 1, 0

    def transact(self):
        """Some puts and deletes and one more on the counter, all or nothing."""
        wanted, actions = {}, [{'Update': {
            'TableName': TABLE, 'Key': items({'p': 'counter', 's': 'one'}), 'UpdateExpression': 'ADD tally :one',
            'ExpressionAttributeValues': {':one': av(1)}}}]
        for key in self.keys(self.rng.randint(2, 8)):
            wanted[key] = t = None if self.rng.random() < 0.3 else self.thing(key)
            actions.append({'Put': {'TableName': TABLE, 'Item': items(t)}} if t else
                           {'Delete': {'TableName': TABLE, 'Key': items({'p': key[0], 's': key[1]})}})
        self.rng.shuffle(actions)
        self.flying = {'TransactItems': actions, 'ClientRequestToken': f'{self.rng.getrandbits(120):x}'}
        self.adding = 1
        self.ask(wanted, 'TransactWriteItems', **self.flying)
        self.added, self.adding = self.added + 1, 0
        self.last, self.flying = self.flying, None

    def settle(self, client):
        """After the restart: nothing half-done, tokens remembered."""
        if self.flying is not None:
            now = {}
            for p, s in self.pending:
                got = client.call('GetItem', TableName=TABLE, Key=items({'p': p, 's': s})).get('Item')
                now[p, s] = got and plain_item(got)
            old = {key: self.state.get(key) for key in self.pending}
            assert now in (old, self.pending), f'half a transaction: {now}, before {old}, wanted {self.pending}'
            client.call('TransactWriteItems', **self.flying)
            self.state.update(self.pending)
            self.pending, self.adding, self.added = {}, 0, self.added + 1
            self.last, self.flying = self.flying, None
        if self.last is not None:
            client.call('TransactWriteItems', **self.last)

    def run(self):
        try:
            while True:
                self.rng.choice([self.put, self.put, self.update, self.update, self.delete, self.batch, self.count,
                                 self.transact, self.transact])()
        except Gone:
            pass
        except BaseException as e:
            self.error = e


class Control(threading.Thread):
    """Creates and deletes tables, adds and removes an index, until the server dies."""

    def __init__(self, rng, port, tables, index):
        super().__init__()
        self.rng, self.client, self.tables, self.index = rng, Client(port), tables, index
        self.unknown, self.error = None, None

    def turn(self):
        if self.rng.random() < 0.5:
            name = f'extra-{self.rng.randint(0, 3)}'
            self.unknown = name
            if name in self.tables:
                self.client.call('DeleteTable', TableName=name)
                self.tables.discard(name)
            else:
                self.client.call('CreateTable', **kit.table_request(name, 'p:S'))
                self.tables.add(name)
            self.unknown = None
        else:
            described = self.client.call('DescribeTable', TableName=TABLE)['Table']
            if any(g['IndexName'] == 'late' for g in described['GlobalSecondaryIndexes']):
                change = {'GlobalSecondaryIndexUpdates': [{'Delete': {'IndexName': 'late'}}]}
            else:
                made, types = kit.index(*LATE)
                change = {'GlobalSecondaryIndexUpdates': [{'Create': made}], 'AttributeDefinitions': [
                    {'AttributeName': n, 'AttributeType': t} for n, t in types.items()]}
            try:
                self.client.call('UpdateTable', TableName=TABLE, **change)
            except kit.Refused as e:  # the one before is still at work
                if e.name not in ('ResourceInUseException', 'LimitExceededException'):
                    raise

    def run(self):
        try:
            while True:
                try:
                    self.turn()
                except kit.Refused as e:
                    if e.name != 'ResourceInUseException':
                        raise
                time.sleep(self.rng.uniform(0, 0.05))
        except Gone:
            pass
        except BaseException as e:
            self.error = e


class Fader(threading.Thread):
    """Writes items that never expire, that will, that are about to and that have, until the server dies."""

    def __init__(self, rng, port, state):
        super().__init__()
        self.rng, self.client, self.state, self.pending, self.error = rng, Client(port), state, {}, None

    def run(self):
        try:
            while True:
                t = {'p': f'p{self.rng.randrange(FADING_KEYS)}', 'a': self.rng.randrange(10 ** 6)}
                when = self.rng.choice([None, 3600, 1, 0, -10])
                if when is not None:
                    t['ttl'] = int(time.time()) + when
                self.pending = {t['p']: t}
                self.client.call('PutItem', TableName=FADING, Item=items(t))
                self.state.update(self.pending)
                self.pending = {}
        except Gone:
            pass
        except BaseException as e:
            self.error = e


class History:
    """What a table must hold by its stream, read on from where it was left."""

    def __init__(self, table):
        self.table, self.things, self.last, self.records = table, {}, {}, 0

    def shards(self, client, arn):
        more = {}
        while True:
            page = client.call('DescribeStream', StreamArn=arn, Limit=3, **more)['StreamDescription']
            yield from (s['ShardId'] for s in page['Shards'])
            if 'LastEvaluatedShardId' not in page:
                return
            more = {'ExclusiveStartShardId': page['LastEvaluatedShardId']}

    def apply(self, shard, record):
        d = record['dynamodb']
        key = tuple(sorted(plain_item(d['Keys']).items()))
        old = plain_item(d['OldImage']) if 'OldImage' in d else None
        new = plain_item(d['NewImage']) if 'NewImage' in d else None
        number = int(d['SequenceNumber'])
        assert number > int(self.last.get(shard, '0')), f'{number} comes after {self.last[shard]}'
        assert self.things.get(key) == old, f'{key}: {record} after {self.things.get(key)}'
        assert record['eventName'] == ('REMOVE' if new is None else 'MODIFY' if old else 'INSERT'), record
        if self.table == FADING:
            assert ('userIdentity' in record) == (new is None), record
            assert new is not None or old['ttl'] < time.time(), record
        self.things[key] = new
        self.last[shard] = d['SequenceNumber']
        self.records += 1

    def catch_up(self, client):
        arn = client.call('DescribeTable', TableName=self.table)['Table']['LatestStreamArn']
        for shard in self.shards(client, arn):
            how = {'ShardIteratorType': 'TRIM_HORIZON'}
            if shard in self.last:
                how = {'ShardIteratorType': 'AFTER_SEQUENCE_NUMBER', 'SequenceNumber': self.last[shard]}
            it = client.call('GetShardIterator', StreamArn=arn, ShardId=shard, **how)['ShardIterator']
            while it is not None:
                page = client.call('GetRecords', ShardIterator=it)
                for r in page['Records']:
                    self.apply(shard, r)
                it = page.get('NextShardIterator') if page['Records'] else None
        return {k: v for k, v in self.things.items() if v is not None}


def every(client, op, table=TABLE, **rq):
    found = []
    while True:
        page = client.call(op, TableName=table, **rq)
        found += [plain_item(i) for i in page['Items']]
        if 'LastEvaluatedKey' not in page:
            return found
        rq['ExclusiveStartKey'] = page['LastEvaluatedKey']


def ready_table(client, table=TABLE):
    def probe():
        t = client.call('DescribeTable', TableName=table)['Table']
        return t['TableStatus'] == 'ACTIVE' and all(
            g['IndexStatus'] == 'ACTIVE' for g in t.get('GlobalSecondaryIndexes', [])) and t
    return kit.until('the table is ready', probe)


def entry_order(i):
    return i['p'], i['s']


class Test:
    def __init__(self, rounds, seed, data, log_dir):
        self.rounds, self.seed, self.rng = rounds, seed, random.Random(seed)
        self.data, self.server = data, kit.Server('--data', data, '--ttl-interval', '1', log_dir=log_dir)
        self.fading, self.history, self.faded = {}, [History(TABLE), History(FADING)], 0
        self.states = [{} for _ in range(WRITERS)]
        self.total, self.tables, self.acked, self.early = 0, set(), 0, 0
        help_text = subprocess.run([kit.STATOR, '--help'], capture_output=True, text=True).stdout
        self.has_check = any(x.split()[:2] == ['stator', 'check'] or x.split()[:1] == ['check']
                             for x in help_text.splitlines())

    def check_items(self, client, writers):
        found = {(i['p'], i['s']): i for i in every(client, 'Scan', ConsistentRead=True)}
        listed = dict(found)
        total = listed.pop(('counter', 'one'), {}).get('tally', 0)
        low = self.total + sum(w.added for w in writers)
        high = low + sum(w.adding for w in writers)
        assert low <= total <= high, f'counter {total}, acknowledged {low}, at most {high}'
        self.total = total
        for w, state in zip(writers, self.states):
            for key in {(f'w{w.number}-{k % 5}', f's{k}') for k in range(KEYS)}:
                got = listed.pop(key, None)
                allowed = [state.get(key)] + ([w.pending[key]] if key in w.pending else [])
                assert got in allowed, f'{key}: found {got}, allowed {allowed}'
                state[key] = got
        assert not listed, f'nobody wrote {listed}'
        return found

    def check_index(self, client, name, found, described):
        want = [i for i in found.values() if all(a in i for a in NEEDS[name])]
        if PROJECTED[name]:
            want = [{k: v for k, v in i.items() if k in PROJECTED[name]} for i in want]
        want.sort(key=entry_order)
        got = sorted(every(client, 'Scan', IndexName=name), key=entry_order)
        assert got == want, f'index {name}: missing {[i for i in want if i not in got]}, ' \
            f'too much {[i for i in got if i not in want]}'
        assert described['ItemCount'] == len(want), f'index {name}: {described["ItemCount"]} counted, {len(want)} found'
        hash_ = described['KeySchema'][0]['AttributeName']
        for value in {i[hash_] for i in want}:
            part = every(client, 'Query', IndexName=name, KeyConditionExpression='#h = :h',
                         ExpressionAttributeNames={'#h': hash_}, ExpressionAttributeValues={':h': av(value)})
            assert sorted(part, key=entry_order) == [i for i in want if i[hash_] == value], f'{name}: {value}'

    def check_stream(self, client, history):
        """Items may expire between the two looks, so they are repeated until both agree."""
        def agree():
            found = {tuple(sorted((k, i[k]) for k in i if k in ('p', 's'))): i
                     for i in every(client, 'Scan', table=history.table, ConsistentRead=True)}
            return found == history.catch_up(client)
        kit.until(f'the stream of {history.table} leads to what the table holds', agree,
                  None if history.table == FADING else 0.5)

    def check_fading(self, client, fader):
        found = {i['p']: i for i in every(client, 'Scan', table=FADING, ConsistentRead=True)}
        for key in {f'p{k}' for k in range(FADING_KEYS)}:
            allowed = [self.fading.get(key)] + ([fader.pending[key]] if key in fader.pending else [])
            gone = key not in found and any(i is None or i.get('ttl', 1e12) < time.time() for i in allowed)
            assert gone or found.get(key) in allowed, f'{key}: found {found.get(key)}, allowed {allowed}'
            self.faded += gone and self.fading.get(key) is not None
            self.fading[key] = found.get(key)

    def check(self, port, writers, control, fader):
        client = Client(port)
        for h in self.history:
            self.check_stream(client, h)
        self.check_fading(client, fader)
        t = ready_table(client)
        for w in writers:
            w.settle(client)
        found = self.check_items(client, writers)
        # Counts may be a moment late only while indexes are being filled; the table is quiet now.
        t = ready_table(client)
        assert t['ItemCount'] == len(found), f"{t['ItemCount']} counted, {len(found)} found"
        for x in t['GlobalSecondaryIndexes'] + t['LocalSecondaryIndexes']:
            self.check_index(client, x['IndexName'], found, x)
        there = set(client.call('ListTables')['TableNames']) - {TABLE, FADING}
        if control is not None:
            odd = (there ^ self.tables) - {control.unknown}
            assert not odd, f'tables {there}, acknowledged {self.tables}'
            self.tables = there

    def offline_check(self):
        if self.has_check:
            p = subprocess.run([kit.STATOR, 'check', '--data', self.data], capture_output=True, text=True, timeout=60)
            assert p.returncode == 0, p.stdout + p.stderr

    def round(self, number):
        writers = [Writer(i, random.Random(f'{self.seed}-{number}-{i}'), self.server.port, s)
                   for i, s in enumerate(self.states)]
        control = Control(random.Random(f'{self.seed}-{number}-c'), self.server.port, self.tables, LATE)
        fader = Fader(random.Random(f'{self.seed}-{number}-f'), self.server.port, self.fading)
        for w in writers + [control, fader]:
            w.start()
        time.sleep(self.rng.uniform(0.0, 0.3))
        self.server.kill()
        for w in writers + [control, fader]:
            w.join()
            if w.error is not None:
                raise w.error
        self.acked += sum(w.acked + w.added for w in writers)
        for _ in range(self.rng.choice([0, 0, 0, 0, 1, 2])):  # die again while starting
            self.server.start(wait=False)
            time.sleep(self.rng.uniform(0, 0.03))
            self.server.kill()
            self.early += 1
        if number % 10 == 9:
            self.offline_check()
        self.server.start()
        self.check(self.server.port, writers, control, fader)

    def run(self):
        self.server.start()
        client = Client(self.server.port)
        client.call('CreateTable', **kit.table_request(TABLE, 'p:S s:S', GSI, LSI, StreamSpecification=STREAM))
        client.call('CreateTable', **kit.table_request(FADING, 'p:S', StreamSpecification=STREAM))
        ready_table(client)
        ready_table(client, FADING)
        client.call('UpdateTimeToLive', TableName=FADING,
                    TimeToLiveSpecification={'Enabled': True, 'AttributeName': 'ttl'})
        try:
            for number in range(self.rounds):
                try:
                    self.round(number)
                except Exception as e:
                    print(f'not ok - round {number}, seed {self.seed}: {e!r}\n{self.server.log()[-2000:]}')
                    return 1
                if self.rounds > 100 and number % 100 == 99:
                    print(f'# {number + 1} rounds, {self.acked} acknowledged writes', flush=True)
            assert self.acked > self.rounds, 'hardly anything was written'
            assert self.server.stop() == 0
        finally:
            self.server.kill()
        print(f'ok - {self.rounds} kills, {self.early} more while starting, {self.acked} acknowledged writes, all there; '
              f'{sum(h.records for h in self.history)} stream records, {self.faded} expired items')
        return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rounds', type=int, default=int(os.environ.get('CRASH_ROUNDS', '50')))
    parser.add_argument('--seed', type=int, default=int(os.environ.get('CRASH_SEED', random.randrange(10 ** 6))))
    args = parser.parse_args()
    print(f'# {args.rounds} rounds, seed {args.seed} (CRASH_SEED={args.seed} repeats the choices)', flush=True)
    with tempfile.TemporaryDirectory(prefix='stator-crash-') as d:
        failed = Test(args.rounds, args.seed, os.path.join(d, 'data'), d).run()
    print(f'{1 - failed} passed, {failed} failed')
    return failed


if __name__ == '__main__':
    sys.exit(main())
