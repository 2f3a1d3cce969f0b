"""Query: order, pages, filters, what Select means, and what is refused."""
import pytest

from kit import (ENVELOPE, KEY_SCHEMA, PARAM, all_items, av, constraint, invalid, item, items, pages, plain_item,
                 refused)


@pytest.fixture(scope='module')
def rows(wire, shared):
    """20 rows s = 0..19 of one partition, a = s % 3, and others around it."""
    t = shared('p:S s:N')
    for i in range(20):
        wire.call('PutItem', TableName=t, Item=item(p='query', s=i, a=i % 3, m={'x': i}))
    for p in ('quera', 'querz', 'query!'):
        wire.call('PutItem', TableName=t, Item=item(p=p, s=5))
    return t


def rq(table='no-such-table', **more):
    values = {':p': 'query', **{':' + k: v for k, v in more.pop('v', {}).items()}}
    return {'TableName': table, 'KeyConditionExpression': 'p = :p', 'ExpressionAttributeValues': items(values), **more}


def test_order(wire, rows):
    got = wire.call('Query', rq(rows))
    assert [plain_item(i)['s'] for i in got['Items']] == list(range(20))
    assert got['Count'] == got['ScannedCount'] == 20 and 'LastEvaluatedKey' not in got
    got = wire.call('Query', rq(rows, ScanIndexForward=False))
    assert [plain_item(i)['s'] for i in got['Items']] == list(range(19, -1, -1))


def test_nothing_found(wire, rows):
    got = wire.call('Query', {**rq(rows), 'ExpressionAttributeValues': {':p': av('nobody')}})
    assert got == {'Items': [], 'Count': 0, 'ScannedCount': 0}


@pytest.mark.parametrize('forward', [True, False])
@pytest.mark.parametrize('limit', [1, 3, 7, 19, 20, 21])
def test_pages(wire, rows, forward, limit):
    seen, sizes = [], []
    for page in pages(wire, 'Query', rq(rows, Limit=limit, ScanIndexForward=forward)):
        seen += [plain_item(i)['s'] for i in page['Items']]
        sizes.append(page['Count'])
        assert page['Count'] == page['ScannedCount'] == len(page['Items'])
        if 'LastEvaluatedKey' in page:
            assert page['LastEvaluatedKey'] == item(p='query', s=seen[-1])
    assert seen == (list(range(20)) if forward else list(range(19, -1, -1)))
    # A page that the limit ended has a LastEvaluatedKey, even when nothing is left.
    assert sizes == [limit] * (20 // limit) + [20 % limit]


def test_filter(wire, rows):
    got = wire.call('Query', rq(rows, FilterExpression='a = :a', v={'a': 1}))
    assert [plain_item(i)['s'] for i in got['Items']] == [1, 4, 7, 10, 13, 16, 19]
    assert (got['Count'], got['ScannedCount']) == (7, 20)
    got = wire.call('Query', rq(rows, FilterExpression='a = :a', v={'a': 9}, Limit=5))
    assert got == {'Items': [], 'Count': 0, 'ScannedCount': 5, 'LastEvaluatedKey': item(p='query', s=4)}


def test_count(wire, rows):
    got = wire.call('Query', rq(rows, Select='COUNT', FilterExpression='a = :a', v={'a': 0}))
    assert got == {'Count': 7, 'ScannedCount': 20}


def test_select(wire, rows):
    every = wire.call('Query', rq(rows))['Items']
    assert wire.call('Query', rq(rows, Select='ALL_ATTRIBUTES'))['Items'] == every
    for select in ({}, {'Select': 'SPECIFIC_ATTRIBUTES'}):
        got = wire.call('Query', rq(rows, ProjectionExpression='m.x', Limit=2, **select))
        assert [plain_item(i) for i in got['Items']] == [{'m': {'x': 0}}, {'m': {'x': 1}}]
    got = wire.call('Query', rq(rows, ProjectionExpression='absent', Limit=2))
    assert got['Items'] == [{}, {}] and got['Count'] == 2


@pytest.mark.parametrize('more, message', [
    ({'Limit': 0}, ENVELOPE + "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or "
     'equal to 1'),
    ({'Select': 'all'}, constraint('all', 'select', 'Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, '
                                   'ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]')),
    ({'IndexName': 'ab'}, constraint('ab', 'indexName', 'Member must have length greater than or equal to 3')),
    ({'FilterExpression': ''}, 'Invalid FilterExpression: The expression can not be empty;'),
    ({'FilterExpression': 'a ='}, 'Invalid FilterExpression: Syntax error; token: "<EOF>", near: "="'),
    ({'FilterExpression': '((a = :p))'}, 'Invalid FilterExpression: The expression has redundant parentheses;'),
    ({'ProjectionExpression': 'a,'}, 'Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ","'),
    ({'QueryFilter': {}, 'FilterExpression': 'a = :p'},
     'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: '
     '{QueryFilter} Expression parameters: {FilterExpression, KeyConditionExpression}'),
    ({'AttributesToGet': ['a'], 'ConditionalOperator': 'AND', 'ProjectionExpression': 'a'},
     'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: '
     '{AttributesToGet, ConditionalOperator} Expression parameters: {ProjectionExpression, KeyConditionExpression}'),
])
def test_refused_before_the_table_is_looked_for(wire, more, message):
    invalid(wire, 'Query', rq(**more), message)


@pytest.mark.parametrize('more, message', [
    ({'IndexName': 'no-such-index'}, 'The table does not have the specified index: no-such-index'),
    ({'Select': 'ALL_PROJECTED_ATTRIBUTES'},
     'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName'),
    ({'Select': 'SPECIFIC_ATTRIBUTES'},
     ENVELOPE + 'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES'),
    ({'Select': 'ALL_ATTRIBUTES', 'ProjectionExpression': 'a'},
     'Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES'),
    ({'Select': 'COUNT', 'ProjectionExpression': 'a'},
     'Cannot specify the ProjectionExpression when choosing to get only the Count'),
    ({'FilterExpression': 'p = :p'},
     'Filter Expression can only contain non-primary key attributes: Primary key attribute: p'),
    ({'FilterExpression': 'a = :p OR s = :p'},
     'Filter Expression can only contain non-primary key attributes: Primary key attribute: s'),
    ({'ProjectionExpression': 'p.x'}, None),
    ({'ExclusiveStartKey': item(p='query')}, 'The provided starting key is invalid'),
    ({'ExclusiveStartKey': item(p='query', s='1')}, 'The provided starting key is invalid'),
    ({'ExclusiveStartKey': item(p='query', s=1, x=1)}, 'The provided starting key is invalid'),
    ({'ExclusiveStartKey': item(p='other', s=1)},
     'The provided starting key is outside query boundaries based on provided conditions'),
    ({'ExclusiveStartKey': {'p': av('query'), 's': {}}}, 'The provided starting key is invalid: Supplied AttributeValue '
     'is empty, must contain exactly one of the supported datatypes'),
    ({'ExclusiveStartKey': {'p': av('query'), 's': {'N': 'x'}}},
     'The parameter cannot be converted to a numeric value: x'),
])
def test_refused(wire, rows, more, message):
    e = invalid(wire, 'Query', rq(rows, **more))
    if message is not None:
        assert e.message in (message, message + ': ' + KEY_SCHEMA), e.message


RANGE = 'The provided starting key does not match the range key predicate'
ONE_ROW = 'The query can return at most one row and cannot be restarted'


@pytest.mark.parametrize('condition, start, message', [
    ('s > :a', 3, RANGE), ('s > :a', 10, RANGE), ('s > :a', 11, None), ('s >= :a', 10, None), ('s >= :a', 9, RANGE),
    ('s < :a', 10, RANGE), ('s < :a', 9, None), ('s <= :a', 10, None), ('s <= :a', 11, RANGE),
    ('s BETWEEN :a AND :b', 9, RANGE), ('s BETWEEN :a AND :b', 10, None), ('s BETWEEN :a AND :b', 12, None),
    ('s BETWEEN :a AND :b', 13, RANGE), ('s = :a', 10, ONE_ROW), ('s = :a', 11, ONE_ROW),
])
def test_start_key_outside_the_range(wire, rows, condition, start, message):
    values = {':p': 'query', ':a': 10, **({':b': 12} if ':b' in condition else {})}
    request = {'TableName': rows, 'KeyConditionExpression': 'p = :p AND ' + condition,
               'ExpressionAttributeValues': items(values), 'ExclusiveStartKey': item(p='query', s=start)}
    if message:
        invalid(wire, 'Query', request, message)
    else:
        wire.call('Query', request)


def test_one_row_has_nothing_to_restart_from(wire, rows, ddb):
    """Such a query cannot be restarted: so it must not say that it should be."""
    one = rq(rows, KeyConditionExpression='p = :p AND s = :s', v={'s': 3}, Limit=1, ProjectionExpression='s')
    assert wire.call('Query', one) == {'Items': [item(s=3)], 'Count': 1, 'ScannedCount': 1}
    got = list(ddb.get_paginator('query').paginate(**one, PaginationConfig={'PageSize': 1}))
    assert [p['Items'] for p in got] == [[item(s=3)]]


@pytest.mark.parametrize('key, message', [
    (item(p='query'), 'The provided exclusive start key is invalid: ExclusiveStartKey: {p=AttributeValue: {S:query}}'),
    (item(p='other'), 'The provided starting key is outside query boundaries based on provided conditions'),
    (item(q='query'), 'The provided starting key is invalid'),
    (item(p=1), 'The provided starting key is invalid'),
    (item(p='query', s=1), 'The provided starting key is invalid'),
])
def test_start_key_of_a_table_without_sort_key(wire, shared, key, message):
    invalid(wire, 'Query', rq(shared('p:S'), ExclusiveStartKey=key), message)


# In the order in which they are looked for: each request is wrong in two ways.
@pytest.mark.parametrize('more, message', [
    ({'Limit': 0, 'AttributesToGet': ['a', 'a']}, ENVELOPE + "Value at 'Limit' failed to satisfy constraint: Member must "
     'have value greater than or equal to 1'),
    ({'QueryFilter': {'a': {'ComparisonOperator': 'EQ'}}, 'AttributesToGet': ['a', 'a']},
     PARAM + 'Invalid number of argument(s) for the EQ ComparisonOperator'),
    ({'AttributesToGet': ['a', 'a'], 'ExclusiveStartKey': {'p': {}}}, PARAM + 'Duplicate value in attribute name: a'),
    ({'ExclusiveStartKey': {'p': {}}}, 'The provided starting key is invalid: Supplied AttributeValue is empty, must contain '
     'exactly one of the supported datatypes'),
    ({}, 'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.'),
    ({'KeyConditions': {}, 'FilterExpression': 'a b'}, 'Invalid FilterExpression: Syntax error; token: "b", near: "a b"'),
    ({'KeyConditions': {}}, 'Conditions can be of length 1 or 2 only'),
])
def test_which_error_comes_first(wire, more, message):
    invalid(wire, 'Query', {'TableName': 'no-such-table', **more}, message)


@pytest.mark.parametrize('more, message', [
    ({'IndexName': 'no-such-index', 'ConsistentRead': True}, 'The table does not have the specified index: no-such-index'),
    ({'ConsistentRead': True, 'ExclusiveStartKey': item(x=1)},
     'Consistent reads are not supported on global secondary indexes'),
    ({'ExclusiveStartKey': item(x=1)}, 'The provided starting key is invalid'),
    ({'Select': 'ALL_ATTRIBUTES'}, 'Query condition missed key schema element: g'),
    ({'KeyConditionExpression': 'g = :p', 'ExclusiveStartKey': item(g='other', p='a', s=1), 'ProjectionExpression': 'p.x'},
     'The provided starting key is outside query boundaries based on provided conditions'),
    ({'KeyConditionExpression': 'g = :p', 'ProjectionExpression': 'p.x', 'FilterExpression': 'g = :p'},
     "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: p"),
    ({'KeyConditionExpression': 'g = :p', 'FilterExpression': 'g = :p', 'Select': 'ALL_ATTRIBUTES'},
     'Filter Expression can only contain non-primary key attributes: Primary key attribute: g'),
    ({'KeyConditionExpression': 'g = :p', 'FilterExpression': 's[0] = :p', 'Select': 'ALL_ATTRIBUTES'},
     PARAM + 'Select type ALL_ATTRIBUTES is not supported for global secondary index keys because its projection type is not '
     'ALL'),
    ({'KeyConditionExpression': 'g = :p', 'FilterExpression': 's[0] = :p'},
     "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: s"),
])
def test_which_error_of_an_index_comes_first(wire, shared, more, message):
    invalid(wire, 'Query', rq(shared('p:S s:N', gsi=(('keys', 'g:S', 'KEYS_ONLY'),)), **{'IndexName': 'keys', **more}), message)


def test_start_key_need_not_exist(wire, rows):
    got = wire.call('Query', rq(rows, ExclusiveStartKey={'p': av('query'), 's': {'N': '4.5'}}, Limit=1))
    assert got['Items'][0]['s'] == {'N': '5'}


def test_a_range_with_pages(wire, rows):
    more = {'KeyConditionExpression': 'p = :p AND s BETWEEN :a AND :b', 'Limit': 2}
    for forward in (True, False):
        got = all_items(wire, 'Query', {**rq(rows, v={'a': 3, 'b': 9}), **more, 'ScanIndexForward': forward})
        assert [i['s'] for i in got] == sorted(range(3, 10), reverse=not forward)


def test_a_page_is_a_megabyte(wire, table):
    t = table('p:S s:N')
    for i in range(30):
        wire.call('PutItem', TableName=t, Item=item(p='k', s=i, filler='x' * 100000))
    request = {'TableName': t, 'KeyConditionExpression': 'p = :p', 'ExpressionAttributeValues': {':p': av('k')}}
    got = list(pages(wire, 'Query', request))
    assert [plain_item(i)['s'] for p in got for i in p['Items']] == list(range(30))
    assert all(10 <= p['Count'] <= 11 for p in got[:-1]), [p['Count'] for p in got]
    # Filter and projection do not change where a page ends.
    small = list(pages(wire, 'Query', {**request, 'ProjectionExpression': 's'}))
    assert [p['Count'] for p in small] == [p['Count'] for p in got]
    absent = list(pages(wire, 'Query', {**request, 'FilterExpression': 'attribute_not_exists(filler)'}))
    assert [p['ScannedCount'] for p in absent] == [p['Count'] for p in got] and sum(p['Count'] for p in absent) == 0


@pytest.mark.parametrize('less', [0, 1])
def test_the_last_item_ends_a_page(wire, table, less):
    """At 1,048,576 bytes a page is full, even when there is nothing behind it; a byte less, and it is the end."""
    t = table('p:S s:S')
    for i in range(4):
        wire.call('PutItem', TableName=t, Item=item(p='k', s=str(i), f='x' * (262144 - 5 - less * (i == 3))))
    request = {'TableName': t, 'KeyConditionExpression': 'p = :p', 'ExpressionAttributeValues': {':p': av('k')}}
    for more, count in (({}, 4), ({'FilterExpression': 'attribute_not_exists(f)'}, 0)):
        for op, rq in (('Query', {**request, **more}), ('Scan', {'TableName': t, **more})):
            got = list(pages(wire, op, rq))
            assert [(p['Count'], p['ScannedCount']) for p in got] == [(count, 4)] + [(0, 0)] * (1 - less)
            if not less:
                assert got[0]['LastEvaluatedKey'] == item(p='k', s='3')


def test_missing_table(wire):
    refused(wire, 'Query', rq(), 'ResourceNotFoundException', 'Requested resource not found')


def test_hash_only_table(wire, shared):
    t = shared('p:S')
    wire.call('PutItem', TableName=t, Item=item(p='query', a=1))
    assert wire.call('Query', rq(t, Limit=1)) == {'Items': [item(p='query', a=1)], 'Count': 1, 'ScannedCount': 1}


def test_boto3_paginator(ddb, rows):
    got = ddb.get_paginator('query').paginate(**rq(rows), PaginationConfig={'PageSize': 6})
    assert [i['s']['N'] for p in got for i in p['Items']] == [str(i) for i in range(20)]


def test_boto3_conditions(resource, rows):
    from boto3.dynamodb.conditions import Attr, Key
    got = resource.Table(rows).query(KeyConditionExpression=Key('p').eq('query') & Key('s').between(3, 8),
                                     FilterExpression=Attr('a').ne(0) & Attr('m.x').lt(8))
    assert [int(i['s']) for i in got['Items']] == [4, 5, 7]


def test_unused_parameter_message_names_query(wire):
    invalid(wire, 'Query', {'TableName': 'no-such-table', 'ExpressionAttributeValues': {':p': av(1)},
                            'KeyConditions': {'p': {'ComparisonOperator': 'EQ', 'AttributeValueList': [av(1)]}}},
            'ExpressionAttributeValues can only be specified when using expressions: FilterExpression and '
            'KeyConditionExpression are null')
