"""Time to live: UpdateTimeToLive, DescribeTimeToLive, and the deletion of what has expired."""
import time

import pytest

from kit import Wire, all_items, av, constraint, fresh, invalid, item, items, make_table, refused, until
from test_streams import ON, arn_of, client_of, everything

DAY = 86400


def switch(wire, table, attribute='ttl', on=True):
    return wire.call('UpdateTimeToLive', TableName=table,
                     TimeToLiveSpecification={'Enabled': on, 'AttributeName': attribute})


def described(wire, table):
    return wire.call('DescribeTimeToLive', TableName=table)['TimeToLiveDescription']


def ask(table, on=True, attribute='ttl'):
    return {'TableName': table, 'TimeToLiveSpecification': {'Enabled': on, 'AttributeName': attribute}}


def test_setting(wire, table):
    t = table('p:S')
    assert described(wire, t) == {'TimeToLiveStatus': 'DISABLED'}
    invalid(wire, 'UpdateTimeToLive', ask(t, on=False), 'TimeToLive is already disabled')
    assert switch(wire, t) == {'TimeToLiveSpecification': {'Enabled': True, 'AttributeName': 'ttl'}}
    assert described(wire, t) == {'TimeToLiveStatus': 'ENABLED', 'AttributeName': 'ttl'}
    invalid(wire, 'UpdateTimeToLive', ask(t), 'TimeToLive is already enabled')
    different = 'TimeToLive is active on a different AttributeName: current AttributeName is ttl'
    for on in (True, False):
        invalid(wire, 'UpdateTimeToLive', ask(t, on=on, attribute='other'), different)
    invalid(wire, 'UpdateTimeToLive', ask(t, on=False),
            'Time to live has been modified multiple times within a fixed interval')
    assert described(wire, t) == {'TimeToLiveStatus': 'ENABLED', 'AttributeName': 'ttl'}


def test_through_boto3(ddb, table):
    t = table('p:S')
    ddb.update_time_to_live(TableName=t, TimeToLiveSpecification={'Enabled': True, 'AttributeName': 'p'})
    assert ddb.describe_time_to_live(TableName=t)['TimeToLiveDescription']['AttributeName'] == 'p'


def test_refused(wire, table):
    t, none = table('p:S'), fresh()
    missing = f'Requested resource not found: Table: {none} not found'
    refused(wire, 'UpdateTimeToLive', ask(none), 'ResourceNotFoundException', missing)
    refused(wire, 'DescribeTimeToLive', {'TableName': none}, 'ResourceNotFoundException', missing)
    path = 'timeToLiveSpecification'
    invalid(wire, 'UpdateTimeToLive', {'TableName': t}, constraint(None, path, 'Member must not be null'))
    invalid(wire, 'UpdateTimeToLive', ask(t, attribute=''), constraint(
        '', path + '.attributeName', 'Member must have length greater than or equal to 1'))
    invalid(wire, 'UpdateTimeToLive', ask(t, attribute='x' * 256), constraint(
        'x' * 256, path + '.attributeName', 'Member must have length less than or equal to 255'))


@pytest.fixture
def quick(server):
    return server('--memory', '--ttl-interval', '1')


GSI = (('all', 'g:S'),)


@pytest.mark.ours
def test_deletion(quick):
    w, now = Wire(quick.url), int(time.time())
    t = make_table(w, 'p:S s:N', gsi=GSI, lsi=(('local', 'p:S l:N'),), StreamSpecification=ON)
    switch(w, t)
    lives = {
        'future': av(now + DAY), 'ms': av(now * 1000), 'string': av(str(now - 10)), 'old': av(now - 6 * 365 * DAY),
        'list': av([now - 10]), 'negative': av(-now), 'binary': av(b'1'), 'null': av(None)}
    goes = {'past': {'N': str(now - 10)}, 'fraction': {'N': f'{now - 10}.5'}, 'years': av(now - 4 * 365 * DAY),
            'soon': av(now + 1)}
    for i, (name, ttl) in enumerate({**lives, **goes}.items()):
        w.call('PutItem', TableName=t, Item={**item(p=name, s=i, g='g', l=i), 'ttl': ttl})
    w.call('PutItem', TableName=t, Item=item(p='none', s=99, g='g', l=1))
    want = set(lives) | {'none'}
    until('expired items go', lambda: {i['p'] for i in all_items(w, 'Scan', {'TableName': t})} == want)
    assert {i['p'] for i in all_items(w, 'Scan', {'TableName': t, 'IndexName': 'all'})} == want
    assert {i['p'] for i in all_items(w, 'Scan', {'TableName': t, 'IndexName': 'local'})} == want
    assert w.call('DescribeTable', TableName=t)['Table']['ItemCount'] == len(want)
    for name in goes:
        (r,) = [r for r in everything(client_of(quick.url), arn_of(w, t))
                if r['eventName'] == 'REMOVE' and r['dynamodb']['Keys']['p']['S'] == name]
        assert r['userIdentity'] == {'Type': 'Service', 'PrincipalId': 'dynamodb.amazonaws.com'}
        assert r['dynamodb']['OldImage']['ttl'] == goes[name] and 'NewImage' not in r['dynamodb']
    others = [r for r in everything(client_of(quick.url), arn_of(w, t)) if r['eventName'] == 'INSERT']
    assert len(others) == len(lives) + len(goes) + 1 and not any('userIdentity' in r for r in others)


@pytest.mark.ours
def test_a_changed_time_deletes_nothing(quick):
    w, soon = Wire(quick.url), int(time.time()) + 2
    t = make_table(w, 'p:S')
    switch(w, t)

    def update(p, expression, **values):
        w.call('UpdateItem', TableName=t, Key=item(p=p), UpdateExpression=expression,
               ExpressionAttributeNames={'#t': 'ttl'},
               **({'ExpressionAttributeValues': items({':' + k: v for k, v in values.items()})} if values else {}))
    for p in ('later', 'removed', 'typed', 'replaced', 'goes', 'touched'):
        w.call('PutItem', TableName=t, Item=item(p=p, ttl=soon))
    update('later', 'SET #t = :t', t=soon + DAY)
    update('removed', 'REMOVE #t')
    update('typed', 'SET #t = :t', t=str(soon))
    w.call('PutItem', TableName=t, Item=item(p='replaced'))
    w.call('UpdateItem', TableName=t, Key=item(p='touched'), UpdateExpression='SET x = :x',
           ExpressionAttributeValues=items({':x': 1}))
    keep = {'later', 'removed', 'typed', 'replaced'}
    until('the rest goes', lambda: {i['p'] for i in all_items(w, 'Scan', {'TableName': t})} == keep)
    time.sleep(2.5)
    assert {i['p'] for i in all_items(w, 'Scan', {'TableName': t})} == keep


@pytest.mark.ours
def test_items_from_before_and_over_a_restart(tmp_path, server):
    flags = ('--data', str(tmp_path / 'data'), '--ttl-interval', '1')
    s = server(*flags)
    w, now = Wire(s.url), int(time.time())
    t = make_table(w, 'p:S s:N')
    for at in range(0, 2000, 25):
        w.call('BatchWriteItem', RequestItems={t: [
            {'PutRequest': {'Item': item(p=f'p{i % 7}', s=i, ttl=now - 5 if i % 2 else now + DAY)}}
            for i in range(at, at + 25)]})
    switch(w, t)
    w.close()
    s.kill()
    s = server(*flags)
    w = Wire(s.url)
    left = until('the odd ones go', lambda: (
        lambda found: found if len(found) <= 1000 else None)(all_items(w, 'Scan', {'TableName': t})))
    assert sorted(i['s'] for i in left) == list(range(0, 2000, 2))
    assert s.stop() == 0
