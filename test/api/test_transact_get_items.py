"""TransactGetItems."""
import pytest

from kit import (ENVELOPE, KEY_SCHEMA, NO_TABLE, PARAM_ARE, constraint, fresh, invalid, item, items, plain_item, refused)


def get(t, projection=None, names=None, **key):
    rq = {'TableName': t, 'Key': items(key)}
    if projection:
        rq['ProjectionExpression'] = projection
    if names:
        rq['ExpressionAttributeNames'] = names
    return {'Get': rq}


def read(wire, *gets, **more):
    return wire.call('TransactGetItems', TransactItems=list(gets), **more)


def test_items_in_order(wire, shared):
    a, b, k = shared('p:S'), shared('p:S s:N'), fresh()
    wire.call('PutItem', TableName=a, Item=item(p=k, x={'y': [1, 2]}, z='w'))
    wire.call('PutItem', TableName=b, Item=item(p=k, s=1, n=5))
    got = read(wire, get(b, p=k, s=1), get(a, p=k + 'none'), get(a, 'x.y[1], #z', {'#z': 'z'}, p=k),
               get(b, 'nothing', p=k, s=2))
    assert set(got) == {'Responses'}
    assert [plain_item(r['Item']) if 'Item' in r else r for r in got['Responses']] == [
        {'p': k, 's': 1, 'n': 5}, {}, {'x': {'y': [2]}, 'z': 'w'}, {}]


def test_boto3(ddb, simple):
    k = fresh()
    ddb.put_item(TableName=simple, Item=item(p=k, n=1))
    got = ddb.transact_get_items(TransactItems=[get(simple, p=k), get(simple, p=k + 'none')])
    assert got['Responses'] == [{'Item': item(p=k, n=1)}, {}]


def test_hundred(wire, simple):
    k = fresh()
    wire.call('TransactWriteItems', TransactItems=[
        {'Put': {'TableName': simple, 'Item': item(p=f'{k}{i}', n=i)}} for i in range(100)])
    got = read(wire, *(get(simple, p=f'{k}{i}') for i in reversed(range(100))))
    assert [plain_item(r['Item'])['n'] for r in got['Responses']] == list(reversed(range(100)))
    e = invalid(wire, 'TransactGetItems', {'TransactItems': [get(simple, p=f'{k}{i}') for i in range(101)]})
    assert e.message.startswith(ENVELOPE) and e.message.endswith(
        "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100")


def test_four_megabytes(wire, simple):
    k = fresh()
    for i in range(11):
        wire.call('PutItem', TableName=simple, Item=item(p=f'{k}{i}', x='x' * 400_000))
    e = invalid(wire, 'TransactGetItems', {'TransactItems': [get(simple, p=f'{k}{i}') for i in range(11)]})
    assert 'size cannot exceed' in e.message
    assert len(read(wire, *(get(simple, p=f'{k}{i}') for i in range(10)))['Responses']) == 10


@pytest.mark.parametrize('rq, message', [
    ([], constraint('[]', 'transactItems', 'Member must have length greater than or equal to 1')),
    ([{}], constraint(None, 'transactItems.1.member.get', 'Member must not be null')),
    ([{'Get': {'TableName': 'tbl'}}], constraint(None, 'transactItems.1.member.get.key', 'Member must not be null')),
    ([get('tbl', 'a,', p='a')], 'Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ","'),
    ([get('tbl', 'a', {'#b': 'b'}, p='a')],
     'Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}'),
])
def test_refused_as_a_request(wire, rq, message):
    invalid(wire, 'TransactGetItems', {'TransactItems': rq}, message)


def test_refused_with_the_table(wire, simple):
    invalid(wire, 'TransactGetItems', {'TransactItems': [get(simple, p='a'), get(simple, 'x', p='a')]},
            'Transaction request cannot include multiple operations on one item')
    refused(wire, 'TransactGetItems', {'TransactItems': [get(simple, p='a'), get(fresh(), p='a')]},
            'ResourceNotFoundException', NO_TABLE)


@pytest.mark.parametrize('key, message', [
    (item(p=''), PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string value. Key: p'),
    (item(p=1), KEY_SCHEMA),
    (item(q='x'), KEY_SCHEMA),
])
def test_a_key_that_does_not_fit_cancels(wire, simple, key, message):
    e = refused(
        wire, 'TransactGetItems', {'TransactItems': [get(simple, p='a'), {'Get': {'TableName': simple, 'Key': key}}]},
        'TransactionCanceledException',
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError]')
    assert e.body['CancellationReasons'] == [{'Code': 'None'}, {'Code': 'ValidationError', 'Message': message}]


def test_the_first_key_that_does_not_fit_is_reported_alone(wire, simple):
    bad = [{'Get': {'TableName': simple, 'Key': k}} for k in (item(q=1), item(p=''))]
    e = refused(wire, 'TransactGetItems', {'TransactItems': [get(simple, p='a'), *bad]}, 'TransactionCanceledException')
    assert [r['Code'] for r in e.body['CancellationReasons']] == ['None', 'ValidationError', 'None']
    for missing in ([get(fresh(), p='')], [get(simple, p=1), get(fresh(), p='a')]):
        refused(wire, 'TransactGetItems', {'TransactItems': missing}, 'ResourceNotFoundException', NO_TABLE)


def test_projections(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, a={'b': [1, 2, 3], 'c': 'd'}, e=1))

    def ask(projection, names=None):
        return read(wire, get(simple, projection, names, p=k))['Responses'][0]
    assert ask('a.b[2], a.b[0], e') == {'Item': item(a={'b': [1, 3]}, e=1)}
    assert ask('#a.#b', {'#a': 'a', '#b': 'c'}) == {'Item': item(a={'c': 'd'})}
    assert ask('nothing, a.x, e.y') == {}
    for text, message in (
            ('a, a.b', 'Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of '
             'these paths; path one: [a], path two: [a, b]'),
            ('#x', 'Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; '
             'attribute name: #x')):
        invalid(wire, 'TransactGetItems', {'TransactItems': [get(simple, text, p=k)]}, message)
    invalid(wire, 'TransactGetItems', {'TransactItems': [get(simple, None, {'#x': 'x'}, p=k)]},
            'ExpressionAttributeNames can only be specified when using expressions')


def test_capacity(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, x='x' * 5000))
    got = read(wire, get(simple, p=k), get(simple, p=k + 'none'), ReturnConsumedCapacity='TOTAL')
    assert got['ConsumedCapacity'] == [{'TableName': simple, 'CapacityUnits': 6, 'ReadCapacityUnits': 6}]
    got = read(wire, get(simple, p=k), ReturnConsumedCapacity='INDEXES')
    assert got['ConsumedCapacity'] == [{'TableName': simple, 'CapacityUnits': 4, 'ReadCapacityUnits': 4,
                                        'Table': {'CapacityUnits': 4, 'ReadCapacityUnits': 4}}]
