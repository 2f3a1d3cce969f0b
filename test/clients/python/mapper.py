"""PynamoDB, as its documentation shows it: models, indexes, versions, batches, transactions."""
import sys

from pynamodb.attributes import (JSONAttribute, ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute,
                                 UnicodeSetAttribute, UTCDateTimeAttribute, VersionAttribute)
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, TransactWriteError, UpdateError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, LocalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite

ENDPOINT = dict(host=sys.argv[1], region='us-east-1')
failed = False


class Meta:
    table_name, billing_mode = 'client-pynamodb', 'PAY_PER_REQUEST'
    host, region = sys.argv[1], 'us-east-1'
    aws_access_key_id = aws_secret_access_key = 'local'
    max_retry_attempts, base_backoff_ms = 10, 5


class ByViews(GlobalSecondaryIndex):
    class Meta:
        projection = AllProjection()
    views = NumberAttribute(hash_key=True)
    subject = UnicodeAttribute(range_key=True)


class ByTime(LocalSecondaryIndex):
    class Meta:
        projection = IncludeProjection(['tags'])
    forum = UnicodeAttribute(hash_key=True)
    posted = UTCDateTimeAttribute(range_key=True)


class Address(MapAttribute):
    street = UnicodeAttribute(null=True)
    zip = NumberAttribute(null=True)


class Thread(Model):
    Meta = Meta
    forum = UnicodeAttribute(hash_key=True)
    subject = UnicodeAttribute(range_key=True)
    views = NumberAttribute(default=0)
    posted = UTCDateTimeAttribute(null=True)
    tags = UnicodeSetAttribute(null=True)
    json = JSONAttribute(null=True)
    address = Address(null=True)
    list = ListAttribute(null=True)
    version = VersionAttribute(null=True)
    by_views, by_time = ByViews(), ByTime()


def step(name, run):
    global failed
    try:
        assert run(), 'the answer is not what was expected'
        print(f'ok PynamoDB: {name}')
    except Exception as e:
        failed = True
        print(f'not ok PynamoDB: {name}: {e!r}')


def refused(exception, run):
    try:
        run()
    except exception as e:
        return e.cause_response_code


def create():
    Thread.create_table(wait=True)
    return Thread.exists() and Thread.count() == 0


def save():
    Thread('f', 's', views=3, tags={'a', 'b'}, json={'a': [1, None]}, list=['x', 1, None, {'q': b'z'}],
           address=Address(street='here', zip=1)).save()
    t = Thread.get('f', 's', consistent_read=True)
    return (t.tags == {'a', 'b'} and t.json == {'a': [1, None]} and t.list == ['x', 1, None, {'q': b'z'}] and
            t.address.street == 'here' and t.version == 1)


def versions():
    mine, other = Thread.get('f', 's'), Thread.get('f', 's')
    mine.save()
    return refused(PutError, other.save) == 'ConditionalCheckFailedException'


def update():
    t = Thread.get('f', 's')
    t.update([Thread.views.set(Thread.views + 1), Thread.tags.add({'c'}), Thread.list.set(Thread.list.append(['end'])),
              Thread.address.zip.set(9), Thread.json.remove()],
             condition=(Thread.views == 3) & Thread.tags.contains('a') & Thread.address.street.startswith('h'))
    bad = refused(UpdateError, lambda: t.update([Thread.views.set(0)], condition=Thread.views.is_in(7, 8)))
    return (bad == 'ConditionalCheckFailedException' and t.views == 4 and t.tags == {'a', 'b', 'c'} and
            t.address.zip == 9 and t.json is None and t.list[-1] == 'end')


def batch():
    with Thread.batch_write() as b:
        for i in range(60):
            b.save(Thread('batch', f's{i:02}', views=i % 7))
    return len(list(Thread.batch_get([('batch', f's{i:02}') for i in range(60)]))) == 60


def query():
    found = [t.subject for t in Thread.query('batch', Thread.subject.between('s10', 's39'), Thread.views == 3,
                                             page_size=4, scan_index_forward=False)]
    first = Thread.query('batch', limit=10)
    rest = Thread.query('batch', last_evaluated_key=list(first) and first.last_evaluated_key)
    return found == ['s38', 's31', 's24', 's17', 's10'] and [t.subject for t in rest][0] == 's10'


def indexes():
    return (len(list(Thread.by_views.query(3, Thread.subject.startswith('s'), page_size=2))) == 9 and
            Thread.by_views.count(3) == 9 and list(Thread.by_time.query('batch')) == [])


def scan():
    return (sum(1 for segment in range(3) for _ in Thread.scan(segment=segment, total_segments=3)) == 61 and
            len(list(Thread.scan(Thread.views.exists(), page_size=20))) == 61)


def transactions():
    connection = Connection(**ENDPOINT)
    connection.session.set_credentials('local', 'local')
    with TransactWrite(connection=connection) as t:
        t.save(Thread('t', '1'))
        t.delete(Thread('batch', 's00'), add_version_condition=False)
        t.condition_check(Thread, 'f', 's', condition=Thread.views == 4)
    with TransactGet(connection=connection) as t:
        made, gone = t.get(Thread, 't', '1'), t.get(Thread, 'batch', 's00')
    try:
        gone.get()
    except Thread.DoesNotExist:
        pass
    else:
        return False
    try:
        with TransactWrite(connection=connection) as t:
            t.save(Thread('t', '1'))  # its version says that it is new
    except TransactWriteError as e:
        return made.get().version == 1 and e.cancellation_reasons[0].code == 'ConditionalCheckFailed'


def drop():
    Thread.delete_table()
    return not Thread.exists()


for f in (create, save, versions, update, batch, query, indexes, scan, transactions, drop):
    step(f.__name__, f)
sys.exit(failed)
