"""Streams: ListStreams, DescribeStream, GetShardIterator, GetRecords, and what is recorded."""
import json
import re
import threading
import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from kit import (ENVELOPE, PATIENCE_S, Num, Wire, av, constraint, constraints, fresh, invalid, item, make_table, plain_item,
                 refused, until)

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
    for r in records:
        assert set(r) == {'eventID', 'eventName', 'eventVersion', 'eventSource', 'awsRegion', 'dynamodb'}
        assert re.fullmatch('[0-9a-f]{32}', r['eventID'])
        assert (r['eventVersion'], r['eventSource'], r['awsRegion']) == ('1.1', 'aws:dynamodb', 'us-east-1')
        assert r['dynamodb']['StreamViewType'] == 'NEW_AND_OLD_IMAGES'
        assert re.fullmatch(r'[1-9]\d{20,39}', r['dynamodb']['SequenceNumber'])
        assert r['dynamodb']['ApproximateCreationDateTime'].timestamp() > 1.6e9
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


def test_sizes(wire, streams, table):
    """The examples of the service's own documentation, and one attribute of each type."""
    name = table('Id:N', StreamSpecification=ON)
    for message in ('New item!', 'This item has changed'):
        wire.call('PutItem', TableName=name, Item=item(Id=101, Message=message))
    wire.call('DeleteItem', TableName=name, Key=item(Id=101))
    attributes = {'s': ('\u00e9\u20ac', 5), 'n': (Num('-1.234'), 5), 'b': (b'123', 3), 'z': (None, 1), 't': (True, 1),
                  'l': ([1, 'a'], 3 + 3 + 2), 'm': ({'k': 'v'}, 3 + 3), 'ss': ({'a', 'bc'}, 3), 'e': ('', 0)}
    sizes = [26, 59, 38]
    for i, (attribute, (value, size)) in enumerate(attributes.items()):
        wire.call('PutItem', TableName=name, Item=item(Id=i, **{attribute: value}))
        key = 2 + (1 if i == 0 else 2)
        sizes.append(2 * key + len(attribute) + size)
    got = everything(streams, arn_of(wire, name))
    assert [r['dynamodb']['SizeBytes'] for r in got] == sizes


WHOLE = item(p='a', s=1, n=1, ss={'x', 'y'}, ns={1, 2}, l=[1, {'m': 1}], m={'a': 1, 'b': [True, None]}, b=b'12', e='')
KEY, NONE = item(p='a', s=1), item(p='none', s=1)


def updates(*pairs, key=KEY):
    """UpdateItem calls: an expression, or one with a value for :v."""
    for expression, value in pairs:
        more = {} if value is None else {'ExpressionAttributeValues': {':v': value}}
        yield 'UpdateItem', {'Key': key, 'UpdateExpression': expression, **more}


def legacy(*changes, key=KEY):
    for change in changes:
        yield 'UpdateItem', {'Key': key, 'AttributeUpdates': change}


NOTHING = [
    *(('PutItem', {'Item': i}) for i in (
        WHOLE, dict(reversed(WHOLE.items())), {**WHOLE, 'n': {'N': '1.00'}}, {**WHOLE, 'n': {'N': '10e-1'}},
        {**WHOLE, 'ss': {'SS': ['y', 'x']}}, {**WHOLE, 'ns': {'NS': ['2.0', '1e0']}}, {**WHOLE, 's': {'N': '1.0'}},
        {**WHOLE, 'm': {'M': dict(reversed(WHOLE['m']['M'].items()))}})),
    ('UpdateItem', {'Key': KEY}),
    *updates(('SET n = :v', av(1)), ('SET n = n', None), ('SET n = n + :v', av(0)), ('ADD n :v', av(0)),
             ('ADD ss :v', av({'x'})), ('ADD ns :v', av({1})), ('DELETE ss :v', av({'q'})), ('DELETE zz :v', av({'q'})),
             ('REMOVE zz', None), ('REMOVE l[7]', None), ('SET l[0] = :v', av(1)), ('SET m.a = :v', av(1)),
             ('SET l = list_append(l, :v)', {'L': []}), ('SET n = if_not_exists(n, :v)', av(7))),
    *updates(('REMOVE zz', None), ('DELETE zz :v', av({'q'})), key=NONE),
    *legacy({}, {'n': {'Value': av(1)}}, {'n': {'Value': av(0), 'Action': 'ADD'}}, {'zz': {'Action': 'DELETE'}},
            {'ss': {'Value': av({'q'}), 'Action': 'DELETE'}}),
    *legacy({'zz': {'Action': 'DELETE'}}, key=NONE),
    ('DeleteItem', {'Key': NONE}), ('DeleteItem', {'Key': NONE, 'ReturnValues': 'ALL_OLD'})]


def of(name, op, body):
    """An action as a member of TransactItems."""
    more = {'UpdateExpression': 'REMOVE zz'} if op == 'UpdateItem' and 'UpdateExpression' not in body else {}
    return {op.removesuffix('Item'): {**body, **more, 'TableName': name}}


def test_what_changes_nothing_leaves_no_record(wire, streams, stream):
    name, arn = stream
    wire.call('PutItem', TableName=name, Item=WHOLE)
    for op, body in NOTHING:
        wire.call(op, TableName=name, **body)
        if not {'AttributeUpdates', 'ReturnValues'} & set(body):
            wire.call('TransactWriteItems', TransactItems=[
                of(name, op, body), {'ConditionCheck': {'TableName': name, 'Key': item(p='other', s=1),
                                                        'ConditionExpression': 'attribute_not_exists(p)'}}])
    wire.call('BatchWriteItem', RequestItems={name: [{'PutRequest': {'Item': WHOLE}}, {'DeleteRequest': {'Key': NONE}}]})
    where, none = "WHERE p = 'a' AND s = 1", "WHERE p = 'none' AND s = 1"
    statements = [f'UPDATE "{name}" SET n = 1 {where}', f'UPDATE "{name}" REMOVE zz {where}',
                  f'DELETE FROM "{name}" {none}', f"UPDATE \"{name}\" SET ss = set_add(ss, <<'x'>>) {where}"]
    for x in statements:
        wire.call('ExecuteStatement', Statement=x)
    for op, member in (('BatchExecuteStatement', 'Statements'), ('ExecuteTransaction', 'TransactStatements')):
        wire.call(op, {member: [{'Statement': x} for x in statements[1:3]]})
    assert [r['eventName'] for r in everything(streams, arn)] == ['INSERT']


def test_what_is_refused_leaves_no_record(wire, streams, stream):
    name, arn = stream
    wire.call('PutItem', TableName=name, Item=WHOLE)
    failed = 'ConditionalCheckFailedException'
    not_there = {'TableName': name, 'ConditionExpression': 'attribute_not_exists(p)'}
    refused(wire, 'PutItem', {**not_there, 'Item': KEY}, failed)
    refused(wire, 'DeleteItem', {**not_there, 'Key': KEY}, failed)
    refused(wire, 'UpdateItem', {**not_there, 'Key': KEY, 'UpdateExpression': 'REMOVE n'}, failed)
    refused(wire, 'TransactWriteItems', {'TransactItems': [
        {'Put': {'TableName': name, 'Item': item(p='new', s=1)}}, {'Delete': {**not_there, 'Key': KEY}}]},
        'TransactionCanceledException')
    insert = f"INSERT INTO \"{name}\" VALUE {{'p': 'a', 's': 1}}"
    refused(wire, 'ExecuteStatement', {'Statement': insert}, 'DuplicateItemException')
    refused(wire, 'ExecuteTransaction', {'TransactStatements': [
        {'Statement': f"INSERT INTO \"{name}\" VALUE {{'p': 'new', 's': 1}}"}, {'Statement': insert}]},
        'TransactionCanceledException')
    assert [r['eventName'] for r in everything(streams, arn)] == ['INSERT']


def test_small_changes_are_changes(wire, streams, stream):
    name, arn = stream
    wire.call('PutItem', TableName=name, Item=WHOLE)
    for expression, value in (('SET l = :v', av([{'m': 1}, 1])), ('SET n = :v', av('1')), ('SET e = :v', {'B': ''}),
                              ('SET m.b[1] = :v', av(False)), ('ADD ss :v', av({'z'})), ('DELETE ss :v', av({'z'}))):
        wire.call('UpdateItem', TableName=name, Key=KEY, UpdateExpression=expression,
                  ExpressionAttributeValues={':v': value})
    wire.call('UpdateItem', TableName=name, Key=item(p='key', s=1))
    wire.call('UpdateItem', TableName=name, Key=item(p='key', s=2), AttributeUpdates={})
    assert [r['eventName'] for r in everything(streams, arn)] == ['INSERT'] + 6 * ['MODIFY'] + 2 * ['INSERT']


def test_partiql(wire, streams, stream):
    name, arn = stream
    add = f"INSERT INTO \"{name}\" VALUE {{'p': 'a', 's': ?}}"
    change, remove = (f"{x} WHERE p = 'a' AND s = ?" for x in (f'UPDATE "{name}" SET x = 1', f'DELETE FROM "{name}"'))

    def statements(*pairs):
        return [{'Statement': text, 'Parameters': [av(n)]} for text, n in pairs]
    for one in statements((add, 1), (change, 1), (remove, 1)):
        wire.call('ExecuteStatement', one)
    wire.call('BatchExecuteStatement', Statements=statements((add, 2), (add, 3)))
    wire.call('ExecuteTransaction', TransactStatements=statements((change, 2), (remove, 3), (add, 4)))
    got = [(event, key['s']) for event, key, *_ in map(brief, everything(streams, arn))]
    assert got[:3] == [('INSERT', 1), ('MODIFY', 1), ('REMOVE', 1)]
    assert sorted(got[3:]) == [('INSERT', 2), ('INSERT', 3), ('INSERT', 4), ('MODIFY', 2), ('REMOVE', 3)]


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
    table_arn = arn_of(wire, names[1]).partition('/stream')[0]
    invalid(wire, 'ListStreams', {'TableName': table_arn}, constraint(
        table_arn, 'tableName', 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'))


def test_refused(wire, streams, stream):
    _, arn = stream
    other = arn[:-3] + ('000' if arn[-3:] != '000' else '001')
    away = arn.replace('us-east-1', 'eu-west-1')
    for a in (other, away):
        refused(wire, 'DescribeStream', {'StreamArn': a}, 'ResourceNotFoundException',
                f'Requested resource not found: Stream: {a} not found')
    theirs = arn.replace(':000000000000:', ':111111111111:')
    for op, more in (('DescribeStream', {}), ('GetShardIterator', {'ShardId': 'x' * 37, 'ShardIteratorType': 'LATEST'})):
        refused(wire, op, {'StreamArn': theirs, **more}, 'AccessDeniedException', 'Access is denied')
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
            'must satisfy enum value set: [TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, AT_TIMESTAMP]')
    first = shards_of(streams, arn)[0]['SequenceNumberRange']['StartingSequenceNumber']
    for number in (str(int(first) - 1), str(int(first) + 2 ** 45), '9' * 21, '1' * 40):
        invalid(wire, 'GetShardIterator', {**ask, 'ShardIteratorType': 'AT_SEQUENCE_NUMBER', 'SequenceNumber': number})
    now = time.time()
    for kind, more in (('AT_TIMESTAMP', {}), ('AT_TIMESTAMP', {'Timestamp': now + 60}), ('LATEST', {'Timestamp': now}),
                       ('AT_TIMESTAMP', {'Timestamp': now, 'SequenceNumber': '1' * 21}),
                       ('AT_SEQUENCE_NUMBER', {'Timestamp': now, 'SequenceNumber': first})):
        invalid(wire, 'GetShardIterator', {**ask, 'ShardIteratorType': kind, **more})
    good = iterator(streams, arn, shards_of(streams, arn)[0])
    for bad in ('x', good[:-8] + 'AAAAAAA=', good.replace('us-east-1', 'us-west-1'), good + 'A'):
        invalid(wire, 'GetRecords', {'ShardIterator': bad}, 'Invalid ShardIterator')
    for limit in (0, 1001):
        invalid(wire, 'GetRecords', {'ShardIterator': good, 'Limit': limit})


STREAM_ARN = 'Member must have length greater than or equal to 37'
SHARD_ID = 'Member must have length greater than or equal to 28'
NULL = 'Member must not be null'


@pytest.mark.parametrize('op, body, errors', [
    ('DescribeStream', {}, [(None, 'streamArn', NULL)]),
    ('DescribeStream', {'StreamArn': ''}, [('', 'streamArn', STREAM_ARN)]),
    ('DescribeStream', {'StreamArn': 'x' * 36, 'Limit': 101, 'ExclusiveStartShardId': 'x',
                        'ShardFilter': {'Type': 'X', 'ShardId': 'y'}}, [
        ('x' * 36, 'streamArn', STREAM_ARN), (101, 'limit', 'Member must have value less than or equal to 100'),
        ('x', 'exclusiveStartShardId', SHARD_ID), ('y', 'shardFilter.shardId', SHARD_ID),
        ('X', 'shardFilter.type', 'Member must satisfy enum value set: [CHILD_SHARDS]')]),
    ('ListStreams', {'TableName': 'ab', 'Limit': 0, 'ExclusiveStartStreamArn': 'x'}, [
        ('ab', 'tableName', 'Member must have length greater than or equal to 3'),
        (0, 'limit', 'Member must have value greater than or equal to 1'), ('x', 'exclusiveStartStreamArn', STREAM_ARN)]),
    ('GetShardIterator', {}, [(None, 'streamArn', NULL), (None, 'shardId', NULL), (None, 'shardIteratorType', NULL)]),
    ('GetShardIterator', {'StreamArn': 'x' * 37, 'ShardId': 'y' * 66, 'ShardIteratorType': 'LATEST', 'SequenceNumber': '1'}, [
        ('y' * 66, 'shardId', 'Member must have length less than or equal to 65'),
        ('1', 'sequenceNumber', 'Member must have length greater than or equal to 21')]),
    ('GetRecords', {'Limit': 1001}, [(None, 'shardIterator', NULL),
                                     (1001, 'limit', 'Member must have value less than or equal to 1000')]),
    ('GetRecords', {'ShardIterator': ''}, [('', 'shardIterator', 'Member must have length greater than or equal to 1')])])
def test_constraints(wire, op, body, errors):
    got = invalid(wire, op, body)
    assert constraints(got.message) == {constraint(*e).removeprefix(ENVELOPE) for e in errors}


@pytest.mark.parametrize('prefix', ['DynamoDBStreams_20120810', 'DynamoDB_20120810'])
def test_targets(wire, stream, prefix):
    for op, body in (('DescribeStream', {'StreamArn': stream[1]}), ('ListStreams', {'TableName': stream[0]})):
        text = json.dumps(body).encode()
        assert wire.send(body=text, headers=wire.signed(op, text, {'X-Amz-Target': f'{prefix}.{op}'})).status == 200


def test_expired_iterators_are_refused_in_words_of_boto3(streams, stream):
    with pytest.raises(ClientError, match='ValidationException'):
        streams.get_records(ShardIterator='nothing')


@pytest.mark.ours
def test_shards_go_on(server):
    """A reader that follows the children of each shard sees every change once, and in order."""
    s = server('--memory', '--stream-shard', '1')
    w, streams = Wire(s.url), client_of(s.url)
    t = make_table(w, 'p:S s:N', StreamSpecification=ON)
    arn, n = arn_of(w, t), 0

    def write():
        nonlocal n
        n += 1
        for p in 'abcdefgh':
            w.call('PutItem', TableName=t, Item=item(p=p, s=1, n=n))
        return len(shards_of(streams, arn)) >= 16
    until('four generations', write)
    w.call('UpdateTable', TableName=t, StreamSpecification={'StreamEnabled': False})
    shards = shards_of(streams, arn)
    assert len({x['ShardId'] for x in shards}) == len(shards)
    seen, ends = {}, 0
    for shard in [x for x in shards if 'ParentShardId' not in x]:
        while shard:
            ask = {'Type': 'CHILD_SHARDS', 'ShardId': shard['ShardId']}
            children = w.call('DescribeStream', StreamArn=arn, ShardFilter=ask)['StreamDescription']['Shards']
            records, behind = drain(streams, iterator(streams, arn, shard))
            assert behind is None and len(children) <= 1
            low, high = (int(x) for x in (shard['SequenceNumberRange'][k + 'ingSequenceNumber'] for k in ('Start', 'End')))
            for r in records:
                event, key, old, new = brief(r)
                assert low <= int(r['dynamodb']['SequenceNumber']) <= high
                assert seen.get(key['p']) == old
                seen[key['p']] = new
            last = iterator(streams, arn, shard, 'LATEST')
            assert streams.get_records(ShardIterator=last)['Records'] == []
            ends += not children
            shard = children[0] if children else None
    assert ends == 4 and {p: i['n'] for p, i in seen.items()} == dict.fromkeys('abcdefgh', n)


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
