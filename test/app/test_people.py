"""People: tokens, profiles, notifications, sign-up through the post-confirmation function."""
import time
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

import runtime
import world


def test_me(alice):
    me = alice.ok('GET', '/api/users/me')
    assert list(me) == ['bio', 'cognito_user_uuid', 'created_at', 'cruds_count', 'display_name', 'email', 'handle',
                        'uuid']
    assert (me['email'], me['handle'], me['cognito_user_uuid']) == ('alice@test.com', 'alice', alice.sub)


def bad_tokens(app, sub):
    t, k = app.keys.token, app.keys
    good = t(sub)
    head, body, sig = good.split('.')
    yield 'none', None
    yield 'null', 'null'
    yield 'empty', ''
    yield 'garbage', 'a.b.c'
    yield 'two parts', f'{head}.{body}'
    yield 'four parts', good + '.x'
    yield 'cut signature', good[:-6]
    yield 'no signature', f'{head}.{body}.'
    yield 'another body', '.'.join((head, t(sub, name='x').split('.')[1], sig))
    yield 'another key', t(sub, key=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    yield 'unknown kid', t(sub, header={'kid': 'other'})
    yield 'no kid', t(sub, header={'kid': None})
    yield 'alg none', t(sub, header={'alg': 'none'})
    yield 'alg HS256', t(sub, header={'alg': 'HS256'})
    yield 'expired', t(sub, exp=int(time.time()) - 1)
    yield 'no expiry', t(sub, exp=None)
    yield 'expiry as text', t(sub, exp='9999999999')
    yield 'another issuer', t(sub, iss='https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other')
    yield 'id token', t(sub, token_use='id', aud=world.CLIENT)
    yield 'another client', t(sub, client_id='other')
    yield 'no client', t(sub, client_id=None, aud=world.CLIENT)
    yield 'no subject', t(sub, sub=None)
    assert k.jwk()['kid'] == 'kid-1'


def test_tokens(app, alice):
    for what, token in bad_tokens(app, alice.sub):
        who = world.Client(app.url, token)
        r = who.get('/api/message_groups')
        assert (r.status, r.body) == (401, b'{}\n'), what
        assert who.get('/api/activities/home').status == 200, what
        assert who.post('/api/activities', {'message': 'x', 'ttl': '1-day'}).status == 401, what
    r = world.Client(app.url).get('/api/users/me', headers={'Authorization': 'Basic ' + alice.token})
    assert r.status == 401
    r = world.Client(app.url).get('/api/users/me', headers={'Authorization': 'bearer ' + alice.token})
    assert r.status == 200
    r = world.Client(app.url).get('/api/users/me', headers={'Cookie': 'access_token=' + alice.token})
    assert r.status == 401


def test_unknown_keys_are_not_asked_for_each_time(app, alice):
    before = app.keys.fetched
    for _ in range(20):
        world.Client(app.url, app.keys.token(alice.sub, header={'kid': 'x'})).get('/api/users/me')
    assert app.keys.fetched - before <= 1


def test_a_token_of_nobody_here(app):
    r = world.Client(app.url, app.keys.token(str(uuid.uuid4()))).get('/api/users/me')
    assert (r.status, r.json) == (403, ['user_unknown'])


def test_an_account_that_was_missed(app):
    """Confirmed while the database was away: the first call with a token makes the account."""
    sub, tag = str(uuid.uuid4()), uuid.uuid4().hex[:8]
    token, other = app.keys.token(sub), app.keys.token(str(uuid.uuid4()))
    attributes = {'sub': sub, 'email': 'l@l.l', 'preferred_username': f'late{tag}', 'name': 'Late'}
    app.keys.users[token] = app.keys.users[other] = attributes
    assert world.Client(app.url, token).get('/api/activities/home?marks=1').status == 200
    assert app.nobody().get(f'/api/users/@late{tag}/short').status == 404
    assert world.Client(app.url, other).get('/api/users/me').json == ['user_unknown']
    for _ in range(2):
        me = world.Client(app.url, token).ok('GET', '/api/users/me')
        assert (me['handle'], me['display_name'], me['cognito_user_uuid']) == (f'late{tag}', 'Late', sub)
    assert token not in app.log()


def test_short_and_search(app, alice, bob):
    short = app.nobody().ok('GET', '/api/users/@bob/short')
    assert short == {'display_name': 'Bob B.', 'handle': 'Bob', 'uuid': bob.ok('GET', '/api/users/me')['uuid']}
    assert app.nobody().get('/api/users/@nobody-there/short').json == ['user_not_found']
    assert short in alice.ok('GET', '/api/users/search?term=bOb')
    assert app.nobody().get('/api/users/search?term=bob').status == 401


@pytest.mark.parametrize('method', ['PUT', 'POST'])
def test_profile(app, method):
    eve = app.person('eve' + uuid.uuid4().hex[:6])

    def put(body):
        r = eve.call(method, '/api/profile/update', body)
        return r.status, r.json
    assert put({'display_name': ' Eve "E" ', 'bio': '<b>hi</b>'}) == (200, {'handle': eve.handle})
    assert eve.ok('GET', '/api/users/me').items() >= {'display_name': 'Eve "E"', 'bio': '<b>hi</b>'}.items()
    assert put({'display_name': 'Eve'}) == (200, {'handle': eve.handle})
    assert eve.ok('GET', '/api/users/me').items() >= {'display_name': 'Eve', 'bio': '<b>hi</b>'}.items()
    assert put({'display_name': 'Eve', 'bio': ''})[0] == 200
    assert eve.ok('GET', '/api/users/me')['bio'] == ''
    assert put({'bio': 'x'}) == (422, ['display_name_blank'])
    assert put({'display_name': 'x' * 65, 'bio': 'y' * 281}) == (
        422, ['display_name_exceed_max_chars', 'bio_exceed_max_chars'])


def test_notifications(app, alice):
    fred = app.person('fred' + uuid.uuid4().hex[:6], 'Fred')
    a = fred.ok('POST', '/api/activities', {'message': 'mine', 'ttl': '1-day'})
    events = fred.events('/api/events')
    assert fred.ok('GET', '/api/notifications/unread') == {'unread': 0}
    path = f'/api/activities/{a["uuid"]}'
    fred.ok('POST', path + '/like')  # one's own deeds are no news
    alice.ok('POST', path + '/like')
    alice.ok('DELETE', path + '/like')
    alice.ok('POST', path + '/like')
    alice.ok('POST', path + '/repost')
    r = alice.ok('POST', path + '/reply', {'message': f'hello @{fred.handle.upper()}'})
    m = alice.ok('POST', '/api/activities', {'message': f'cc @{fred.handle}, @{fred.handle} mail@{fred.handle}',
                                             'ttl': '1-day'})
    got = fred.ok('GET', '/api/activities/notifications')
    assert [(n['kind'], n['activity_uuid'], n['message'], n['read']) for n in got] == [
        ('mention', m['uuid'], m['message'], False), ('reply', r['uuid'], r['message'], False),
        ('repost', a['uuid'], 'mine', False), ('like', a['uuid'], 'mine', False)]
    assert got[1]['reply_to_activity_uuid'] == a['uuid'] and got[0]['handle'] == 'alice'
    assert list(got[0]) == sorted(got[0]) and len(got[0]) == 14
    assert fred.ok('GET', '/api/notifications/unread') == {'unread': 4}
    world.until('four events', lambda: len(events.of('notification')) == 4)
    assert events.of('notification')[-1] == {'kind': 'mention', 'unread': 4}
    assert fred.ok('POST', '/api/notifications/read') == {'unread': 0}
    assert all(n['read'] for n in fred.ok('GET', '/api/activities/notifications'))
    assert app.nobody().get('/api/activities/notifications').status == 401
    events.close()


def test_post_confirmation(app):
    sub, sub2, tag = str(uuid.uuid4()), str(uuid.uuid4()), uuid.uuid4().hex[:8]
    oneil = runtime.confirmation(sub, f"O'Neil{tag}", "Ryan O'Neil; DROP TABLE users", 'o@neil.ie')
    again = runtime.confirmation(sub, f"O'Neil{tag}", 'Another Name', 'o@neil.ie')
    forgot = runtime.confirmation(str(uuid.uuid4()), f'f{tag}', 'F', 'f@f.f',
                                  trigger='PostConfirmation_ConfirmForgotPassword')
    taken = runtime.confirmation(sub2, f"o'neil{tag}", 'Second', 'x@neil.ie')
    nameless = runtime.confirmation(str(uuid.uuid4()), '', 'N', 'n@n.n')
    got = runtime.invoke(['post-confirmation'], [oneil, again, forgot, taken, nameless, [1]], app.env)
    assert got[:4] == [('response', e) for e in (oneil, again, forgot, taken)]
    assert got[4] == ('error', {'errorType': 'MissingAttribute',
                                'errorMessage': 'the user has no attribute preferred_username'})
    assert got[5][0] == 'response'  # no trigger of ours
    one = world.Client(app.url, app.keys.token(sub)).ok('GET', '/api/users/me')
    assert (one['handle'], one['display_name']) == (f"O'Neil{tag}", "Ryan O'Neil; DROP TABLE users")
    assert one['uuid'] == app.nobody().ok('GET', f"/api/users/@O'NEIL{tag}/short")['uuid']
    two = world.Client(app.url, app.keys.token(sub2)).ok('GET', '/api/users/me')
    assert two['handle'] == f"o'neil{tag}2"
    assert app.nobody().get(f'/api/users/@f{tag}/short').status == 404


def test_people_of_the_sample_are_claimed(app):
    app.db('db', 'seed')
    thief = app.person('londo', 'Thief', 'thief@test.com')
    assert thief.ok('GET', '/api/users/me')['handle'] == 'londo2'
    me = app.person('LONDO', 'L', 'LMollari@centari.com').ok('GET', '/api/users/me')
    assert (me['handle'], me['display_name']) == ('londo', 'londo')
    again = app.person('londo', 'L', 'lmollari@centari.com').ok('GET', '/api/users/me')
    assert again['handle'] == 'londo3'


def test_post_confirmation_without_a_database(keys):
    event = runtime.confirmation('s', 'h', 'n', 'e@e.e')
    (how, body), = runtime.invoke(['post-confirmation'], [event],
                                  {'CONNECTION_URL': 'postgresql://x@127.0.0.1:1/cruddur'})
    assert (how, body['errorType']) == ('error', 'DatabaseError')
