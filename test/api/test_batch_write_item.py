"""BatchWriteItem."""
import json

import pytest

from kit import (ENVELOPE, KEY_SCHEMA, NO_TABLE, PARAM, PARAM_ARE, Wire, av, constraint, fresh, invalid, item, items,
                 make_table, plain_item, refused)


def put(**thing):
    return {'PutRequest': {'Item': items(thing)}}


def delete(**key):
    return {'DeleteRequest': {'Key': items(key)}}


def test_puts_and_deletes_over_tables(wire, shared):
    a, b = shared('p:S'), shared('p:S s:N')
    k = fresh()
    got = wire.call('BatchWriteItem', RequestItems={a: [put(p=k + str(i), v=i) for i in range(12)],
                                                    b: [put(p=k, s=i) for i in range(13)]})
    assert got == {'UnprocessedItems': {}}
    wire.call('BatchWriteItem', RequestItems={a: [delete(p=k + '0'), put(p=k + '1', v='new'), delete(p=fresh())],
                                              b: [delete(p=k, s=12)]})
    assert wire.call('GetItem', TableName=a, Key=item(p=k + '0')) == {}
    assert plain_item(wire.call('GetItem', TableName=a, Key=item(p=k + '1'))['Item'])['v'] == 'new'
    got = wire.call('Query', TableName=b, KeyConditionExpression='p = :p', ExpressionAttributeValues={':p': av(k)})
    assert got['Count'] == 12


@pytest.mark.parametrize('rq, message', [
    ({}, constraint(None, 'requestItems', 'Member must not be null')),
    ({'RequestItems': {}}, 'The requestItems parameter is required for BatchWriteItem'),
    ({'RequestItems': {'tbl': [{}]}},
     'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'),
    ({'RequestItems': {'tbl': [{**put(p='a'), **delete(p='a')}]}},
     'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'),
    ({'RequestItems': {'tbl': [{'PutRequest': {'Item': {'p': {}}}}]}},
     'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'),
    ({'RequestItems': {'tbl': [{'PutRequest': {'Item': {'p': {'SS': []}}}}]}},
     PARAM + 'An string set  may not be empty'),
    ({'RequestItems': {'tbl': [put(p='a', x='x' * 409600)]}}, 'Item size has exceeded the maximum allowed size'),
])
def test_refused_before_the_table_is_looked_for(wire, rq, message):
    invalid(wire, 'BatchWriteItem', rq, message)


@pytest.mark.parametrize('n', [0, 26])
def test_count(wire, n):
    e = invalid(wire, 'BatchWriteItem', {'RequestItems': {'tbl': [delete(p=str(i)) for i in range(n)]}})
    assert e.message.startswith(ENVELOPE) and e.message.endswith(
        "at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length "
        'less than or equal to 25, Member must have length greater than or equal to 1]'), e.message


def test_count_over_tables(wire):
    invalid(wire, 'BatchWriteItem', {'RequestItems': {
        'tb1': [delete(p=str(i)) for i in range(13)], 'tb2': [delete(p=str(i)) for i in range(13)]}})


def test_all_or_nothing_when_refused(wire, shared):
    a, n = shared('p:S'), shared('p:N')
    k = fresh()
    good = put(p=k)
    for bad, message in [
            ({a: [good, put(q=1)]}, KEY_SCHEMA), ({a: [good, put(p=1)]}, KEY_SCHEMA),
            ({a: [good, delete(p=1)]}, KEY_SCHEMA), ({a: [good, delete(p='x', q='y')]}, KEY_SCHEMA),
            ({a: [good, put(p='')]}, PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string '
             'value. Key: p'),
            ({a: [good, good]}, 'Provided list of item keys contains duplicates'),
            ({a: [good, delete(p=k)]}, 'Provided list of item keys contains duplicates'),
            ({a: [good, put(p='x' * 2049)]}, PARAM + 'Size of hashkey has exceeded the maximum size limit of2048 bytes'),
            ({n: [{'PutRequest': {'Item': {'p': {'N': '1'}}}}, {'PutRequest': {'Item': {'p': {'N': '1.0'}}}}]},
             'Provided list of item keys contains duplicates')]:
        invalid(wire, 'BatchWriteItem', {'RequestItems': bad}, message)
    refused(wire, 'BatchWriteItem', {'RequestItems': {a: [good], 'no-such-table': [put(p='x')]}},
            'ResourceNotFoundException', NO_TABLE)
    assert wire.call('GetItem', TableName=a, Key=item(p=k)) == {}


def test_index_keys(wire, shared):
    t = shared('p:S', gsi=(('g-index', 'g:N'),))
    invalid(wire, 'BatchWriteItem', {'RequestItems': {t: [put(p='a'), put(p='b', g='x')]}},
            PARAM + 'Type mismatch for Index Key g Expected: N Actual: S IndexName: g-index')


def test_capacity(wire, shared):
    t = shared('p:S', gsi=(('g-index', 'g:N'),))
    k = fresh()
    got = wire.call('BatchWriteItem', ReturnConsumedCapacity='INDEXES',
                    RequestItems={t: [put(p=k, g=1), put(p=k + 'x', v='x' * 2000), delete(p=fresh())]})
    assert got['ConsumedCapacity'] == [{
        'TableName': t, 'CapacityUnits': 5.0, 'Table': {'CapacityUnits': 4.0},
        'GlobalSecondaryIndexes': {'g-index': {'CapacityUnits': 1.0}}}]


@pytest.mark.ours
def test_a_table_by_its_arn(wire, table):
    """The answer names it as the request did."""
    t = table('p:S s:N', lsi=(('local', 'p:S l:N'),))
    arn = wire.call('DescribeTable', TableName=t)['Table']['TableArn']
    got = wire.call('BatchWriteItem', RequestItems={arn: [put(p='a', s=1), put(p='a', s=2), delete(p='b', s=1)]},
                    ReturnConsumedCapacity='TOTAL', ReturnItemCollectionMetrics='SIZE')
    metrics = got.pop('ItemCollectionMetrics')
    assert got == {'UnprocessedItems': {}, 'ConsumedCapacity': [{'TableName': arn, 'CapacityUnits': 3.0}]}
    assert {t: [m['ItemCollectionKey'] for m in ms] for t, ms in metrics.items()} == {arn: [item(p='a'), item(p='b')]}


@pytest.mark.ours
def test_what_is_left_can_be_sent_again(server, tmp_path):
    """Nothing of it was done, counted or charged."""
    (tmp_path / 'physics.json').write_text('{}')
    w = Wire(server('--memory', '--physics', str(tmp_path / 'physics.json')).url)
    t = make_table(w, 'p:S s:N', lsi=(('local', 'p:S l:N'),))
    w.call('PutItem', TableName=t, Item=item(p='old', s=1))
    rq = {t: [put(p=f'k{i}', s=i, l=i, x=[i, {'y': i}]) for i in range(20)] + [delete(p='old', s=1)]}
    more = {'ReturnConsumedCapacity': 'INDEXES', 'ReturnItemCollectionMetrics': 'SIZE'}
    rounds = 0
    while rq:
        rounds += 1
        got = w.post('BatchWriteItem', {'RequestItems': rq, **more}, {'x-stator-physics': json.dumps(
            {'effect': 'unprocessed', 'share': 0 if rounds > 5 else 1 if rounds == 1 else 0.5})}).json()
        left = got['UnprocessedItems']
        done = [r for r in rq[t] if r not in left.get(t, [])]
        assert all(r in rq[t] for r in left.get(t, [])) and (rounds > 1 or not done)
        keys = [{'p': next(iter(next(iter(r.values())).values()))['p']} for r in done]
        assert [m['ItemCollectionKey'] for m in got.get('ItemCollectionMetrics', {}).get(t, [])] == keys
        puts = sum('PutRequest' in r for r in done)
        assert got['ConsumedCapacity'][0]['CapacityUnits'] == len(done) + puts
        rq = left
    assert sorted(int(i['s']['N']) for i in w.call('Scan', TableName=t)['Items']) == list(range(20))
    w.close()


def test_large_batch(wire, table):
    t = table('p:S')
    wire.call('BatchWriteItem', RequestItems={t: [put(p=str(i), v='x' * 400000) for i in range(25)]})
    got = wire.call('BatchGetItem', RequestItems={t: {'Keys': [item(p=str(i)) for i in range(25)]}})
    assert len(got['Responses'][t]) + len(got['UnprocessedKeys'].get(t, {}).get('Keys', [])) == 25


def test_boto3_batch_writer(resource, shared):
    t = resource.Table(shared('p:S s:N'))
    k = fresh()
    with t.batch_writer() as batch:
        for i in range(60):
            batch.put_item(Item={'p': k, 's': i})
    from boto3.dynamodb.conditions import Key
    assert t.query(KeyConditionExpression=Key('p').eq(k))['Count'] == 60


@pytest.mark.parametrize('body', [
    '{"RequestItems":null}', '{"RequestItems":{"tbl":null}}', '{"RequestItems":{"tbl":[null]}}',
    '{"RequestItems":{"tbl":[{"PutRequest":null}]}}', '{"RequestItems":{"tbl":[{"PutRequest":{}}]}}',
    '{"RequestItems":{"tbl":[{"PutRequest":{"Item":null}}]}}', '{"RequestItems":{"tbl":[{"DeleteRequest":{}}]}}'])
def test_nulls(wire, body):
    assert wire.post('BatchWriteItem', body).status == 400
