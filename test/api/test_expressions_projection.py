"""Projections: what part of an item they give, and what they refuse."""
import pytest

from kit import Num, fresh, invalid, item, items, plain_item

DOC = {'a': {'b': {'c': 1, 'd': 2}, 'e': [10, 11, 12, {'f': [20, 21], 'g': 'x'}]}, 'n': 1, 's': 't', 'l': [[0, 1], [2, 3]]}


@pytest.mark.parametrize('projection, want', [
    ('n', {'n': 1}), ('n, s', {'n': 1, 's': 't'}), ('a.b.c', {'a': {'b': {'c': 1}}}),
    ('a.b.c, a.b.d', {'a': {'b': {'c': 1, 'd': 2}}}), ('a.e[1]', {'a': {'e': [11]}}),
    ('a.e[2], a.e[0]', {'a': {'e': [10, 12]}}), ('a.e[3].f[1], a.e[3].g', {'a': {'e': [{'f': [21], 'g': 'x'}]}}),
    ('a.e[99], n', {'n': 1}), ('a.x', {}), ('n.x', {}), ('n[0]', {}), ('l[1][0], l[0][1]', {'l': [[1], [2]]}),
    ('a.e[0], a.b.c, n', {'a': {'e': [10], 'b': {'c': 1}}, 'n': 1}), ('absent', {}), (' a . b . c ', {'a': {'b': {'c': 1}}}),
    ('l[0], l[1]', {'l': [[0, 1], [2, 3]]}),
])
def test_parts(wire, simple, projection, want):
    key = item(p=fresh())
    wire.call('PutItem', TableName=simple, Item={**key, **items(DOC)})
    got = wire.call('GetItem', TableName=simple, Key=key, ProjectionExpression=projection)
    assert plain_item(got['Item']) == want
    got = wire.call('Query', TableName=simple, KeyConditionExpression='p = :p', ProjectionExpression=projection,
                    ExpressionAttributeValues={':p': key['p']})
    assert [plain_item(i) for i in got['Items']] == [want] and got['Count'] == 1


def test_numbers_are_canonical(wire, simple):
    key = item(p=fresh())
    wire.call('PutItem', TableName=simple, Item={**key, **items({'m': {'n': Num('1.50')}})})
    got = wire.call('GetItem', TableName=simple, Key=key, ProjectionExpression='m.n')
    assert got['Item'] == {'m': {'M': {'n': {'N': '1.5'}}}}


@pytest.mark.parametrize('projection, message', [
    ('a,', None), (',a', None), ('a b', None), ('a.', None), ('a[', None), ('a[b]', None), (':v', None), ('a..b', None),
    ('size(a)', None), ('*', None),
    ('status', 'Attribute name is a reserved keyword; reserved keyword: status'),
    ('a.hash', 'Attribute name is a reserved keyword; reserved keyword: hash'),
    ('#a', 'An expression attribute name used in the document path is not defined; attribute name: #a'),
    ('a, a', 'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], '
     'path two: [a]'),
    ('a, a.b', 'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], '
     'path two: [a, b]'),
    ('a[0].x, a[0]', 'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: '
     '[a, [0], x], path two: [a, [0]]'),
    ('a.b, a[1]', 'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: '
     '[a, b], path two: [a, [1]]'),
    ('.'.join('a' * 33), 'The document path has too many nesting levels; nesting levels: 33'),
])
def test_refused(wire, projection, message):
    e = invalid(wire, 'GetItem', {'TableName': 'no-such-table', 'Key': item(p='x'), 'ProjectionExpression': projection})
    start = 'Invalid ProjectionExpression: '
    if message is None:
        assert e.message.startswith(start + 'Syntax error; token: '), e.message
    else:
        assert e.message == start + message
