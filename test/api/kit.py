"""What the tests of the API share: a server to start, a wire to speak on, short ways to say things."""
import base64
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.parse
import zlib

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATOR = os.environ.get('STATOR', str(ROOT / 'build' / 'src' / 'server' / 'stator'))
REGION = 'us-east-1'
ACCOUNT = '000000000000'
# A sanitized server is several times slower; nothing here measures time, this only bounds waiting.
PATIENCE_S = float(os.environ.get('PATIENCE_S', '30'))

COMMON = 'com.amazon.coral.service#'
VALIDATE = 'com.amazon.coral.validate#'
DYNAMO = 'com.amazonaws.dynamodb.v20120810#'
PREFIX = {'ValidationException': VALIDATE}
for _name in ('SerializationException', 'AccessDeniedException', 'UnknownOperationException',
              'MissingAuthenticationTokenException', 'IncompleteSignatureException',
              'InvalidSignatureException', 'UnrecognizedClientException'):
    PREFIX[_name] = COMMON
MEMBER = dict.fromkeys(('SerializationException', 'AccessDeniedException', 'TransactionCanceledException',
                        'IdempotentParameterMismatchException', 'TransactionInProgressException'), 'Message')


def until(what, probe, seconds=None):
    """Polls until probe() is true and returns its value; fails by name when time is up."""
    end = time.monotonic() + (seconds or PATIENCE_S)
    pause = 0.002
    while True:
        value = probe()
        if value:
            return value
        assert time.monotonic() < end, f'timed out waiting: {what}'
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Server:
    """A stator of our own.  start() waits for its health answer; log() is what it wrote."""

    def __init__(self, *args, env=None, log_dir=None):
        self.args, self.env, self.proc, self.port = list(args), env or {}, None, None
        self.log_path = pathlib.Path(log_dir or '.') / f'stator-{os.getpid()}-{id(self)}.log'

    def start(self, wait=True):
        for _ in range(5):  # another process may take the port before the server binds it
            self.port = free_port()
            self.spawn()
            if not wait or self.wait_ready():
                return self
        raise AssertionError(f'{STATOR} does not start: {self.log()}')

    def spawn(self):
        out = open(self.log_path, 'ab')
        argv = [STATOR, 'serve', '--host', '127.0.0.1', '--port', str(self.port), *self.args]
        self.proc = subprocess.Popen(argv, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                                     env={**os.environ, **self.env})
        out.close()

    def wait_ready(self):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if self.proc.poll() is not None:
                return False
            with contextlib.suppress(OSError, http.client.HTTPException):
                c = http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE_S)
                c.request('GET', '/')
                ok = c.getresponse().status == 200
                c.close()
                if ok and self.proc.poll() is None:
                    return True
            time.sleep(0.005)
        return False

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}'

    def log(self):
        return self.log_path.read_text(errors='replace') if self.log_path.exists() else ''

    def kill(self):
        if self.proc is not None and self.proc.poll() is None:
            self.proc.kill()
        if self.proc is not None:
            self.proc.wait()

    def stop(self):
        """A clean end; returns the exit status."""
        if self.proc is None:
            return None
        if self.proc.poll() is None:
            self.proc.send_signal(signal.SIGTERM)
        try:
            return self.proc.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError('the server does not stop on SIGTERM: ' + self.log())


def client(url, key='test', secret='test', region=REGION, service='client', **config):
    config.setdefault('retries', {'total_max_attempts': 1})
    config.setdefault('read_timeout', PATIENCE_S)
    make = getattr(boto3.session.Session(), service)
    return make('dynamodb', endpoint_url=url, region_name=region, aws_access_key_id=key,
                aws_secret_access_key=secret,
                config=Config(parameter_validation=False, max_pool_connections=64, **config))


class Refused(Exception):
    def __init__(self, reply):
        self.reply, self.body = reply, reply.json()
        self.full_type = self.body.get('__type', '')
        self.name = self.full_type.rpartition('#')[2]
        self.message = self.body.get('message', self.body.get('Message'))
        super().__init__(f'{reply.status} {self.name}: {self.message}')


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body) if self.body else {}


class Wire:
    """One keep-alive connection that sends signed requests and checks the envelope of answers."""

    def __init__(self, url, key='test', secret='test', region=REGION):
        self.url, self.parts = url, urllib.parse.urlsplit(url)
        self.signer = SigV4Auth(Credentials(key, secret), 'dynamodb', region)
        self.conn = None

    def connect(self):
        kind = http.client.HTTPSConnection if self.parts.scheme == 'https' else http.client.HTTPConnection
        return kind(self.parts.hostname, self.parts.port, timeout=PATIENCE_S)

    def signed(self, op, body, headers=()):
        """The headers of a well-formed request."""
        rq = AWSRequest('POST', self.url + '/', data=body, headers={
            'Host': self.parts.netloc, 'X-Amz-Target': f'DynamoDB_20120810.{op}',
            'Content-Type': 'application/x-amz-json-1.0', **dict(headers)})
        self.signer.add_auth(rq)
        return dict(rq.headers.items())

    def send(self, method='POST', path='/', body=b'', headers=()):
        for again in (True, False):
            fresh = self.conn is None
            if fresh:
                self.conn = self.connect()
            try:
                self.conn.request(method, path, body=body, headers=dict(headers))
                r = self.conn.getresponse()
                data = r.read()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
                if fresh or not again:  # only a kept connection may have been closed behind us
                    raise
        if r.will_close:
            self.close()
        return Reply(r.status, r.headers, data)

    def post(self, op, body, headers=()):
        if not isinstance(body, bytes):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        return self.send(body=body, headers=self.signed(op, body, headers))

    def call(self, op, body=None, **members):
        """The answer's body, or Refused."""
        reply = self.post(op, members if body is None else body)
        check_envelope(reply)
        if reply.status != 200:
            raise Refused(reply)
        return reply.json()

    def close(self):
        if self.conn is not None:
            self.conn.close()
        self.conn = None


def check_envelope(reply):
    """What every answer of the protocol has."""
    h = reply.headers
    assert re.fullmatch('[0-9A-Z]{52}', h['x-amzn-RequestId'] or ''), h['x-amzn-RequestId']
    assert int(h['x-amz-crc32']) == zlib.crc32(reply.body)
    assert int(h['Content-Length']) == len(reply.body)
    assert h['Content-Type'] == 'application/x-amz-json-1.0'
    assert h['Date'].endswith('GMT')
    if reply.status != 200:
        body = reply.json()
        kind = body['__type']
        name = kind.rpartition('#')[2]
        assert kind == PREFIX.get(name, DYNAMO) + name
        assert reply.status == (500 if name.startswith('Internal') else 400)
        member = MEMBER.get(name, 'message')
        assert member in body or name == 'UnknownOperationException' or list(body) == ['__type'], body


def refused(wire, op, body, name, message=None):
    """The request must be refused with this exception and text (exact, or a compiled pattern)."""
    try:
        answer = wire.call(op, body)
    except Refused as e:
        got = e
    else:
        raise AssertionError(f'{op} was accepted: {answer}')
    assert got.name == name, str(got)
    if isinstance(message, re.Pattern):
        assert message.fullmatch(got.message or ''), f'{got.message!r} does not match {message.pattern!r}'
    elif message is not None:
        assert got.message == message
    return got


def invalid(wire, op, body, message=None):
    return refused(wire, op, body, 'ValidationException', message)


PARAM = 'One or more parameter values were invalid: '
PARAM_ARE = 'One or more parameter values are not valid. '
NO_TABLE = 'Requested resource not found'
KEY_SCHEMA = 'The provided key element does not match the schema'
ENVELOPE = '1 validation error detected: '


def constraint(value, path, what):
    """One error of the constraint layer; value None is null."""
    shown = 'null' if value is None else f"'{value}'"
    return f"1 validation error detected: Value {shown} at '{path}' failed to satisfy constraint: {what}"


def constraints(message):
    """The set of errors in a message of the constraint layer, as their order means nothing."""
    m = re.fullmatch(r'(\d+) validation errors? detected: (.*)', message, re.S)
    assert m, message
    errors = set(re.split(r"; (?=Value )", m[2]))
    assert len(errors) == int(m[1]), message
    return errors


# Values in a short form: 'x' -> S, 1 -> N, True -> BOOL, None -> NULL, b'' -> B, list, dict, set.
def av(v):
    if isinstance(v, bool):
        return {'BOOL': v}
    if v is None:
        return {'NULL': True}
    if isinstance(v, (int, float, Num)):
        return {'N': str(v)}
    if isinstance(v, str):
        return {'S': v}
    if isinstance(v, bytes):
        return {'B': base64.b64encode(v).decode()}
    if isinstance(v, list):
        return {'L': [av(x) for x in v]}
    if isinstance(v, dict):
        return {'M': {k: av(x) for k, x in v.items()}}
    if isinstance(v, (set, frozenset)):
        one = av(next(iter(v)))
        kind = next(iter(one))
        return {kind + 'S': sorted(av(x)[kind] for x in v)}
    raise TypeError(v)


class Num(str):
    """A number by its text."""


def item(**attributes):
    return {k: av(v) for k, v in attributes.items()}


def items(d):
    return {k: av(v) for k, v in d.items()}


def plain(value):
    """An AttributeValue of the wire in the short form; sets as frozensets."""
    (kind, v), = value.items()
    if kind == 'N':
        return int(v) if re.fullmatch(r'-?\d{1,15}', v) else Num(v)
    if kind == 'B':
        return base64.b64decode(v)
    if kind == 'NULL':
        return None
    if kind == 'L':
        return [plain(x) for x in v]
    if kind == 'M':
        return {k: plain(x) for k, x in v.items()}
    if kind in ('SS', 'NS', 'BS'):
        return frozenset(plain({kind[0]: x}) for x in v)
    return v


def plain_item(i):
    return {k: plain(v) for k, v in i.items()}


_serial = itertools.count()
_salt = f'{os.getpid():x}{int(time.time()) & 0xffffff:x}'


def fresh(prefix='t'):
    """A name that nobody used."""
    return f'{prefix}-{_salt}-{next(_serial)}.'  # ends so that no name begins another


def key_schema(spec):
    """'pk:S sk:N' -> (KeySchema, {name: type}); the first is the HASH, the second the RANGE key."""
    parts = [p.split(':') for p in spec.split()]
    kinds = ['HASH', 'RANGE']
    return ([{'AttributeName': n, 'KeyType': k} for (n, _), k in zip(parts, kinds)],
            {n: t for n, t in parts})


def index(name, spec, projection='ALL', non_key=None):
    ks, _ = key_schema(spec)
    p = {'ProjectionType': projection}
    if non_key:
        p['NonKeyAttributes'] = non_key
    return {'IndexName': name, 'KeySchema': ks, 'Projection': p}, key_schema(spec)[1]


def table_request(name, spec, gsi=(), lsi=(), **more):
    """A CreateTable request.  gsi and lsi: (name, 'a:S b:N'[, projection[, non-key names]]) each."""
    ks, types = key_schema(spec)
    rq = {'TableName': name, 'KeySchema': ks, 'BillingMode': 'PAY_PER_REQUEST'}
    for member, list_ in (('GlobalSecondaryIndexes', gsi), ('LocalSecondaryIndexes', lsi)):
        made = [index(*i) for i in list_]
        for _, t in made:
            types.update(t)
        if made:
            rq[member] = [i for i, _ in made]
    rq['AttributeDefinitions'] = [{'AttributeName': n, 'AttributeType': t} for n, t in types.items()]
    return {**rq, **more}


def wait_active(wire, name):
    def probe():
        t = wire.call('DescribeTable', TableName=name)['Table']
        return t['TableStatus'] == 'ACTIVE' and all(
            g['IndexStatus'] == 'ACTIVE' for g in t.get('GlobalSecondaryIndexes', [])) and t
    return until(f'{name} active', probe)


def make_table(wire, spec, gsi=(), lsi=(), name=None, **more):
    name = name or fresh()
    wire.call('CreateTable', table_request(name, spec, gsi, lsi, **more))
    wait_active(wire, name)
    return name


def drop_table(wire, name):
    with contextlib.suppress(Refused, OSError):  # a server that died is reported by its own fixture
        wire.call('DeleteTable', TableName=name)


def pages(wire, op, rq):
    """Every page of a Query or Scan."""
    rq = dict(rq)
    while True:
        page = wire.call(op, rq)
        yield page
        if 'LastEvaluatedKey' not in page:
            return
        rq['ExclusiveStartKey'] = page['LastEvaluatedKey']


def all_items(wire, op, rq):
    return [plain_item(i) for p in pages(wire, op, rq) for i in p['Items']]
