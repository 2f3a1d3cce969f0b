"""Streams: ListStreams, DescribeStream, GetShardIterator, GetRecords, and what is recorded."""
import re
import threading

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from kit import PATIENCE_S, Wire, av, fresh, invalid, item, make_table, plain_item, refused

ON = {'StreamEnabled': True, 'StreamViewType': 'NEW_AND_OLD_IMAGES'}


def client_of(url):
    return boto3.session.Session().client(
        'dynamodbstreams', endpoint_url=url, region_name='us-east-1', aws_access_key_id='test',
        aws_secret_access_key='test', config=Config(retries={'total_max_attempts': 1}, read_timeout=PATIENCE_S))


@pytest.fixture(scope='module')
def streams(url):
    return client_of(url)


def arn_of(wire, table):
    return wire.call('DescribeTable', TableName=table)['Table']['LatestStreamArn']


def shards_of(streams, arn):
    return streams.describe_stream(StreamArn=arn)['StreamDescription']['Shards']


def iterator(streams, arn, shard, kind='TRIM_HORIZON', sequence=None):
    more = {'SequenceNumber': sequence} if sequence else {}
    return streams.get_shard_iterator(StreamArn=arn, ShardId=shard['ShardId'], ShardIteratorType=kind,
                                      **more)['ShardIterator']


def drain(streams, it, limit=1000):
    """All records from the iterator to where there are none, and the iterator behind them."""
    found = []
    while it is not None:
        page = streams.get_records(ShardIterator=it, Limit=limit)
        assert len(page['Records']) <= limit
        it = page.get('NextShardIterator')
        if not page['Records']:
            break
        found += page['Records']
    return found, it


def everything(streams, arn):
    """The records of all shards by sequence number; within a shard they must come in that order."""
    found = []
    for shard in shards_of(streams, arn):
        records, _ = drain(streams, iterator(streams, arn, shard))
        numbers = [int(r['dynamodb']['SequenceNumber']) for r in records]
        assert numbers == sorted(set(numbers))
        low = int(shard['SequenceNumberRange']['StartingSequenceNumber'])
        assert all(n >= low for n in numbers)
        found += records
    return sorted(found, key=lambda r: int(r['dynamodb']['SequenceNumber']))


def brief(record):
    d = record['dynamodb']
    return (record['eventName'], plain_item(d['Keys']), d.get('OldImage') and plain_item(d['OldImage']),
            d.get('NewImage') and plain_item(d['NewImage']))


@pytest.fixture
def stream(wire, table):
    """(table name, stream ARN) of a table with key p, s and both images."""
    name = table('p:S s:N', StreamSpecification=ON)
    return name, arn_of(wire, name)


def test_a_record(wire, streams, stream):
    name, arn = stream
    wire.call('PutItem', TableName=name, Item=item(p='a', s=1, x=['y', 2]))
    wire.call('UpdateItem', TableName=name, Key=item(p='a', s=1), UpdateExpression='SET x = :x',
              ExpressionAttributeValues={':x': av('z')})
    wire.call('DeleteItem', TableName=name, Key=item(p='a', s=1))
    records = everything(streams, arn)
    key = {'p': 'a', 's': 1}
    assert [brief(r) for r in records] == [
        ('INSERT', key, None, {**key, 'x': ['y', 2]}),
        ('MODIFY', key, {**key, 'x': ['y', 2]}, {**key, 'x': 'z'}),
        ('REMOVE', key, {**key, 'x': 'z'}, None)]
    assert len({r['eventID'] for r in records}) == 3
    for r, size in zip(records, (5 + 5 + 1 + 3 + 2 + 3, 5 + 5 + 1 + 3 + 2 + 3 + 5 + 2, 5 + 5 + 2)):
        assert set(r) == {'eventID', 'eventName', 'eventVersion', 'eventSource', 'awsRegion', 'dynamodb'}
        assert re.fullmatch('[0-9a-f]{32}', r['eventID'])
        assert (r['eventVersion'], r['eventSource'], r['awsRegion']) == ('1.1', 'aws:dynamodb', 'us-east-1')
        assert r['dynamodb']['StreamViewType'] == 'NEW_AND_OLD_IMAGES'
        assert re.fullmatch(r'[1-9]\d{20,39}', r['dynamodb']['SequenceNumber'])
        assert r['dynamodb']['ApproximateCreationDateTime'].timestamp() > 1.6e9
        assert r['dynamodb']['SizeBytes'] > 0
    again = everything(streams, arn)
    assert again == records


@pytest.mark.parametrize('view, images', [
    ('KEYS_ONLY', ''), ('NEW_IMAGE', 'n'), ('OLD_IMAGE', 'o'), ('NEW_AND_OLD_IMAGES', 'on')])
def test_views(wire, streams, table, view, images):
    name = table('p:S', StreamSpecification={'StreamEnabled': True, 'StreamViewType': view})
    for x in (1, 2):
        wire.call('PutItem', TableName=name, Item=item(p='a', x=x))
    wire.call('DeleteItem', TableName=name, Key=item(p='a'))
    key, one, two = {'p': 'a'}, {'p': 'a', 'x': 1}, {'p': 'a', 'x': 2}
    old, new = 'o' in images, 'n' in images
    got = everything(streams, arn_of(wire, name))
    assert [brief(r) for r in got] == [
        ('INSERT', key, None, new and one or None),
        ('MODIFY', key, old and one or None, new and two or None),
        ('REMOVE', key, old and two or None, None)]
    # The size is that of the keys and of the images that are there: p + a, x + number.
    assert [r['dynamodb']['SizeBytes'] for r in got] == [
        2 + 5 * new, 2 + 5 * old + 5 * new, 2 + 5 * old]


def test_what_changes_nothing_leaves_no_record(wire, streams, stream):
    name, arn = stream
    put = dict(TableName=name, Item=item(p='a', s=1, n=1, set={'x', 'y'}))
    wire.call('PutItem', put)
    key = item(p='a', s=1)
    wire.call('PutItem', put)
    wire.call('PutItem', TableName=name, Item={**put['Item'], 'n': {'N': '1.00'}, 'set': {'SS': ['y', 'x']}})
    wire.call('UpdateItem', TableName=name, Key=key)
    wire.call('UpdateItem', TableName=name, Key=key, UpdateExpression='REMOVE nothing')
    wire.call('UpdateItem', TableName=name, Key=key, UpdateExpression='SET n = :one',
              ExpressionAttributeValues={':one': av(1)})
    wire.call('UpdateItem', TableName=name, Key=item(p='none', s=1), UpdateExpression='REMOVE nothing')
    wire.call('DeleteItem', TableName=name, Key=item(p='none', s=1))
    refused(wire, 'PutItem', {**put, 'ConditionExpression': 'attribute_not_exists(p)'},
            'ConditionalCheckFailedException')
    assert [brief(r)[0] for r in everything(streams, arn)] == ['INSERT']


def test_batches_and_transactions(wire, streams, stream):
    name, arn = stream
    wire.call('BatchWriteItem', RequestItems={name: [
        {'PutRequest': {'Item': item(p=f'p{i}', s=i)}} for i in range(25)]})
    wire.call('BatchWriteItem', RequestItems={name: [
        {'DeleteRequest': {'Key': item(p=f'p{i}', s=i)}} for i in range(5)] + [
        {'DeleteRequest': {'Key': item(p='none', s=1)}}]})
    wire.call('TransactWriteItems', TransactItems=[
        {'Put': {'TableName': name, 'Item': item(p='t', s=1)}},
        {'Update': {'TableName': name, 'Key': item(p='p9', s=9), 'UpdateExpression': 'SET x = :x',
                    'ExpressionAttributeValues': {':x': av(1)}}},
        {'ConditionCheck': {'TableName': name, 'Key': item(p='p8', s=8),
                            'ConditionExpression': 'attribute_exists(p)'}}])
    names = [brief(r)[0] for r in everything(streams, arn)]
    assert (names.count('INSERT'), names.count('REMOVE'), names.count('MODIFY')) == (26, 5, 1)


def test_order_of_each_item_and_several_shards(wire, url, streams, stream):
    name, arn = stream
    assert len(shards_of(streams, arn)) > 1

    def write(n):
        w = Wire(url)
        for i in range(40):
            w.call('PutItem', TableName=name, Item=item(p=f'p{n}', s=i % 3, i=i))
        w.close()
    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    records = everything(streams, arn)
    assert len(records) == 8 * 40
    table = {}
    for r in records:
        _, key, old, new = brief(r)
        key = tuple(key.items())
        assert table.get(key) == old
        table[key] = new
    homes = {}
    for shard in shards_of(streams, arn):
        for r in drain(streams, iterator(streams, arn, shard))[0]:
            assert homes.setdefault(brief(r)[1]['p'], shard['ShardId']) == shard['ShardId']
    assert len(set(homes.values())) > 1


def home(streams, arn, number):
    """The shard of the first record, and that record."""
    for shard in shards_of(streams, arn):
        for r in drain(streams, iterator(streams, arn, shard))[0]:
            return shard, r
    raise AssertionError(number)


def test_iterators(wire, streams, stream):
    name, arn = stream
    for i in range(6):
        wire.call('PutItem', TableName=name, Item=item(p='a', s=1, i=i))
    shard, _ = home(streams, arn, 0)
    latest = iterator(streams, arn, shard, 'LATEST')
    start = iterator(streams, arn, shard)
    records, behind = drain(streams, start)
    numbers = [r['dynamodb']['SequenceNumber'] for r in records]
    assert len(numbers) == 6
    assert drain(streams, start)[0] == records, 'an iterator can be used again'
    assert drain(streams, iterator(streams, arn, shard, 'AT_SEQUENCE_NUMBER', numbers[2]))[0] == records[2:]
    assert drain(streams, iterator(streams, arn, shard, 'AFTER_SEQUENCE_NUMBER', numbers[2]))[0] == records[3:]
    assert drain(streams, iterator(streams, arn, shard, 'AFTER_SEQUENCE_NUMBER', numbers[5]))[0] == []
    first = shard['SequenceNumberRange']['StartingSequenceNumber']
    assert drain(streams, iterator(streams, arn, shard, 'AT_SEQUENCE_NUMBER', first))[0] == records
    assert drain(streams, start, limit=1)[0] == records
    assert drain(streams, latest)[0] == []
    wire.call('PutItem', TableName=name, Item=item(p='a', s=1, i=6))
    (new,), _ = drain(streams, latest)
    assert brief(new)[3]['i'] == 6
    assert drain(streams, behind)[0] == [new]


def test_latest_sees_what_comes_after_it(wire, url, streams, stream):
    """Whatever is acknowledged before the iterator is not seen, whatever is sent after it is, each once."""
    name, arn = stream
    acked, stop = [], threading.Event()

    def write():
        w = Wire(url)
        i = 0
        while not stop.is_set():
            acked.append(i)  # sent
            w.call('PutItem', TableName=name, Item=item(p='a', s=1, i=i))
            i += 1
            done[0] = i
        w.close()
    done = [0]
    t = threading.Thread(target=write)
    t.start()
    try:
        while done[0] < 5:
            pass
        shard, _ = home(streams, arn, 0)
        cuts = []
        for _ in range(30):
            low = done[0]
            it = iterator(streams, arn, shard, 'LATEST')
            cuts.append((low, it, len(acked)))
    finally:
        stop.set()
        t.join()
    for low, it, sent in cuts:
        seen = [brief(r)[3]['i'] for r in drain(streams, it)[0]]
        assert seen == list(range(seen[0], done[0])) if seen else done[0] <= sent
        if seen:
            assert low <= seen[0] <= sent


def test_pages_of_records_are_bounded(wire, streams, stream):
    name, arn = stream
    for i in range(8):
        wire.call('PutItem', TableName=name, Item=item(p='a', s=i, pad='x' * 300_000))
    shard, _ = home(streams, arn, 0)
    page = streams.get_records(ShardIterator=iterator(streams, arn, shard))
    assert 1 <= len(page['Records']) <= 4
    assert sum(r['dynamodb']['SizeBytes'] for r in page['Records']) <= 1024 * 1024
    assert len(drain(streams, iterator(streams, arn, shard))[0]) == 8


def test_on_and_off(wire, streams, stream):
    name, arn = stream
    wire.call('PutItem', TableName=name, Item=item(p='a', s=1))
    invalid(wire, 'UpdateTable', dict(TableName=name, StreamSpecification=ON),
            f'Table already has an enabled stream: TableName: {name}')
    wire.call('UpdateTable', TableName=name, StreamSpecification={'StreamEnabled': False})
    invalid(wire, 'UpdateTable', dict(TableName=name, StreamSpecification={'StreamEnabled': False}),
            f'Table has no stream to disable: TableName: {name}')
    wire.call('PutItem', TableName=name, Item=item(p='b', s=1))
    described = streams.describe_stream(StreamArn=arn)['StreamDescription']
    assert described['StreamStatus'] == 'DISABLED'
    assert all('EndingSequenceNumber' in s['SequenceNumberRange'] for s in described['Shards'])
    assert [brief(r)[1]['p'] for r in everything(streams, arn)] == ['a']
    for s in described['Shards']:
        assert 'NextShardIterator' not in streams.get_records(ShardIterator=iterator(streams, arn, s))
        assert 'NextShardIterator' not in streams.get_records(ShardIterator=iterator(streams, arn, s, 'LATEST'))
    got = wire.call('UpdateTable', TableName=name, StreamSpecification={
        'StreamEnabled': True, 'StreamViewType': 'KEYS_ONLY'})['TableDescription']
    again = got['LatestStreamArn']
    assert again != arn and got['StreamSpecification']['StreamViewType'] == 'KEYS_ONLY'
    wire.call('PutItem', TableName=name, Item=item(p='c', s=1))
    assert [brief(r)[1]['p'] for r in everything(streams, again)] == ['c']
    assert [s['StreamArn'] for s in streams.list_streams(TableName=name)['Streams']] == [arn, again]
    wire.call('DeleteTable', TableName=name)
    assert [s['StreamArn'] for s in streams.list_streams(TableName=name)['Streams']] == [arn, again]
    assert streams.describe_stream(StreamArn=again)['StreamDescription']['StreamStatus'] == 'DISABLED'
    assert [brief(r)[1]['p'] for r in everything(streams, again)] == ['c']


def test_describe(wire, streams, stream):
    name, arn = stream
    d = streams.describe_stream(StreamArn=arn)['StreamDescription']
    assert set(d) == {'StreamArn', 'StreamLabel', 'StreamStatus', 'StreamViewType', 'CreationRequestDateTime',
                      'TableName', 'KeySchema', 'Shards'}
    assert d['StreamArn'] == arn == f'arn:aws:dynamodb:us-east-1:000000000000:table/{name}/stream/{d["StreamLabel"]}'
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}', d['StreamLabel'])
    assert (d['StreamStatus'], d['StreamViewType'], d['TableName']) == ('ENABLED', 'NEW_AND_OLD_IMAGES', name)
    assert d['KeySchema'] == [{'AttributeName': 'p', 'KeyType': 'HASH'}, {'AttributeName': 's', 'KeyType': 'RANGE'}]
    for s in d['Shards']:
        assert re.fullmatch(r'shardId-\d{20}-[0-9a-f]{8}', s['ShardId'])
        assert set(s['SequenceNumberRange']) == {'StartingSequenceNumber'} and 'ParentShardId' not in s
    seen, more = [], {}
    while True:
        page = streams.describe_stream(StreamArn=arn, Limit=1, **more)['StreamDescription']
        assert len(page['Shards']) <= 1
        seen += page['Shards']
        if 'LastEvaluatedShardId' not in page:
            break
        assert page['LastEvaluatedShardId'] == page['Shards'][-1]['ShardId']
        more = {'ExclusiveStartShardId': page['LastEvaluatedShardId']}
    assert seen == d['Shards']


def test_child_shards(wire, streams, stream):
    _, arn = stream
    shard = shards_of(streams, arn)[0]['ShardId']
    answer = wire.call('DescribeStream', StreamArn=arn, ShardFilter={'Type': 'CHILD_SHARDS', 'ShardId': shard})
    assert answer['StreamDescription']['Shards'] == []
    invalid(wire, 'DescribeStream', {'StreamArn': arn, 'ShardFilter': {'Type': 'CHILD_SHARDS'}})


def test_list(wire, streams, table):
    names = [table('p:S', StreamSpecification=ON) for _ in range(3)]
    arns = {arn_of(wire, n) for n in names}
    for limit in (1, 2, 100):
        found, more = [], {}
        while True:
            page = streams.list_streams(Limit=limit, **more)
            assert len(page['Streams']) <= limit
            found += page['Streams']
            if 'LastEvaluatedStreamArn' not in page:
                break
            assert page['LastEvaluatedStreamArn'] == page['Streams'][-1]['StreamArn']
            more = {'ExclusiveStartStreamArn': page['LastEvaluatedStreamArn']}
        listed = [s['StreamArn'] for s in found]
        assert arns <= set(listed) and len(set(listed)) == len(listed)
    (one,) = streams.list_streams(TableName=names[1])['Streams']
    assert one == {'StreamArn': arn_of(wire, names[1]), 'TableName': names[1],
                   'StreamLabel': one['StreamArn'].rpartition('/')[2]}
    assert streams.list_streams(TableName=fresh())['Streams'] == []


def test_refused(wire, streams, stream):
    _, arn = stream
    other = arn[:-3] + ('000' if arn[-3:] != '000' else '001')
    away = arn.replace('us-east-1', 'eu-west-1')
    for a in (other, away):
        refused(wire, 'DescribeStream', {'StreamArn': a}, 'ResourceNotFoundException',
                f'Requested resource not found: Stream: {a} not found')
    for a in ('x' * 40, arn.rpartition('/')[0], arn + 'Z', arn.replace('table/', 'index/')):
        invalid(wire, 'DescribeStream', {'StreamArn': a}, 'Invalid StreamArn')
    shard = shards_of(streams, arn)[0]['ShardId']
    ask = {'StreamArn': arn, 'ShardId': shard}
    strange = shard[:-8] + '12345678'
    refused(wire, 'GetShardIterator', {**ask, 'ShardId': strange, 'ShardIteratorType': 'LATEST'},
            'ResourceNotFoundException', 'Requested resource not found: Shard does not exist')
    for kind in ('LATEST', 'TRIM_HORIZON'):
        invalid(wire, 'GetShardIterator', {**ask, 'ShardIteratorType': kind, 'SequenceNumber': '1' * 21})
    for kind in ('AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'):
        invalid(wire, 'GetShardIterator', {**ask, 'ShardIteratorType': kind})
        invalid(wire, 'GetShardIterator', {**ask, 'ShardIteratorType': kind, 'SequenceNumber': 'x' * 21})
        refused(wire, 'GetShardIterator',
                {**ask, 'ShardIteratorType': kind, 'SequenceNumber': '100000000000000000001'},
                'TrimmedDataAccessException')
    invalid(wire, 'GetShardIterator', {**ask, 'ShardIteratorType': 'OLDEST'},
            "1 validation error detected: Value 'OLDEST' at 'shardIteratorType' failed to satisfy constraint: Member "
            'must satisfy enum value set: [TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER]')
    good = iterator(streams, arn, shards_of(streams, arn)[0])
    for bad in ('x', good[:-8] + 'AAAAAAA=', good.replace('us-east-1', 'us-west-1'), good + 'A'):
        invalid(wire, 'GetRecords', {'ShardIterator': bad}, 'Invalid ShardIterator')
    for limit in (0, 1001):
        invalid(wire, 'GetRecords', {'ShardIterator': good, 'Limit': limit})


def test_expired_iterators_are_refused_in_words_of_boto3(streams, stream):
    with pytest.raises(ClientError, match='ValidationException'):
        streams.get_records(ShardIterator='nothing')


@pytest.mark.ours
def test_records_stay_over_restarts(tmp_path, server):
    d = str(tmp_path / 'data')
    s = server('--data', d)
    w = Wire(s.url)
    t = make_table(w, 'p:S s:N', StreamSpecification=ON)
    arn = arn_of(w, t)
    for i in range(50):
        w.call('PutItem', TableName=t, Item=item(p=f'p{i}', s=1))
    before = everything(client_of(s.url), arn)
    where = iterator(client_of(s.url), arn, shards_of(client_of(s.url), arn)[0])
    s.kill()
    s = server('--data', d)
    w, again = Wire(s.url), client_of(s.url)
    assert everything(again, arn) == before and len(before) == 50
    assert again.get_records(ShardIterator=where)['Records'] is not None, 'iterators stay valid'
    w.call('PutItem', TableName=t, Item=item(p='new', s=1))
    after = everything(again, arn)
    assert after[:50] == before and len(after) == 51
    assert s.stop() == 0
