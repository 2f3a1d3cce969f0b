"""Conversations: beginning, continuing, who may, order, paging, events, the stream function."""
import concurrent.futures
import time
import uuid

import pytest

import conftest
import runtime
import world

MESSAGE = ['created_at', 'display_name', 'handle', 'message', 'uuid']


def begin(a, b, text='hi'):
    return a.ok('POST', '/api/messages', {'message': text, 'handle': b.handle})['message_group_uuid']


def say(who, group, text):
    return who.ok('POST', '/api/messages', {'message': text, 'message_group_uuid': group})


@pytest.fixture
def two(app):
    tag = uuid.uuid4().hex[:8]
    return app.person(f'x{tag}', 'X'), app.person(f'y{tag}', 'Y')


def test_the_first_message(app, two, ddb):
    x, y = two
    group = begin(x, y)
    (mine,), (theirs,) = x.ok('GET', '/api/message_groups'), y.ok('GET', '/api/message_groups')
    assert list(mine) == MESSAGE
    assert (mine['handle'], mine['display_name'], mine['message'], mine['uuid']) == (y.handle, 'Y', 'hi', group)
    assert (theirs['handle'], theirs['uuid']) == (x.handle, group)
    (m,) = y.ok('GET', f'/api/messages/{group}')
    assert list(m) == MESSAGE and (m['handle'], m['message']) == (x.handle, 'hi')
    assert m['created_at'] == mine['created_at'] == theirs['created_at'] and len(m['created_at']) == 32


def test_the_same_person_twice(two, ddb, app):
    x, y = two
    group = begin(x, y, 'one')
    assert begin(x, y, 'two') == group and begin(y, x, 'three') == group
    assert [m['message'] for m in x.ok('GET', f'/api/messages/{group}')] == ['one', 'two', 'three']
    for who in two:
        (g,) = who.ok('GET', '/api/message_groups')
        assert g['message'] == 'three'


def test_the_first_messages_of_both_at_once(app):
    for _ in range(5):
        tag = uuid.uuid4().hex[:8]
        x, y = app.person(f'x{tag}', 'X'), app.person(f'y{tag}', 'Y')
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            groups = list(pool.map(lambda i: begin(*((x, y) if i % 2 else (y, x)), f'm{i}'), range(6)))
        assert len(set(groups)) == 1
        assert sorted(m['message'] for m in x.ok('GET', f'/api/messages/{groups[0]}')) == [
            f'm{i}' for i in range(6)]
        assert len(x.ok('GET', '/api/message_groups')) == len(y.ok('GET', '/api/message_groups')) == 1


def test_a_message_into_a_conversation(two):
    x, y = two
    group = begin(x, y)
    m = say(y, group, ' caf\u00e9 ')
    assert sorted(m) == sorted(MESSAGE + ['message_group_uuid'])
    assert (m['message'], m['handle'], m['message_group_uuid']) == ('caf\u00e9', y.handle, group)
    last = x.ok('GET', f'/api/messages/{group}')[-1]
    assert last == {k: m[k] for k in MESSAGE}
    for who in two:
        (g,) = who.ok('GET', '/api/message_groups')
        assert (g['message'], g['created_at'], g['uuid']) == ('caf\u00e9', m['created_at'], group)


def test_what_a_message_needs(two, app):
    x, y = two
    group = begin(x, y)
    for body, codes in (({'message_group_uuid': group}, ['message_blank']),
                        ({'message_group_uuid': group, 'message': 'x' * 1025}, ['message_exceed_max_chars_1024']),
                        ({'message_group_uuid': '', 'message': 'x'}, ['message_group_uuid_blank']),
                        ({'message': 'x'}, ['user_receiver_handle_blank']),
                        ({}, ['message_blank', 'user_receiver_handle_blank']),
                        ({'message': 'x', 'handle': 'nobody-there'}, ['user_receiver_not_found']),
                        ({'message': 'x', 'handle': x.handle.upper()}, ['user_receiver_is_sender'])):
        r = x.post('/api/messages', body)
        assert (r.status, r.json) == (422, codes), body
    assert say(x, group, '\U0001f600' * 1024)['message'] == '\U0001f600' * 1024


def test_only_members(two, carol, app):
    x, y = two
    group = begin(x, y)
    for r in (carol.get(f'/api/messages/{group}'), carol.get(f'/api/messages/{group}/events'),
              carol.post('/api/messages', {'message': 'x', 'message_group_uuid': group}),
              carol.post('/api/messages', {'message': 'x', 'message_group_uuid': 'x#y'}),
              carol.get(f'/api/messages/{uuid.uuid4()}')):
        assert (r.status, r.json) == (403, ['not_a_member'])
    assert app.nobody().get(f'/api/messages/{group}').status == 401
    assert [m['message'] for m in x.ok('GET', f'/api/messages/{group}')] == ['hi']


def test_paging_back(two):
    x, y = two
    group = begin(x, y, 'm0')
    for i in range(1, 45):
        say((x, y)[i % 2], group, f'm{i}')
    seen, cursor, sizes = [], '', []
    while True:
        r = x.get(f'/api/messages/{group}{cursor}')
        seen = [m['message'] for m in r.json] + seen
        sizes.append(len(r.json))
        if 'x-next-cursor' not in r.headers:
            break
        assert r.headers['x-next-cursor'] == r.json[0]['created_at']
        cursor = '?before=' + r.headers['x-next-cursor'].replace('+', '%2B')
    assert seen == [f'm{i}' for i in range(45)] and sizes == [20, 20, 5]


def test_many_conversations(app):
    x = app.person('hub' + uuid.uuid4().hex[:6])
    others = [app.person(f'z{i}' + uuid.uuid4().hex[:6]) for i in range(23)]
    for o in others:
        begin(x, o)
    r = x.get('/api/message_groups')
    names = [g['handle'] for g in r.json]
    r2 = x.get('/api/message_groups?before=' + r.headers['x-next-cursor'].replace('+', '%2B'))
    assert names + [g['handle'] for g in r2.json] == [o.handle for o in others[::-1]]
    assert 'x-next-cursor' not in r2.headers
    group = begin(others[3], x, 'me first')
    first = x.ok('GET', '/api/message_groups')[0]
    assert (first['uuid'], first['message']) == (group, 'me first')


def test_last_year_is_still_there(app, two, ddb):
    x, y = two
    ids = [p.ok('GET', '/api/users/me')['uuid'] for p in two]
    group, then = str(uuid.uuid4()), '2023-03-25T10:24:00.000000+00:00'
    for me, other, p in ((0, 1, y), (1, 0, x)):
        ddb.put_item(TableName=app.table, Item={k: {'S': v} for k, v in {
            'pk': f'GRP#{ids[me]}', 'sk': then, 'message_group_uuid': group, 'message': 'old',
            'user_uuid': ids[other], 'user_display_name': 'o', 'user_handle': p.handle}.items()})
    ddb.put_item(TableName=app.table, Item={k: {'S': v} for k, v in {
        'pk': f'MSG#{group}', 'sk': then, 'message_uuid': str(uuid.uuid4()), 'message': 'old', 'user_uuid': ids[0],
        'user_display_name': 'X', 'user_handle': x.handle}.items()})
    assert x.ok('GET', '/api/message_groups')[0]['created_at'] == then
    assert begin(y, x, 'new') == group  # an older conversation of the two is continued
    assert [m['message'] for m in x.ok('GET', f'/api/messages/{group}')] == ['old', 'new']


def test_events(app, two):
    x, y = two
    group = begin(x, y)
    before = x.ok('GET', f'/api/messages/{group}')[-1]['created_at']
    thread, own = x.events(f'/api/messages/{group}/events'), x.events('/api/events')
    time.sleep(0.2)
    sent = [say(y, group, f'm{i} \u2603') for i in range(5)]
    world.until('all messages', lambda: len(thread.of('message')) == 5)
    assert thread.of('message') == sent
    assert [e[2] for e in thread.seen] == [m['created_at'] for m in sent]
    world.until('the list', lambda: len(own.of('message_group')) == 5)
    assert own.of('message_group')[-1].items() >= {'uuid': group, 'handle': y.handle, 'message': 'm4 \u2603'}.items()
    assert own.of('notification') == [{'kind': 'message', 'unread': 1}]
    late = x.events(f'/api/messages/{group}/events?after=' + before.replace('+', '%2B'))
    world.until('what was missed', lambda: late.of('message')[-5:] == sent)
    long_ago = x.events(f'/api/messages/{group}/events?after=2020-01-01T00:00:00.000000%2B00:00')
    world.until('everything', lambda: [m['message'] for m in long_ago.of('message')[:1]] == ['hi'])
    later = x.events(f'/api/messages/{group}/events?after=2099-01-01T00:00:00.000000%2B00:00')
    m = say(x, group, 'the end')
    world.until('the end', lambda: m in long_ago.of('message') and later.of('message') == [m])
    long_ago.close()
    later.close()
    for e in (thread, own, late):
        e.close()


def test_message_notifications(app, two):
    x, y = two
    group = begin(x, y, 'one')
    say(x, group, 'two')
    (n,) = y.ok('GET', '/api/activities/notifications')
    assert (n['kind'], n['message'], n['message_group_uuid'], n['activity_uuid'], n['read']) == (
        'message', 'one', group, None, False)
    y.ok('POST', '/api/notifications/read')
    say(x, group, 'three')
    assert [n['message'] for n in y.ok('GET', '/api/activities/notifications')] == ['three', 'one']
    assert x.ok('GET', '/api/activities/notifications') == []


def test_an_event_stream_ends_with_the_token(app, two):
    x, y = two
    short = world.Client(app.url, app.keys.token(x.sub, exp=int(time.time()) + 2))
    e = short.events('/api/events')
    world.until('the end', lambda: e.ended, 40)
    assert e.seen[-1][0] == 'expired'


def record(name, pk, sk, image=None, number='1'):
    d = {'Keys': {'pk': {'S': pk}, 'sk': {'S': sk}}, 'SequenceNumber': number}
    if image:
        d['NewImage'] = {**d['Keys'], 'message': {'S': image}}
    return {'eventID': number, 'eventName': name, 'eventSource': 'aws:dynamodb', 'dynamodb': d}


def rows(ddb, table, group):
    return ddb.query(TableName=table, IndexName='message-group-sk-index',
                     KeyConditionExpression='message_group_uuid = :g',
                     ExpressionAttributeValues={':g': {'S': group}})['Items']


def test_the_stream_function(app, two, ddb):
    x, y = two
    group = begin(x, y)
    before = sorted((r['pk']['S'], r['user_handle']['S']) for r in rows(ddb, app.table, group))
    t = '2099-01-0{}T00:00:00.000000+00:00'.format
    pk = f'MSG#{group}'
    events = [
        {'Records': [record('INSERT', pk, t(1), 'one'), record('INSERT', f'GRP#{group}', t(9), 'not me'),
                     record('REMOVE', pk, t(8)), record('MODIFY', pk, t(7), 'nor me'),
                     record('INSERT', pk, t(3), 'three'), record('INSERT', pk, t(2), 'two')]},
        {'Records': [record('INSERT', pk, t(1), 'old news')]},
        {'Records': [record('INSERT', f'MSG#{uuid.uuid4()}', t(4), 'nobody')]},
        {'Records': [record('INSERT', pk, t(4), None, '77'), record('INSERT', pk, t(4), 'x', '78')]},
        {'Records': []},
    ]
    env = {**app.env, 'AWS_REGION': 'us-east-1'}
    got = runtime.invoke(['messaging-stream'], events, env)
    none = ('response', {'batchItemFailures': []})
    assert got == [none, none, none, ('response', {'batchItemFailures': [{'itemIdentifier': '77'}]}), none]
    after = rows(ddb, app.table, group)
    assert sorted((r['pk']['S'], r['user_handle']['S']) for r in after) == before
    assert {(r['sk']['S'], r['message']['S']) for r in after} == {(t(3), 'three')}


def test_the_stream_functions_race(app, two, ddb):
    """Several processes move the same rows: one row per person stays, at the last message."""
    x, y = two
    group = begin(x, y)
    times = [f'2098-01-01T00:00:{i:02d}.000000+00:00' for i in range(40)]
    env = {**app.env, 'AWS_REGION': 'us-east-1'}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda k: runtime.invoke(['messaging-stream'], [
            {'Records': [record('INSERT', f'MSG#{group}', t, t)]} for t in times[k::4]], env), range(4)))
    assert all(r == ('response', {'batchItemFailures': []}) for rs in results for r in rs)
    after = rows(ddb, app.table, group)
    assert len(after) == 2 and {r['sk']['S'] for r in after} == {times[-1]}


def test_no_table(app, keys, stator, two):
    """A store that does not answer is said so, and nothing else stops."""
    a = world.App(app.env['CONNECTION_URL'], stator.url, keys, app.where, env={'DDB_MESSAGE_TABLE': 'not-there'})
    a.start()
    x = world.Client(a.url, two[0].token)
    r = x.get('/api/message_groups')
    assert (r.status, r.json, r.headers['retry-after']) == (503, ['unavailable'], '1')
    assert x.get('/api/activities/home').status == 200
    a.stop()


@pytest.fixture(scope='session')
def streaming(app, stator, keys, tmp_path_factory):
    """Two servers on one table with a stream."""
    table = app.table + '-streaming'
    conftest.new_table(stator.url, table, True)
    servers = [world.App(app.env['CONNECTION_URL'], stator.url, keys, tmp_path_factory.mktemp('s'),
                         env={'DDB_MESSAGE_TABLE': table}).start() for _ in range(2)]
    time.sleep(1)
    yield servers
    for s in servers:
        s.stop()


def test_events_of_another_server(streaming, two):
    x, y = (world.Client(s.url, p.token, p.sub, p.handle) for s, p in zip(streaming, two))
    own = y.events('/api/events')
    group = begin(x, y, 'hello')
    thread = y.events(f'/api/messages/{group}/events')
    time.sleep(0.2)
    m = say(x, group, 'over there')
    world.until('the message', lambda: m in thread.of('message'))
    world.until('the list', lambda: own.of('message_group'))
    assert own.of('message_group')[0].items() >= {'uuid': group, 'message': 'hello', 'handle': x.handle}.items()
    # The stream function is not running here: nobody else moves the rows.
    assert y.ok('GET', '/api/message_groups')[0]['message'] == 'hello'
    own.close()
    thread.close()


def test_events_while_shards_go_on(app, keys, two, tmp_path):
    """Shards that end and begin lose nothing, repeat nothing, and a new start does not tell what was before it."""
    s = world.kit.Server('--memory', '--stream-shard', '1', log_dir=tmp_path).start()
    conftest.new_table(s.url, 'messages', True)
    env = {'DDB_MESSAGE_TABLE': 'messages'}
    a = world.App(app.env['CONNECTION_URL'], s.url, keys, tmp_path, env=env).start()
    x, y = (world.Client(a.url, p.token, p.sub, p.handle) for p in two)
    group = begin(x, y, 'old')
    streams = conftest.client(s.url, 'dynamodbstreams')
    (arn,) = [i['StreamArn'] for i in streams.list_streams(TableName='messages')['Streams']]

    def shards():
        return len(streams.describe_stream(StreamArn=arn)['StreamDescription']['Shards'])
    world.until('the shard of the first message ends', lambda: shards() >= 8)
    a.stop()
    a.start()
    x, y = (world.Client(a.url, p.token, p.sub, p.handle) for p in two)
    thread = x.events(f'/api/messages/{group}/events')
    time.sleep(0.5)
    told, until = [], shards() + 12
    while shards() < until:
        told.append(say(y, group, f'm{len(told)}'))
        time.sleep(0.1)
    world.until('all', lambda: len(thread.of('message')) >= len(told))
    assert thread.of('message') == told
    thread.close()
    a.stop()
    assert s.stop() == 0


def test_stopping_with_listeners(app, stator, keys, two):
    a = world.App(app.env['CONNECTION_URL'], stator.url, keys, app.where, env={'DDB_MESSAGE_TABLE': app.table})
    a.start()
    events = [world.Client(a.url, two[0].token).events('/api/events') for _ in range(5)]
    start = time.monotonic()
    a.stop()
    assert time.monotonic() - start < 10
    world.until('their end', lambda: all(e.ended for e in events))
