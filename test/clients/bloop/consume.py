"""A table's stream through bloop, which follows the tree of shards by itself; with a token in between."""
import json
import sys
import time

import boto3
from bloop import BaseModel, Column, Engine, Integer, String

KEYS, GENERATIONS, LANES, PATIENCE_S = 40, 4, 4, 120
failed = 0


class Consumed(BaseModel):
    class Meta:
        table_name = 'consumed-bloop'
        stream = {'include': {'new', 'old'}}
    p = Column(String, hash_key=True)
    n = Column(Integer)


def ok(good, what):
    global failed
    print('ok' if good else 'not ok', 'bloop: ' + what)
    failed += not good


def main(url):
    clients = [boto3.client(s, endpoint_url=url, region_name='us-east-1', aws_access_key_id='test',
                            aws_secret_access_key='test') for s in ('dynamodb', 'dynamodbstreams')]
    engine = Engine(dynamodb=clients[0], dynamodbstreams=clients[1])
    engine.bind(Consumed)
    stream = engine.stream(Consumed, 'trim_horizon')
    image, read, written, wrong = {}, 0, 0, 0
    end = time.monotonic() + PATIENCE_S

    def take():
        """What is there by now: each image must be the next one of its item."""
        nonlocal read, wrong
        record = next(stream)
        while record:
            old, new = record['old'], record['new']
            key = (new or old).p
            wrong += image.get(key) != (old and old.n)
            image[key] = new and new.n
            read += 1
            record = next(stream)

    def generations():
        shards = engine.session.describe_stream(stream_arn=Consumed.Meta.stream['arn'])['Shards']
        return len(shards) // LANES

    n = 0
    while generations() < GENERATIONS:
        n += 1
        engine.save(*[Consumed(p=f'k{k}', n=n) for k in range(KEYS)])
        written += KEYS
        take()
        stream = engine.stream(Consumed, json.loads(json.dumps(stream.token)))  # as after a restart
        time.sleep(0.1)
    engine.delete(*[Consumed(p=f'k{k}') for k in range(KEYS)])
    written += KEYS
    while read < written and time.monotonic() < end:
        take()
    ok(read == written, f'{read} of {written} changes through {generations()} generations of shards')
    ok(wrong == 0 and not any(image.values()), f'each once and in order, {wrong} wrong')
    stream = engine.stream(Consumed, stream.token)
    ok(next(stream) is None, 'and its token goes on behind them')


main(sys.argv[1])
sys.exit(failed > 0)
