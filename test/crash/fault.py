#!/usr/bin/python3
"""fault.py - lets the n-th call of the store fail, for many n, and looks at how the server takes it.

Needs a server built with -Dslow_asserts=true, which heeds STATOR_FAULT=N (the N-th call fails) and STATOR_FAULT=N,sticky
(that one and all after it).  A request is then answered with InternalServerError and has changed nothing; the next ones
are served; indexes agree with tables; what was acknowledged is there after a restart."""
import argparse
import os
import pathlib
import random
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'api'))
import kit  # noqa: E402
from kit import av, item, items, plain_item  # noqa: E402


class Life:
    """What one client does with a table, and what it has to find afterwards."""

    def __init__(self, url):
        self.wire, self.faults, self.state = kit.Wire(url), 0, {}

    def ask(self, op, **members):
        """The answer, or None when the store failed under it."""
        reply = self.wire.post(op, members)
        if op not in ('TagResource', 'UntagResource') or reply.status != 200:
            kit.check_envelope(reply)
        if reply.status == 200:
            return reply.json()
        assert reply.status == 500 and reply.json()['__type'].endswith('#InternalServerError'), reply.body
        assert reply.json()['message'], 'an error without a text'
        self.faults += 1
        return None

    def until_done(self, op, **members):
        for _ in range(3):
            got = self.ask(op, **members)
            if got is not None:
                return got
        raise AssertionError(f'{op} fails again and again')

    def write(self, wanted, op, **members):
        if self.ask(op, **members) is not None:
            self.state.update(wanted)

    def settle(self):
        def active():
            t = self.until_done('DescribeTable', TableName='life')['Table']
            return t['TableStatus'] == 'ACTIVE' and all(
                g['IndexStatus'] == 'ACTIVE' for g in t['GlobalSecondaryIndexes']) and t
        return kit.until('the table is ready', active)

    def live(self):
        self.until_done('CreateTable', **kit.table_request('life', 'p:S', gsi=(('by-g', 'g:S n:N'),)))
        self.settle()
        for i in range(6):
            t = {'p': f'k{i}', 'g': f'g{i % 2}', 'n': i, 'x': 'y' * i}
            self.write({t['p']: t}, 'PutItem', TableName='life', Item=items(t))
        for i in (1, 2, 5):
            old = self.state.get(f'k{i}', {'p': f'k{i}', 'n': 0})
            t = {**old, 'n': old['n'] + 10, 'g': 'moved'}
            self.write({t['p']: t}, 'UpdateItem', TableName='life', Key=item(p=f'k{i}'), UpdateExpression='ADD n :n SET g = :g',
                       ExpressionAttributeValues=items({':n': 10, ':g': 'moved'}))
        self.write({'k3': None}, 'DeleteItem', TableName='life', Key=item(p='k3'))
        batch = {f'b{i}': {'p': f'b{i}', 'g': 'batch', 'n': i} for i in range(4)}
        self.write({**batch, 'k4': None}, 'BatchWriteItem', RequestItems={'life': [
            *({'PutRequest': {'Item': items(t)}} for t in batch.values()), {'DeleteRequest': {'Key': item(p='k4')}}]})
        got = self.ask('GetItem', TableName='life', Key=item(p='k0'), ConsistentRead=True)
        assert got is None or plain_item(got.get('Item', {})) == (self.state.get('k0') or {})
        self.ask('BatchGetItem', RequestItems={'life': {'Keys': [item(p='k0'), item(p='b1')]}})
        self.ask('Query', TableName='life', IndexName='by-g', KeyConditionExpression='g = :g',
                 ExpressionAttributeValues={':g': av('moved')})
        self.ask('Scan', TableName='life')
        arn = self.until_done('DescribeTable', TableName='life')['Table']['TableArn']
        self.ask('TagResource', ResourceArn=arn, Tags=[{'Key': 'a', 'Value': 'b'}])
        made, types = kit.index('late', 'n:N')
        self.until_done('UpdateTable', TableName='life', GlobalSecondaryIndexUpdates=[{'Create': made}],
                        AttributeDefinitions=[{'AttributeName': n, 'AttributeType': t} for n, t in types.items()])
        self.settle()

    def check(self):
        def every(**more):
            rq = {'TableName': 'life', **more}
            found = []
            while True:
                page = self.until_done('Scan', **rq)
                found += map(plain_item, page['Items'])
                if 'LastEvaluatedKey' not in page:
                    return {i['p']: i for i in found}
                rq['ExclusiveStartKey'] = page['LastEvaluatedKey']
        want = {p: t for p, t in self.state.items() if t is not None}
        assert every() == want, f'found {every()}, acknowledged {want}'
        assert every(IndexName='by-g') == {p: t for p, t in want.items() if 'g' in t}
        assert every(IndexName='late') == want


def started(server, expect_failure):
    server.start(wait=False)
    if server.wait_ready():
        return True
    status = server.proc.wait(kit.PATIENCE_S)
    assert expect_failure and status > 0, f'start ended with {status}: {server.log()}'
    assert server.log().strip(), 'no reason given'
    return False


def once(n, d):
    """One life with the n-th call failing; True when the fault was met."""
    data = os.path.join(d, f'data-{n}')
    server = kit.Server('--data', data, env={'STATOR_FAULT': str(n)}, log_dir=d)
    try:
        if not started(server, True):
            return True
        life = Life(server.url)
        life.live()
        life.check()
        assert server.stop() == 0, server.log()
        again = kit.Server('--data', data, log_dir=d)
        try:
            again.start()
            life.wire = kit.Wire(again.url)
            life.check()
        finally:
            again.kill()
        return life.faults > 0
    finally:
        server.kill()


def sticky(n, d):
    """Everything fails from the n-th call on: answers are clean, the end is clean, nothing acknowledged is lost."""
    data = os.path.join(d, f'data-s{n}')
    server = kit.Server('--data', data, env={'STATOR_FAULT': f'{n},sticky'}, log_dir=d)
    try:
        if not started(server, True):
            return True
        life = Life(server.url)
        broken = False
        try:
            life.live()
        except AssertionError as e:
            broken = 'fails again and again' in str(e) or 'timed out' in str(e)
            if not broken:
                raise
        assert kit.Wire(server.url).send('GET').status == 200
        server.stop()
        again = kit.Server('--data', data, log_dir=d)
        try:
            again.start()
            w = kit.Wire(again.url)
            if 'life' in w.call('ListTables')['TableNames']:
                kit.wait_active(w, 'life')
                for p, t in life.state.items():
                    got = w.call('GetItem', TableName='life', Key=item(p=p)).get('Item')
                    assert (plain_item(got) if got else None) == t, p
            else:
                assert not life.state
        finally:
            again.kill()
        return broken
    finally:
        server.kill()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seconds', type=float, default=100)
    parser.add_argument('--seed', type=int, default=random.randrange(10 ** 6))
    args = parser.parse_args()
    rng = random.Random(args.seed)
    numbers = [1, 2, 3, 5, 8, *rng.sample(range(4, 400), 250)]
    met = done = 0
    end = time.monotonic() + args.seconds
    with tempfile.TemporaryDirectory(prefix='stator-fault-') as d:
        first = kit.Server('--memory', env={'STATOR_FAULT': '1'}, log_dir=d)
        first.start(wait=False)
        armed = not first.wait_ready()
        first.kill()
        if not armed:
            print('skipped: this server has no STATOR_FAULT (build with -Dslow_asserts=true)\n0 passed, 0 failed')
            return 0
        for n in numbers:
            for trial in ([once, sticky] if n % 4 == 0 else [once]):
                try:
                    met += trial(n, d)
                except (AssertionError, kit.Refused, OSError) as e:
                    print(f'not ok - {trial.__name__}({n}): {e}')
                    for log in pathlib.Path(d).glob('*.log'):
                        print(log.read_text()[-1500:])
                    print('0 passed, 1 failed')
                    return 1
                done += 1
            for log in pathlib.Path(d).glob('*.log'):
                log.unlink()
            if time.monotonic() > end:
                break
    print(f'ok - {done} lives, {met} met their fault, seed {args.seed}\n1 passed, 0 failed')
    return 0 if met > done // 4 else 1


if __name__ == '__main__':
    sys.exit(main())
