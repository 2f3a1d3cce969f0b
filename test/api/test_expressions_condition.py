"""Conditions and filters: what each function and operator says about one item."""
import pytest

from kit import ENVELOPE, Num, Refused, av, fresh, invalid, items, refused

ITEM = {
    'p': 'cond', 'n': 10, 'neg': -5, 's': 'hello', 'b': b'\x01\x02\x03', 't': True, 'nul': None, 'l': [1, 'two', [3]],
    'm': {'x': {'y': [0, {'z': 'deep'}]}, 'n': 10}, 'ss': {'a', 'b'}, 'ns': {1, 2}, 'bs': {b'q'}, 'astral': 'a🜲',
    'a.b': 'dotted', 'blank': '', 'l2': [{'k': {1, 2}}], 'zero': Num('0')}


@pytest.fixture(scope='module')
def holds(wire, shared):
    """holds(condition, values...): does it hold for ITEM?  Asked as a filter and as a condition."""
    t = shared('p:S')
    key = {'p': av('cond')}
    wire.call('PutItem', TableName=t, Item=items(ITEM))

    def ask(condition, names=None, **values):
        more = {}
        if values:
            more['ExpressionAttributeValues'] = items({':' + k: v for k, v in values.items()})
        if names:
            more['ExpressionAttributeNames'] = names
        try:
            wire.call('UpdateItem', TableName=t, Key=key, ConditionExpression=condition, **more)
            as_condition = True
        except Refused as e:
            assert e.name == 'ConditionalCheckFailedException', e
            as_condition = False
        more['ExpressionAttributeValues'] = {**more.get('ExpressionAttributeValues', {}), ':only': av('cond')}
        got = wire.call('Query', TableName=t, KeyConditionExpression='p = :only', FilterExpression=condition, **more)
        assert got['ScannedCount'] == 1 and got['Count'] == len(got['Items'])
        assert (got['Count'] == 1) == as_condition, 'filter and condition differ'
        return as_condition
    return ask


TRUE, FALSE = True, False


@pytest.mark.parametrize('want, condition, values', [
    # comparison
    (TRUE, 'n = :v', {'v': Num('10.0')}), (TRUE, 'n = :v', {'v': Num('1e1')}), (FALSE, 'n = :v', {'v': '10'}),
    (TRUE, 'n <> :v', {'v': '10'}), (TRUE, 'n < :v', {'v': 11}), (FALSE, 'n < :v', {'v': 10}),
    (TRUE, 'n <= :v', {'v': 10}), (TRUE, 'n > :v', {'v': Num('9.99')}), (TRUE, 'n >= :v', {'v': 10}),
    (TRUE, 'neg < :v', {'v': Num('-4.9')}), (TRUE, ':v < n', {'v': 2}), (FALSE, 'n < :v', {'v': 'zzz'}),
    (FALSE, 'n > :v', {'v': 'zzz'}), (TRUE, 's < :v', {'v': 'help'}), (TRUE, 's > :v', {'v': 'hell'}),
    (TRUE, 's > :v', {'v': 'HELLO'}), (TRUE, 'b < :v', {'v': b'\x01\x03'}), (TRUE, 'b > :v', {'v': b'\x01\x02'}),
    (FALSE, 's > :v', {'v': b'a'}), (TRUE, 't = :v', {'v': True}), (FALSE, 't = :v', {'v': False}),
    (TRUE, 'nul = :v', {'v': None}), (TRUE, 'ss = :v', {'v': {'b', 'a'}}), (FALSE, 'ss = :v', {'v': {'b'}}),
    (TRUE, 'l = :v', {'v': [1, 'two', [3]]}), (FALSE, 'l = :v', {'v': ['two', 1, [3]]}),
    (TRUE, 'l2 = :v', {'v': [{'k': {2, 1}}]}), (TRUE, 'm.x = :v', {'v': {'y': [0, {'z': 'deep'}]}}),
    (FALSE, 'l < n', {}), (FALSE, 't > nul', {}), (TRUE, 'zero = :v', {'v': Num('-0')}),
    # paths
    (TRUE, 'm.x.y[1].z = :v', {'v': 'deep'}), (TRUE, 'l[2][0] = :v', {'v': 3}), (FALSE, 'l[9] = :v', {'v': 3}),
    (FALSE, 'n.x = :v', {'v': 3}), (FALSE, 's[0] = :v', {'v': 'h'}), (TRUE, 'm . x\n.\ty [ 1 ] . z = :v', {'v': 'deep'}),
    (TRUE, 'n = m.n', {}), (TRUE, 'n > neg', {}),
    # what is missing
    (FALSE, 'absent = :v', {'v': 1}), (TRUE, 'absent <> :v', {'v': 1}), (FALSE, 'absent < :v', {'v': 1}),
    (FALSE, 'absent >= :v', {'v': 1}), (TRUE, 'absent <> another', {}), (FALSE, 'absent = another', {}),
    (TRUE, 'NOT absent = :v', {'v': 1}), (FALSE, 'absent BETWEEN :v AND :w', {'v': 1, 'w': 2}),
    (FALSE, 'absent IN (:v)', {'v': 1}),
    # between, in
    (TRUE, 'n BETWEEN :v AND :w', {'v': 10, 'w': 10}), (FALSE, 'n BETWEEN :v AND :w', {'v': 11, 'w': 20}),
    (TRUE, ':v BETWEEN neg AND n', {'v': 0}), (FALSE, 'n BETWEEN :v AND :w', {'v': 'a', 'w': 'z'}),
    (TRUE, 's between :v and :w', {'v': 'h', 'w': 'i'}), (TRUE, 'n IN (:v, :w)', {'v': 'x', 'w': 10}),
    (FALSE, 'n IN (:v)', {'v': 11}), (TRUE, 'n IN (neg, m.n)', {}), (TRUE, 'l IN (:v)', {'v': [1, 'two', [3]]}),
    (TRUE, ':v IN (s, n)', {'v': 'hello'}),
    # functions
    (TRUE, 'attribute_exists(m.x.y)', {}), (FALSE, 'attribute_exists(m.q)', {}), (TRUE, 'attribute_exists(nul)', {}),
    (TRUE, 'attribute_not_exists(l[3])', {}), (FALSE, 'attribute_not_exists(n)', {}),
    (TRUE, 'attribute_type(n, :v)', {'v': 'N'}), (FALSE, 'attribute_type(n, :v)', {'v': 'S'}),
    (TRUE, 'attribute_type(nul, :v)', {'v': 'NULL'}), (TRUE, 'attribute_type(m.x.y, :v)', {'v': 'L'}),
    (TRUE, 'attribute_type(bs, :v)', {'v': 'BS'}), (FALSE, 'attribute_type(absent, :v)', {'v': 'S'}),
    (TRUE, 'begins_with(s, :v)', {'v': 'hel'}), (TRUE, 'begins_with(s, :v)', {'v': ''}),
    (FALSE, 'begins_with(s, :v)', {'v': 'el'}), (TRUE, 'begins_with(b, :v)', {'v': b'\x01'}),
    (FALSE, 'begins_with(n, :v)', {'v': '1'}), (FALSE, 'begins_with(absent, :v)', {'v': 'a'}),
    (TRUE, 'begins_with(:v, s)', {'v': 'hello world'}),
    (TRUE, 'contains(s, :v)', {'v': 'ell'}), (FALSE, 'contains(s, :v)', {'v': 'Ell'}),
    (TRUE, 'contains(b, :v)', {'v': b'\x02\x03'}), (TRUE, 'contains(ss, :v)', {'v': 'a'}),
    (FALSE, 'contains(ss, :v)', {'v': 'c'}), (TRUE, 'contains(ns, :v)', {'v': Num('2.0')}),
    (TRUE, 'contains(bs, :v)', {'v': b'q'}), (TRUE, 'contains(l, :v)', {'v': 'two'}),
    (TRUE, 'contains(l, :v)', {'v': [3]}), (FALSE, 'contains(l, :v)', {'v': 3}), (FALSE, 'contains(m, :v)', {'v': 'x'}),
    (FALSE, 'contains(n, :v)', {'v': 1}), (FALSE, 'contains(absent, :v)', {'v': 1}),
    (TRUE, 'NOT contains(absent, :v)', {'v': 1}), (TRUE, 'contains(:v, s)', {'v': 'say hello'}),
    (TRUE, 'size(s) = :v', {'v': 5}), (TRUE, 'size(astral) = :v', {'v': 3}), (TRUE, 'size(b) = :v', {'v': 3}),
    (TRUE, 'size(l) = :v', {'v': 3}), (TRUE, 'size(m) = :v', {'v': 2}), (TRUE, 'size(ss) = :v', {'v': 2}),
    (TRUE, 'size(blank) = :v', {'v': 0}), (FALSE, 'size(n) > :v', {'v': -1}), (FALSE, 'size(t) > :v', {'v': -1}),
    (FALSE, 'size(absent) >= :v', {'v': 0}), (TRUE, 'size(:v) < n', {'v': 'abc'}),
    (TRUE, 'size(s) BETWEEN :v AND n', {'v': 5}), (TRUE, 'size(s) IN (:v)', {'v': 5}),
    # logic
    (TRUE, 'n = :v AND s = :w', {'v': 10, 'w': 'hello'}), (TRUE, 'n = :w OR s = :w', {'w': 'hello'}),
    (TRUE, 'n = :v OR n = :v AND n = :w', {'v': 10, 'w': 11}),
    (FALSE, '(n = :v OR n = :v) AND n = :w', {'v': 10, 'w': 11}),
    (TRUE, 'NOT n = :w OR n = :v', {'v': 10, 'w': 10}), (FALSE, 'NOT n = :v AND n = :w', {'v': 10, 'w': 10}),
    (TRUE, 'NOT (n = :v AND n = :w)', {'v': 10, 'w': 11}), (TRUE, 'NOT NOT n = :v', {'v': 10}),
    (FALSE, 'nOt N = :v AND not n = :v', {'v': 10}), (TRUE, '(n = :v)', {'v': 10}),
    (TRUE, '((n = :v) and s = :w) or (s = :v)', {'v': 10, 'w': 'hello'}),
    (TRUE, 'n>:v', {'v': 9}), (TRUE, 'n<>:v', {'v': 9}), (TRUE, 'NOT(n=:v)', {'v': 9}),
])
def test_truth(holds, want, condition, values):
    assert holds(condition, **values) == want


def test_names(holds):
    assert holds('#d = :v', names={'#d': 'a.b'}, v='dotted')
    assert not holds('attribute_exists(a.b)')
    assert holds('#m.#x.y[1].#1 = :9', names={'#m': 'm', '#x': 'x', '#1': 'z'}, **{'9': 'deep'})


def test_a_missing_item_has_no_attributes(wire, simple):
    rq = {'TableName': simple, 'Key': {'p': av(fresh())}}
    wire.call('DeleteItem', ConditionExpression='attribute_not_exists(p) AND p <> :v',
              ExpressionAttributeValues={':v': av('x')}, **rq)


def many(n, glue=' OR '):
    return glue.join(['n = :v'] * n)


@pytest.mark.parametrize('condition, values, names, message', [
    ('a', {}, {}, None),
    ('a =', {}, {}, 'Syntax error; token: "<EOF>", near: "="'),
    ('a = :v :w', {'v': 1, 'w': 1}, {}, 'Syntax error; token: ":w", near: ":v :w"'),
    ('a ! b', {}, {}, None), ('a = :v AND', {'v': 1}, {}, 'Syntax error; token: "<EOF>", near: "AND"'),
    ('(a = :v', {'v': 1}, {}, None), ('a = :v)', {'v': 1}, {}, None), ('a IN ()', {}, {}, None),
    ('a = b = c', {}, {}, None), ('a BETWEEN b', {}, {}, None), ('_a = :v', {'v': 1}, {}, None),
    ('1a = :v', {'v': 1}, {}, None), ('a[] = :v', {'v': 1}, {}, None), ('a[-1] = :v', {'v': 1}, {}, None),
    ('a[:v] = :v', {'v': 1}, {}, None), ('a.0 = :v', {'v': 1}, {}, None), ('a.:v = :v', {'v': 1}, {}, None),
    ('a = "b"', {}, {}, None), ('a = 1', {}, {}, None), ('NOT', {}, {}, None), ('attribute_exists a', {}, {}, None),
    ('((a = :v))', {'v': 1}, {}, 'The expression has redundant parentheses;'),
    ('b = :v AND ((a = :v))', {'v': 1}, {}, 'The expression has redundant parentheses;'),
    ('foo(a)', {}, {}, 'Invalid function name; function: foo'),
    ('ATTRIBUTE_EXISTS(a)', {}, {}, 'Invalid function name; function: ATTRIBUTE_EXISTS'),
    ('size(a)', {}, {}, 'The function is not allowed to be used this way in an expression; function: size'),
    ('contains(a, b) = :v', {'v': True}, {},
     'The function is not allowed to be used this way in an expression; function: contains'),
    ('if_not_exists(a, :v) = :v', {'v': 1}, {},
     'The function is not allowed in a condition expression; function: if_not_exists'),
    ('attribute_exists(a, b)', {}, {}, 'Incorrect number of operands for operator or function; operator or function: '
     'attribute_exists, number of operands: 2'),
    ('contains(a)', {}, {},
     'Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1'),
    ('begins_with(a, b, c)', {}, {}, 'Incorrect number of operands for operator or function; operator or function: '
     'begins_with, number of operands: 3'),
    ('status = :v', {'v': 1}, {}, 'Attribute name is a reserved keyword; reserved keyword: status'),
    ('a.Name = :v', {'v': 1}, {}, 'Attribute name is a reserved keyword; reserved keyword: Name'),
    ('attribute_exists(:v)', {'v': 1}, {},
     'Operator or function requires a document path; operator or function: attribute_exists'),
    ('a = a', {}, {}, 'The first operand must be distinct from the remaining operands for this operator or function; '
     'operator: =, first operand: [a]'),
    ('a.b[1] < a.b[1]', {}, {}, 'The first operand must be distinct from the remaining operands for this operator or '
     'function; operator: <, first operand: [a, b, [1]]'),
    ('#x = a', {}, {'#x': 'a'}, 'The first operand must be distinct from the remaining operands for this operator or '
     'function; operator: =, first operand: [a]'),
    ('begins_with(a, a)', {}, {}, 'The first operand must be distinct from the remaining operands for this operator or '
     'function; operator: begins_with, first operand: [a]'),
    ('a BETWEEN a AND :v', {'v': 1}, {}, 'The first operand must be distinct from the remaining operands for this '
     'operator or function; operator: BETWEEN, first operand: [a]'),
    ('a IN (:v, a)', {'v': 1}, {}, 'The first operand must be distinct from the remaining operands for this '
     'operator or function; operator: IN, first operand: [a]'),
    *((condition, {'v': v}, {}, 'The first operand must be distinct from the remaining operands for this operator or '
       f'function; operator: {operator}, first operand: AttributeValue: {shown}')
      for condition, v, operator, shown in ((':v = :v', 1, '=', '{N:1}'), (':v IN (a, :v)', 'x', 'IN', '{S:x}'),
                                            ('contains(:v, :v)', 'x', 'contains', '{S:x}'),
                                            (':v BETWEEN :v AND a', 1, 'BETWEEN', '{N:1}'))),
    ('a < :v', {'v': True}, {},
     'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL'),
    ('a >= :v', {'v': {'x'}}, {},
     'Incorrect operand type for operator or function; operator or function: >=, operand type: SS'),
    ('a > :v', {'v': [1]}, {},
     'Incorrect operand type for operator or function; operator or function: >, operand type: L'),
    ('begins_with(a, :v)', {'v': 1}, {},
     'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N'),
    ('attribute_type(a, :v)', {'v': 1}, {},
     'Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N'),
    ('attribute_type(a, :v)', {'v': 'DOG'}, {},
     'Invalid attribute type name found; type: DOG, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}'),
    ('attribute_type(a, b)', {}, {}, 'Incorrect operand type for operator or function; operator or function: '
     'attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}'),
    ('size(:v) = a', {'v': 1}, {},
     'Incorrect operand type for operator or function; operator or function: size, operand type: N'),
    ('a BETWEEN :v AND :w', {'v': 2, 'w': 1}, {}, 'The BETWEEN operator requires upper bound to be greater than or '
     'equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}'),
    ('a BETWEEN :v AND :w', {'v': 1, 'w': 'a'}, {}, 'The BETWEEN operator requires same data type for lower and upper '
     'bounds; lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}'),
    ('#a = :v', {'v': 1}, {}, None),
    ('a = :v', {}, {},
     'An expression attribute value used in expression is not defined; attribute value: :v'),
    ('a[99999999999999] = :v', {'v': 1}, {},
     'List index is not within the allowable range; index: [99999999999999]'),
    (many(151), {'v': 1}, {}, 'The expression contains too many operators; operator count: 301'),
    ('.'.join(['a'] * 33) + ' = :v', {'v': 1}, {},
     'The document path has too many nesting levels; nesting levels: 33'),
])
def test_refused(wire, condition, values, names, message):
    rq = {'TableName': 'no-such-table', 'Key': {'p': av('x')}, 'ConditionExpression': condition}
    if values:
        rq['ExpressionAttributeValues'] = items({':' + k: v for k, v in values.items()})
    if names:
        rq['ExpressionAttributeNames'] = names
    e = invalid(wire, 'DeleteItem', rq)
    start = 'Invalid ConditionExpression: '
    assert e.message.startswith(start), e.message
    if message is None:
        assert 'Syntax error; token: ' in e.message or 'not defined' in e.message, e.message
    else:
        assert e.message == start + message


@pytest.mark.parametrize('more, message', [
    ({'ConditionExpression': 'a = :v', 'ExpressionAttributeValues': {':v': av(1), ':w': av(2)}},
     'Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}'),
    ({'ConditionExpression': 'a = :v', 'ExpressionAttributeValues': {':v': av(1), ':w': av(2)},
      'ExpressionAttributeNames': {'#a': 'a'}},
     'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}'),
    ({'ConditionExpression': 'attribute_exists(a)', 'ExpressionAttributeValues': {}},
     'ExpressionAttributeValues must not be empty'),
    ({'ConditionExpression': 'attribute_exists(a)', 'ExpressionAttributeNames': {}},
     'ExpressionAttributeNames must not be empty'),
    ({'ConditionExpression': 'attribute_exists(a)', 'ExpressionAttributeNames': {'a': 'a'}},
     'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'),
    ({'ConditionExpression': 'attribute_exists(a)', 'ExpressionAttributeNames': {'#a-b': 'a'}},
     'ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"'),
    ({'ConditionExpression': 'a = :v', 'ExpressionAttributeValues': {'v': av(1)}},
     'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"'),
    ({'ConditionExpression': 'a = :v', 'ExpressionAttributeValues': {':v': {}}},
     'ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of '
     'the supported datatypes for key :v'),
    ({'ConditionExpression': 'a = :v', 'ExpressionAttributeValues': {':v': {'SS': []}}},
     'ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: An string set  may '
     'not be empty for key :v'),
    ({'ConditionExpression': 'a' * 4097}, 'Invalid ConditionExpression: Expression size has exceeded the maximum '
     'allowed size; expression size: 4097'),
])
def test_parameters_refused(wire, more, message):
    rq = {'TableName': 'no-such-table', 'Key': {'p': av('x')}, **more}
    invalid(wire, 'DeleteItem', rq, message)


def test_limits_that_are_just_met(wire, simple):
    rq = {'TableName': simple, 'Key': {'p': av(fresh())}, 'ExpressionAttributeValues': {':v': av(1)}}
    for good in (many(150),
                 ('n = :v' + ' ' * 4096)[:4096], '.'.join(['a'] * 32) + ' <> :v'):
        try:
            wire.call('DeleteItem', ConditionExpression=good, **rq)
        except Refused as e:
            assert e.name == 'ConditionalCheckFailedException', e


@pytest.mark.parametrize('n', [1, 50, 98])
def test_long_in(holds, n):
    values = {f'v{i}': i + 100 for i in range(n - 1)}
    assert holds('n IN (' + ', '.join([':' + k for k in values] + [':last']) + ')', last=10, **values)


@pytest.mark.parametrize('condition, token, near', [
    ('a == :v', '=', '== :v'), ('AND a = :v', 'AND', 'AND a'), ('a = :v OR OR a = :v', 'OR', 'OR OR a'),
    ('(a = :v', '<EOF>', ':v'), ('a = :v)', ')', ':v)'), ('a IN ()', ')', '()'), ('a IN :v', ':v', 'IN :v'),
    ('a BETWEEN :v, :v', ',', ':v, :v'), ('é = :v', 'é', 'é ='), ('a = 1', '1', '= 1'), ('a..b = :v', '.', '..b'),
    ('a.[0] = :v', '[', '.[0'), ('a[ 1 .5] = :v', '.', '1 .5'), ('a = :', ':', '= :'), ('# = :v', '#', '# ='),
    ('a\u00a0= :v', '\u00a0', 'a\u00a0='), ('a = :v;', ';', ':v;'), ('-a = :v', '-', '-a'), ('a != :v', '!', 'a !='),
    ('a < > :v', '>', '< > :v'), ('NOT (a)', '<EOF>', ')'), ('a = :v\n\tb', 'b', ':v\n\tb'), ('a AND b', 'AND', 'a AND b'),
    ('a.exists(b)', '(', 'exists(b'), ('size() = :v', ')', '() ='), ('a = b = :v', '=', 'b = :v'), ('  ', '<EOF>', ''),
])
def test_what_a_syntax_error_shows(wire, condition, token, near):
    rq = {'TableName': 'no-such-table', 'Key': {'p': av('x')}, 'ConditionExpression': condition}
    if ':v' in condition:
        rq['ExpressionAttributeValues'] = {':v': av(1)}
    invalid(wire, 'DeleteItem', rq, f'Invalid ConditionExpression: Syntax error; token: "{token}", near: "{near}"')


@pytest.mark.parametrize('condition', [
    '(absent) = (:v)', '(size(absent)) > :v', '( ( ( size ( s )) < m.n ) AND ( n > :v ) )', '(NOT (n = :v))',
    '(n = :v) OR ((s = :v) AND (b = :v))', 'contains((s), (:v))', 'n IN ((:v), (s))', '(n) BETWEEN (:v) AND (neg)',
    'attribute_exists((n)) AND n > :v', 'NOT (n = :v AND (s = :v))'])
def test_parentheses_that_are_not_redundant(holds, condition):
    assert holds(condition, v=1) in (True, False)


@pytest.mark.parametrize('n', [99, 100])
def test_operands_of_in(wire, simple, n):
    values = {f':v{i}': av(i) for i in range(n)}
    rq = {'TableName': simple, 'Key': {'p': av(fresh())}, 'ConditionExpression': f"NOT n IN ({', '.join(values)})",
          'ExpressionAttributeValues': values}
    if n == 99:
        wire.call('DeleteItem', rq)
    else:
        invalid(wire, 'DeleteItem', rq, 'Invalid ConditionExpression: The IN operator is provided with too many operands; '
                'number of operands: 101')


def test_operators_that_count(wire, simple):
    rq = {'TableName': simple, 'Key': {'p': av(fresh())}}
    start = 'Invalid ConditionExpression: The expression contains too many operators; operator count: '
    exists = 'attribute_not_exists(n)'
    refused(wire, 'DeleteItem', {**rq, 'ConditionExpression': ' OR '.join(['contains(n, m)'] * 151)},
            'ConditionalCheckFailedException')  # functions are none
    wire.call('DeleteItem', ConditionExpression='NOT ' * 300 + exists, **rq)
    invalid(wire, 'DeleteItem', {**rq, 'ConditionExpression': 'NOT ' * 301 + exists}, start + '301')
    rq['ExpressionAttributeValues'] = {':v': av(1)}
    wire.call('DeleteItem', ConditionExpression='NOT ' + many(150), **rq)
    invalid(wire, 'DeleteItem', {**rq, 'ConditionExpression': 'NOT NOT ' + many(150)}, start + '301')


def test_in_limit(wire):
    rq = {'TableName': 'no-such-table', 'Key': {'p': av('x')}}
    values = {f':v{i}': av(i) for i in range(101)}
    invalid(wire, 'DeleteItem', {**rq, 'ConditionExpression': f"n IN ({', '.join(values)})",
                                 'ExpressionAttributeValues': values})


def test_envelope_of_put_and_update(wire):
    for op, rq in (('PutItem', {'Item': {'p': av('x')}}), ('UpdateItem', {'Key': {'p': av('x')}})):
        rq['TableName'] = 'no-such-table'
        invalid(wire, op, {**rq, 'ConditionExpression': 'a =', },
                ENVELOPE + 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="')
        invalid(wire, op, {**rq, 'ConditionExpression': 'a' * 4097},
                ENVELOPE + 'Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; '
                'expression size: 4097')
        e = invalid(wire, op, {**rq, 'ConditionExpression': 'a = #b'})
        assert not e.message.startswith(ENVELOPE)
