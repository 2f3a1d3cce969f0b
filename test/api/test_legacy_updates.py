"""AttributeUpdates: updates in the older form."""
import pytest

from kit import ENVELOPE, PARAM, av, fresh, invalid, item, items, plain_item

DOC = {'n': 10, 's': 'text', 'ss': {'a', 'b'}, 'l': [1]}


def act(action=None, value=None):
    return {**({'Action': action} if action else {}), **({'Value': av(value)} if value is not None else {})}


@pytest.mark.parametrize('updates, change', [
    ({'n': act('PUT', 'x')}, {'n': 'x'}), ({'n': act(None, 5)}, {'n': 5}), ({'new': act('PUT', [1])}, {'new': [1]}),
    ({'n': act('ADD', 5)}, {'n': 15}), ({'new': act('ADD', 5)}, {'new': 5}), ({'ss': act('ADD', {'c'})}, {'ss': {'a', 'b', 'c'}}),
    ({'l': act('ADD', [2])}, {'l': [1, 2]}), ({'n': act('DELETE')}, {'n': None}), ({'absent': act('DELETE')}, {}),
    ({'ss': act('DELETE', {'a'})}, {'ss': {'b'}}), ({'ss': act('DELETE', {'a', 'b'})}, {'ss': None}),
    ({'a.b': act('PUT', 1)}, {'a.b': 1}), ({'n': act('DELETE'), 's': act('PUT', 'y')}, {'n': None, 's': 'y'}),
    ({}, {}),
])
def test_action(wire, simple, updates, change):
    key = item(p=fresh())
    wire.call('PutItem', TableName=simple, Item={**key, **items(DOC)})
    wire.call('UpdateItem', TableName=simple, Key=key, AttributeUpdates=updates)
    got = plain_item(wire.call('GetItem', TableName=simple, Key=key)['Item'])
    del got['p']
    assert got == {k: v for k, v in {**DOC, **change}.items() if v is not None}


def test_upsert(wire, simple):
    key = item(p=fresh())
    wire.call('UpdateItem', TableName=simple, Key=key, AttributeUpdates={'a': act('DELETE')})
    assert wire.call('GetItem', TableName=simple, Key=key) == {}
    got = wire.call('UpdateItem', TableName=simple, Key=key, AttributeUpdates={'a': act('ADD', 1)}, ReturnValues='ALL_NEW')
    assert plain_item(got['Attributes']) == {**plain_item(key), 'a': 1}


@pytest.mark.parametrize('update, message', [
    ({'Action': 'PUT'}, PARAM + 'Only DELETE action is allowed when no attribute value is specified'),
    ({'Action': 'ADD'}, PARAM + 'Only DELETE action is allowed when no attribute value is specified'),
    ({}, PARAM + 'Only DELETE action is allowed when no attribute value is specified'),
    (act('DELETE', 'x'), PARAM + 'DELETE action with value is not supported for the type S'),
    (act('ADD', 'x'), PARAM + 'ADD action is not supported for the type S'),
    (act('ADD', {'a': 1}), PARAM + 'ADD action is not supported for the type M'),
])
def test_refused(wire, update, message):
    e = invalid(wire, 'UpdateItem', {'TableName': 'no-such-table', 'Key': item(p='x'), 'AttributeUpdates': {'a': update}})
    assert e.message in (message, '1 validation error detected: ' + message)


def test_names(wire, simple):
    rq = {'TableName': simple, 'Key': item(p=fresh())}
    for name in ('x' * 65535, 'é' * 32767 + 'x', '🜲' * 16383, '\0'):
        got = wire.call('UpdateItem', {**rq, 'AttributeUpdates': {name: act('PUT', 1)}, 'ReturnValues': 'UPDATED_NEW'})
        assert got['Attributes'] == {name: av(1)}
    invalid(wire, 'UpdateItem', {**rq, 'AttributeUpdates': {'': act('PUT', 1), 'a': act('PUT', 1)}},
            PARAM + 'Attribute name must not be empty')
    for name in ('é' * 32768, '🜲' * 16384):  # characters enough, bytes too many
        invalid(wire, 'UpdateItem', {**rq, 'AttributeUpdates': {name: act('PUT', 1)}},
                ENVELOPE + 'Attribute name is too large, must be less than 65536 bytes')


def test_action_enum(wire):
    e = invalid(wire, 'UpdateItem', {'TableName': 'no-such-table', 'Key': item(p='x'),
                                     'AttributeUpdates': {'a': act('SET', 1)}})
    assert e.message.endswith('failed to satisfy constraint: Member must satisfy enum value set: [ADD, PUT, DELETE]')


def test_against_the_item(wire, simple):
    key = item(p=fresh())
    wire.call('PutItem', TableName=simple, Item={**key, **items(DOC)})
    for name, update in (('s', act('ADD', 1)), ('ss', act('ADD', {1})), ('s', act('DELETE', {'x'}))):
        invalid(wire, 'UpdateItem', {'TableName': simple, 'Key': key, 'AttributeUpdates': {name: update}},
                'Type mismatch for attribute to update')
    invalid(wire, 'UpdateItem', {'TableName': simple, 'Key': key, 'AttributeUpdates': {'p': act('PUT', 'x')}},
            PARAM + 'Cannot update attribute p. This attribute is part of the key')


def test_mixed_with_an_expression(wire):
    e = invalid(wire, 'UpdateItem', {'TableName': 'no-such-table', 'Key': item(p='x'),
                                     'AttributeUpdates': {'a': act('PUT', 1)}, 'ConditionExpression': 'attribute_exists(a)'})
    assert e.message.endswith('Non-expression parameters: {AttributeUpdates} Expression parameters: {ConditionExpression}')
