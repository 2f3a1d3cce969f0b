"""The wire: HTTP as clients really speak it, well and badly."""
import gzip
import json
import re
import socket
import struct
import threading
import zlib

import pytest

from kit import PATIENCE_S, Wire, av, fresh, item, until

pytestmark = pytest.mark.ours
MIB16 = 16 * 1024 * 1024


class Raw:
    """A socket, and the answers that come out of it."""

    def __init__(self, url):
        host, port = url.partition('//')[2].split(':')
        self.s = socket.create_connection((host, int(port)), timeout=PATIENCE_S)
        self.buf = b''

    def send(self, data):
        self.s.sendall(data)
        return self

    def fill(self):
        got = self.s.recv(65536)
        self.buf += got
        return got

    def head(self):
        while b'\r\n\r\n' not in self.buf:
            if not self.fill():
                raise EOFError(self.buf)
        head, _, self.buf = self.buf.partition(b'\r\n\r\n')
        lines = head.decode().split('\r\n')
        headers = {k.lower(): v.strip() for k, _, v in (x.partition(':') for x in lines[1:])}
        return int(lines[0].split()[1]), headers

    def answer(self):
        """Status, headers, body; interim answers are skipped."""
        status, headers = self.head()
        while status == 100:
            status, headers = self.head()
        if headers.get('transfer-encoding') == 'chunked':
            body = b''
            while True:
                while b'\r\n' not in self.buf:
                    assert self.fill()
                size, _, self.buf = self.buf.partition(b'\r\n')
                n = int(size, 16)
                while len(self.buf) < n + 2:
                    assert self.fill()
                body, self.buf = body + self.buf[:n], self.buf[n + 2:]
                if n == 0:
                    return status, headers, body
        n = int(headers.get('content-length', 0))
        while len(self.buf) < n:
            assert self.fill(), 'cut short'
        body, self.buf = self.buf[:n], self.buf[n:]
        return status, headers, body

    def closed(self):
        """True when the server has ended the connection."""
        try:
            while self.fill():
                pass
        except ConnectionError:
            pass
        return True

    def close(self):
        self.s.close()


@pytest.fixture
def raw(url):
    made = []

    def make():
        made.append(Raw(url))
        return made[-1]
    yield make
    for r in made:
        r.close()


AUTH = ('AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, '
        'SignedHeaders=host;x-amz-date;x-amz-target, Signature=' + '0' * 64)


def request(body=b'{}', op='ListTables', method='POST', path='/', drop=(), **headers):
    h = {'Host': 'localhost', 'X-Amz-Target': 'DynamoDB_20120810.' + op, 'Content-Type': 'application/x-amz-json-1.0',
         'Content-Length': str(len(body)), 'X-Amz-Date': '20260101T000000Z', 'Authorization': AUTH}
    h.update({k.replace('_', '-'): v for k, v in headers.items()})
    lines = ''.join(f'{k}: {v}\r\n' for k, v in h.items() if k not in drop)
    return f'{method} {path} HTTP/1.1\r\n{lines}\r\n'.encode() + body


def tables(answer):
    status, _, body = answer
    assert status == 200, answer
    return json.loads(body)['TableNames']


def test_health(raw):
    status, headers, body = raw().send(b'GET / HTTP/1.1\r\nHost: x\r\n\r\n').answer()
    assert (status, body) == (200, b'healthy: dynamodb.us-east-1.amazonaws.com ')
    assert headers['content-type'] == 'text/plain' and len(body) == 42


def test_headers_of_an_answer(raw):
    status, h, body = raw().send(request()).answer()
    assert status == 200 and h['content-type'] == 'application/x-amz-json-1.0'
    assert re.fullmatch('[0-9A-Z]{52}', h['x-amzn-requestid'])
    assert int(h['x-amz-crc32']) == zlib.crc32(body) and h['server'] and h['date'].endswith('GMT')
    _, h, _ = raw().send(request(Content_Type='application/json')).answer()
    assert h['content-type'] == 'application/json'
    _, h, _ = raw().send(request(Content_Type='application/json; charset=utf-8')).answer()
    assert h['content-type'] == 'application/json'


def test_request_ids_differ(raw):
    r = raw()
    assert len({r.send(request()).answer()[1]['x-amzn-requestid'] for _ in range(20)}) == 20


def test_keep_alive(raw):
    r = raw()
    for _ in range(50):
        tables(r.send(request()).answer())


def test_pipelining(raw):
    r = raw()
    sizes = [1, 2, 3, 5, 8]
    r.send(b''.join(request(json.dumps({'Limit': n}).encode()) for n in sizes) + b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    for n in sizes:
        assert len(tables(r.answer())) <= n
    assert r.answer()[2].startswith(b'healthy')


def test_pipelined_writes_in_order(raw, wire, simple):
    k = fresh()
    put = [json.dumps({'TableName': simple, 'Item': item(p=k, n=i), 'ReturnValues': 'ALL_OLD'}).encode()
           for i in range(100)]
    r = raw().send(b''.join(request(b, 'PutItem') for b in put))
    for i in range(100):
        status, _, body = r.answer()
        assert status == 200
        assert json.loads(body).get('Attributes', {}).get('n') == (av(i - 1) if i else None)


def test_byte_by_byte(raw):
    r = raw()
    r.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for b in request(b'{"Limit": 1}'):
        r.send(bytes([b]))
    tables(r.answer())


def test_connection_close(raw):
    r = raw()
    tables(r.send(request(Connection='close')).answer())
    assert r.closed()


def test_http_1_0(raw):
    r = raw().send(request().replace(b'HTTP/1.1', b'HTTP/1.0'))
    tables(r.answer())
    assert r.closed()


def test_http_1_0_keep_alive(raw):
    r = raw().send(2 * request(Connection='Keep-Alive').replace(b'HTTP/1.1', b'HTTP/1.0'))
    for _ in range(2):
        status, h, _ = r.answer()
        assert status == 200 and h['connection'] == 'keep-alive'


def test_http_1_0_knows_no_chunks(raw):
    r = raw().send(request(b'', Content_Length=str(MIB16 + 1)).replace(b'HTTP/1.1', b'HTTP/1.0'))
    status, h, _ = r.answer()
    assert status == 413 and 'transfer-encoding' not in h and h['content-length'] == '0'
    assert r.closed()


def test_head_has_no_body(raw):
    r = raw().send(b'HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /?x=1 HTTP/1.1\r\nHost: x\r\n\r\n')
    status, h = r.head()
    assert (status, h['content-length']) == (404, '29')
    assert r.answer()[2].startswith(b'healthy')


def test_errors_within_a_pipeline(raw):
    r = raw().send(request() + request(b'{') + request(b'', method='OPTIONS', Origin='x') + request(method='PUT')
                   + request(Connection='close') + request())
    assert [r.answer()[0] for _ in range(5)] == [200, 400, 200, 404, 200]
    assert r.closed() and r.buf == b''
    r = raw().send(request() + b'BAD\r\n\r\n' + request())
    assert [r.answer()[0] for _ in range(2)] == [200, 400]
    assert r.closed() and r.buf == b''


def test_pipelined_large_bodies(raw):
    body = b'{"Limit":1' + b' ' * 6_000_000 + b'}'
    r = raw()
    sender = threading.Thread(target=r.send, args=(4 * request(body),))
    sender.start()
    for _ in range(4):
        tables(r.answer())
    sender.join()


def test_half_closed(raw):
    r = raw().send(request())
    r.s.shutdown(socket.SHUT_WR)
    tables(r.answer())
    assert r.closed()


def test_expect_continue(raw):
    body = b'{"Limit":1}'
    whole = request(body, Expect='100-continue')
    r = raw().send(whole[:-len(body)])
    assert r.head()[0] == 100
    r.send(body)
    tables(r.answer())


def test_expect_continue_with_chunks(raw):
    r = raw().send(request(b'', drop=('Content-Length',), Transfer_Encoding='chunked', Expect='100-continue'))
    assert r.head()[0] == 100
    tables(r.send(chunked(b'{"Limit":1}', [4])).answer())


def test_what_is_too_large_is_not_asked_for(raw):
    r = raw().send(request(b'', Content_Length=str(MIB16 + 1), Expect='100-continue'))
    assert r.head()[0] == 413


def chunked(body, sizes, trailer=b''):
    out, at = b'', 0
    while at < len(body):
        n = sizes[at % len(sizes)]
        part = body[at:at + n]
        out += b'%x\r\n%s\r\n' % (len(part), part)
        at += n
    return out + b'0\r\n' + trailer + b'\r\n'


@pytest.mark.parametrize('sizes', [[1], [3, 7], [10000]])
def test_chunked(raw, wire, simple, sizes):
    k = fresh()
    body = json.dumps({'TableName': simple, 'Item': item(p=k, pad='x' * 500)}).encode()
    head = request(b'', 'PutItem', drop=('Content-Length',), Transfer_Encoding='chunked')
    r = raw().send(head + chunked(body, sizes, b'X-Trailer: 1\r\n') + request())
    assert r.answer()[0] == 200
    tables(r.answer())
    assert len(wire.call('GetItem', TableName=simple, Key=item(p=k))['Item']['pad']['S']) == 500


def test_chunks_byte_by_byte(raw):
    r = raw().send(request(b'', drop=('Content-Length',), Transfer_Encoding='Chunked'))
    for b in b'0005;ext="x y"\r\n{"Lim\r\n6\r\nit":1}\r\n000\r\nT: 1\r\n\r\n':
        r.send(bytes([b]))
    tables(r.answer())


def test_chunked_and_compressed(raw):
    head = request(b'', drop=('Content-Length',), Transfer_Encoding='chunked', Content_Encoding='gzip')
    tables(raw().send(head + chunked(gzip.compress(b'{"Limit":1}'), [5])).answer())


@pytest.mark.parametrize('more, status', [(0, 200), (1, 413)])
def test_largest_chunked_body(raw, more, status):
    body = b'{"Limit":1' + b' ' * (MIB16 - 11 + more) + b'}'
    r = raw()
    try:
        r.send(request(b'', drop=('Content-Length',), Transfer_Encoding='chunked') + chunked(body, [1000000]))
    except ConnectionError:
        pass
    assert r.answer()[0] == status


@pytest.mark.parametrize('tail', [b'zz\r\n', b'-1\r\n', b'5\r\nabc\r\n0\r\n\r\n', b'ffffffffffffffffff\r\n',
                                  b'1\r\nab\r\n0\r\n\r\n', b'\r\n'])
def test_bad_chunks(raw, tail):
    r = raw().send(request(b'', drop=('Content-Length',), Transfer_Encoding='chunked') + tail)
    r.s.shutdown(socket.SHUT_WR)
    try:
        assert 400 <= r.answer()[0] < 500
    except EOFError:
        pass  # closing without an answer is as good
    assert r.closed()


def test_contradictory_lengths(raw):
    for bad in (request(Transfer_Encoding='chunked'), request(Content_Length='2, 3'), request(Content_Length='-1'),
                request(Content_Length='1x'), request(Content_Length='99999999999999999999'),
                request().replace(b'Content-Length: 2\r\n', b'Content-Length: 2\r\nContent-Length: 3\r\n'),
                request(drop=('Content-Length',), Transfer_Encoding='gzip, chunked')):
        r = raw().send(bad)
        try:
            assert r.answer()[0] >= 400
        except (EOFError, ConnectionError):
            pass
        assert r.closed()


@pytest.mark.parametrize('encoding, pack', [
    ('gzip', gzip.compress), ('deflate', zlib.compress),
    ('gzip', lambda b: gzip.compress(b[:20]) + gzip.compress(b[20:]))])
def test_compressed_bodies(raw, wire, simple, encoding, pack):
    k = fresh()
    body = json.dumps({'TableName': simple, 'Item': item(p=k, pad='y' * 50000)}).encode()
    assert raw().send(request(pack(body), 'PutItem', Content_Encoding=encoding)).answer()[0] == 200
    assert len(wire.call('GetItem', TableName=simple, Key=item(p=k))['Item']['pad']['S']) == 50000


@pytest.mark.parametrize('encoding, body, status', [
    ('gzip', b'not gzip', 500), ('gzip', gzip.compress(b'{}' * 100)[:-9], 500), ('deflate', b'x', 500), ('gzip', b'', 500),
    ('deflate', zlib.compress(b'{}')[2:-4], 500), ('deflate', 2 * zlib.compress(b'{}'), 500), ('deflate', b'', 500),
    ('br', b'{}', 400), ('zstd', b'{}', 400), ('x-gzip', gzip.compress(b'{}'), 400), ('gzip, gzip', b'{}', 400),
    ('gzip', gzip.compress(b''), 400), ('gzip', gzip.compress(b'{}') + b'junk', 200), ('GZIP', gzip.compress(b'{}'), 200),
    ('identity', b'{}', 200), ('', b'{}', 200)])
def test_odd_compressed_bodies(raw, encoding, body, status):
    got, _, body = raw().send(request(body, Content_Encoding=encoding)).answer()
    assert got == status
    if status != 200:
        kind = 'com.amazon.coral.service#SerializationException' if status == 400 else \
            'com.amazonaws.dynamodb.v20120810#InternalServerError'
        assert json.loads(body)['__type'] == kind


@pytest.mark.parametrize('n, status', [(MIB16, 200), (MIB16 + 1, 413), (MIB16 * 4, 413)])
def test_what_a_body_unpacks_to_is_bounded(raw, n, status):
    packed = gzip.compress(b'{' + b' ' * (n - 2) + b'}')
    assert raw().send(request(packed, Content_Encoding='gzip')).answer()[0] == status


def test_compressed_answers(raw, wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, pad='z' * 20000))
    body = json.dumps({'TableName': simple, 'Key': item(p=k)}).encode()
    for offer, packed in (('gzip', True), ('deflate', True), ('gzip, deflate', True), ('identity', False), ('br', False),
                          ('', False), ('x-gzip', False)):
        _, h, got = raw().send(request(body, 'GetItem', Accept_Encoding=offer)).answer()
        used = h.get('content-encoding')
        if packed:
            assert used in offer.split(', ')
            text = gzip.decompress(got) if used == 'gzip' else zlib.decompress(got)
        else:
            assert used is None
            text = got
        assert json.loads(text)['Item']['pad']['S'] == 'z' * 20000
        assert int(h['x-amz-crc32']) == zlib.crc32(got)
    small = json.dumps({'TableName': simple, 'Key': item(p=fresh())}).encode()
    _, h, got = raw().send(request(small, 'GetItem', Accept_Encoding='gzip')).answer()
    assert 'content-encoding' not in h and json.loads(got) == {}


def test_answers_are_compressed_from_4_kib(raw, wire, simple):
    k = fresh()
    body = json.dumps({'TableName': simple, 'Key': item(p=k)}).encode()
    empty = len(json.dumps({'Item': item(p=k, x='')}, separators=(',', ':')))
    for size, offer, used in ((4096, 'gzip', None), (4097, 'gzip', 'gzip'), (4097, ' GZIP , br', 'gzip'),
                              (4097, 'deflate;q=1, gzip;q=0.5', 'deflate'), (4097, 'gzip;q=0', None), (4097, '*', None)):
        wire.call('PutItem', TableName=simple, Item=item(p=k, x='x' * (size - empty)))
        _, h, got = raw().send(request(body, 'GetItem', Accept_Encoding=offer)).answer()
        assert h.get('content-encoding') == used and int(h['x-amz-crc32']) == zlib.crc32(got)
        assert used or len(got) == size
    # Only the first of several headers counts.
    both = request(body, 'GetItem', Accept_Encoding='br').replace(b'br\r\n', b'br\r\nAccept-Encoding: gzip\r\n')
    assert 'content-encoding' not in raw().send(both).answer()[1]


def test_largest_body(raw, simple):
    start = b'{"TableName":"%s"' % simple.encode()
    exact = start + b' ' * (MIB16 - len(start) - 1) + b'}'
    assert len(exact) == MIB16
    assert raw().send(request(exact, 'DescribeTable')).answer()[0] == 200
    r = raw()
    try:
        r.send(request(exact + b' ', 'DescribeTable'))
    except ConnectionError:
        pass
    status, _, body = r.answer()
    assert (status, body) == (413, b'')


def test_too_large_is_refused_by_its_length(raw):
    # Nothing of the body needs to be sent for the refusal.
    r = raw().send(request(b'', Content_Length=str(MIB16 + 1)))
    assert r.answer()[0] == 413


@pytest.mark.parametrize('n, status', [(16384, 200), (16385, 400)])
def test_header_limits_to_the_byte(raw, n, status):
    line = len(b'POST / HTTP/1.1\r\n')
    headers = len(request(b'', X_Pad='')) - line
    assert raw().send(request(X_Pad='x' * (n - headers))).answer()[0] == status
    assert raw().send(request(path='/' + 'x' * (n - line))).answer()[0] == status


def test_header_limits(raw):
    r = raw().send(request(X_Pad='x' * 15000))
    tables(r.answer())
    for bad in (request(X_Pad='x' * 17000), request(path='/' + 'x' * 17000),
                request(**{f'X-{i}': 'x' * 100 for i in range(300)})):
        r = raw()
        try:
            r.send(bad)
            assert 400 <= r.answer()[0] < 500
        except (EOFError, ConnectionError):
            pass
        assert r.closed()


@pytest.mark.parametrize('junk', [
    b'GET\r\n\r\n', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', b'GET / HTTP/9.9\r\n\r\n', b'\x00' * 100 + b'\r\n\r\n',
    b'GET / HTTP/1.1\r\nno colon\r\n\r\n', b'GET / HTTP/1.1\r\n: empty\r\n\r\n', b'GET / HTTP/1.1\r\nA : b\r\n\r\n',
    b'GET  / HTTP/1.1\r\n\r\n', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', b'GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n'])
def test_not_http(raw, junk):
    r = raw().send(junk)
    r.s.shutdown(socket.SHUT_WR)
    try:
        assert 400 <= r.answer()[0] <= 505
    except (EOFError, ConnectionError):
        pass
    assert r.closed()


@pytest.mark.parametrize('cut', [1, 20, 200, -1])
def test_a_client_that_goes_away(raw, wire, cut):
    whole = request(b'{"Limit": 1}')
    r = raw().send(whole[:cut])
    r.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    r.close()
    wire.call('ListTables', Limit=1)


def test_a_client_that_never_reads(url, wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, pad='q' * 390000))
    body = json.dumps({'TableName': simple, 'Key': item(p=k)}).encode()
    idle = Raw(url)
    idle.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    idle.s.settimeout(0.5)
    try:
        for _ in range(200):
            idle.send(request(body, 'GetItem'))
    except (TimeoutError, ConnectionError):
        pass
    # Others are served meanwhile.
    for _ in range(20):
        wire.call('GetItem', TableName=simple, Key=item(p=k), ProjectionExpression='p')
    idle.close()


def test_slow_clients_disturb_nobody(raw, wire):
    slow = [raw().send(request()[:-3]) for _ in range(100)]
    for _ in range(20):
        wire.call('ListTables', Limit=1)
    for r in slow:
        tables(r.send(request()[-3:]).answer())


@pytest.mark.parametrize('method, path, headers, status', [
    ('PUT', '/', {}, 404), ('DELETE', '/', {}, 404), ('GET', '/x', {}, 404), ('OPTIONS', '/', {}, 404),
    ('POST', '/', {'Content_Type': 'text/plain'}, 404), ('POST', '/', {'Content_Type': 'application/x-amz-json-1.1'}, 404)])
def test_unknown_shapes(raw, method, path, headers, status):
    r = raw()
    got, h, body = r.send(request(method=method, path=path, **headers)).answer()
    assert got == status
    if method != 'OPTIONS':
        assert body in (b'<UnknownOperationException/>\n', b'') or path != '/'
        if body == b'<UnknownOperationException/>\n':
            assert h['x-amz-crc32'] == '3552371480'


@pytest.mark.parametrize('kind, status, answered', [
    ('application/x-amz-json-1.0', 200, 'application/x-amz-json-1.0'),
    ('application/x-amz-json-1.0; charset=utf-8', 200, 'application/x-amz-json-1.0'),
    ('application/json', 200, 'application/json'), ('application/json \t; x', 200, 'application/json'),
    ('application/json;', 200, 'application/json'), ('application/jsonx', 404, None),
    ('application/x-amz-json-1.1', 404, None), ('application', 404, None), ('', 404, None), (None, 404, None)])
def test_media_types(raw, kind, status, answered):
    drop = ('Content-Type',) if kind is None else ()
    got, h, _ = raw().send(request(drop=drop, Content_Type=kind)).answer()
    assert (got, h.get('content-type')) == (status, answered)
    # Without a body it does not matter.
    got, h, body = raw().send(request(b'', drop=drop, Content_Type=kind)).answer()
    assert (got, h['content-type']) == (400, answered or 'application/json')
    assert json.loads(body) == {'__type': 'com.amazon.coral.service#SerializationException'}


@pytest.mark.parametrize('body', [
    b'[]', b'5', b'null', b'"x"', b'{}x', b'\xef\xbb\xbf{}', b'{"a":"\xff"}', b"{'a':1}", b'{"a":1,}', b'{"a":01}', b'\0',
    b'{"a":NaN}', b'{"a"}', b'{"a":"\n"}', b'{} {}', b'//\n{}'])
def test_what_is_not_a_json_object(raw, body):
    status, h, got = raw().send(request(body)).answer()
    assert status == 400 and h['x-amz-crc32'] == '3948637019'
    assert json.loads(got) == {'__type': 'com.amazon.coral.service#SerializationException'}


def test_cors(raw):
    _, h, _ = raw().send(request(Origin='http://app')).answer()
    assert h['access-control-allow-origin'] == '*'
    status, h, _ = raw().send(request(b'{', Origin='http://app')).answer()
    assert status == 400 and h['access-control-allow-origin'] == '*'
    status, h, body = raw().send(request(b'', method='OPTIONS', Origin='http://app',
                                         Access_Control_Request_Headers='x-amz-target, x-y',
                                         Access_Control_Request_Method='POST')).answer()
    assert status == 200 and body == b'' and h['access-control-max-age'] == '172800'
    assert h['access-control-allow-headers'] == 'x-amz-target, x-y' and h['access-control-allow-methods'] == 'POST'
    _, h, _ = raw().send(request()).answer()
    assert 'access-control-allow-origin' not in h


@pytest.mark.parametrize('target', [None, '', 'PutItem', 'DynamoDB_20120810', 'DynamoDB_20120810.', 'Other_1.ListTables',
                                    'DynamoDB_20120810.ListTables.x', 'DynamoDB_20120810.listTables',
                                    'dynamodb_20120810.ListTables', 'DynamoDBStreams_20120810.ListTables',
                                    'DynamoDBStreams_20120810.PutItem', 'DynamoDBStreams_20120810.CreateBackup'])
def test_targets(raw, target):
    rq = request(drop=('X-Amz-Target',)) if target is None else request(X_Amz_Target=target)
    status, h, body = raw().send(rq).answer()
    assert status == 400
    assert json.loads(body) == {'__type': 'com.amazon.coral.service#UnknownOperationException'}
    assert h['x-amz-crc32'] == '1368724161'


def test_order_of_checks(raw):
    # JSON before target before authentication.
    status, h, body = raw().send(request(b'{', X_Amz_Target='nothing', drop=('Authorization',))).answer()
    assert status == 400 and h['x-amz-crc32'] == '3948637019'
    assert json.loads(body) == {'__type': 'com.amazon.coral.service#SerializationException'}
    _, _, body = raw().send(request(X_Amz_Target='nothing', drop=('Authorization',))).answer()
    assert json.loads(body)['__type'].endswith('#UnknownOperationException')
    _, _, body = raw().send(request(b'{"TableName": 1}', 'PutItem', drop=('Authorization',))).answer()
    assert json.loads(body)['__type'].endswith('#MissingAuthenticationTokenException')


def test_empty_body(raw):
    status, _, body = raw().send(request(b'')).answer()
    assert status == 400 and json.loads(body) == {'__type': 'com.amazon.coral.service#SerializationException'}


def test_many_connections(url):
    conns = [Raw(url) for _ in range(300)]
    for c in conns:
        c.send(request())
    for c in conns:
        tables(c.answer())
        c.close()


def test_headers_in_any_case(raw):
    lower = request().replace(b'X-Amz-Target', b'x-aMZ-target').replace(b'Content-Length', b'content-length')
    tables(raw().send(lower).answer())


def test_disconnect_during_writes(url, wire, simple):
    """Clients that vanish between asking and answer leave whole items or none."""
    k = fresh()

    def vanish(i):
        w = Wire(url)
        body = json.dumps({'TableName': simple, 'Item': item(p=f'{k}{i}', n=i, m=i)}).encode()
        w.conn = w.connect()
        w.conn.request('POST', '/', body=body, headers=w.signed('PutItem', body))
        w.close()
    threads = [threading.Thread(target=vanish, args=(i,)) for i in range(40)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

    def settled():
        got = [wire.call('GetItem', TableName=simple, Key=item(p=f'{k}{i}')).get('Item') for i in range(40)]
        assert all(g is None or g['n'] == g['m'] for g in got)
        return True
    until('settled', settled)
