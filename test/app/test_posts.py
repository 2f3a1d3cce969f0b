"""Posts: writing, reading, replies, likes, reposts, search, paging, expiry."""
import uuid

import pytest

ACTIVITY = sorted(('created_at', 'display_name', 'expires_at', 'handle', 'likes_count', 'message', 'replies_count',
                   'reply_to_activity_uuid', 'reposts_count', 'uuid'))


def post(who, text='hello', ttl='7-days'):
    return who.ok('POST', '/api/activities', {'message': text, 'ttl': ttl})


def test_a_post_is_at_the_top_of_home(alice, app):
    a = post(alice, 'first')
    assert list(a) == ACTIVITY
    assert (a['handle'], a['display_name'], a['likes_count'], a['reply_to_activity_uuid']) == (
        'alice', 'Alice', 0, None)
    assert app.nobody().ok('GET', '/api/activities/home')[0] == a


def test_the_bytes_of_an_answer(alice, app):
    post(alice, 'caf\u00e9 "\u2603" \U0001f600 </script> \\ \n x')
    r = app.nobody().get('/api/activities/home')
    first = r.body.split(b'},')[0]
    assert rb'"message":"caf\u00e9 \"\u2603\" \ud83d\ude00 </script> \\ \n x"' in first
    assert r.body.endswith(b']\n') and b': ' not in first and r.headers['content-type'] == 'application/json'


@pytest.mark.parametrize('body,codes', [
    ({}, ['message_blank', 'ttl_blank']),
    ({'message': ' \n ', 'ttl': '1-day'}, ['message_blank']),
    ({'message': 'x', 'ttl': '2-days'}, ['ttl_invalid']),
    ({'message': 'x', 'ttl': None}, ['ttl_blank']),
    ({'message': '\u00e9' * 281, 'ttl': '1-day'}, ['message_exceed_max_chars']),
])
def test_what_a_post_needs(alice, body, codes):
    r = alice.post('/api/activities', body)
    assert (r.status, r.json) == (422, codes)


def test_280_characters_of_any_size(alice):
    assert post(alice, '\U0001f600' * 280)['message'] == '\U0001f600' * 280


@pytest.mark.parametrize('body', ['', '{', '[]', '"x"', '{"message":1,"ttl":"1-day"}', b'{"message":"\xff"}',
                                  '{"message":"a\\u0000b","ttl":"1-day"}', '{"a":' * 100 + '1' + '}' * 100])
def test_malformed_bodies(alice, body):
    r = alice.post('/api/activities', body)
    assert (r.status, r.json) == (400, ['body_malformed'])


def test_a_body_has_a_limit(alice):
    assert alice.post('/api/activities', {'message': 'x' * 70000}).status == 413


def test_another_author(alice):
    r = alice.post('/api/activities', {'message': 'x', 'ttl': '1-day', 'user_handle': 'bob'})
    assert (r.status, r.json) == (403, ['not_yours'])
    assert alice.post('/api/activities', {'message': 'x', 'ttl': '1-day', 'user_handle': 'ALICE'}).status == 200


def test_replies(alice, bob, app):
    a = post(alice, 'question')
    r = bob.ok('POST', f'/api/activities/{a["uuid"]}/reply', {'message': 'answer'})
    assert (r['reply_to_activity_uuid'], r['handle'], r['expires_at']) == (a['uuid'], 'Bob', a['expires_at'])
    for path in (f'/api/activities/{a["uuid"]}', f'/api/activities/@ALICE/status/{a["uuid"].upper()}'):
        shown = app.nobody().ok('GET', path)
        assert shown == {'activity': {**a, 'replies_count': 1}, 'replies': [r]}
    assert app.nobody().get(f'/api/activities/@bob/status/{a["uuid"]}').status == 404
    assert r['uuid'] not in [x['uuid'] for x in app.nobody().ok('GET', '/api/activities/home')]
    r = bob.post(f'/api/activities/{uuid.uuid4()}/reply', {'message': 'answer'})
    assert (r.status, r.json) == (404, ['activity_not_found'])
    r = bob.post(f'/api/activities/{a["uuid"]}/reply', {'message': 'x' * 1025})
    assert (r.status, r.json) == (422, ['message_exceed_max_chars_1024'])


@pytest.mark.parametrize('verb,done,count', [('like', 'liked', 'likes_count'),
                                             ('repost', 'reposted', 'reposts_count')])
def test_marks(alice, bob, app, verb, done, count):
    a = post(alice)
    path = f'/api/activities/{a["uuid"]}'
    for _ in range(2):
        assert bob.ok('POST', f'{path}/{verb}') == {done: True, count: 1}
    assert alice.ok('POST', f'{path}/{verb}') == {done: True, count: 2}
    assert bob.ok('GET', path + '?marks=1')['activity'][done] is True
    assert done not in bob.ok('GET', path)['activity']
    assert done not in app.nobody().ok('GET', path + '?marks=1')['activity']
    for _ in range(2):
        assert bob.ok('DELETE', f'{path}/{verb}') == {done: False, count: 1}
    assert app.nobody().ok('GET', path)['activity'][count] == 1
    assert bob.post(f'/api/activities/{uuid.uuid4()}/{verb}').status == 404


def test_deleting(alice, bob, app):
    a = post(alice)
    r = bob.ok('POST', f'/api/activities/{a["uuid"]}/reply', {'message': 'x'})
    assert alice.call('DELETE', f'/api/activities/{r["uuid"]}').status == 403
    assert bob.ok('DELETE', f'/api/activities/{r["uuid"]}') == {}
    assert app.nobody().ok('GET', f'/api/activities/{a["uuid"]}')['activity']['replies_count'] == 0
    bob.ok('POST', f'/api/activities/{a["uuid"]}/like')
    assert alice.ok('DELETE', f'/api/activities/{a["uuid"]}') == {}
    assert app.nobody().get(f'/api/activities/{a["uuid"]}').status == 404
    assert alice.call('DELETE', f'/api/activities/{a["uuid"]}').status == 404


def test_search(alice, app):
    mark = uuid.uuid4().hex
    a, b = post(alice, f'100%_{mark} Apples'), post(alice, f'100x_{mark} pears')
    nobody = app.nobody()

    def found(term):
        return [x['uuid'] for x in nobody.ok('GET', f'/api/activities/search?term={term}')]
    assert found(mark.upper()) == [b['uuid'], a['uuid']]
    assert found(f'100%25_{mark}') == [a['uuid']]
    assert found(f'{mark}+APPLES') == [a['uuid']]
    assert found("'%20OR%201=1") == []
    assert b['uuid'] in found('ALICE')
    assert nobody.get('/api/activities/search').json == ['search_term_blank']
    assert nobody.get('/api/activities/search?term=+').json == ['search_term_blank']
    assert nobody.get('/api/activities/search?term=' + 'x' * 101).json == ['search_term_exceed_max_chars']
    assert nobody.get('/api/activities/search?term=%ff').status == 400


def test_paging_and_profile(app):
    dora = app.person('dora-' + uuid.uuid4().hex[:6], 'Dora')
    made = [post(dora, f'post {i}')['uuid'] for i in range(95)][::-1]
    seen, path = [], f'/api/activities/@{dora.handle.upper()}'
    cursor, pages = '', 0
    while True:
        r = dora.get(path + cursor)
        assert r.json['profile'].items() >= {
            'handle': dora.handle, 'display_name': 'Dora', 'cruds_count': 95, 'bio': None,
            'cognito_user_uuid': dora.sub}.items()
        seen += [a['uuid'] for a in r.json['activities']]
        pages += 1
        if 'x-next-cursor' not in r.headers:
            break
        cursor = '?before=' + r.headers['x-next-cursor']
    assert (seen, pages) == (made, 3)
    for bad in ('', 'x', '2026-01-01T00:00:00,x', f"2026'; DROP TABLE users,{uuid.uuid4()}"):
        import urllib.parse
        assert dora.get(path + '?before=' + urllib.parse.quote(bad)).json == ['before_malformed']
    assert dora.get('/api/activities/@nobody-there').json == ['user_not_found']


def test_expired_posts_are_gone(app, alice):
    """The shortest life is an hour, so the post is aged in the database."""
    a = post(alice, 'short', '1-hour')
    age(app, a['uuid'])
    nobody = app.nobody()
    assert a['uuid'] not in [x['uuid'] for x in nobody.ok('GET', '/api/activities/home')]
    assert nobody.get(f'/api/activities/{a["uuid"]}').status == 404
    assert alice.post(f'/api/activities/{a["uuid"]}/reply', {'message': 'x'}).status == 404
    assert alice.post(f'/api/activities/{a["uuid"]}/like').status == 404


def age(app, activity):
    statement = f"UPDATE activities SET expires_at = '2020-01-01T00:00:00.000000' WHERE uuid = '{activity}'"
    url = app.env['CONNECTION_URL']
    if url.startswith('postgres'):
        import subprocess
        subprocess.run(['psql', url, '-qc', statement], check=True, timeout=30)
    else:
        import sqlite3
        with sqlite3.connect(url, timeout=10) as db:
            db.execute(statement)
        db.close()
