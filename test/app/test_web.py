"""What a browser gets: files, headers, other origins, refusals."""


def test_files(app):
    nobody = app.nobody()
    page = {'Accept': 'text/html,*/*'}
    r = nobody.get('/')
    assert r.status == 200 and r.headers['content-type'] == 'text/html; charset=utf-8'
    csp = r.headers['content-security-policy']
    assert "default-src 'none'" in csp and f"connect-src 'self' {app.keys.url};" in csp and 'unsafe' not in csp
    assert r.headers['x-content-type-options'] == 'nosniff'
    assert nobody.get('/messages/x', headers=page).body == r.body
    assert nobody.get('/@al.ice', headers=page).body == r.body
    assert nobody.get('/app.js').headers['content-type'] == 'text/javascript; charset=utf-8'
    assert nobody.get('/missing.js').status == 404
    again = nobody.get('/', headers={'If-None-Match': r.headers['etag']})
    assert (again.status, again.body) == (304, b'')
    assert nobody.call('POST', '/').status == 405


def test_nothing_outside(app):
    for path in ('/../secret.txt', '/%2e%2e/secret.txt', '/web/../../secret.txt', '//etc/passwd', '/.hidden.txt',
                 '/..%2fsecret.txt', '/....//secret.txt'):
        r = app.nobody().get(path)
        assert r.status in (400, 404) and b'secret' not in r.body, path


def test_refusals(app):
    nobody = app.nobody()
    r = nobody.get('/api/nothing')
    assert (r.status, r.json) == (404, ['not_found'])
    r = nobody.call('PATCH', '/api/profile/update')
    assert (r.status, r.json, r.headers['allow']) == (405, ['method_not_allowed'], 'POST, PUT')
    assert nobody.get('/api/health-check').json == {'success': True, 'ver': 1}
    assert nobody.get('/api/config').json == {
        'client_id': 'client0123456789', 'endpoint': app.keys.url, 'region': 'us-east-1',
        'user_pool_id': 'us-east-1_Test12345'}


def test_other_origins(app):
    ask = {'Origin': 'http://front.test', 'Access-Control-Request-Method': 'POST',
           'Access-Control-Request-Headers': 'authorization,content-type'}
    r = app.nobody().call('OPTIONS', '/api/messages', headers=ask)
    assert (r.status, r.body) == (200, b'')
    assert r.headers['access-control-allow-origin'] == 'http://front.test'
    assert r.headers['access-control-allow-headers'] == 'authorization,content-type'
    assert 'POST' in r.headers['access-control-allow-methods'] and r.headers['vary'] == 'Origin'
    r = app.nobody().get('/api/activities/home', headers={'Origin': 'http://back.test'})
    assert r.headers['access-control-allow-origin'] == 'http://back.test'
    assert 'X-Next-Cursor' in r.headers['access-control-expose-headers']
    r = app.nobody().call('OPTIONS', '/api/messages', headers={**ask, 'Origin': 'http://evil.test'})
    assert 'access-control-allow-origin' not in r.headers and 'access-control-allow-headers' not in r.headers


def test_no_secret_in_the_log(app, alice):
    alice.get('/api/users/me')
    assert alice.token[-20:] not in app.log() and alice.token[:40] not in app.log()
