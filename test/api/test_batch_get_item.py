"""BatchGetItem."""
import json

import pytest

from kit import (ENVELOPE, KEY_SCHEMA, NO_TABLE, Wire, constraint, fresh, invalid, item, make_table, plain_item,
                 refused)


@pytest.fixture(scope='module')
def two(wire, shared):
    a, b = shared('p:S'), shared('p:S s:N')
    wire.call('BatchWriteItem', RequestItems={
        a: [{'PutRequest': {'Item': item(p=f'bg{i}', v=i, w=-i)}} for i in range(5)],
        b: [{'PutRequest': {'Item': item(p='bg', s=i, v=i)}} for i in range(5)]})
    return a, b


def test_from_two_tables(wire, two):
    a, b = two
    got = wire.call('BatchGetItem', RequestItems={
        a: {'Keys': [item(p=f'bg{i}') for i in (0, 3, 9)], 'ProjectionExpression': 'v'},
        b: {'Keys': [item(p='bg', s=i) for i in (1, 2)], 'ConsistentRead': True}})
    assert got['UnprocessedKeys'] == {}
    assert sorted(plain_item(i)['v'] for i in got['Responses'][a]) == [0, 3]
    assert all(set(i) == {'v'} for i in got['Responses'][a])
    assert sorted(plain_item(i)['s'] for i in got['Responses'][b]) == [1, 2]


def test_nothing_found(wire, two):
    a, _ = two
    assert wire.call('BatchGetItem', RequestItems={a: {'Keys': [item(p=fresh())]}}) == {
        'Responses': {a: []}, 'UnprocessedKeys': {}}


def test_attributes(wire, two):
    a, _ = two
    got = wire.call('BatchGetItem', RequestItems={a: {'Keys': [item(p='bg1')], 'AttributesToGet': ['w']}})
    assert got['Responses'][a] == [{'w': {'N': '-1'}}]
    got = wire.call('BatchGetItem', RequestItems={a: {'Keys': [item(p='bg1')], 'ProjectionExpression': '#w',
                                                      'ExpressionAttributeNames': {'#w': 'w'}}})
    assert got['Responses'][a] == [{'w': {'N': '-1'}}]


def test_a_hundred_keys(wire, two):
    a, _ = two
    got = wire.call('BatchGetItem', RequestItems={a: {'Keys': [item(p=f'bg{i}') for i in range(100)]}})
    assert len(got['Responses'][a]) == 5


def test_capacity(wire, two):
    a, b = two
    got = wire.call('BatchGetItem', ReturnConsumedCapacity='TOTAL', RequestItems={
        a: {'Keys': [item(p='bg0'), item(p=fresh())]}, b: {'Keys': [item(p='bg', s=1)], 'ConsistentRead': True}})
    units = {c['TableName']: c['CapacityUnits'] for c in got['ConsumedCapacity']}
    assert units == {a: 1.0, b: 1.0}


def test_more_than_16_megabytes(wire, table):
    t = table('p:S')
    for i in range(45):
        wire.call('PutItem', TableName=t, Item=item(p=str(i), fill='x' * 390000))
    left = {t: {'Keys': [item(p=str(i)) for i in range(45)], 'ProjectionExpression': 'p, fill', 'ConsistentRead': True}}
    seen, rounds = set(), 0
    while left:
        got = wire.call('BatchGetItem', RequestItems=left)
        page = {i['p']['S'] for i in got['Responses'][t]}
        assert page and not page & seen
        seen |= page
        left = got['UnprocessedKeys']
        rounds += 1
        if left:
            assert left[t]['ProjectionExpression'] == 'p, fill' and left[t]['ConsistentRead'] is True
    assert len(seen) == 45 and rounds >= 2


def test_a_megabyte_of_each_partition_key(wire, table):
    t = table('p:S s:N')
    for p in 'ab':
        for i in range(8):
            wire.call('PutItem', TableName=t, Item=item(p=p, s=i, fill='x' * 200000))
    left = {t: {'Keys': [item(p=p, s=i) for i in range(8) for p in 'ab'], 'ProjectionExpression': 's'}}
    counts = []
    while left:
        got = wire.call('BatchGetItem', RequestItems=left, ReturnConsumedCapacity='TOTAL')
        left = got['UnprocessedKeys']
        counts.append(len(got['Responses'][t]))
        assert got['ConsumedCapacity'][0]['CapacityUnits'] == counts[-1] * 24.5
    assert counts == [12, 4]  # the item that reaches it is included


@pytest.mark.parametrize('rq, message', [
    ({}, constraint(None, 'requestItems', 'Member must not be null')),
    ({'RequestItems': {}}, 'The requestItems parameter is required for BatchGetItem'),
    ({'RequestItems': {'tbl': {}}}, constraint(None, 'requestItems.tbl.member.keys', 'Member must not be null')),
    ({'RequestItems': {'tbl': {'Keys': []}}}, None),
    ({'RequestItems': {'tbl': {'Keys': [item(p=str(i)) for i in range(101)]}}}, None),
    ({'RequestItems': {t: {'Keys': [item(p=str(i)) for i in range(51)]} for t in ('tb1', 'tb2')}},
     'Too many items requested for the BatchGetItem call'),
    ({'RequestItems': {'tbl': {'Keys': [item(p='a'), item(p='b'), item(p='a')]}}},
     'Provided list of item keys contains duplicates'),
    ({'RequestItems': {'tbl': {'Keys': [item(p='a')], 'AttributesToGet': ['a'], 'ProjectionExpression': 'a'}}},
     'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: '
     '{AttributesToGet} Expression parameters: {ProjectionExpression}'),
    ({'RequestItems': {'tbl': {'Keys': [{'p': {}}]}}},
     'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'),
    ({'RequestItems': {'tbl': {'Keys': [item(p='a')], 'ProjectionExpression': 'a,'}}},
     'Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ","'),
])
def test_refused_before_the_table_is_looked_for(wire, rq, message):
    e = invalid(wire, 'BatchGetItem', rq, message)
    if message is None:
        assert e.message.startswith(ENVELOPE) and 'Member must have length' in e.message, e.message


def test_refused(wire, two):
    a, b = two
    invalid(wire, 'BatchGetItem', {'RequestItems': {a: {'Keys': [item(p='x')]}, b: {'Keys': [item(p='x')]}}},
            KEY_SCHEMA)
    refused(wire, 'BatchGetItem', {'RequestItems': {a: {'Keys': [item(p='x')]},
                                                    'no-such-table': {'Keys': [item(p='x')]}}},
            'ResourceNotFoundException', NO_TABLE)


@pytest.mark.ours
def test_a_table_by_its_name_and_its_arn(wire, two):
    """The answer names tables as the request did; a request names each only once."""
    a, _ = two
    arn = wire.call('DescribeTable', TableName=a)['Table']['TableArn']
    got = wire.call('BatchGetItem', RequestItems={arn: {'Keys': [item(p='bg1')]}}, ReturnConsumedCapacity='TOTAL')
    assert [plain_item(i)['v'] for i in got['Responses'].pop(arn)] == [1]
    assert got == {'Responses': {}, 'UnprocessedKeys': {}, 'ConsumedCapacity': [{'TableName': arn, 'CapacityUnits': 0.5}]}
    message = f'One or more parameter values were invalid: RequestItems names table {a} more than once'
    invalid(wire, 'BatchGetItem', {'RequestItems': {a: {'Keys': [item(p='bg1')]}, arn: {'Keys': [item(p='bg2')]}}},
            message)
    put = [{'PutRequest': {'Item': item(p='twice')}}]
    invalid(wire, 'BatchWriteItem', {'RequestItems': {arn: put, a: put}}, message)


@pytest.mark.ours
def test_unprocessed_keys_can_be_sent_again(server, tmp_path):
    """As they are: under the table's ARN, with numbers as they were spelled, which is what tells them apart."""
    (tmp_path / 'physics.json').write_text('{}')
    w = Wire(server('--memory', '--physics', str(tmp_path / 'physics.json')).url)
    t = make_table(w, 'p:N')
    arn = w.call('DescribeTable', TableName=t)['Table']['TableArn']
    w.call('PutItem', TableName=t, Item=item(p=1, v=2, x=3))
    ask = {arn: {'Keys': [{'p': {'N': n}} for n in ('1', '1.0', '+1')], 'ConsistentRead': True, 'ProjectionExpression': '#v',
                 'ExpressionAttributeNames': {'#v': 'v'}}}
    reply = w.post('BatchGetItem', {'RequestItems': ask},
                   {'x-stator-physics': json.dumps({'effect': 'unprocessed', 'share': 1})})
    assert reply.json() == {'Responses': {arn: []}, 'UnprocessedKeys': ask}
    assert w.call('BatchGetItem', RequestItems=reply.json()['UnprocessedKeys'])['Responses'] == {arn: [item(v=2)] * 3}
    w.close()


def test_numbers_are_compared_by_text(wire, shared):
    t = shared('p:N')
    got = wire.call('BatchGetItem', RequestItems={t: {'Keys': [{'p': {'N': '1'}}, {'p': {'N': '1.0'}}]}})
    assert got['UnprocessedKeys'] == {}
    invalid(wire, 'BatchGetItem', {'RequestItems': {t: {'Keys': [{'p': {'N': '1'}}] * 2}}},
            'Provided list of item keys contains duplicates')


def test_keys_of_a_thousand_numbers(wire, shared):
    """No table has such keys; looking for repeated ones does not take long."""
    t = shared('p:N')
    keys = [item(**{f'a{n}': 1 for n in range(1000)}, z=1) for _ in range(60)]
    for n, key in enumerate(keys):
        key['z'] = {'N': '1.' + '0' * n}
    invalid(wire, 'BatchGetItem', {'RequestItems': {t: {'Keys': keys}}}, None)


def test_nulls(wire):
    for body in ('{"RequestItems":null}', '{"RequestItems":{"tbl":null}}', '{"RequestItems":{"tbl":{"Keys":null}}}',
                 '{"RequestItems":{"tbl":{"Keys":[null]}}}'):
        assert 400 == wire.post('BatchGetItem', body).status
