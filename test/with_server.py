#!/usr/bin/python3
"""with_server.py [--port N] COMMAND... - runs a command with a Stator of its own in memory, named by $STATOR_URL."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / 'api'))
import kit  # noqa: E402


def main(argv):
    port = None
    if argv[:1] == ['--port']:
        port, argv = int(argv[1]), argv[2:]
    with tempfile.TemporaryDirectory() as d:
        server = kit.Server('--memory', log_dir=d)
        if port is None:
            server.start()
        else:
            server.port = port
            server.spawn()
            if not server.wait_ready():
                sys.exit('the server does not start: ' + server.log())
        env = {**os.environ, 'STATOR_URL': server.url, 'AWS_ACCESS_KEY_ID': 'test', 'AWS_SECRET_ACCESS_KEY': 'test',
               'AWS_DEFAULT_REGION': kit.REGION, 'AWS_REGION': kit.REGION, 'AWS_PAGER': '',
               'AWS_EC2_METADATA_DISABLED': 'true', 'AWS_CONFIG_FILE': '/dev/null',
               'AWS_SHARED_CREDENTIALS_FILE': '/dev/null'}
        env.pop('AWS_PROFILE', None)
        env.pop('AWS_ENDPOINT_URL', None)
        status = subprocess.call(argv, env=env)
        alive = server.proc.poll() is None
        ended = server.stop()
        if not alive or ended != 0:
            print(server.log(), file=sys.stderr)
            sys.exit(f'the server ended with {ended}')
        sys.exit(status)


if __name__ == '__main__':
    main(sys.argv[1:])
