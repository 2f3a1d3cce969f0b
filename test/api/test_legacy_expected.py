"""Expected and ConditionalOperator: conditions in the older form."""
import pytest

from kit import PARAM, Refused, av, fresh, invalid, item, items, refused

ITEM = {'n': 10, 's': 'hello', 'b': b'abc', 'ss': {'a', 'b'}, 'l': [1, 'x'], 'm': {'k': 1}, 'nul': None}


def cond(op, *values):
    return {'ComparisonOperator': op, **({'AttributeValueList': [av(v) for v in values]} if values else {})}


@pytest.fixture(scope='module')
def holds(wire, shared):
    t = shared('p:S')
    key = item(p=fresh())
    wire.call('PutItem', TableName=t, Item={**key, **items(ITEM)})

    def ask(expected, operator=None):
        try:
            wire.call('UpdateItem', TableName=t, Key=key, Expected=expected,
                      **({'ConditionalOperator': operator} if operator else {}))
            return True
        except Refused as e:
            assert e.name == 'ConditionalCheckFailedException' and e.message == 'The conditional request failed', e
            return False
    return ask


@pytest.mark.parametrize('want, name, c', [
    (True, 'n', {'Value': av(10)}), (False, 'n', {'Value': av(11)}), (True, 'n', {'Value': av(10), 'Exists': True}),
    (True, 'absent', {'Exists': False}), (False, 'n', {'Exists': False}), (False, 'absent', {'Value': av(1)}),
    (True, 'n', cond('EQ', 10)), (False, 'n', cond('EQ', '10')), (True, 'n', cond('NE', 11)),
    (True, 'absent', cond('NE', 1)), (True, 'n', cond('NE', 'text')), (True, 'l', cond('EQ', [1, 'x'])),
    (True, 'm', cond('EQ', {'k': 1})), (True, 'ss', cond('EQ', {'b', 'a'})), (True, 'n', cond('LT', 11)),
    (True, 'n', cond('LE', 10)), (True, 'n', cond('GT', 9)), (False, 'n', cond('GE', 11)), (False, 'absent', cond('LT', 1)),
    (False, 'n', cond('LT', 'zzz')), (True, 'n', cond('BETWEEN', 1, 10)), (False, 's', cond('BETWEEN', 'i', 'z')),
    (True, 'n', cond('IN', 1, 10)), (False, 'n', cond('IN', 1, 2)), (True, 's', cond('BEGINS_WITH', 'hel')),
    (True, 's', cond('CONTAINS', 'ell')), (True, 'ss', cond('CONTAINS', 'a')), (True, 'l', cond('CONTAINS', 'x')),
    (False, 's', cond('NOT_CONTAINS', 'ell')), (True, 's', cond('NOT_CONTAINS', 'x')),
    (False, 'absent', cond('NOT_CONTAINS', 'x')), (True, 'absent', cond('NULL')), (False, 'nul', cond('NULL')),
    (True, 'nul', cond('NOT_NULL')), (False, 'absent', cond('NOT_NULL')),
    (True, 'n', {'ComparisonOperator': 'GT', 'Value': av(9)}), (True, 'b', cond('BEGINS_WITH', b'ab')),
])
def test_truth(holds, want, name, c):
    assert holds({name: c}) == want


def test_operator(holds):
    both = {'n': cond('EQ', 10), 's': cond('EQ', 'other')}
    assert not holds(both) and not holds(both, 'AND') and holds(both, 'OR')


def test_put_and_delete(wire, simple):
    key = item(p=fresh())
    put = {'TableName': simple, 'Item': key, 'Expected': {'p': {'Exists': False}}}
    wire.call('PutItem', put)
    refused(wire, 'PutItem', put, 'ConditionalCheckFailedException', 'The conditional request failed')
    refused(wire, 'DeleteItem', {'TableName': simple, 'Key': key, 'Expected': {'a': cond('NOT_NULL')}},
            'ConditionalCheckFailedException')
    wire.call('DeleteItem', TableName=simple, Key=key, Expected={'a': cond('NULL')})


@pytest.mark.parametrize('c, message', [
    ({}, PARAM + 'Value must be provided when Exists is null for Attribute: a'),
    ({'Exists': True}, PARAM + 'Value must be provided when Exists is true for Attribute: a'),
    ({'Exists': False, 'Value': av(1)}, PARAM + 'Value cannot be used when Exists is false for Attribute: a'),
    ({'Exists': True, **cond('EQ', 1)},
     PARAM + 'Exists and ComparisonOperator cannot be used together for Attribute: a'),
    ({'Value': av(1), **cond('EQ', 1)},
     PARAM + 'Value and AttributeValueList cannot be used together for Attribute: a'),
    ({'AttributeValueList': [av(1)]},
     PARAM + 'AttributeValueList can only be used with a ComparisonOperator for Attribute: a'),
    (cond('LT'), PARAM + 'Value or AttributeValueList must be used with ComparisonOperator: LT for Attribute: a'),
    (cond('EQ', 1, 2), PARAM + 'Invalid number of argument(s) for the EQ ComparisonOperator'),
    (cond('NULL', 1), PARAM + 'Invalid number of argument(s) for the NULL ComparisonOperator'),
    (cond('BETWEEN', 1), PARAM + 'Invalid number of argument(s) for the BETWEEN ComparisonOperator'),
    (cond('BETWEEN', 1, 'a'), PARAM + 'AttributeValues inside AttributeValueList must be of same type'),
    (cond('LT', {'a'}), PARAM + 'ComparisonOperator LT is not valid for SS AttributeValue type'),
    (cond('BEGINS_WITH', 1), PARAM + 'ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type'),
    (cond('CONTAINS', [1]), PARAM + 'ComparisonOperator CONTAINS is not valid for L AttributeValue type'),
    (cond('IN', {'a'}), PARAM + 'ComparisonOperator IN is not valid for SS AttributeValue type'),
    (cond('BETWEEN', 2, 1),
     'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound'),
])
def test_refused(wire, c, message):
    invalid(wire, 'DeleteItem', {'TableName': 'no-such-table', 'Key': item(p='x'), 'Expected': {'a': c}}, message)


def test_comparison_operator_enum(wire):
    e = invalid(wire, 'DeleteItem', {'TableName': 'no-such-table', 'Key': item(p='x'), 'Expected': {'a': cond('XX', 1)}})
    assert e.message.endswith('Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, '
                              'NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]')


def test_operator_alone(wire):
    for more in ({}, {'Expected': {}}):
        e = invalid(wire, 'DeleteItem', {'TableName': 'no-such-table', 'Key': item(p='x'), 'ConditionalOperator': 'OR',
                                         **more})
        assert 'ConditionalOperator' in e.message


def test_mixed_with_an_expression(wire):
    invalid(wire, 'DeleteItem', {'TableName': 'no-such-table', 'Key': item(p='x'), 'ConditionalOperator': 'AND',
                                 'Expected': {'a': cond('NULL')}, 'ConditionExpression': 'attribute_exists(a)'},
            'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: '
            '{Expected, ConditionalOperator} Expression parameters: {ConditionExpression}')
