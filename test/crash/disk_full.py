#!/usr/bin/python3
"""disk_full.py - fills the disk under a server: errors are clean, nothing acknowledged is lost, service comes back.

Needs root for a small file system of its own; says so and skips otherwise."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'api'))
import kit  # noqa: E402

DISK = 256 << 20
LEAVE = 6 << 20


def ballast(path, leave):
    """Takes all space but `leave` bytes."""
    free = os.statvfs(path.parent)
    n = free.f_bavail * free.f_frsize - leave
    fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    if n > 0:
        os.posix_fallocate(fd, 0, n)
    os.close(fd)


def work(disk, log_dir):
    server = kit.Server('--data', str(disk / 'data'), log_dir=log_dir)
    try:
        server.start()
        w = kit.Wire(server.url)
        t = kit.make_table(w, 'p:S', gsi=(('g-index', 'g:S'),))
        acked, refused = {}, {}

        def put(n, size=50000):
            thing = kit.item(p=f'k{n}', g=f'g{n % 7}', n=n, pad='x' * size)
            reply = w.post('PutItem', {'TableName': t, 'Item': thing})
            if reply.status == 200:
                acked[n] = thing
                refused.pop(n, None)
                return True
            assert reply.status == 500, (reply.status, reply.body)
            assert reply.json()['__type'].endswith('#InternalServerError'), reply.body
            refused[n] = thing
            return False
        for n in range(20):
            assert put(n), 'the first writes fail'
        ballast(disk / 'ballast', LEAVE)
        n = 20
        while len(refused) < 10:
            put(n)
            n += 1
            assert n < 5000, 'the disk never fills'
        assert server.proc.poll() is None, 'the server died'
        for k in list(acked)[::5]:  # reads go on
            got = w.call('GetItem', TableName=t, Key=kit.item(p=f'k{k}'))
            assert got['Item'] == acked[k]
        assert w.send('GET').status == 200
        os.unlink(disk / 'ballast')
        free = os.statvfs(disk)
        print(f'# {free.f_bavail * free.f_frsize >> 20} MiB free again', flush=True)
        kit.until('writes are accepted again', lambda: put(n), 60)
        assert put(n + 1)
        compare(w, t, acked, refused)
        server.kill()
        server.start()
        compare(kit.Wire(server.url), t, acked, refused)
        assert server.stop() == 0
        return len(acked)
    finally:
        server.kill()


def compare(w, t, acked, refused):
    """Every acknowledged item is there; a refused one is not half there; the index agrees."""
    def keyed(op, **more):
        return {i['n']: i for i in kit.all_items(w, op, {'TableName': t, **more})}
    table, through = keyed('Scan'), keyed('Scan', IndexName='g-index')
    assert table == through, 'index and table differ'
    assert set(acked) <= set(table), f'lost: {set(acked) - set(table)}'
    assert set(table) <= set(acked) | set(refused)
    for n, thing in table.items():
        assert thing == kit.plain_item(acked.get(n) or refused[n])


def main():
    if '--inside' not in sys.argv:
        if os.geteuid() != 0 or subprocess.run(['unshare', '-m', 'true'], capture_output=True).returncode != 0:
            print('skipped: a small file system needs root\n0 passed, 0 failed')
            return 0
        return subprocess.call(['unshare', '-m', sys.executable, __file__, '--inside'])
    with tempfile.TemporaryDirectory(prefix='stator-full-') as d:
        disk, logs = pathlib.Path(d, 'disk'), pathlib.Path(d, 'logs')
        disk.mkdir()
        logs.mkdir()
        subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={DISK}', 'tmpfs', str(disk)], check=True)
        try:
            n = work(disk, logs)
        except AssertionError as e:
            print(f'not ok - full disk: {e}')
            for f in logs.iterdir():
                print(f.read_text()[-2000:])
            print('0 passed, 1 failed')
            return 1
        finally:
            subprocess.run(['umount', '-l', str(disk)], check=True)
    print(f'ok - full disk: {n} acknowledged writes, all there\n1 passed, 0 failed')
    return 0


if __name__ == '__main__':
    sys.exit(main())
