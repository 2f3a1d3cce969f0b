"""Event-source mappings: the changes of a table as events of a function."""
import json
import threading
import time

import pytest
from botocore.exceptions import ClientError

from functions_kit import add_python, client_of
from kit import client, until

pytestmark = pytest.mark.ours

# Appends each batch to FILE; fails while one of the texts in BAD is among the items of it.
RECORDER = '''
import json, os
def h(event, context):
    ids = [r["dynamodb"]["Keys"]["p"]["S"] for r in event["Records"]]
    bad = [i for i in ids if os.path.exists(os.environ["BAD"]) and i in open(os.environ["BAD"]).read().split()]
    line = json.dumps({"ids": ids, "bad": bad, "event": event}) + "\\n"
    f = os.open(os.environ["FILE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(f, line.encode())  # whole, or not at all: it may be killed
    os.close(f)
    if bad and os.environ.get("REPORT"):
        return {"batchItemFailures": [{"itemIdentifier": r["dynamodb"]["SequenceNumber"]} for r in event["Records"]
                                      if r["dynamodb"]["Keys"]["p"]["S"] in bad]}
    if bad:
        raise ValueError("bad " + " ".join(bad))
'''


class World:
    def __init__(self, server, tmp_path, *flags):
        self.server, self.path, self.flags = server, tmp_path, flags
        self.file, self.bad = tmp_path / 'batches', tmp_path / 'bad'
        self.start()

    def start(self):
        self.stator = self.server('--data', str(self.path / 'data'), '--functions', *self.flags)
        self.functions = client_of(self.stator.url, 'lambda')
        self.ddb = client(self.stator.url)

    def table(self, view='NEW_AND_OLD_IMAGES'):
        made = self.ddb.create_table(
            TableName='stream-table', AttributeDefinitions=[{'AttributeName': 'p', 'AttributeType': 'S'}],
            KeySchema=[{'AttributeName': 'p', 'KeyType': 'HASH'}], BillingMode='PAY_PER_REQUEST',
            StreamSpecification={'StreamEnabled': True, 'StreamViewType': view})
        self.arn = made['TableDescription']['LatestStreamArn']

    def function(self, name='f', **env):
        add_python(self.functions, name, RECORDER, Timeout=10, MemorySize=256, Environment={
            'Variables': {'FILE': str(self.file), 'BAD': str(self.bad), **env}})

    def map(self, start='TRIM_HORIZON', **more):
        self.mapping = self.functions.create_event_source_mapping(
            EventSourceArn=self.arn, FunctionName='f', StartingPosition=start, **more)
        return self.mapping['UUID']

    def put(self, *ids, **attributes):
        for i in ids:
            self.ddb.put_item(TableName='stream-table', Item={'p': {'S': str(i)}, **attributes})

    def batches(self):
        """The lines that are complete."""
        return [json.loads(line) for line in self.file.read_text().split('\n')[:-1]] if self.file.exists() else []

    def good(self):
        return [i for b in self.batches() if not b['bad'] for i in b['ids']]

    def letters(self):
        path = self.path / 'data' / 'functions' / 'dead-letter' / 'f.jsonl'
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def world(server, tmp_path):
    w = World(server, tmp_path)
    w.table()
    yield w
    assert w.stator.stop() == 0, w.stator.log()


def test_records_as_lambda_shows_them(world):
    world.function()
    world.put('a', n={'N': '1'})
    world.ddb.update_item(TableName='stream-table', Key={'p': {'S': 'a'}}, UpdateExpression='SET n = :2',
                          ExpressionAttributeValues={':2': {'N': '2'}})
    world.ddb.delete_item(TableName='stream-table', Key={'p': {'S': 'a'}})
    world.map()
    until('three records', lambda: len(world.good()) == 3)
    records = [r for b in world.batches() for r in b['event']['Records']]
    assert [r['eventName'] for r in records] == ['INSERT', 'MODIFY', 'REMOVE']
    for r in records:
        assert r['eventSource'] == 'aws:dynamodb' and r['eventSourceARN'] == world.arn and r['eventVersion'] == '1.1'
        assert r['awsRegion'] == 'us-east-1' and r['dynamodb']['Keys'] == {'p': {'S': 'a'}}
        assert r['dynamodb']['StreamViewType'] == 'NEW_AND_OLD_IMAGES' and r['dynamodb']['SizeBytes'] > 0
        assert isinstance(r['dynamodb']['ApproximateCreationDateTime'], (int, float))
    assert records[1]['dynamodb']['OldImage']['n'] == {'N': '1'} and records[1]['dynamodb']['NewImage']['n'] == {'N': '2'}
    assert 'NewImage' not in records[2]['dynamodb']
    numbers = [r['dynamodb']['SequenceNumber'] for r in records]
    assert numbers == sorted(numbers) and len(set(numbers)) == 3


def test_latest_begins_with_the_mapping(world):
    world.function()
    world.put('before')
    world.map('LATEST')
    world.put('after')
    until('the later one', lambda: world.good())
    time.sleep(0.5)
    assert world.good() == ['after']


def test_batch_size_and_order(world):
    world.function()
    for i in range(50):
        world.put('same', n={'N': str(i)})
    world.map(BatchSize=7)
    until('all', lambda: len(world.good()) == 50)
    batches = world.batches()
    assert max(len(b['ids']) for b in batches) == 7
    got = [r['dynamodb']['NewImage']['n']['N'] for b in batches for r in b['event']['Records']]
    assert got == [str(i) for i in range(50)]


def test_shards_that_go_on(server, tmp_path):
    """Each change once, those of an item in order, through five generations of shards and a restart."""
    w = World(server, tmp_path, '--stream-shard', '1')
    w.table()
    w.function()
    w.map()
    streams, n = client_of(w.stator.url, 'dynamodbstreams'), 0

    def go_on(generations):
        nonlocal n
        before = n
        while n == before or len(streams.describe_stream(StreamArn=w.arn)['StreamDescription']['Shards']) < 4 * generations:
            n += 1
            w.put(*'abcdefgh', n={'N': str(n)})
            time.sleep(0.05)
    go_on(3)
    until('the records', lambda: len(w.good()) == 8 * n)
    assert w.stator.stop() == 0
    w.start()
    streams = client_of(w.stator.url, 'dynamodbstreams')
    go_on(6)
    until('the rest', lambda: len(w.good()) >= 8 * n)
    seen = {}
    for batch in w.batches():
        for r in batch['event']['Records']:
            seen.setdefault(r['dynamodb']['Keys']['p']['S'], []).append(int(r['dynamodb']['NewImage']['n']['N']))
    assert seen == {p: list(range(1, n + 1)) for p in 'abcdefgh'}
    assert w.stator.stop() == 0, w.stator.log()


def test_batching_window(world):
    world.function()
    world.map(BatchSize=100, MaximumBatchingWindowInSeconds=2)
    for i in range(3):
        world.put('same', n={'N': str(i)})
        time.sleep(0.3)
    until('all', lambda: len(world.good()) == 3)
    assert len(world.batches()) == 1


def test_a_failing_batch_is_tried_until_it_succeeds(world):
    world.function()
    world.bad.write_text('x')
    world.map()
    world.put('x')
    until('two tries', lambda: len(world.batches()) >= 2)
    assert 'PROBLEM' in world.functions.get_event_source_mapping(UUID=world.mapping['UUID'])['LastProcessingResult']
    world.bad.unlink()
    until('then it is fine', lambda: world.good() == ['x'])
    until('and it says so', lambda: world.functions.get_event_source_mapping(
        UUID=world.mapping['UUID'])['LastProcessingResult'] == 'OK')


def test_bisect_and_dead_letter(world):
    world.function()
    ids = [f's{i}' for i in range(12)]
    world.bad.write_text('s5')
    world.put(*ids)
    world.map(BisectBatchOnFunctionError=True, MaximumRetryAttempts=1)
    until('the others', lambda: set(world.good()) == set(ids) - {'s5'})
    letter = until('the letter', world.letters)[0]
    assert letter['requestContext']['condition'] == 'RetryAttemptsExhausted'
    assert [r['dynamodb']['Keys']['p']['S'] for r in letter['records']] == ['s5']
    assert letter['DDBStreamBatchInfo']['batchSize'] == 1 and letter['DDBStreamBatchInfo']['streamArn'] == world.arn


def test_without_bisect_the_whole_batch_is_given_up(world):
    world.function()
    world.bad.write_text('same')
    for i in range(3):
        world.put('same', n={'N': str(i)})
    world.map(MaximumRetryAttempts=2)
    letter = until('the letter', world.letters)[0]
    assert letter['DDBStreamBatchInfo']['batchSize'] == 3 and letter['requestContext']['approximateInvokeCount'] == 3
    assert len(world.batches()) == 3
    world.bad.unlink()
    world.put('same')
    until('it goes on', lambda: world.good() == ['same'])


def test_report_of_single_failures(world):
    world.function(REPORT='1')
    for i in range(6):
        world.put('k', n={'N': str(i)})
    world.map(BatchSize=6, FunctionResponseTypes=['ReportBatchItemFailures'])
    until('all six', lambda: len(world.good()) == 6)
    world.bad.write_text('bad')
    world.put('k', 'bad', 'k')
    until('tried again', lambda: sum('bad' in b['ids'] for b in world.batches()) >= 2)
    world.bad.unlink()
    until('done', lambda: 'bad' in world.good())


def test_at_least_once_over_kill_9(world):
    world.function()
    world.map(BatchSize=10)
    sent, stop = [], threading.Event()

    def write(ddb):
        while not stop.is_set():
            try:
                ddb.put_item(TableName='stream-table', Item={'p': {'S': f'w{len(sent)}'}})
            except Exception:
                return
            sent.append(f'w{len(sent)}')
    for _ in range(3):
        stop.clear()
        t = threading.Thread(target=write, args=(world.ddb,))
        t.start()
        before = len(set(world.good()))
        until('some records came', lambda: len(set(world.good())) > before + 20)
        world.stator.kill()
        stop.set()
        t.join()
        world.start()
    until('every acknowledged write came', lambda: set(world.good()) >= set(sent))
    assert len(sent) > 60


def test_disabled_then_enabled(world):
    world.function()
    uuid = world.map(Enabled=False)
    assert world.mapping['State'] == 'Disabled'
    world.put('a')
    time.sleep(0.5)
    assert world.good() == []
    assert world.functions.update_event_source_mapping(UUID=uuid, Enabled=True)['State'] == 'Enabled'
    until('now', lambda: world.good() == ['a'])
    world.functions.delete_event_source_mapping(UUID=uuid)
    with pytest.raises(ClientError, match='ResourceNotFoundException'):
        world.functions.get_event_source_mapping(UUID=uuid)
    world.put('b')
    time.sleep(0.5)
    assert world.good() == ['a']


def test_lists_and_refusals(world):
    world.function()
    uuid = world.map(BatchSize=3)
    f = world.functions
    for query in ({}, {'FunctionName': 'f'}, {'EventSourceArn': world.arn}):
        assert [m['UUID'] for m in f.list_event_source_mappings(**query)['EventSourceMappings']] == [uuid]
    assert f.list_event_source_mappings(FunctionName='other')['EventSourceMappings'] == []
    with pytest.raises(ClientError, match='ResourceConflictException'):
        world.map()
    bad = [({'BatchSize': 0}, 'InvalidParameterValue'), ({'ParallelizationFactor': 2}, 'InvalidParameterValue'),
           ({'FunctionName': 'nope'}, 'ResourceNotFound'), ({'EventSourceArn': 'arn:aws:sqs:x:1:q'}, 'InvalidParameterValue'),
           ({'EventSourceArn': world.arn.replace('/stream/2', '/stream/1')}, 'InvalidParameterValue'), ({'StartingPosition': 'AT_TIMESTAMP'}, 'InvalidParameterValue'),
           ({'TumblingWindowInSeconds': 5}, 'InvalidParameterValue'),
           ({'FilterCriteria': {'Filters': [{'Pattern': '{}'}]}}, 'InvalidParameterValue'),
           ({'DestinationConfig': {'OnFailure': {'Destination': 'arn:aws:sqs:x:1:q'}}}, 'InvalidParameterValue')]
    for change, code in bad:
        with pytest.raises(ClientError, match=code):
            f.create_event_source_mapping(**{'EventSourceArn': world.arn, 'FunctionName': 'f', 'StartingPosition': 'LATEST', **change})
