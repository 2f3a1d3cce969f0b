"""The whole life of a table through boto3: the steps of run.sh."""
import sys
import time

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

TABLE = 'client-python'
settings = dict(endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='local',
                aws_secret_access_key='local')
resource = boto3.resource('dynamodb', **settings)
client = resource.meta.client  # speaks Python values, as the resource does
streams = boto3.client('dynamodbstreams', **settings)
table = resource.Table(TABLE)
failed = False


def step(name, run):
    global failed
    try:
        assert run(), 'the answer is not what was expected'
        print(f'ok {name}')
    except Exception as e:
        failed = True
        print(f'not ok {name}: {e!r}')


def numbers(first, last):
    return list(range(first, last + 1))


def key(pk, sk):
    return {'pk': pk, 'sk': sk}


def create():
    resource.create_table(
        TableName=TABLE, BillingMode='PAY_PER_REQUEST',
        AttributeDefinitions=[{'AttributeName': 'pk', 'AttributeType': 'S'},
                              {'AttributeName': 'sk', 'AttributeType': 'N'}],
        KeySchema=[{'AttributeName': 'pk', 'KeyType': 'HASH'}, {'AttributeName': 'sk', 'KeyType': 'RANGE'}],
        StreamSpecification={'StreamEnabled': True, 'StreamViewType': 'NEW_AND_OLD_IMAGES'})
    table.wait_until_exists()
    table.reload()
    return table.table_status == 'ACTIVE'


def items():
    item = {**key('a', 1), 'name': 'x', 'l': [1, '2', True, None], 'm': {'b': b'\x00\xff'}, 'set': {'u', 'v'}}
    table.put_item(Item=item)
    got = table.get_item(Key=key('a', 1), ConsistentRead=True)['Item']
    new = table.update_item(Key=key('a', 1), UpdateExpression='ADD hits :one', ReturnValues='UPDATED_NEW',
                            ExpressionAttributeValues={':one': 1})['Attributes']
    return got == item and new == {'hits': 1}


def condition():
    try:
        table.put_item(Item=key('a', 1), ConditionExpression=Attr('pk').not_exists(),
                       ReturnValuesOnConditionCheckFailure='ALL_OLD')
    except client.exceptions.ConditionalCheckFailedException as e:
        return e.response['Item']['hits'] in ({'N': '1'}, 1)


def batch_write():
    """batch_writer() sends again what is left; it tells nobody, so the calls are counted."""
    calls = []
    client.meta.events.register('before-call.dynamodb.BatchWriteItem', lambda **_: calls.append(1))
    with table.batch_writer() as batch:
        for i in numbers(2, 51):
            batch.put_item(Item=key('a', i))
    return len(calls) > 2


def batch_get():
    left, seen, rounds = {TABLE: {'Keys': [key('a', i) for i in numbers(1, 60)]}}, [], 0
    while left:
        answer = resource.batch_get_item(RequestItems=left)
        seen += [i['sk'] for i in answer['Responses'].get(TABLE, [])]
        left = answer['UnprocessedKeys']
        rounds += 1
    return rounds > 1 and sorted(seen) == numbers(1, 51)


def query():
    for forward in (True, False):
        pages = list(client.get_paginator('query').paginate(
            TableName=TABLE, KeyConditionExpression=Key('pk').eq('a') & Key('sk').between(1, 45),
            ScanIndexForward=forward, PaginationConfig={'PageSize': 10}))
        seen = [i['sk'] for p in pages for i in p['Items']]
        if len(pages) < 5 or seen != numbers(1, 45)[::1 if forward else -1]:
            return False
    return True


def scan():
    pages = [p for segment in range(4) for p in client.get_paginator('scan').paginate(
        TableName=TABLE, Segment=segment, TotalSegments=4, PaginationConfig={'PageSize': 20})]
    return len(pages) > 4 and sorted(i['sk'] for p in pages for i in p['Items']) == numbers(1, 51)


def throttled():
    answer = table.delete_item(Key=key('a', 51), ReturnValues='ALL_OLD')
    return answer['ResponseMetadata']['RetryAttempts'] == 2 and answer['Attributes']['sk'] == 51


def exists(pk):
    return {'ConditionCheck': {'TableName': TABLE, 'Key': key(pk, 1), 'ConditionExpression': 'attribute_exists(pk)'}}


def transaction():
    client.transact_write_items(TransactItems=[
        {'Put': {'TableName': TABLE, 'Item': key('t', 1)}},
        {'Delete': {'TableName': TABLE, 'Key': key('a', 50)}}, exists('a')])
    got = client.transact_get_items(TransactItems=[
        {'Get': {'TableName': TABLE, 'Key': key('t', 1)}}, {'Get': {'TableName': TABLE, 'Key': key('a', 50)}}])
    return got['Responses'] == [{'Item': key('t', 1)}, {}]


def cancelled():
    try:
        client.transact_write_items(TransactItems=[
            {'Put': {'TableName': TABLE, 'Item': key('t', 2)}}, exists('none')])
    except client.exceptions.TransactionCanceledException as e:
        return ([r['Code'] for r in e.response['CancellationReasons']] == ['None', 'ConditionalCheckFailed'] and
                'Item' not in table.get_item(Key=key('t', 2)))


def partiql():
    seen, pages, more = [], 0, {}
    while True:
        answer = client.execute_statement(Statement=f'SELECT sk FROM "{TABLE}" WHERE pk = ?', Parameters=['a'],
                                          Limit=20, **more)
        seen += [i['sk'] for i in answer['Items']]
        pages += 1
        if 'NextToken' not in answer:
            return pages > 2 and seen == numbers(1, 49)
        more = {'NextToken': answer['NextToken']}


def line(record):
    """What a record is, in a few words: INSERT 1 - -"""
    old, new = (record['dynamodb'].get(image, {}).get('hits', {}).get('N', '-') for image in ('OldImage', 'NewImage'))
    return f"{record['eventName']} {record['dynamodb']['Keys']['sk']['N']} {old} {new}"


def stream():
    arn, seen = table.latest_stream_arn, {}
    for shard in streams.describe_stream(StreamArn=arn)['StreamDescription']['Shards']:
        at = streams.get_shard_iterator(StreamArn=arn, ShardId=shard['ShardId'],
                                        ShardIteratorType='TRIM_HORIZON')['ShardIterator']
        while at:
            answer = streams.get_records(ShardIterator=at, Limit=20)
            for r in answer['Records']:
                seen.setdefault(r['dynamodb']['Keys']['pk']['S'], []).append(line(r))
            at = answer.get('NextShardIterator') if answer['Records'] else None
    a = seen['a']
    return (seen['t'] == ['INSERT 1 - -'] and a[:2] == ['INSERT 1 - -', 'MODIFY 1 - 1'] and
            sorted(a[2:52]) == sorted(f'INSERT {i} - -' for i in numbers(2, 51)) and
            a[52:] == ['REMOVE 51 - -', 'REMOVE 50 - -'])


def index():
    table.update(AttributeDefinitions=[{'AttributeName': 'hits', 'AttributeType': 'N'}],
                 GlobalSecondaryIndexUpdates=[{'Create': {
                     'IndexName': 'by-hits', 'KeySchema': [{'AttributeName': 'hits', 'KeyType': 'HASH'}],
                     'Projection': {'ProjectionType': 'KEYS_ONLY'}}}])
    for _ in range(500):
        time.sleep(0.02)
        table.reload()
        if table.global_secondary_indexes[0]['IndexStatus'] == 'ACTIVE':
            break
    found = table.query(IndexName='by-hits', KeyConditionExpression=Key('hits').eq(1))['Items']
    return found == [{**key('a', 1), 'hits': 1}]


def delete():
    table.delete()
    table.wait_until_not_exists()
    try:
        table.reload()
    except ClientError as e:
        return e.response['Error']['Code'] == 'ResourceNotFoundException'


step('table: create, wait', create)
step('items: put, get, update', items)
step('condition: refused, with the item', condition)
step('batch write: what is left is sent again', batch_write)
step('batch get: what is left is sent again', batch_get)
step('query: pages, forwards and backwards', query)
step('scan: pages of segments', scan)
step('throttled: sent again', throttled)
step('transaction: all of it', transaction)
step('transaction: cancelled, none of it', cancelled)
step('PartiQL: pages', partiql)
step('stream: every change, in order', stream)
step('index: added, filled, queried', index)
step('table: delete, wait', delete)
sys.exit(failed)
