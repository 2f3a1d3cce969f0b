"""What the application's tests share: a database of each kind, Stator, a user pool's keys, Cruddur, people."""
import base64
import http.client
import http.server
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'api'))
import kit  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
CRUDDUR = os.environ.get('CRUDDUR', str(ROOT / 'build' / 'src' / 'cruddur' / 'cruddur'))
POOL, CLIENT = 'us-east-1_Test12345', 'client0123456789'
until = kit.until


def limited():
    """For fixtures whose functions Stator runs, within a limit of memory that sanitizers go beyond; without Stator
    around them the same functions are tested in every build."""
    if 'asan' in CRUDDUR or 'tsan' in CRUDDUR:
        pytest.skip('a sanitized program does not fit into a function\'s memory')


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Postgres:
    """A private cluster in a directory of its own; url(name) makes an empty database."""

    def __init__(self):
        self.bin = next(iter(sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin'), reverse=True)), None)
        self.made = 0
        # PostgreSQL does not run as root; root's tests run it as somebody who may enter the directory.
        names = {p.pw_name for p in pwd.getpwall()}
        self.user = None if os.getuid() else 'postgres' if 'postgres' in names else 'nobody'

    def installed(self):
        return self.bin is not None and (self.bin / 'initdb').exists()

    def _run(self, *argv, check=True):
        return subprocess.run([str(self.bin / argv[0]), *argv[1:]], stdout=subprocess.DEVNULL, timeout=60, cwd='/',
                              check=check, **({'user': self.user} if self.user else {}))

    def start(self):
        self.where = pathlib.Path(tempfile.mkdtemp(prefix='cruddur-pg-'))
        if self.user:
            shutil.chown(self.where, self.user)
        self._run('initdb', '-D', str(self.where / 'd'), '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8',
                  '--locale=C.UTF-8')
        self.port = kit.free_port()
        self.up()
        return self

    def up(self):
        self._run('pg_ctl', '-D', str(self.where / 'd'), '-w', '-l', str(self.where / 'log'), '-o',
                  f'-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.where} '
                  '-c fsync=off -c max_connections=200', 'start')

    def down(self):
        self._run('pg_ctl', '-D', str(self.where / 'd'), '-m', 'immediate', '-w', 'stop', check=False)

    def stop(self):
        self.down()
        shutil.rmtree(self.where)

    def url(self, name=None):
        if name is None:
            self.made += 1
            name = f'cruddur{self.made}'
            self._run('createdb', '-h', '127.0.0.1', '-p', str(self.port), '-U', 'postgres', name)
        return f'postgresql://postgres@127.0.0.1:{self.port}/{name}'


class Keys:
    """Signs tokens as a user pool does, and serves the public half."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid, self.fetched = 'kid-1', 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b'{}'
                if self.path == f'/{POOL}/.well-known/jwks.json':
                    outer.fetched += 1
                    body = json.dumps({'keys': [outer.jwk()]}).encode()
                self.send_response(200)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
                assert self.headers['X-Amz-Target'] == 'AWSCognitoIdentityProviderService.GetUser'
                user = outer.users.get(asked['AccessToken'])
                body = json.dumps({'UserAttributes': [{'Name': k, 'Value': v} for k, v in user.items()]} if user else
                                  {'__type': 'NotAuthorizedException', 'message': 'Invalid Access Token'}).encode()
                self.send_response(200 if user else 400)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.users = {}  # by access token: the attributes that the pool has
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def jwk(self):
        n = self.key.public_key().public_numbers()
        return {'kid': self.kid, 'kty': 'RSA', 'alg': 'RS256', 'use': 'sig',
                'n': b64(n.n.to_bytes((n.n.bit_length() + 7) // 8, 'big')), 'e': b64(n.e.to_bytes(3, 'big'))}

    def token(self, subject, header=None, key=None, **claims):
        now = int(time.time())
        body = {'sub': subject, 'iss': f'https://cognito-idp.us-east-1.amazonaws.com/{POOL}', 'client_id': CLIENT,
                'token_use': 'access', 'scope': 'aws.cognito.signin.user.admin', 'username': subject, 'iat': now,
                'auth_time': now, 'jti': str(uuid.uuid4()), 'exp': now + 3600, **claims}
        body = {k: v for k, v in body.items() if v is not None}
        signed = '.'.join(b64(json.dumps(p).encode()) for p in
                          ({'kid': self.kid, 'alg': 'RS256', **(header or {})}, body))
        sig = (key or self.key).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f'{signed}.{b64(sig)}'


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """One person, or nobody: requests with their token."""

    def __init__(self, url, token=None, sub=None, handle=None):
        parts = urllib.parse.urlsplit(url)
        self.address, self.token, self.sub, self.handle = (parts.hostname, parts.port), token, sub, handle

    def call(self, method, path, body=None, headers=None):
        conn = http.client.HTTPConnection(*self.address, timeout=kit.PATIENCE_S)
        head = {'Authorization': f'Bearer {self.token}'} if self.token else {}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            head['Content-Type'] = 'application/json'
        conn.request(method, path, body, {**head, **(headers or {})})
        r = conn.getresponse()
        out = Reply(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
        conn.close()
        return out

    def get(self, path, **kw):
        return self.call('GET', path, **kw)

    def post(self, path, body=None, **kw):
        return self.call('POST', path, {} if body is None else body, **kw)

    def ok(self, method, path, body=None):
        r = self.call(method, path, body)
        assert r.status == 200, (r.status, r.body)
        return r.json

    def events(self, path):
        return Events(self, path)


class Events:
    """An open stream of events, read by a thread."""

    def __init__(self, client, path):
        self.conn = http.client.HTTPConnection(*client.address, timeout=kit.PATIENCE_S)
        self.conn.request('GET', path, headers={'Authorization': f'Bearer {client.token}'})
        self.reply = self.conn.getresponse()
        assert self.reply.status == 200, self.reply.read()
        assert self.reply.getheader('Content-Type') == 'text/event-stream'
        self.seen, self.ended = [], False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        event = {}
        try:
            for line in self.reply:
                line = line.decode().rstrip('\n')
                if line == '' and 'event' in event:
                    self.seen.append((event['event'], json.loads(event['data']), event.get('id')))
                if line == '':
                    event = {}
                elif not line.startswith(':'):
                    name, _, value = line.partition(': ')
                    event[name] = value
        except OSError:
            pass
        self.ended = True

    def of(self, kind):
        return [data for event, data, _ in self.seen if event == kind]

    def close(self):
        self.conn.sock and self.conn.sock.close()
        self.conn.close()


def run(*argv, env=None, check=True, stdin=None):
    """A command of cruddur: its result with text."""
    full = {k: v for k, v in os.environ.items() if not k.startswith(('AWS_', 'CONNECTION', 'CRUDDUR_DB', 'PROD_'))}
    full.update({'AWS_EC2_METADATA_DISABLED': 'true', 'AWS_CONFIG_FILE': '/dev/null',
                 'AWS_SHARED_CREDENTIALS_FILE': '/dev/null', **(env or {})})
    r = subprocess.run([CRUDDUR, *argv], env=full, text=True, capture_output=True, timeout=kit.PATIENCE_S * 2,
                       input=stdin)
    assert not check or r.returncode == 0, (argv, r.returncode, r.stdout, r.stderr)
    return r


class App:
    """Cruddur serving, on a database and a Stator."""

    def __init__(self, db_url, stator_url, keys, where, web=None, args=(), env=None):
        self.keys, self.where, self.args = keys, pathlib.Path(where), list(args)
        self.env = {'CONNECTION_URL': db_url, 'AWS_ENDPOINT_URL_DYNAMODB': stator_url,
                    'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER': keys.url, 'AWS_COGNITO_USER_POOL_ID': POOL,
                    'AWS_COGNITO_USER_POOL_CLIENT_ID': CLIENT, 'FRONTEND_URL': 'http://front.test',
                    'BACKEND_URL': 'http://back.test', 'AWS_REGION': kit.REGION, **(env or {})}
        if web:
            self.args += ['--web', str(web)]
        self.log_path = self.where / f'cruddur-{id(self)}.log'

    def start(self):
        self.port = kit.free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        full = {k: v for k, v in os.environ.items() if not k.startswith('AWS_')}
        with open(self.log_path, 'ab') as out:
            self.proc = subprocess.Popen([CRUDDUR, 'serve', '--port', str(self.port), *self.args], stdout=out,
                                         stderr=out, cwd=self.where, env={
                                             **full, 'AWS_CONFIG_FILE': '/dev/null',
                                             'AWS_SHARED_CREDENTIALS_FILE': '/dev/null', **self.env})
        until('cruddur answers', self._answers)
        return self

    def _answers(self):
        assert self.proc.poll() is None, self.log()
        try:
            return self.nobody().get('/api/health-check').status == 200
        except OSError:
            return False

    def log(self):
        return self.log_path.read_text()

    def stop(self):
        self.proc.send_signal(signal.SIGTERM)
        status = self.proc.wait(timeout=kit.PATIENCE_S)
        assert status == 0, (status, self.log()[-8000:])
        return self.log()

    def nobody(self):
        return Client(self.url)

    def db(self, *argv, **kw):
        return run(*argv, env=self.env, **kw)

    def person(self, handle, name=None, email=None):
        """Signs up through the function that the user pool calls, and signs in."""
        sub = str(uuid.uuid4())
        self.confirm(sub, handle, name or handle, email or f'{handle}@test.com')
        return Client(self.url, self.keys.token(sub), sub, handle)

    def confirm(self, sub, handle, name, email):
        import runtime
        replies = runtime.invoke(['post-confirmation'], [runtime.confirmation(sub, handle, name, email)], self.env)
        assert replies[0][0] == 'response', replies
