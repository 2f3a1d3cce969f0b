"""Many people at once: no message is lost, told twice to a list, or out of order."""
import concurrent.futures
import time
import uuid

import world

PAIRS, MESSAGES = 100, 10


def sign_up(app, n):
    import runtime
    tag = uuid.uuid4().hex[:8]
    subs = [str(uuid.uuid4()) for _ in range(n)]
    got = runtime.invoke(['post-confirmation'], [
        runtime.confirmation(s, f'p{i}{tag}', f'P{i}', 'p@p.p') for i, s in enumerate(subs)], app.env)
    assert all(how == 'response' for how, _ in got)
    return [world.Client(app.url, app.keys.token(s), s, f'p{i}{tag}') for i, s in enumerate(subs)]


def test_two_hundred_people_talk(app):
    people = sign_up(app, 2 * PAIRS)
    pairs = list(zip(people[::2], people[1::2]))
    with concurrent.futures.ThreadPoolExecutor(len(people)) as pool:
        groups = list(pool.map(lambda p: p[0].ok('POST', '/api/messages', {
            'message': 'hello', 'handle': p[1].handle})['message_group_uuid'], pairs))
        assert len(set(groups)) == PAIRS
        streams = list(pool.map(lambda k: people[k].events(f'/api/messages/{groups[k // 2]}/events'),
                                range(len(people))))
        start = time.monotonic()

        def talk(k):
            return [people[k].ok('POST', '/api/messages', {
                'message': f'{k}:{i}', 'message_group_uuid': groups[k // 2]}) for i in range(MESSAGES)]
        said = list(pool.map(talk, range(len(people))))
        seconds = time.monotonic() - start
    print(f'{len(people) * MESSAGES / seconds:.0f} messages/s')
    for k, (group, mine) in enumerate(zip((g for g in groups for _ in 'ab'), said)):
        expected = sorted((m for s in said[k // 2 * 2:k // 2 * 2 + 2] for m in s), key=lambda m: m['created_at'])
        assert [m['message'] for m in expected if m in mine] == [f'{k}:{i}' for i in range(MESSAGES)]
        world.until('every message', lambda: len(streams[k].of('message')) >= 2 * MESSAGES)
        told = streams[k].of('message')
        assert sorted(told, key=lambda m: m['created_at']) == expected
        assert [m['message'] for m in told if m in mine] == [f'{k}:{i}' for i in range(MESSAGES)]
        kept = people[k].ok('GET', f'/api/messages/{group}')
        assert [m['uuid'] for m in kept] == [m['uuid'] for m in expected]
        (row,) = people[k].ok('GET', '/api/message_groups')
        assert (row['uuid'], row['created_at']) == (group, expected[-1]['created_at'])
    for s in streams:
        s.close()


def test_a_person_has_sixteen_streams(app):
    (x,) = sign_up(app, 1)
    streams = [x.events('/api/events') for _ in range(18)]
    world.until('the oldest two end', lambda: streams[0].ended and streams[1].ended)
    assert not any(s.ended for s in streams[2:])
    for s in streams:
        s.close()


def test_counts_under_load(app):
    people = sign_up(app, 20)
    a = people[0].ok('POST', '/api/activities', {'message': 'x', 'ttl': '1-day'})
    path = f'/api/activities/{a["uuid"]}'

    def act(p):
        for _ in range(3):
            p.ok('POST', path + '/like')
            p.ok('POST', path + '/reply', {'message': 'r'})
            p.ok('DELETE', path + '/like')
        p.ok('POST', path + '/like')
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        list(pool.map(act, people))
    shown = people[0].ok('GET', path + '?marks=1')
    assert (shown['activity']['likes_count'], shown['activity']['replies_count'], len(shown['replies'])) == (20, 60, 60)
    assert shown['activity']['liked'] is True
