"""DeleteItem."""
import pytest

from kit import KEY_SCHEMA, NO_TABLE, av, fresh, invalid, item, plain_item, refused


def test_delete(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, a=1))
    assert wire.call('DeleteItem', TableName=simple, Key=item(p=k)) == {}
    assert wire.call('GetItem', TableName=simple, Key=item(p=k)) == {}
    assert wire.call('DeleteItem', TableName=simple, Key=item(p=k)) == {}


def test_return_values(wire, simple):
    k = fresh()
    assert wire.call('DeleteItem', TableName=simple, Key=item(p=k), ReturnValues='ALL_OLD') == {}
    wire.call('PutItem', TableName=simple, Item=item(p=k, a=1))
    old = wire.call('DeleteItem', TableName=simple, Key=item(p=k), ReturnValues='ALL_OLD')
    assert plain_item(old['Attributes']) == {'p': k, 'a': 1}


@pytest.mark.parametrize('mode', ['ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'])
def test_return_values_of_updates_are_refused(wire, simple, mode):
    invalid(wire, 'DeleteItem', {'TableName': simple, 'Key': item(p='k'), 'ReturnValues': mode},
            'ReturnValues can only be ALL_OLD or NONE')


def test_condition(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, a=1))
    rq = {'TableName': simple, 'Key': item(p=k), 'ConditionExpression': 'a = :v',
          'ExpressionAttributeValues': {':v': av(2)}, 'ReturnValuesOnConditionCheckFailure': 'ALL_OLD'}
    e = refused(wire, 'DeleteItem', rq, 'ConditionalCheckFailedException', 'The conditional request failed')
    assert plain_item(e.body['Item']) == {'p': k, 'a': 1}
    rq['ExpressionAttributeValues'] = {':v': av(1)}
    assert wire.call('DeleteItem', rq) == {}
    e = refused(wire, 'DeleteItem', rq, 'ConditionalCheckFailedException')
    assert 'Item' not in e.body


def test_condition_of_absence_on_a_missing_item(wire, simple):
    assert wire.call('DeleteItem', TableName=simple, Key=item(p=fresh()),
                     ConditionExpression='attribute_not_exists(p)') == {}


def test_errors(wire, simple):
    invalid(wire, 'DeleteItem', {'TableName': simple, 'Key': item(x='k')}, KEY_SCHEMA)
    refused(wire, 'DeleteItem', {'TableName': 'no-such-table', 'Key': item(x='k')}, 'ResourceNotFoundException',
            NO_TABLE)
    # No envelope here, unlike PutItem.
    invalid(wire, 'DeleteItem', {'TableName': simple, 'Key': item(p='k'), 'ConditionExpression': '((p = q))'},
            'Invalid ConditionExpression: The expression has redundant parentheses;')
