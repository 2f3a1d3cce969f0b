"""Signatures: their shape without --credentials, every bit of them with it."""
import datetime
import hashlib
import hmac
import json
import urllib.parse

import pytest

from kit import REGION, Refused, Wire, client, item, make_table

pytestmark = pytest.mark.ours
KEY, SECRET = 'AKIDEXAMPLE0000001', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
OTHER = ('AKIDOTHER000000002', 'another/secret')
SHORT = ('ASIASHORT000000003', 'for a while')


@pytest.fixture(scope='module')
def guarded(tmp_path_factory, request):
    """A server that knows two keys."""
    import kit
    d = tmp_path_factory.mktemp('auth')
    ini = d / 'credentials'
    ini.write_text(f'# keys\n[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n\n'
                   f'[profile other]\naws_access_key_id={OTHER[0]}\naws_secret_access_key={OTHER[1]}\n\n'
                   f'[profile short]\naws_access_key_id={SHORT[0]}\naws_secret_access_key={SHORT[1]}\n'
                   'aws_session_token=token\n')
    s = kit.Server('--memory', '--credentials', str(ini), log_dir=d).start()
    yield s.url
    s.kill()


@pytest.fixture
def signer(guarded):
    w = Wire(guarded, KEY, SECRET)
    yield w
    w.close()


def answer(reply):
    assert reply.status == 400, (reply.status, reply.body)
    body = reply.json()
    kind = body['__type']
    assert kind.startswith('com.amazon.coral.service#')
    return kind.partition('#')[2], body.get('message')


def test_good_signatures(guarded, signer):
    t = make_table(signer, 'p:S')
    signer.call('PutItem', TableName=t, Item=item(p='zażółć'))
    for key, secret in ((KEY, SECRET), OTHER):
        c = client(guarded, key, secret)
        assert c.get_item(TableName=t, Key=item(p='zażółć'))['Item']


@pytest.mark.parametrize('region', ['us-east-1', 'eu-west-2'])
def test_regions(guarded, region):
    # The key signs for whatever region the client believes in, or is told that it is the wrong one.
    try:
        Wire(guarded, KEY, SECRET, region).call('ListTables')
    except Refused as e:
        assert region != REGION and e.name == 'InvalidSignatureException'


def test_wrong_secret(guarded):
    kind, message = answer(Wire(guarded, KEY, SECRET + 'x').post('ListTables', {}))
    assert kind == 'InvalidSignatureException'
    assert message.startswith('The request signature we calculated does not match the signature you provided. Check your '
                              'AWS Secret Access Key and signing method. Consult the service documentation for details.')


def test_unknown_key(guarded):
    assert answer(Wire(guarded, 'AKIDNOBODY', SECRET).post('ListTables', {})) == (
        'UnrecognizedClientException', 'The security token included in the request is invalid.')


def tampered(signer, change_headers=None, change_body=None, body=b'{"Limit":1}'):
    h = signer.signed('ListTables', body)
    if change_headers:
        change_headers(h)
    return signer.send(body=change_body or body, headers=h)


@pytest.mark.parametrize('name, change', [
    ('body', None), ('target', lambda h: h.update({'X-Amz-Target': 'DynamoDB_20120810.DescribeLimits'})),
    ('host', lambda h: h.update({'Host': 'elsewhere'})),
    ('signature', lambda h: h.update({'Authorization': h['Authorization'][:-1] + (
        '0' if h['Authorization'][-1] != '0' else '1')})),
    ('short signature', lambda h: h.update({'Authorization': h['Authorization'][:-1]})),
    ('upper case signature', lambda h: h.update(
        {'Authorization': h['Authorization'].rpartition('=')[0] + '=' + 'F' * 64})),
])
def test_tampering(signer, name, change):
    reply = tampered(signer, change, b'{"Limit":2}' if name == 'body' else None)
    assert answer(reply)[0] == 'InvalidSignatureException'


def test_extra_headers_and_spaces(signer):
    body = b'{}'
    h = signer.signed('ListTables', body, {'X-Amz-Extra': 'a   b  c', 'X-Amz-Last': '"q  q"'})
    h['Unsigned'] = 'x'
    assert signer.send(body=body, headers=h).status == 200
    h['X-Amz-Extra'] = ' a b c '
    assert signer.send(body=body, headers=h).status == 200


def test_declared_body_hash(signer):
    body = b'{"Limit":1}'
    h = signer.signed('ListTables', body, {'X-Amz-Content-SHA256': hashlib.sha256(body).hexdigest()})
    assert signer.send(body=body, headers=h).status == 200
    assert signer.send(body=b'{"Limit":2}', headers=h).status == 400


def signature(when, key, secret, host, body, target='DynamoDB_20120810.ListTables', scope_date=None, region=REGION,
              service='dynamodb', term='aws4_request', signed='host;x-amz-date;x-amz-target', algorithm='AWS4-HMAC-SHA256'):
    """Signature Version 4 by hand."""
    stamp = when if isinstance(when, str) else when.strftime('%Y%m%dT%H%M%SZ')
    day = scope_date or stamp[:8]
    have = {'host': host, 'x-amz-date': stamp, 'x-amz-target': target}
    lines = ''.join(f'{n}:{have[n]}\n' for n in signed.split(';'))
    canonical = f'POST\n/\n\n{lines}\n{signed}\n{hashlib.sha256(body).hexdigest()}'
    scope = f'{day}/{region}/{service}/{term}'
    to_sign = f'AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}'
    k = ('AWS4' + secret).encode()
    for part in (day, region, service, term, to_sign):
        k = hmac.new(k, part.encode(), hashlib.sha256).digest()
    return {'Host': host, 'X-Amz-Date': stamp, 'X-Amz-Target': target, 'Content-Type': 'application/x-amz-json-1.0',
            'Authorization': f'{algorithm} Credential={key}/{scope}, SignedHeaders={signed}, Signature={k.hex()}'}


def by_hand(url, when=None, **more):
    w = Wire(url)
    host = urllib.parse.urlsplit(url).netloc
    when = when or datetime.datetime.utcnow()
    try:
        return w.send(body=b'{}', headers=signature(when, more.pop('key', KEY), more.pop('secret', SECRET), host, b'{}', **more))
    finally:
        w.close()


def test_by_hand(guarded):
    assert by_hand(guarded).status == 200


@pytest.mark.parametrize('minutes', [-14, 14])
def test_clock_within_the_window(guarded, minutes):
    assert by_hand(guarded, datetime.datetime.utcnow() + datetime.timedelta(minutes=minutes)).status == 200


@pytest.mark.parametrize('minutes', [-16, 16, -24 * 60])
def test_clock_outside_the_window(guarded, minutes):
    kind, message = answer(by_hand(guarded, datetime.datetime.utcnow() + datetime.timedelta(minutes=minutes)))
    assert kind == 'InvalidSignatureException'
    assert message.startswith('Signature expired: ' if minutes < 0 else 'Signature not yet current: ')


def test_scope(guarded):
    for more, want in (
            ({'service': 's3'}, "Credential should be scoped to correct service: 'dynamodb'. "),
            ({'term': 'aws3'}, "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3'. "),
            ({'scope_date': '20200101'}, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
             "from HTTP: '20200101' != ")):
        kind, message = answer(by_hand(guarded, **more))
        assert kind == 'InvalidSignatureException' and message.startswith(want), message


def test_host_must_be_signed(guarded):
    assert answer(by_hand(guarded, signed='x-amz-date;x-amz-target')) == (
        'InvalidSignatureException', "'Host' must be a 'SignedHeader' in the AWS Authorization.")


def guarded_send(guarded, date=None, token=None, credential=None, **more):
    """A signature that is right, but for what is changed after it was made."""
    host, now = urllib.parse.urlsplit(guarded).netloc, datetime.datetime.utcnow()
    h = signature(now, more.pop('key', KEY), more.pop('secret', SECRET), host, b'{}', **more)
    if date is not None:
        h['X-Amz-Date'] = date
    if token is not None:
        h['X-Amz-Security-Token'] = token
    if credential is not None:
        algorithm, _, rest = h['Authorization'].partition(' ')
        h['Authorization'] = f'{algorithm} Credential={credential}, {rest.partition(", ")[2]}'
    w = Wire(guarded)
    try:
        return w.send(body=b'{}', headers=h)
    finally:
        w.close()


def test_session_tokens(guarded):
    invalid = 'The security token included in the request is invalid'
    short = {'key': SHORT[0], 'secret': SHORT[1]}
    assert guarded_send(guarded, **short, token='token').status == 200
    for more, message in (({**short, 'token': 'other'}, invalid), (short, invalid + '.'), ({'token': 'token'}, invalid),
                          ({'key': 'ASIANOBODY', 'token': 'token'}, invalid + '.')):
        assert answer(guarded_send(guarded, **more)) == ('UnrecognizedClientException', message)


@pytest.mark.parametrize('date', ['x', '20260101', '2026-01-01T00:00:00Z', '20261301T000000Z', '20260101T250000Z',
                                  '20260101T000000', '20260101T000000z', 'Fri, 27 Nov 2026 21:54:04 GMT'])
def test_bad_dates(guarded, date):
    assert answer(guarded_send(guarded, date=date)) == (
        'IncompleteSignatureException', f"Date must be in ISO-8601 'basic format'. Got '{date}'. See "
        'http://en.wikipedia.org/wiki/ISO_8601')


def test_other_algorithms(guarded):
    assert answer(guarded_send(guarded, algorithm='AWS4-HMAC-SHA512')) == (
        'IncompleteSignatureException', "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512' (only AWS4-HMAC-SHA256 for now). ")


@pytest.mark.parametrize('credential', [KEY, KEY + '/20260101/us-east-1/dynamodb',
                                        KEY + '/20260101/us-east-1/dynamodb/aws4_request/x'])
def test_credentials_of_other_lengths(guarded, credential):
    assert answer(guarded_send(guarded, credential=credential)) == (
        'IncompleteSignatureException', 'Credential must have exactly 5 slash-delimited elements, e.g. '
        f"keyid/date/region/service/term, got '{credential}'")


def test_all_of_the_scope_is_complained_of(guarded):
    kind, message = answer(guarded_send(guarded, scope_date='20200101', region='', service='s3', term='x'))
    assert kind == 'InvalidSignatureException' and message.startswith(
        "Credential should be scoped to a valid region, not ''. Credential should be scoped to correct service: 'dynamodb'. "
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'x'. Date in Credential scope does not "
        "match YYYYMMDD from ISO-8601 version of date from HTTP: '20200101' != '")


def test_order_of_what_is_wrong(guarded):
    assert answer(guarded_send(guarded, key='AKIDNOBODY', date='x'))[0] == 'UnrecognizedClientException'
    assert answer(guarded_send(guarded, date='x', signed='x-amz-date'))[1].startswith('Date must be')
    assert answer(guarded_send(guarded, signed='x-amz-date', term='x'))[1].startswith("'Host' must be")
    unknown = guarded_send(guarded, key='AKIDNOBODY', target='DynamoDB_20120810.Nothing')
    assert answer(unknown) == ('UnknownOperationException', None)


def test_query_signature(guarded):
    """What a presigned request has; SDKs never send it for this service."""
    host = urllib.parse.urlsplit(guarded).netloc
    stamp = datetime.datetime.utcnow().strftime('%Y%m%dT%H%M%SZ')
    scope = f'{stamp[:8]}/{REGION}/dynamodb/aws4_request'
    query = urllib.parse.urlencode(sorted({
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-Credential': f'{KEY}/{scope}', 'X-Amz-Date': stamp,
        'X-Amz-Expires': '300', 'X-Amz-SignedHeaders': 'host'}.items()))
    canonical = f'POST\n/\n{query}\nhost:{host}\n\nhost\n{hashlib.sha256(b"{}").hexdigest()}'
    k = ('AWS4' + SECRET).encode()
    for part in scope.split('/'):
        k = hmac.new(k, part.encode(), hashlib.sha256).digest()
    to_sign = f'AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}'
    good = hmac.new(k, to_sign.encode(), hashlib.sha256).hexdigest()
    headers = {'X-Amz-Target': 'DynamoDB_20120810.ListTables', 'Content-Type': 'application/x-amz-json-1.0', 'Host': host}
    w = Wire(guarded)
    for signature_, status in ((good, 200), ('0' * 64, 400)):
        reply = w.send(path=f'/?{query}&X-Amz-Signature={signature_}', body=b'{}', headers=headers)
        assert reply.status == status, reply.body
    w.close()


# Without --credentials: only the shape counts.

FULL = {'Credential': 'a/20260101/us-east-1/dynamodb/aws4_request', 'SignedHeaders': 'host;x-amz-date', 'Signature': 'f' * 64}


def shape(wire, authorization, path='/', date='20260101T000000Z'):
    h = {'X-Amz-Target': 'DynamoDB_20120810.ListTables', 'Content-Type': 'application/x-amz-json-1.0'}
    if authorization is not None:
        h['Authorization'] = authorization
    if date:
        h['X-Amz-Date'] = date
    return wire.send(path=path, body=b'{}', headers=h)


def header(**parts):
    return 'AWS4-HMAC-SHA256 ' + ', '.join(f'{k}={v}' for k, v in {**FULL, **parts}.items() if v is not None)


def test_any_well_formed_signature(wire):
    assert shape(wire, header()).status == 200
    assert shape(wire, header().replace(', ', ',')).status == 200
    assert shape(wire, 'AWS4-HMAC-SHA256 Signature=f, SignedHeaders=host, Credential=' + FULL['Credential']).status == 200


def test_only_the_shape_counts(wire):
    for more in ({'Credential': 'a'}, {'Credential': 'a/b'}, {'SignedHeaders': 'x'}, {'Signature': 'x'}):
        assert shape(wire, header(**more)).status == 200
    for date in ('x', '20010101T000000Z', '29990101T000000Z'):
        assert shape(wire, header(), date=date).status == 200
    assert shape(wire, header().replace('SHA256', 'SHA1')).status == 200
    query = 'X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-SignedHeaders=d&X-Amz-Date=e'
    assert shape(wire, None, path='/?' + query).status == 200


@pytest.mark.parametrize('authorization', [None, '', 'Basic dXNlcjpwYXNz', 'Bearer x', 'AWS a:b', 'AWS4',
                                           'aws4-hmac-sha256 ' + 'Credential=a, SignedHeaders=b, Signature=c'])
def test_none(wire, authorization):
    assert answer(shape(wire, authorization)) == (
        'MissingAuthenticationTokenException', 'Request is missing Authentication Token')


@pytest.mark.parametrize('missing', [['Credential'], ['Signature'], ['SignedHeaders'], ['Credential', 'Signature'],
                                     ['Credential', 'Signature', 'SignedHeaders']])
def test_incomplete(wire, missing):
    a = header(**{m: None for m in missing}).strip()
    kind, message = answer(shape(wire, a))
    want = ''.join(f"Authorization header requires '{m}' parameter. "
                   for m in ('Credential', 'Signature', 'SignedHeaders') if m in missing)
    assert (kind, message) == ('IncompleteSignatureException', want + 'Authorization=' + a)


def test_no_date(wire):
    a = header()
    assert answer(shape(wire, a, date=None)) == (
        'IncompleteSignatureException', "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
        'header. Authorization=' + a)


def test_both_forms(wire):
    kind, message = answer(shape(wire, header(), path='/?X-Amz-Algorithm=AWS4-HMAC-SHA256'))
    assert (kind, message) == ('InvalidSignatureException', "Found both 'X-Amz-Algorithm' as a query-string param and "
                               "'Authorization' as HTTP header.")


def test_incomplete_query(wire):
    kind, message = answer(shape(wire, None, path='/?X-Amz-Algorithm=AWS4-HMAC-SHA256', date=None))
    assert kind == 'IncompleteSignatureException'
    assert message == ''.join(f"AWS query-string parameters must include '{m}'. " for m in (
        'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date')) + \
        'Re-examine the query-string parameters.'


def test_credentials_file_errors(tmp_path, server):
    bad = tmp_path / 'credentials'
    for text in (None, '', '[default]\naws_access_key_id = x\n', 'nonsense\n'):
        if text is not None:
            bad.write_text(text)
        s = server('--memory', '--credentials', str(bad), start=False)
        s.start(wait=False)
        assert s.proc.wait(20) != 0, text
        assert str(bad) in s.log()


def test_json_is_not_needed_for_a_signature_error(guarded):
    # Bodies are parsed first: what is not JSON is told so even to strangers.
    w = Wire(guarded, 'AKIDNOBODY', 'x')
    assert json.loads(w.post('ListTables', b'{').body)['__type'].endswith('SerializationException')
