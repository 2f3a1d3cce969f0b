"""The program: its flags, its data directory, its end."""
import os
import signal
import subprocess
import threading

import pytest

from kit import (PATIENCE_S, STATOR, Server, Wire, all_items, item, make_table, plain_item, until, wait_active)

pytestmark = pytest.mark.ours


def fails(server, *args, env=None):
    """The server must refuse to start; returns what it said."""
    s = server(*args, env=env, start=False)
    s.start(wait=False)
    assert s.proc.wait(PATIENCE_S) != 0
    lines = [x for x in s.log().splitlines() if x.strip()]
    assert lines, 'no reason given'
    return s.log()


def test_data_stays(tmp_path, server):
    d = str(tmp_path / 'data')
    s = server('--data', d)
    w = Wire(s.url)
    t = make_table(w, 'p:S s:N', gsi=(('g-index', 'g:S', 'KEYS_ONLY'),), Tags=[{'Key': 'a', 'Value': 'b'}])
    for i in range(100):
        w.call('PutItem', TableName=t, Item=item(p=f'p{i % 7}', s=i, g=f'g{i % 3}', m={'x': [i]}))
    w.call('DeleteItem', TableName=t, Key=item(p='p0', s=0))
    described = w.call('DescribeTable', TableName=t)
    scanned = all_items(w, 'Scan', {'TableName': t})
    through = all_items(w, 'Scan', {'TableName': t, 'IndexName': 'g-index'})
    w.close()
    assert s.stop() == 0
    s = server('--data', d)
    w = Wire(s.url)
    assert w.call('DescribeTable', TableName=t) == described
    assert all_items(w, 'Scan', {'TableName': t}) == scanned and len(scanned) == 99
    assert all_items(w, 'Scan', {'TableName': t, 'IndexName': 'g-index'}) == through
    w.call('PutItem', TableName=t, Item=item(p='new', s=1))
    w.close()
    assert s.stop() == 0


@pytest.mark.parametrize('durability', ['commit', 'none'])
def test_durability_modes(tmp_path, server, durability):
    s = server('--data', str(tmp_path / 'd'), '--durability', durability)
    w = Wire(s.url)
    t = make_table(w, 'p:S')
    w.call('PutItem', TableName=t, Item=item(p='x'))
    assert s.stop() == 0
    s = server('--data', str(tmp_path / 'd'), '--durability', durability)
    assert Wire(s.url).call('GetItem', TableName=t, Key=item(p='x'))['Item'] == item(p='x')


def test_killed(tmp_path, server):
    d = str(tmp_path / 'data')
    s = server('--data', d)
    w = Wire(s.url)
    t = make_table(w, 'p:S')
    w.call('PutItem', TableName=t, Item=item(p='x'))
    s.kill()
    s = server('--data', d)
    assert Wire(s.url).call('GetItem', TableName=t, Key=item(p='x'))['Item'] == item(p='x')


def test_memory_leaves_nothing(tmp_path, server):
    before = set(os.listdir(tmp_path))
    s = Server('--memory', log_dir=tmp_path)
    s.start()
    made = make_table(Wire(s.url), 'p:S')
    s.stop()
    s.start()
    assert Wire(s.url).call('ListTables')['TableNames'] == [] and made
    s.stop()
    assert set(os.listdir(tmp_path)) - before == {s.log_path.name}


def test_two_servers_in_one_directory(tmp_path, server):
    d = str(tmp_path / 'data')
    server('--data', d)
    said = fails(server, '--data', d)
    assert d in said


def test_port_in_use(server, tmp_path):
    s = server('--memory')
    p = subprocess.run([STATOR, 'serve', '--memory', '--host', '127.0.0.1', '--port', str(s.port)], capture_output=True,
                       timeout=PATIENCE_S)
    assert p.returncode != 0 and str(s.port).encode() in p.stderr + p.stdout


@pytest.mark.parametrize('args', [['--nonsense'], ['--port'], ['--port', 'x'], ['--port', '70000'],
                                  ['--durability', 'maybe'], ['--threads', '-1'], ['--log-level', 'chatty'],
                                  ['stray'], ['--data', '/proc/no/such/place'], ['--account', '12']])
def test_bad_flags(args):
    p = subprocess.run([STATOR, 'serve', '--memory', '--port', '0', *args] if args[0] != '--data' else
                       [STATOR, 'serve', '--port', '0', *args], capture_output=True, timeout=PATIENCE_S)
    assert p.returncode not in (0, -signal.SIGSEGV, -signal.SIGABRT), args
    assert p.stderr.strip()


def test_open_to_the_network_needs_insecure():
    p = subprocess.run([STATOR, 'serve', '--memory', '--port', '0', '--host', '0.0.0.0'], capture_output=True,
                       timeout=PATIENCE_S)
    assert p.returncode != 0 and b'--insecure' in p.stderr


def test_help():
    for args in (['--help'], ['serve', '--help']):
        p = subprocess.run([STATOR, *args], capture_output=True, text=True, timeout=PATIENCE_S)
        assert p.returncode == 0
    for flag in '--data --memory --host --port --threads --durability --region --account --credentials --log-level'.split():
        assert flag in p.stdout
    for default in ('./stator-data', '127.0.0.1', '8000'):
        assert default in p.stdout


def test_environment(server, tmp_path):
    s = server('--memory', env={'STATOR_REGION': 'eu-central-1', 'STATOR_ACCOUNT': '123456789012'})
    w = Wire(s.url, region='eu-central-1')
    t = make_table(w, 'p:S')
    arn = w.call('DescribeTable', TableName=t)['Table']['TableArn']
    assert arn == f'arn:aws:dynamodb:eu-central-1:123456789012:table/{t}'
    health = w.send('GET')
    assert health.body == b'healthy: dynamodb.eu-central-1.amazonaws.com '


def test_a_flag_beats_the_environment(server):
    s = server('--memory', '--region', 'us-west-2', env={'STATOR_REGION': 'eu-central-1'})
    assert b'us-west-2' in Wire(s.url).send('GET').body


@pytest.mark.parametrize('sig', [signal.SIGTERM, signal.SIGINT])
def test_clean_end(tmp_path, server, sig):
    """What is in flight is finished: an acknowledged write is there, a request is answered or cut, never half done."""
    d = str(tmp_path / 'data')
    s = server('--data', d)
    w = Wire(s.url)
    t = make_table(w, 'p:S')
    acked, lock = [], threading.Lock()

    def write(i):
        mine = Wire(s.url)
        try:
            for n in range(100000):
                mine.call('PutItem', TableName=t, Item=item(p=f'{i}-{n}'))
                with lock:
                    acked.append(f'{i}-{n}')
        except Exception:
            pass
    threads = [threading.Thread(target=write, args=(i,)) for i in range(4)]
    for x in threads:
        x.start()
    until('some writes', lambda: len(acked) > 100)
    s.proc.send_signal(sig)
    assert s.proc.wait(PATIENCE_S) == 0
    for x in threads:
        x.join()
    s = server('--data', d)
    found = {i['p'] for i in all_items(Wire(s.url), 'Scan', {'TableName': t})}
    assert set(acked) <= found
    assert len(found) <= len(acked) + 4


def test_end_with_idle_and_half_sent_connections(server):
    import socket
    s = server('--memory')
    idle = [socket.create_connection(('127.0.0.1', s.port)) for _ in range(10)]
    idle[0].sendall(b'POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n{')
    assert s.stop() == 0
    for c in idle:
        c.close()


@pytest.mark.skipif('build-' in STATOR, reason='an instrumented server is larger')
def test_small_when_idle(server, tmp_path):
    s = server('--data', str(tmp_path / 'data'))
    Wire(s.url).call('ListTables')
    rss = next(int(x.split()[1]) for x in open(f'/proc/{s.proc.pid}/status') if x.startswith('VmRSS'))
    assert rss <= 20 * 1024, f'{rss} KiB'


def test_a_scan_does_not_stall_others(tmp_path, server):
    s = server('--data', str(tmp_path / 'data'))
    w = Wire(s.url)
    t = make_table(w, 'p:S')
    for i in range(0, 200, 25):
        w.call('BatchWriteItem', RequestItems={t: [{'PutRequest': {'Item': item(p=str(n), filler='x' * 20000)}}
                                                   for n in range(i, i + 25)]})
    stop, errors = threading.Event(), []

    def scan():
        mine = Wire(s.url)
        try:
            while not stop.is_set():
                assert len(all_items(mine, 'Scan', {'TableName': t, 'FilterExpression': 'attribute_not_exists(filler)'})) == 0
        except Exception as e:
            errors.append(e)
    scanners = [threading.Thread(target=scan) for _ in range(4)]
    for x in scanners:
        x.start()
    for i in range(200):
        assert plain_item(w.call('GetItem', TableName=t, Key=item(p=str(i)), ProjectionExpression='p')['Item'])
    stop.set()
    for x in scanners:
        x.join()
    assert not errors


def test_backfill_goes_on_after_a_restart(tmp_path, server):
    d = str(tmp_path / 'data')
    s = server('--data', d)
    w = Wire(s.url)
    t = make_table(w, 'p:S')
    for i in range(0, 1000, 25):
        w.call('BatchWriteItem', RequestItems={t: [{'PutRequest': {'Item': item(p=str(n), g=f'g{n % 5}')}}
                                                   for n in range(i, i + 25)]})
    w.call('UpdateTable', TableName=t, AttributeDefinitions=[{'AttributeName': 'g', 'AttributeType': 'S'}],
           GlobalSecondaryIndexUpdates=[{'Create': {
               'IndexName': 'late', 'KeySchema': [{'AttributeName': 'g', 'KeyType': 'HASH'}],
               'Projection': {'ProjectionType': 'ALL'}}}])
    s.kill()
    s = server('--data', d)
    w = Wire(s.url)
    wait_active(w, t)
    assert len(all_items(w, 'Scan', {'TableName': t, 'IndexName': 'late'})) == 1000


def test_corrupt_data(tmp_path, server):
    """A damaged store is refused or reported in a clear way, never served as if it were sound."""
    d = tmp_path / 'data'
    s = server('--data', str(d))
    w = Wire(s.url)
    t = make_table(w, 'p:S')
    for i in range(50):
        w.call('PutItem', TableName=t, Item=item(p=f'{i:04}', filler='x' * 3000))
    s.stop()
    tables = sorted(d.rglob('*.sst')) or sorted(d.rglob('*.log'))
    assert tables
    for f in tables:
        raw = bytearray(f.read_bytes())
        for at in range(len(raw) // 4, len(raw) * 3 // 4, 97):
            raw[at] ^= 0x5a
        f.write_bytes(bytes(raw))
    s = server('--data', str(d), start=False)
    s.start(wait=False)
    ready = s.wait_ready()
    if not ready:
        assert s.proc.wait(PATIENCE_S) not in (0, -signal.SIGSEGV) and s.log().strip()
        return
    w = Wire(s.url)
    for i in range(50):
        reply = w.post('GetItem', {'TableName': t, 'Key': item(p=f'{i:04}')})
        assert reply.status in (200, 400, 500)
        if reply.status == 200 and reply.json():
            assert reply.json()['Item'] == item(p=f'{i:04}', filler='x' * 3000)
    assert s.proc.poll() is None

