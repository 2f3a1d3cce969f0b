"""UpdateItem: creating, returning, refusing.  The language itself: test_expressions_update.py."""
import random

import pytest

from kit import (ENVELOPE, KEY_SCHEMA, NO_TABLE, PARAM, PARAM_ARE, av, constraint, fresh, invalid, item, items,
                 plain_item, refused)


@pytest.fixture
def row(wire, simple):
    """An item of its own: row(update, values...) runs an update on it; row.get() reads it."""
    class Row:
        key = item(p=fresh())

        def rq(self, update=None, **more):
            values = {':' + k: av(v) for k, v in more.pop('v', {}).items()}
            rq = {'TableName': simple, 'Key': self.key, **more}
            if update is not None:
                rq['UpdateExpression'] = update
            if values:
                rq['ExpressionAttributeValues'] = values
            return rq

        def __call__(self, update=None, **more):
            return wire.call('UpdateItem', self.rq(update, **more))

        def put(self, **thing):
            wire.call('PutItem', TableName=simple, Item={**self.key, **item(**thing)})

        def get(self):
            got = wire.call('GetItem', TableName=simple, Key=self.key).get('Item')
            if got is not None:
                got.pop('p')
                got = plain_item(got)
            return got

        def fails(self, update, message, **more):
            invalid(wire, 'UpdateItem', self.rq(update, **more), message)
    return Row()


def test_creates_the_item(row):
    assert row('SET a = :v', v={'v': 1}) == {}
    assert row.get() == {'a': 1}


def test_key_only(row):
    assert row() == {}
    assert row.get() == {}


@pytest.mark.parametrize('update, values', [('REMOVE a', {}), ('DELETE a :v', {'v': {'x'}}),
                                            ('REMOVE a.b, c[3]', {}), ('REMOVE a DELETE b :v', {'v': {1}})])
def test_taking_away_creates_nothing(row, update, values):
    assert row(update, v=values, ReturnValues='ALL_NEW') == {}
    assert row.get() is None


def test_all_modes_on_a_new_item(row):
    for mode in ('ALL_OLD', 'UPDATED_OLD'):
        row.key = item(p=fresh())
        assert row('SET a = :v', v={'v': 1}, ReturnValues=mode) == {}
    row.key = item(p=fresh())
    got = row('SET a = :v', v={'v': 1}, ReturnValues='ALL_NEW')
    assert plain_item(got['Attributes']) == {**plain_item(row.key), 'a': 1}
    row.key = item(p=fresh())
    got = row('SET a = :v', v={'v': 1}, ReturnValues='UPDATED_NEW')
    assert plain_item(got['Attributes']) == {'a': 1}


@pytest.mark.parametrize('update, values, old, new', [
    ('SET a = :v', {'v': 2}, {'a': 1}, {'a': 2}),
    ('SET a = :v', {'v': 1}, {'a': 1}, {'a': 1}),
    ('REMOVE a', {}, {'a': 1}, None),
    ('REMOVE absent', {}, None, None),
    ('SET fresh = :v', {'v': 2}, None, {'fresh': 2}),
    ('ADD a :v SET b = :v', {'v': 5}, {'a': 1, 'b': 'text'}, {'a': 6, 'b': 5}),
    ('SET m.x = :v', {'v': 9}, {'m': {'x': 1}}, {'m': {'x': 9}}),
    ('SET m.y.z = :v REMOVE m.x', {'v': 9}, {'m': {'x': 1, 'y': {'z': 2}}}, {'m': {'y': {'z': 9}}}),
    ('SET l[2] = :v, l[0] = :w', {'v': 'two', 'w': 'zero'}, {'l': [0, 2]}, {'l': ['zero', 'two']}),
    ('DELETE ss :v', {'v': {'a'}}, {'ss': {'a', 'b'}}, {'ss': {'b'}}),
    ('DELETE ss :v', {'v': {'a', 'b'}}, {'ss': {'a', 'b'}}, None),
    ('REMOVE l[1]', {}, {'l': [1]}, {'l': [2]}),
    ('SET l[100] = :v', {'v': 'end'}, None, None),
    ('SET l[100] = :v, l[50] = :v, l[0] = :w', {'v': 'end', 'w': 'zero'}, {'l': [0]}, {'l': ['zero']}),
    ('SET l[3] = :v', {'v': 'end'}, None, {'l': ['end']}),
    ('REMOVE l[0], l[1]', {}, {'l': [0, 1]}, {'l': [2]}),
    ('REMOVE l[2]', {}, {'l': [2]}, None),
    ('REMOVE l[0] SET l[1] = :v', {'v': 'x'}, {'l': [0, 1]}, {'l': ['x', 2]}),
    ('SET deep[1][0] = :v, deep[0].x = :v', {'v': 9}, {'deep': [{'x': 1}, [2]]}, {'deep': [{'x': 9}, [9]]}),
    ('SET deep[1][5] = :v', {'v': 9}, None, None),
    ('REMOVE deep[0].x', {}, {'deep': [{'x': 1}]}, None),
    ('REMOVE deep[0]', {}, {'deep': [{'x': 1}]}, {'deep': [[2, 3]]}),
    ('ADD m.y.z :v, m.n :v', {'v': 5}, {'m': {'y': {'z': 2}}}, {'m': {'y': {'z': 7}, 'n': 5}}),
    ('SET m = :v', {'v': 1}, {'m': {'x': 1, 'y': {'z': 2}}}, {'m': 1}),
])
def test_updated_old_and_new(row, update, values, old, new):
    thing = {'a': 1, 'b': 'text', 'm': {'x': 1, 'y': {'z': 2}}, 'l': [0, 1, 2], 'ss': {'a', 'b'},
             'deep': [{'x': 1}, [2, 3]]}
    for mode, want in (('UPDATED_OLD', old), ('UPDATED_NEW', new)):
        row.put(**thing)
        got = row(update, v=values, ReturnValues=mode)
        assert (plain_item(got['Attributes']) if got else None) == want


def test_all_old_and_new(row):
    row.put(a=1, b=2)
    p = plain_item(row.key)
    got = row('SET a = :v', v={'v': 5}, ReturnValues='ALL_OLD')
    assert plain_item(got['Attributes']) == {**p, 'a': 1, 'b': 2}
    got = row('REMOVE b', ReturnValues='ALL_NEW')
    assert plain_item(got['Attributes']) == {**p, 'a': 5}
    assert row('SET a = :v', v={'v': 5}, ReturnValues='NONE') == {}


def test_condition(wire, row):
    rq = row.rq('SET a = :v', v={'v': 1}, ConditionExpression='attribute_exists(p)')
    refused(wire, 'UpdateItem', rq, 'ConditionalCheckFailedException', 'The conditional request failed')
    assert row.get() is None
    row.put(a=0)
    wire.call('UpdateItem', rq)
    assert row.get() == {'a': 1}
    e = refused(wire, 'UpdateItem', row.rq('SET a = :v', v={'v': 2}, ConditionExpression='a = :v',
                                           ReturnValuesOnConditionCheckFailure='ALL_OLD'),
                'ConditionalCheckFailedException')
    assert plain_item(e.body['Item']) == {**plain_item(row.key), 'a': 1}


def test_condition_comes_before_evaluation(wire, row):
    # The update alone would fail on this item; the condition is what is reported.
    row.put(a='text')
    refused(wire, 'UpdateItem', row.rq('SET a = a + :v', v={'v': 1}, ConditionExpression='attribute_exists(b)'),
            'ConditionalCheckFailedException')


@pytest.mark.parametrize('update, values, message', [
    ('SET p = :v', {'v': 'x'}, PARAM + 'Cannot update attribute p. This attribute is part of the key'),
    ('REMOVE p', {}, PARAM + 'Cannot update attribute p. This attribute is part of the key'),
    ('ADD p :v', {'v': 1}, PARAM + 'Cannot update attribute p. This attribute is part of the key'),
    ('SET a = lacking', {}, 'The provided expression refers to an attribute that does not exist in the item'),
    ('SET a = lacking + :v', {'v': 1},
     'The provided expression refers to an attribute that does not exist in the item'),
    ('SET a = s + :v', {'v': 1}, 'An operand in the update expression has an incorrect data type'),
    ('SET a = list_append(s, :v)', {'v': [1]}, 'An operand in the update expression has an incorrect data type'),
    ('ADD s :v', {'v': 1}, 'An operand in the update expression has an incorrect data type'),
    ('ADD n :v', {'v': {'a'}}, 'An operand in the update expression has an incorrect data type'),
    ('ADD ss :v', {'v': {1}}, 'An operand in the update expression has an incorrect data type'),
    ('DELETE ss :v', {'v': {1}}, 'An operand in the update expression has an incorrect data type'),
    ('DELETE s :v', {'v': {'a'}}, 'An operand in the update expression has an incorrect data type'),
    ('SET absent.x = :v', {'v': 1}, 'The document path provided in the update expression is invalid for update'),
    ('SET n.x = :v', {'v': 1}, 'The document path provided in the update expression is invalid for update'),
    ('SET m[0] = :v', {'v': 1}, 'The document path provided in the update expression is invalid for update'),
    ('SET l.x = :v', {'v': 1}, 'The document path provided in the update expression is invalid for update'),
    ('ADD absent.x :v', {'v': 1}, 'The document path provided in the update expression is invalid for update'),
    ('DELETE absent.x :v', {'v': {1}}, 'The document path provided in the update expression is invalid for update'),
    ('REMOVE absent.x', {}, 'The document path provided in the update expression is invalid for update'),
    ('REMOVE n[0]', {}, 'The document path provided in the update expression is invalid for update'),
])
def test_run_time_errors(row, update, values, message):
    thing = {'n': 1, 's': 'text', 'ss': {'a'}, 'm': {}, 'l': []}
    row.put(**thing)
    row.fails(update, message, v=values)
    assert row.get() == thing


def test_arithmetic_out_of_range(row):
    row.put(a=1)
    overflow = 'Number overflow. Attempting to store a number with magnitude larger than supported range'
    big = {'N': '9' * 38 + '0' * 88}
    for update in ('SET a = :v + :v', 'SET a = a + :v', 'ADD a :v'):
        row.fails(update, overflow, ExpressionAttributeValues={':v': big})
    assert row.get() == {'a': 1}


def test_prefixed_texts(wire, row):
    for more, message in [
            ({'UpdateExpression': 'SET a = '}, None),
            ({'UpdateExpression': 'SET a = :v', 'ExpressionAttributeValues': {':v': {'SS': []}}}, None),
            ({'AttributeUpdates': {'a': {'Value': av(1)}}, 'UpdateExpression': 'SET a = b'},
             ENVELOPE + 'Can not use both expression and non-expression parameters in the same request: Non-expression '
             'parameters: {AttributeUpdates} Expression parameters: {UpdateExpression}')]:
        e = invalid(wire, 'UpdateItem', row.rq(**more))
        if message is None:
            assert e.message.startswith(ENVELOPE), e.message
        else:
            assert e.message in (message, message[len(ENVELOPE):])


@pytest.mark.parametrize('more, message', [
    ({'TableName': ''}, constraint('', 'tableName', 'Member must have length greater than or equal to 1')),
    ({'Key': None}, constraint(None, 'key', 'Member must not be null')),
    ({'ReturnValues': 'x', 'ReturnConsumedCapacity': 'y'},
     constraint('x', 'returnValues', 'Member must satisfy enum value set: '
                '[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]')),
    ({'ReturnConsumedCapacity': 'y', 'ReturnItemCollectionMetrics': 'z'},
     constraint('y', 'returnConsumedCapacity', 'Member must satisfy enum value set: [INDEXES, TOTAL, NONE]')),
    ({'ExpressionAttributeValues': {':a': av(1)}}, ENVELOPE + 'ExpressionAttributeValues can only be specified when '
     'using expressions: UpdateExpression and ConditionExpression are null'),
    ({'UpdateExpression': ''}, 'Invalid UpdateExpression: The expression can not be empty;'),
    ({'UpdateExpression': 'SET a ='}, ENVELOPE + 'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "="'),
    ({'UpdateExpression': 'a' * 4097}, ENVELOPE + 'Invalid UpdateExpression: Expression size has exceeded the maximum '
     'allowed size; expression size: 4097'),
    ({'UpdateExpression': 'SET a = :v', 'ConditionExpression': '((a = :v))', 'ExpressionAttributeValues': {':v': av(1)}},
     ENVELOPE + 'Invalid ConditionExpression: The expression has redundant parentheses;'),
    ({'UpdateExpression': 'SET a = b', 'ConditionExpression': 'a = a'},
     ENVELOPE + 'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this '
     'operator or function; operator: =, first operand: [a]'),
])
def test_refused_before_the_table_is_looked_for(wire, more, message):
    rq = {'TableName': 'no-such-table', 'Key': item(p='x'), **more}
    e = invalid(wire, 'UpdateItem', {k: v for k, v in rq.items() if v is not None})
    assert e.message in (message, ENVELOPE + message)  # which texts the envelope precedes is known for most


def test_keys_and_tables(wire, simple):
    invalid(wire, 'UpdateItem', {'TableName': simple, 'Key': item(p=1)}, KEY_SCHEMA)
    invalid(wire, 'UpdateItem', {'TableName': simple, 'Key': item(p='a', q='b')}, KEY_SCHEMA)
    invalid(wire, 'UpdateItem', {'TableName': simple, 'Key': item(p='')},
            PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string value. Key: p')
    refused(wire, 'UpdateItem', {'TableName': 'no-such-table', 'Key': item(p='x')}, 'ResourceNotFoundException',
            NO_TABLE)


def test_index_keys(wire, shared):
    t = shared('p:S s:S', gsi=(('b-index', 'g:S h:N'), ('a-index', 'g:S')), lsi=(('local', 'p:S l:B'),))
    key = item(p=fresh(), s='1')

    def update(expr, **values):
        return {'TableName': t, 'Key': key, 'UpdateExpression': expr,
                **({'ExpressionAttributeValues': items({':' + k: v for k, v in values.items()})} if values else {})}
    wire.call('UpdateItem', update('SET g = :g, h = :h, x = :n', g='1', h=1, n=[1]))
    invalid(wire, 'UpdateItem', update('SET g = :v', v=1),
            PARAM + 'Type mismatch for Index Key g Expected: S Actual: N IndexName: a-index')
    invalid(wire, 'UpdateItem', update('SET g = :v', v=''),
            PARAM_ARE + 'The update expression attempted to update a secondary index key to a value that is not '
            'supported. The AttributeValue for a key attribute cannot contain an empty string value.')
    invalid(wire, 'UpdateItem', update('SET g = h'),
            'The update expression attempted to update the secondary index key to unsupported type')
    invalid(wire, 'UpdateItem', update('SET g = :v', v='x' * 2049))
    invalid(wire, 'UpdateItem', update('SET g.x = :v', v=1),
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: g")
    wire.call('UpdateItem', update('REMOVE g'))


def test_size_limit(wire, row):
    message = 'Item size to update has exceeded the maximum allowed size'
    row.fails('SET a = :v', message, v={'v': 'x' * 409600})
    row.put(a='x' * 300000)
    row.fails('SET b = a', message)
    row.fails('SET b = a, c = a', message)
    row('SET b = :v', v={'v': 'y' * 100000})
    assert len(row.get()['b']) == 100000


# What an update needs beside the item without its key: 3 bytes, 19 for SET and ADD (one more for an element of a list,
# 50 more for arithmetic), 2 for REMOVE and DELETE.
@pytest.mark.parametrize('thing, update, values, after, size, overhead', [
    ({}, 'SET b = :v', {'v': ''}, {'b': ''}, 1, 19),
    ({}, 'SET b = :v, c = :v', {'v': ''}, {'b': '', 'c': ''}, 2, 38),
    ({'b': ''}, 'SET c = :v REMOVE b', {'v': ''}, {'c': ''}, 1, 21),
    ({}, 'ADD n :v', {'v': 1}, {'n': 1}, 3, 19),
    ({'n': 1}, 'SET n = n + :v', {'v': 1}, {'n': 2}, 3, 69),
    ({'l': ['x']}, 'SET l[0] = :v', {'v': 'y'}, {'l': ['y']}, 6, 20),
    ({'b': ''}, 'REMOVE b', {}, {}, 0, 2),
    ({'ss': {'a', 'b'}}, 'DELETE ss :v', {'v': {'a'}}, {'ss': {'b'}}, 3, 2),
])
def test_size_of_the_update_itself(row, thing, update, values, after, size, overhead):
    row.key = item(p='u')  # a short one: with it the item must fit, too
    fill = 409600 - 3 - overhead - len('fill') - size
    row.put(fill='x' * (fill + 1), **thing)
    row.fails(update, 'Item size to update has exceeded the maximum allowed size', v=values)
    row.put(fill='x' * fill, **thing)
    row(update, v=values)
    assert row.get() == {'fill': 'x' * fill, **after}


def test_elements_of_lists(row):
    """Indexes are those of the list before the update; what is set beyond its end is appended in their order."""
    chance = random.Random(1)
    for _ in range(100):
        before = [f'v{i}' for i in range(chance.randint(0, 6))]
        picked = chance.sample(range(10), chance.randint(1, 5))
        set_ = picked[:chance.randint(0, len(picked))]
        removed = [i for i in picked if i not in set_]
        row.put(l=before)
        row(' '.join(filter(None, [
            set_ and 'SET ' + ', '.join(f'l[{i}] = :s{i}' for i in set_),
            removed and 'REMOVE ' + ', '.join(f'l[{i}]' for i in removed)])), v={f's{i}': f's{i}' for i in set_})
        assert row.get()['l'] == [f's{i}' if i in set_ else v for i, v in enumerate(before) if i not in removed] + [
            f's{i}' for i in sorted(set_) if i >= len(before)]
