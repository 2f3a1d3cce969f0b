"""TransactWriteItems."""
import pytest

from kit import (ENVELOPE, KEY_SCHEMA, NO_TABLE, PARAM, PARAM_ARE, Num, av, constraint, fresh, invalid, item, items,
                 plain_item, refused)

FAILED = {'Code': 'ConditionalCheckFailed', 'Message': 'The conditional request failed'}
NONE = {'Code': 'None'}
EXISTS, MISSING = 'attribute_exists(p)', 'attribute_not_exists(p)'


def put(t, condition=None, **thing):
    return {'Put': {'TableName': t, 'Item': items(thing), **({'ConditionExpression': condition} if condition else {})}}


def check(t, condition, **key):
    return {'ConditionCheck': {'TableName': t, 'Key': items(key), 'ConditionExpression': condition}}


def delete(t, **key):
    return {'Delete': {'TableName': t, 'Key': items(key)}}


def update(t, expression, key, **values):
    rq = {'TableName': t, 'Key': items(key), 'UpdateExpression': expression}
    if values:
        rq['ExpressionAttributeValues'] = {':' + k: av(v) for k, v in values.items()}
    return {'Update': rq}


def write(wire, *actions, **more):
    return wire.call('TransactWriteItems', TransactItems=list(actions), **more)


def get(wire, t, **key):
    got = wire.call('GetItem', TableName=t, Key=items(key), ConsistentRead=True).get('Item')
    return got and plain_item(got)


def cancelled(wire, actions, reasons, **more):
    e = refused(wire, 'TransactWriteItems', {'TransactItems': list(actions), **more}, 'TransactionCanceledException')
    codes = ', '.join(r['Code'] for r in reasons)
    assert e.message == f'Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]'
    assert e.body['CancellationReasons'] == reasons
    return e


def test_all_four_actions_over_two_tables(wire, shared):
    a, b, k = shared('p:S'), shared('p:S s:N'), fresh()
    wire.call('PutItem', TableName=a, Item=item(p=k + 'gone'))
    wire.call('PutItem', TableName=a, Item=item(p=k + 'seen', n=1))
    assert write(wire, put(a, p=k + 'new', x=[1]), put(b, p=k, s=1), delete(a, p=k + 'gone'),
                 update(b, 'ADD n :n', {'p': k, 's': 2}, n=5),
                 {'ConditionCheck': {'TableName': a, 'Key': item(p=k + 'seen'), 'ConditionExpression': '#n = :n',
                                     'ExpressionAttributeNames': {'#n': 'n'},
                                     'ExpressionAttributeValues': item(**{':n': 1})}}) == {}
    assert get(wire, a, p=k + 'new') == {'p': k + 'new', 'x': [1]}
    assert get(wire, a, p=k + 'gone') is None
    assert get(wire, b, p=k, s=1) == {'p': k, 's': 1}
    assert get(wire, b, p=k, s=2) == {'p': k, 's': 2, 'n': 5}


def test_nothing_happens_when_one_condition_fails(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, n=1))
    actions = [put(simple, p=k + '1'), check(simple, MISSING, p=k), update(simple, 'SET n = :n', {'p': k + '2'}, n=1),
               put(simple, EXISTS, p=k + '3')]
    cancelled(wire, actions, [NONE, FAILED, NONE, FAILED])
    for name in '123':
        assert get(wire, simple, p=k + name) is None
    assert get(wire, simple, p=k) == {'p': k, 'n': 1}


def test_the_item_in_the_reason(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, n=1))
    actions = [put(simple, MISSING, p=k), check(simple, EXISTS, p=k + 'none')]
    for a in actions:
        next(iter(a.values()))['ReturnValuesOnConditionCheckFailure'] = 'ALL_OLD'
    cancelled(wire, actions, [{**FAILED, 'Item': item(p=k, n=1)}, FAILED])


def test_boto3_reads_the_reasons(ddb, simple):
    with pytest.raises(ddb.exceptions.TransactionCanceledException) as got:
        ddb.transact_write_items(TransactItems=[check(simple, EXISTS, p=fresh()), put(simple, p=fresh())])
    assert [r['Code'] for r in got.value.response['CancellationReasons']] == ['ConditionalCheckFailed', 'None']


def test_hundred_actions(wire, simple):
    k = fresh()
    write(wire, *(put(simple, p=f'{k}{i}', n=i) for i in range(100)))
    assert get(wire, simple, p=f'{k}99')['n'] == 99
    actions = [check(simple, 'n = n2', p=f'{k}{i}') for i in range(100)]
    cancelled(wire, actions, [FAILED] * 100)
    e = invalid(wire, 'TransactWriteItems', {'TransactItems': [put(simple, p=f'{k}{i}') for i in range(101)]})
    assert e.message.startswith(ENVELOPE) and e.message.endswith(
        "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100")


def condition_failed(t, k, mode):
    """Each action on an item that is there, and on one that is not, with a condition that is false."""
    wrong = {'TableName': t, 'ConditionExpression': 'attribute_exists(nothing)', 'ReturnValuesOnConditionCheckFailure': mode}
    return [action for name in (k, k + 'none') for action in (
        {'Put': {'Item': item(p=name + '1', x=1), **wrong}}, {'Delete': {'Key': item(p=name + '2'), **wrong}},
        {'Update': {'Key': item(p=name + '3'), 'UpdateExpression': 'SET x = p', **wrong}},
        {'ConditionCheck': {'Key': item(p=name + '4'), **wrong}})]


def test_the_item_in_the_reason_of_each_action(wire, simple):
    k = fresh()
    for n in '1234':
        wire.call('PutItem', TableName=simple, Item=item(p=k + n, n=int(n)))
    cancelled(wire, condition_failed(simple, k, 'ALL_OLD'),
              [{**FAILED, 'Item': item(p=k + n, n=int(n))} for n in '1234'] + [FAILED] * 4)
    cancelled(wire, condition_failed(simple, k, 'NONE'), [FAILED] * 8)
    for action in condition_failed(simple, k, 'ALL_NEW')[:4]:
        member = next(iter(action))
        invalid(wire, 'TransactWriteItems', {'TransactItems': [action]}, constraint(
            'ALL_NEW', f'transactItems.1.member.{member[0].lower()}{member[1:]}.returnValuesOnConditionCheckFailure',
            'Member must satisfy enum value set: [ALL_OLD, NONE]'))


def test_the_first_validation_error_is_reported_alone(wire, simple):
    """Of what the schema refuses and what the run refuses, and beside conditions that fail."""
    missing = {'Code': 'ValidationError', 'Message': 'The provided expression refers to an attribute that does not exist '
               'in the item'}
    nokey = {'Code': 'ValidationError', 'Message': PARAM + 'Missing the key p in the item'}
    false = check(simple, EXISTS, p=fresh())
    cancelled(wire, [false, update(simple, 'SET a = b', {'p': 'a'})], [NONE, missing])
    cancelled(wire, [update(simple, 'SET a = b', {'p': 'a'}), update(simple, 'SET a = b', {'p': 'b'}), false],
              [missing, NONE, NONE])
    cancelled(wire, [false, update(simple, 'SET a = b', {'p': 'a'}), put(simple, q=1), put(simple, q=2)],
              [NONE, NONE, nokey, NONE])


@pytest.mark.parametrize('action, message', [
    ({'Put': {'Item': item(p=1)}}, PARAM + 'Type mismatch for key p expected: S actual: N'),
    ({'Put': {'Item': item(q='x')}}, PARAM + 'Missing the key p in the item'),
    ({'Delete': {'Key': item(q='x')}}, KEY_SCHEMA),
    ({'ConditionCheck': {'Key': item(p='x', q='y'), 'ConditionExpression': EXISTS}}, KEY_SCHEMA),
    ({'Update': {'Key': item(p='transact-error'), 'UpdateExpression': 'SET a = b'}},
     'The provided expression refers to an attribute that does not exist in the item'),
    ({'Update': {'Key': item(p='transact-error'), 'UpdateExpression': 'SET a.b = p'}},
     'The document path provided in the update expression is invalid for update'),
    ({'Update': {'Key': item(p='transact-error'), 'UpdateExpression': 'SET big = :b',
                 'ExpressionAttributeValues': {':b': av('x' * 409_590)}}},
     'Item size to update has exceeded the maximum allowed size'),
])
def test_what_the_schema_or_the_run_refuses_cancels(wire, simple, action, message):
    next(iter(action.values()))['TableName'] = simple
    k = fresh()
    cancelled(wire, [put(simple, p=k), action, check(simple, EXISTS, p=fresh())],
              [NONE, {'Code': 'ValidationError', 'Message': message}, NONE])
    assert get(wire, simple, p=k) is None


@pytest.mark.parametrize('actions, message', [
    ([], constraint('[]', 'transactItems', 'Member must have length greater than or equal to 1')),
    ([{}], 'TransactItems can only contain one of Check, Put, Update or Delete'),
    ([{'Put': {'TableName': 'tbl', 'Item': item(p='a')}, 'Delete': {'TableName': 'tbl', 'Key': item(p='a')}}],
     'TransactItems can only contain one of Check, Put, Update or Delete'),
    ([{'ConditionCheck': {'TableName': 'tbl', 'Key': item(p='a')}}],
     constraint(None, 'transactItems.1.member.conditionCheck.conditionExpression', 'Member must not be null')),
    ([{'Update': {'TableName': 'tbl', 'Key': item(p='a')}}],
     constraint(None, 'transactItems.1.member.update.updateExpression', 'Member must not be null')),
    ([put('tbl', 'x y', p='a')], 'Invalid ConditionExpression: Syntax error; token: "y", near: "x y"'),
    ([put('tbl', 'x = :v', p='a')],
     'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :v'),
    ([{'Put': {'TableName': 'tbl', 'Item': {'p': {'SS': []}}}}], PARAM + 'An string set  may not be empty'),
    ([put('tbl', p='a', x='x' * 409_600)], 'Item size has exceeded the maximum allowed size'),
])
def test_refused_as_a_request(wire, actions, message):
    invalid(wire, 'TransactWriteItems', {'TransactItems': actions}, message)


INDEX_TYPE = PARAM + 'Type mismatch for Index Key g Expected: S Actual: N IndexName: glo'
INDEX_EMPTY = PARAM_ARE + ('A value specified for a secondary index key is not supported. The AttributeValue for a key '
                           'attribute cannot contain an empty string value. IndexName: glo, IndexKey: g')


@pytest.mark.parametrize('action, message', [
    ({'Put': {'Item': item(p='a', g=1)}}, INDEX_TYPE),
    ({'Put': {'Item': item(p='a', g='')}}, INDEX_EMPTY),
    ({'Update': {'Key': item(p='a'), 'UpdateExpression': 'SET g = :g', 'ExpressionAttributeValues': item(**{':g': 1})}},
     INDEX_TYPE),
    ({'Update': {'Key': item(p='indexed'), 'UpdateExpression': 'SET g = n'}},
     'The update expression attempted to update the secondary index key to unsupported type'),
    ({'Update': {'Key': item(p='a'), 'UpdateExpression': 'SET g = :g',
                 'ExpressionAttributeValues': item(**{':g': 'x' * 2049})}},
     'The update expression attempted to update the secondary index key beyond allowed size limits.'),
    ({'Update': {'Key': item(p='a'), 'UpdateExpression': 'SET p = :g', 'ExpressionAttributeValues': item(**{':g': 'x'})}},
     PARAM + 'Cannot update attribute p. This attribute is part of the key'),
    ({'Update': {'Key': item(p='indexed'), 'UpdateExpression': 'SET n = n + p'}},
     'An operand in the update expression has an incorrect data type'),
    ({'Update': {'Key': item(p='indexed'), 'UpdateExpression': 'ADD n :n',
                 'ExpressionAttributeValues': {':n': {'N': '9.9999999999999999999999999999999999999E125'}}}},
     'Number overflow. Attempting to store a number with magnitude larger than supported range'),
    ({'Delete': {'Key': item(p='x' * 2049)}}, PARAM + 'Size of hashkey has exceeded the maximum size limit of2048 bytes'),
    ({'Put': {'Item': item(p='x' * 2049)}}, PARAM + 'Size of hashkey has exceeded the maximum size limit of2048 bytes'),
])
def test_what_indexes_and_numbers_refuse_cancels(wire, shared, action, message):
    t = shared('p:S', gsi=(('glo', 'g:S'),))
    wire.call('PutItem', TableName=t, Item={'p': av('indexed'), 'n': {'N': '9E125'}})
    next(iter(action.values()))['TableName'] = t
    cancelled(wire, [check(t, MISSING, p=fresh()), action], [NONE, {'Code': 'ValidationError', 'Message': message}])


def test_refused_with_the_table(wire, simple, shared):
    empty = PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string value. Key: p'
    for action in (put(simple, p=''), delete(simple, p=''), update(simple, 'REMOVE a', {'p': ''}), check(simple, EXISTS, p='')):
        invalid(wire, 'TransactWriteItems', {'TransactItems': [check(simple, EXISTS, p=fresh()), action]}, empty)
        refused(wire, 'TransactWriteItems', {'TransactItems': [action, put(fresh(), p='a')]},
                'ResourceNotFoundException', NO_TABLE)
    t = shared('p:S s:N')
    twice = [put(t, p='a', s=1), delete(t, p='a', s=Num('1.0'))]
    invalid(wire, 'TransactWriteItems', {'TransactItems': twice},
            'Transaction request cannot include multiple operations on one item')
    refused(wire, 'TransactWriteItems', {'TransactItems': [put(simple, p='a'), put(fresh(), p='a')]},
            'ResourceNotFoundException', NO_TABLE)


def test_four_megabytes(wire, simple):
    k = fresh()
    big = [put(simple, p=f'{k}{i}', x='x' * 380_000) for i in range(12)]
    e = invalid(wire, 'TransactWriteItems', {'TransactItems': big})
    assert 'size cannot exceed' in e.message
    write(wire, *big[:10])
    assert len(get(wire, simple, p=f'{k}9')['x']) == 380_000


def test_token(wire, simple):
    k, token = fresh(), fresh('token')[:36]
    add = update(simple, 'ADD n :n', {'p': k}, n=1)
    assert write(wire, add, ClientRequestToken=token) == {}
    assert write(wire, add, ClientRequestToken=token, ReturnConsumedCapacity='TOTAL') == {'ConsumedCapacity': [
        {'TableName': simple, 'CapacityUnits': 2, 'ReadCapacityUnits': 2}]}
    assert get(wire, simple, p=k)['n'] == 1
    other = update(simple, 'ADD n :n', {'p': k}, n=2)
    refused(wire, 'TransactWriteItems', {'TransactItems': [other], 'ClientRequestToken': token},
            'IdempotentParameterMismatchException')
    assert write(wire, add, ClientRequestToken='t' + token[:35]) == {}
    assert get(wire, simple, p=k)['n'] == 2
    invalid(wire, 'TransactWriteItems', {'TransactItems': [add], 'ClientRequestToken': 't' * 37})


def test_token_with_other_parameters(wire, shared):
    """The order of the actions, a table, an expression, a value, what is to be returned: all but the capacity count."""
    a, b, k, token = shared('p:S'), shared('p:S s:N'), fresh(), fresh('token')[:36]
    first = {**put(a, EXISTS, p=k, n=1)['Put'], 'ConditionExpression': 'attribute_not_exists(z)'}
    actions = [{'Put': first}, put(b, p=k, s=1)]
    write(wire, *actions, ClientRequestToken=token)
    write(wire, actions[0], put(b, p=k, s=Num('1.0')), ClientRequestToken=token, ReturnConsumedCapacity='NONE')
    for other in (actions[::-1], actions[:1], actions + [put(b, p=k, s=2)], [actions[0], put(b, p=k, s=2)],
                  [actions[0], delete(b, p=k, s=1)], [{'Put': {**first, 'Item': item(p=k, n='1')}}, actions[1]],
                  [{'Put': {**first, 'ConditionExpression': 'attribute_not_exists(y)'}}, actions[1]],
                  [{'Put': {**first, 'ReturnValuesOnConditionCheckFailure': 'ALL_OLD'}}, actions[1]]):
        refused(wire, 'TransactWriteItems', {'TransactItems': other, 'ClientRequestToken': token},
                'IdempotentParameterMismatchException')
    refused(wire, 'TransactWriteItems', {'TransactItems': actions, 'ClientRequestToken': token,
                                         'ReturnItemCollectionMetrics': 'SIZE'}, 'IdempotentParameterMismatchException')
    assert get(wire, b, p=k, s=2) is None and get(wire, a, p=k) == {'p': k, 'n': 1}


def test_capacity_of_a_token_that_was_used(wire, table):
    """Two reads of each item as it is now; indexes have no part in it."""
    t, other, token = table('p:S', gsi=(('glo', 'g:S'),)), table('p:S s:N'), fresh('token')[:36]
    actions = [put(t, p='a', g='x', pad='x' * 5000), put(other, p='a', s=1), delete(t, p='b')]
    for mode in ('INDEXES', 'TOTAL'):
        write(wire, *actions, ClientRequestToken=token)
        got = write(wire, *actions, ClientRequestToken=token, ReturnConsumedCapacity=mode)
        arm = {t: {'CapacityUnits': 6, 'ReadCapacityUnits': 6}, other: {'CapacityUnits': 2, 'ReadCapacityUnits': 2}}
        assert got == {'ConsumedCapacity': [
            {'TableName': n, **arm[n], **({'Table': arm[n]} if mode == 'INDEXES' else {})} for n in (t, other)]}


def test_token_does_not_ask_about_spelling(wire, simple):
    """The order of members in JSON is the client library's business."""
    k, token = fresh(), fresh('token')[:36]
    for names in (['#a', '#b'], ['#b', '#a']):
        write(wire, {'Update': {'TableName': simple, 'Key': item(p=k), 'UpdateExpression': 'ADD #a :x, #b :x',
                                'ExpressionAttributeNames': {n: n[1:] for n in names},
                                'ExpressionAttributeValues': {':x': av(1)}}}, ClientRequestToken=token)
    assert get(wire, simple, p=k) == {'p': k, 'a': 1, 'b': 1}


def test_a_failed_token_is_not_remembered(wire, simple):
    k, token = fresh(), fresh('token')[:36]
    action = update(simple, 'SET n = n + :n', {'p': k}, n=1)
    cancelled(wire, [action], [{'Code': 'ValidationError', 'Message': 'The provided expression refers to an attribute '
                                'that does not exist in the item'}], ClientRequestToken=token)
    wire.call('PutItem', TableName=simple, Item=item(p=k, n=1))
    assert write(wire, action, ClientRequestToken=token) == {}
    assert get(wire, simple, p=k)['n'] == 2


@pytest.mark.ours
def test_token_after_a_restart(server, tmp_path):
    from kit import Wire, make_table
    s = server('--data', str(tmp_path / 'data'))
    w = Wire(s.url)
    t = make_table(w, 'p:S')
    add = update(t, 'ADD n :n', {'p': 'a'}, n=1)
    write(w, add, ClientRequestToken='kept')
    w.close()
    s.kill()
    s.start()
    w = Wire(s.url)
    write(w, add, ClientRequestToken='kept')
    assert get(w, t, p='a')['n'] == 1
    w.close()


def test_capacity(wire, table):
    t = table('p:S', gsi=(('glo', 'g:S'),))
    got = write(wire, put(t, p='a', g='x', pad='x' * 1500), check(t, MISSING, p='b'), ReturnConsumedCapacity='INDEXES')
    assert got['ConsumedCapacity'] == [{
        'TableName': t, 'CapacityUnits': 8, 'WriteCapacityUnits': 8,
        'Table': {'CapacityUnits': 6, 'WriteCapacityUnits': 6},
        'GlobalSecondaryIndexes': {'glo': {'CapacityUnits': 2, 'WriteCapacityUnits': 2}}}]
    got = write(wire, delete(t, p='none'), ReturnConsumedCapacity='TOTAL')
    assert got['ConsumedCapacity'] == [{'TableName': t, 'CapacityUnits': 2, 'WriteCapacityUnits': 2}]


def test_collection_metrics(wire, table):
    t, plain = table('p:S s:N', lsi=(('loc', 'p:S l:N'),)), table('p:S')
    got = write(wire, put(t, p='a', s=1), put(t, p='a', s=2), put(plain, p='a'), put(t, p='b', s=1),
                ReturnItemCollectionMetrics='SIZE')
    assert got == {'ItemCollectionMetrics': {t: [
        {'ItemCollectionKey': item(p=p), 'SizeEstimateRangeGB': [0.0, 1.0]} for p in 'ab']}}


@pytest.mark.ours
def test_a_table_by_its_name_and_its_arn(wire, table):
    """It is one table; the answer names it as its first action did."""
    t = table('p:S s:N', lsi=(('loc', 'p:S l:N'),))
    arn = wire.call('DescribeTable', TableName=t)['Table']['TableArn']
    twice = [put(t, p='a', s=1), delete(arn, p='a', s=1)]
    invalid(wire, 'TransactWriteItems', {'TransactItems': twice},
            'Transaction request cannot include multiple operations on one item')
    invalid(wire, 'TransactGetItems', {'TransactItems': [
        {'Get': {'TableName': n, 'Key': item(p='a', s=1)}} for n in (t, arn)]},
            'Transaction request cannot include multiple operations on one item')
    for first, second in ((t, arn), (arn, t)):
        got = write(wire, put(first, p='a', s=1), put(second, p='a', s=2), ReturnConsumedCapacity='TOTAL',
                    ReturnItemCollectionMetrics='SIZE')
        assert got['ConsumedCapacity'] == [{'TableName': first, 'CapacityUnits': 4, 'WriteCapacityUnits': 4}]
        assert list(got['ItemCollectionMetrics']) == [first]
        got = wire.call('TransactGetItems', ReturnConsumedCapacity='TOTAL', TransactItems=[
            {'Get': {'TableName': n, 'Key': item(p='a', s=s)}} for n, s in ((first, 2), (second, 1))])
        assert got['ConsumedCapacity'] == [{'TableName': first, 'CapacityUnits': 4, 'ReadCapacityUnits': 4}]
    # For a token a table's name and its ARN are the same.
    for name in (t, arn):
        write(wire, update(name, 'ADD n :n', {'p': 'a', 's': 3}, n=1), ClientRequestToken=t[:36])
    assert get(wire, t, p='a', s=3)['n'] == 1


def test_indexes_follow(wire, table):
    t = table('p:S', gsi=(('glo', 'g:S'),))
    write(wire, put(t, p='a', g='x'), put(t, p='b', g='x'))
    write(wire, delete(t, p='a'), update(t, 'SET g = :g', {'p': 'b'}, g='y'))
    got = wire.call('Scan', TableName=t, IndexName='glo')['Items']
    assert got == [item(p='b', g='y')]
