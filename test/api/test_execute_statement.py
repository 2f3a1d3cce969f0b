"""ExecuteStatement: PartiQL."""
import pytest

from kit import (PARAM, PARAM_ARE, av, constraint, fresh, invalid, item, items, plain_item, refused)

FORMED = "Statement wasn't well formed, can't be processed: "
FAILED = 'The conditional request failed'
BAG = 'Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags'
OVERLAP = 'Overlapping conditions with range keys are not supported in where clause'
TYPE = "Key attribute's data type should match its data type in table's schema: Key "
KEYS = 'Where clause does not contain a mandatory equality on all key attributes'


def run(wire, statement, *parameters, **more):
    if parameters:
        more['Parameters'] = [av(p) for p in parameters]
    return wire.call('ExecuteStatement', Statement=statement, **more)


def rows(wire, statement, *parameters, **more):
    return [plain_item(i) for i in run(wire, statement, *parameters, **more)['Items']]


def bad(wire, statement, message, *parameters, name='ValidationException', **more):
    if parameters:
        more['Parameters'] = [av(p) for p in parameters]
    return refused(wire, 'ExecuteStatement', {'Statement': statement, **more}, name, message)


@pytest.fixture(scope='module')
def tab(shared):
    return shared('p:S s:N', gsi=(('glo', 'g:S', 'KEYS_ONLY'), ('all', 'g:S n:N')),
                  lsi=(('loc', 'p:S l:S', 'KEYS_ONLY'),))


@pytest.fixture(scope='module')
def filled(wire, tab):
    """Partition A: s 1 to 5 with n = s; B: s 1 with n = 10."""
    a, b = fresh('a'), fresh('b')
    for s in range(1, 6):
        wire.call('PutItem', TableName=tab, Item=items({
            'p': a, 's': s, 'n': s, 'l': f'l{9 - s}', 'odd': s % 2 == 1, 'd': {'e': [s, {'f': s}]}, 'g': a,
            **({'x': f'word{s}'} if s > 2 else {}), **({'tags': {'t1', f't{s}'}} if s == 4 else {})}))
    wire.call('PutItem', TableName=tab, Item=items({'p': b, 's': 1, 'n': 10, 'g': b, 'nul': None}))
    return tab, a, b


def q(filled, text):
    """The statement with @T, @A and @B filled in."""
    t, a, b = filled
    return text.replace('@T', f'"{t}"').replace('@A', f"'{a}'").replace('@B', f"'{b}'")


def test_life_of_an_item(ddb, wire, tab):
    k = fresh()
    got = ddb.execute_statement(Statement=f"""INSERT INTO "{tab}" VALUE {{'p': '{k}', 's': 1, 'note': 'it''s', 'm':
        {{'l': [1, -2.5e1, true, null, {{'x': ?}}]}}, 'set': <<'b', 'a'>>, 'raw': ?}}""",
                                Parameters=[{'S': 'deep'}, {'B': b'bytes'}])
    assert got['Items'] == []
    thing = {'p': k, 's': 1, 'note': "it's", 'm': {'l': [1, -25, True, None, {'x': 'deep'}]}, 'set': {'a', 'b'},
             'raw': b'bytes'}
    assert rows(wire, f'SELECT * FROM "{tab}" WHERE p = ? AND s = 1', k) == [thing]
    bad(wire, f'INSERT INTO "{tab}" VALUE {{\'p\': \'{k}\', \'s\': 1}}', 'Duplicate primary key exists in table',
        name='DuplicateItemException')
    got = rows(wire, f"""UPDATE "{tab}" SET m.l[0] = m.l[0] + 4, note = ? SET "new" = [1] REMOVE raw, m.l[4].x
        WHERE p = ? AND s = 1 AND note = 'it''s' RETURNING ALL NEW *""", 'other', k)
    thing.update(m={'l': [5, -25, True, None, {}]}, note='other', new=[1])
    del thing['raw']
    assert got == [thing]
    bad(wire, f'UPDATE "{tab}" SET note = 1 WHERE p = ? AND s = 1 AND note = 1', FAILED, k,
        name='ConditionalCheckFailedException')
    assert rows(wire, f'DELETE FROM "{tab}" WHERE s = 1 AND p = ? RETURNING ALL OLD *', k) == [thing]
    assert rows(wire, f'SELECT * FROM "{tab}" WHERE p = ?', k) == []
    assert run(wire, f'DELETE FROM "{tab}" WHERE s = 1 AND p = ?', k) == {'Items': []}


@pytest.mark.parametrize('sets, changed', [
    ('SET n = n + 1', {'n': 8}), ('SET n = 10 - n', {'n': 3}), ('SET n = n - 0.5', {'n': '6.5'}),
    ('SET l = list_append(l, [3])', {'l': [1, 2, 3]}), ('SET l = LIST_APPEND([0], l)', {'l': [0, 1, 2]}),
    ('SET l[5] = 9', {'l': [1, 2, 9]}),
    ("SET ss = set_add(ss, <<'c'>>)", {'ss': {'a', 'b', 'c'}}),
    ("SET ss = set_delete(ss, <<'a'>>)", {'ss': {'b'}}),
    ("SET ss = set_delete(ss, <<'a', 'b'>>)", {'ss': None}),
    ('SET ns = set_add(ns, <<1, 2>>)', {'ns': {1, 2}}),
    ('SET a = n, n = 0', {'a': 7, 'n': 0}),
    ('SET n = if_not_exists(n, 5) + 1, a = if_not_exists(b, 5) - n', {'n': 8, 'a': -2}),
    ('SET l = list_append(list_append(l, [3]), l)', {'l': [1, 2, 3, 1, 2]}),
    ('SET "a b"."c" = 1', 'path'),
    ("SET m['k'] = 2, m.j = 3 REMOVE m.i", {'m': {'k': 2, 'j': 3}}),
    ('REMOVE n REMOVE l[0]', {'n': None, 'l': [2]}), ('REMOVE nothing.at.all, no[3]', {}),
    ('SET x = 1 REMOVE n, l SET y = 2', {'x': 1, 'y': 2, 'n': None, 'l': None}),
])
def test_update(wire, shared, sets, changed):
    t, k = shared('p:S s:N'), fresh()
    thing = {'p': k, 's': 1, 'n': 7, 'l': [1, 2], 'ss': {'a', 'b'}, 'm': {'k': 1, 'i': 1}}
    wire.call('PutItem', TableName=t, Item=items(thing))
    statement = f'UPDATE "{t}" {sets} WHERE p = ? AND s = 1'
    if changed == 'path':
        bad(wire, statement, 'The document path provided in the update expression is invalid for update', k)
        return
    run(wire, statement, k)
    want = {name: value for name, value in {**thing, **changed}.items() if value is not None}
    assert plain_item(wire.call('GetItem', TableName=t, Key=items({'p': k, 's': 1}))['Item']) == want


@pytest.mark.parametrize('clause, want', [
    ('ALL OLD', {'n': 1, 'm': {'a': 1, 'b': 2}}), ('ALL NEW', {'n': 2, 'm': {'a': 5, 'b': 2}}),
    ('MODIFIED OLD', {'n': 1, 'm': {'a': 1}}), ('MODIFIED NEW', {'n': 2, 'm': {'a': 5}}),
])
def test_returning(wire, tab, clause, want):
    k = fresh()
    wire.call('PutItem', TableName=tab, Item=items({'p': k, 's': 1, 'n': 1, 'm': {'a': 1, 'b': 2}}))
    (got,) = rows(wire, f'UPDATE "{tab}" SET n = 2, m.a = 5 WHERE p = ? AND s = 1 RETURNING {clause} *', k)
    if clause.startswith('ALL'):
        want = {**want, 'p': k, 's': 1}
    assert got == want
    run(wire, f'UPDATE "{tab}" REMOVE zz WHERE p = ? AND s = 1', k)
    assert rows(wire, f'UPDATE "{tab}" REMOVE zz WHERE p = ? AND s = 1 RETURNING MODIFIED NEW *', k) == []
    assert rows(wire, f'DELETE FROM "{tab}" WHERE p = ? AND s = 2 RETURNING ALL OLD *', k) == []


def test_writes_that_fail(wire, tab):
    k = fresh()
    failed = {'name': 'ConditionalCheckFailedException'}
    bad(wire, f'UPDATE "{tab}" SET n = 1 WHERE p = ? AND s = 1', FAILED, k, **failed)
    wire.call('PutItem', TableName=tab, Item=items({'p': k, 's': 1, 'n': 1}))
    bad(wire, f'DELETE FROM "{tab}" WHERE p = ? AND s = 1 AND n > 5', FAILED, k, **failed)
    e = bad(wire, f'DELETE FROM "{tab}" WHERE p = ? AND s = 1 AND n <> 1', FAILED, k,
            ReturnValuesOnConditionCheckFailure='ALL_OLD', **failed)
    assert plain_item(e.body['Item']) == {'p': k, 's': 1, 'n': 1}
    bad(wire, f'UPDATE "{tab}" SET n = nothing WHERE p = ? AND s = 1',
        'The provided expression refers to an attribute that does not exist in the item', k)
    bad(wire, f'UPDATE "{tab}" SET p = 1 WHERE p = ? AND s = 1',
        PARAM + 'Cannot update attribute p. This attribute is part of the key', k)
    for where in ('', 'WHERE p = ?', 'WHERE p = ? AND s > 1', 'WHERE p = ? OR s = 1', 'WHERE p = ? AND NOT s = 1'):
        bad(wire, f'UPDATE "{tab}" SET n = 1 {where}', KEYS, *([k] if '?' in where else []))
        bad(wire, f'DELETE FROM "{tab}" {where}', KEYS, *([k] if '?' in where else []))
    bad(wire, f"INSERT INTO \"{tab}\" VALUE {{'p': ''}}", PARAM + 'Missing the key s in the item')
    bad(wire, f"INSERT INTO \"{tab}\" VALUE {{'p': '', 's': 1}}",
        PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string value. Key: p')
    bad(wire, f"INSERT INTO \"{tab}\" VALUE {{'p': 'a', 's': 1, 'x': ?}}",
        'Item size has exceeded the maximum allowed size', 'x' * 409_600)
    bad(wire, f'UPDATE "{tab}" SET x = ? WHERE p = ? AND s = 1',
        'Item size to update has exceeded the maximum allowed size', 'x' * 409_600, k)
    bad(wire, f"DELETE FROM \"{tab}\" WHERE p = 'a' AND s = 1 RETURNING MODIFIED OLD *",
        'Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.')


@pytest.mark.parametrize('text, want', [
    ('SELECT n FROM @T WHERE p = @A', [1, 2, 3, 4, 5]),
    ('select n from @T where p = @A order by s desc', [5, 4, 3, 2, 1]),
    ('SELECT n FROM @T WHERE p = @A AND s = 3', [3]),
    ('SELECT n FROM @T WHERE p = @A AND s = 3 AND n = 4', []),
    ('SELECT n FROM @T WHERE p = @A AND s >= 4', [4, 5]),
    ('SELECT n FROM @T WHERE 2 > s AND p = @A', [1]),
    ('SELECT n FROM @T WHERE p = @A AND s BETWEEN 2 AND 3', [2, 3]),
    ('SELECT n FROM @T WHERE p = @A AND s NOT BETWEEN 2 AND 4', [1, 5]),
    ('SELECT n FROM @T WHERE p = @A AND s IN (1, 5)', [1, 5]),
    ('SELECT n FROM @T WHERE p = @A AND (s = 2 OR s = 4)', [2, 4]),
    ('SELECT n FROM @T WHERE p IN [@B, @A] AND s = 1', [10, 1]),
    ('SELECT n FROM @T WHERE p = @B OR p = @A ORDER BY p, s DESC', [5, 4, 3, 2, 1, 10]),
    ('SELECT n FROM @T WHERE p IN (@A, @B) ORDER BY p DESC', [10, 1, 2, 3, 4, 5]),
    ('SELECT n FROM @T WHERE p = @A AND odd = true', [1, 3, 5]),
    ('SELECT n FROM @T WHERE p = @A AND NOT odd = TRUE AND n <> 2', [4]),
    ("SELECT n FROM @T WHERE p = @A AND x != 'word3'", [4, 5]),
    ("SELECT n FROM @T WHERE p = @A AND NOT (x = 'word3')", [1, 2, 4, 5]),
    ('SELECT n FROM @T WHERE p = @A AND x IS MISSING', [1, 2]),
    ('SELECT n FROM @T WHERE p = @A AND x IS NOT MISSING AND n < 4', [3]),
    ('SELECT n FROM @T WHERE p = @B AND nul IS NULL', [10]),
    ('SELECT n FROM @T WHERE p = @A AND x IS STRING', [3, 4, 5]),
    ("SELECT n FROM @T WHERE p = @A AND begins_with(x, 'word') AND contains(x, '5')", [5]),
    ("SELECT n FROM @T WHERE p = @A AND contains(tags, 't1')", [4]),
    ('SELECT n FROM @T WHERE p = @A AND size(tags) = 2', [4]),
    ("SELECT n FROM @T WHERE p = @A AND attribute_type(tags, 'SS')", [4]),
    ('SELECT n FROM @T WHERE p = @A AND (d.e[0] = 2 OR d.e[1].f = 5)', [2, 5]),
    ('SELECT n FROM @T WHERE p = @A AND s < 2 OR p = @A AND s = 4 AND n = 4', [1, 4]),
    ('SELECT n FROM @T WHERE p = @A AND s = 1 OR p = @B AND s = 1 AND n = 10', [1, 10]),
    ('SELECT n FROM @T WHERE p = @A AND (s > 3 OR s = 1) ORDER BY s DESC', [5, 4, 1]),
    ('SELECT n FROM @T WHERE p IN [@B, @A] AND s IN [1, 3] ORDER BY s DESC, p', [3, 1, 10]),
    ('SELECT n FROM @T WHERE p = @A AND attribute_exists(x) AND attribute_not_exists(tags)', [3, 5]),
    ("SELECT n FROM @T WHERE p = @A AND contains(x, '4') = true", [4]),
    ("SELECT n FROM @T WHERE p = @A AND contains(x, '4') = false AND n > 1", [2, 3, 5]),
    ('SELECT n FROM @T WHERE p = @A AND false <> attribute_exists(x)', [3, 4, 5]),
    ('SELECT n FROM @T WHERE p = @A AND attribute_exists(x) = 1', []),
    ('SELECT n FROM @T /* all\n of it */ WHERE p = @A -- and\n AND s = 3 ;', [3]),
    ('SELECT n FROM @T.loc WHERE p = @A AND l > \'l5\'', [3, 2, 1]),
    ('SELECT s FROM @T.glo WHERE g = @A AND s > 3', [4, 5]),
    ('SELECT n FROM @T."all" WHERE g = @A AND n < 3 ORDER BY n DESC', [2, 1]),
])
def test_select(wire, filled, text, want):
    got = [next(iter(i.values())) for i in rows(wire, q(filled, text))]
    assert (sorted(got) == sorted(want)) if '.glo' in text else got == want


def test_scan(wire, filled):
    t, a, b = filled
    assert sorted(i['n'] for i in rows(wire, q(filled, 'SELECT n FROM @T WHERE g = @A OR g = @B'))) == [1, 2, 3, 4, 5, 10]
    assert rows(wire, f'SELECT * FROM "{t}"."glo" WHERE s = 1 AND g = ?', b) == [{'p': b, 's': 1, 'g': b}]
    for index in ('glo', 'loc'):  # a scan sees what the index has
        assert rows(wire, f'SELECT p FROM "{t}"."{index}" WHERE x = \'word3\'') == []


def test_columns(wire, filled):
    assert rows(wire, q(filled, 'SELECT d.e[1].f, d.e[0], "n", nothing FROM @T WHERE p = @A AND s = 2')) == [
        {'f': 2, 'e[0]': 2, 'n': 2}]
    assert rows(wire, q(filled, 'SELECT x FROM @T WHERE p = @A AND s < 4')) == [{}, {}, {'x': 'word3'}]


def test_parameters_of_every_type(wire, tab):
    k = fresh()
    thing = {'x1': 'a', 'x2': 1, 'x3': b'b', 'x4': True, 'x5': None, 'x6': {'a'}, 'x7': {1}, 'x8': {b'x'}, 'x9': [1],
             'x10': {'a': [1]}}
    names = list(thing)
    run(wire, f"INSERT INTO \"{tab}\" VALUE {{'p': ?, 's': ?, {', '.join(repr(n) + ': ?' for n in names)}}}", k, 1,
        *thing.values())
    for n in names:
        assert len(rows(wire, f'SELECT * FROM "{tab}" WHERE p = ? AND {n} = ?', k, thing[n])) == 1, n
    assert rows(wire, f'SELECT s FROM "{tab}" WHERE p IN ?', [k, 'other']) == [{'s': 1}]
    run(wire, f'INSERT INTO "{tab}" VALUE ?', {'p': k, 's': 2, 'y': 1})
    assert rows(wire, f'SELECT y FROM "{tab}" WHERE p = ? AND s = ?', k, 2) == [{'y': 1}]


@pytest.mark.parametrize('limit', [1, 2, 3, 100])
@pytest.mark.parametrize('text, want', [
    ('SELECT n FROM @T WHERE p = @A', [1, 2, 3, 4, 5]),
    ('SELECT n FROM @T WHERE p IN (@A, @B) ORDER BY p DESC, s DESC', [10, 5, 4, 3, 2, 1]),
    ('SELECT n FROM @T WHERE p = @A AND odd = true', [1, 3, 5]),
    ('SELECT n FROM @T."all" WHERE g = @A', [1, 2, 3, 4, 5]),
    ('SELECT n FROM @T WHERE odd = true AND g = @A', [1, 3, 5]),
])
def test_pages(wire, filled, text, want, limit):
    got, more, n = [], {}, 0
    while True:
        page = run(wire, q(filled, text), Limit=limit, **more)
        got += [plain_item(i)['n'] for i in page['Items']]
        assert len(page['Items']) <= limit and n < 500
        n += 1
        if 'NextToken' not in page:
            break
        more = {'NextToken': page['NextToken']}
    assert got == want


def test_pages_of_many_partitions(wire, shared):
    t, k = shared('p:S'), fresh()
    keys = [f'{k}{i:02}' for i in range(25)]
    for p in keys[:22]:
        wire.call('PutItem', TableName=t, Item=item(p=p))
    text, sizes, got, more = f'SELECT * FROM "{t}" WHERE p IN {keys}', [], [], {}
    while not sizes or more:
        page = run(wire, text, **more)
        got += [plain_item(i)['p'] for i in page['Items']]
        sizes.append(len(page['Items']))
        more = {'NextToken': page['NextToken']} if 'NextToken' in page else {}
    assert got == keys[:22] and sizes == [10, 10, 2]


def test_pages_of_a_megabyte(ddb, wire, table):
    t = table('p:S s:N')
    for s in range(8):
        wire.call('PutItem', TableName=t, Item=items({'p': 'a', 's': s, 'x': 'x' * 300_000}))
    pages = list(ddb.get_paginator('execute_statement').paginate(Statement=f"SELECT s FROM \"{t}\" WHERE p = 'a'")) \
        if ddb.can_paginate('execute_statement') else None
    if pages is None:
        pages, more = [], {}
        while not pages or more:
            pages.append(ddb.execute_statement(Statement=f"SELECT s FROM \"{t}\" WHERE p = 'a'", **more))
            more = {'NextToken': pages[-1]['NextToken']} if 'NextToken' in pages[-1] else {}
    assert [plain_item(i)['s'] for p in pages for i in p['Items']] == list(range(8))
    assert [len(p['Items']) for p in pages] in ([4, 4], [4, 4, 0])


def test_what_a_write_cannot_use(wire, ddb, filled):
    insert = q(filled, "INSERT INTO @T VALUE {'p': @A, 's': 99}")
    for text in (insert, q(filled, 'UPDATE @T SET n = 1 WHERE p = @A AND s = 1'), q(filled, 'DELETE FROM @T WHERE p = @A AND s = 1')):
        bad(wire, text, 'The Limit parameter can only be used with SELECT statements', Limit=1)
        bad(wire, text, 'NextToken does not match request', NextToken='abc')
    # What a write reads is consistent, whatever is asked for.
    ddb.execute_statement(Statement=insert, ConsistentRead=True)
    ddb.execute_statement(Statement=q(filled, 'DELETE FROM @T WHERE p = @A AND s = 99'))


def test_tokens(wire, filled):
    text = q(filled, 'SELECT n FROM @T WHERE p = @A')
    page = run(wire, text, Limit=2)
    assert plain_item(page['LastEvaluatedKey']) == {'p': filled[1], 's': 2}
    token = page['NextToken']
    bad(wire, text, 'Invalid NextToken', NextToken='nonsense')
    bad(wire, text, 'Invalid NextToken', NextToken=token[:40] + ('A' if token[40] != 'A' else 'B') + token[41:])
    bad(wire, text + ' AND n > 0', 'NextToken does not match request', NextToken=token)
    bad(wire, q(filled, 'SELECT n FROM @T WHERE p = ?'), 'NextToken does not match request', filled[1], NextToken=token)
    assert [plain_item(i)['n'] for i in run(wire, text, NextToken=token)['Items']] == [3, 4, 5]
    assert [plain_item(i)['n'] for i in run(wire, text, NextToken=token, Limit=1, ConsistentRead=True)['Items']] == [3]
    bad(wire, q(filled, 'SELECT n FROM @T WHERE p = @A AND s = 1'), 'NextToken does not match request', NextToken=token)
    two = q(filled, 'SELECT n FROM @T WHERE p IN [@A, @B]')
    token = run(wire, two, Limit=5)['NextToken']
    assert [plain_item(i)['n'] for i in run(wire, two, NextToken=token)['Items']] == [10]


@pytest.mark.parametrize('statement, message', [
    ('CREATE TABLE x', FORMED + 'Expected data manipulation'),
    ('', None), (' ', FORMED + 'Expected data manipulation'),
    ('SELECT COUNT(*) FROM tbl', 'Unexpected path component at 1:8:5'),
    ('SELECT * FROM ""', 'Path component cannot be an empty string'),
    ('SELECT * FROM "a"."b"."c"', 'A path may contain at most 2 components in the FROM clause'),
    ("INSERT INTO \"tbl\".\"ind\" VALUE {'p': 'a'}",
     'FROM clause may only contain a single table name in data manipulation statements at 1:13:11'),
    ('UPDATE tbl.ind SET a = 1 WHERE p = 1', 'This operation is not supported on an index'),
    ('DELETE FROM tbl.ind WHERE p = 1', 'This operation is not supported on an index'),
    ('SELECT * FROM tbl WHERE a < true',
     'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL'),
    ('SELECT * FROM tbl WHERE a BETWEEN 1 AND [1]',
     'Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: L'),
    ("SELECT * FROM tbl WHERE attribute_type(a, 'DOG')",
     'Invalid attribute type name found; type: DOG, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}'),
    ("INSERT INTO tbl VALUE {'p': <<'a', 'a'>>}", PARAM + 'Input collection [a, a] contains duplicates.'),
    ("INSERT INTO tbl VALUE {'p': <<1, 1.0>>}", PARAM + 'Input collection [1, 1] contains duplicates! under root'),
    ("INSERT INTO tbl VALUE {'p': <<>>}", 'Empty bags are not supported'),
    ("INSERT INTO tbl VALUE {'p': <<1, 'a'>>}", BAG), ("INSERT INTO tbl VALUE {'p': <<null>>}", BAG),
    ("INSERT INTO tbl VALUE {'p': <<[1]>>}", BAG),
    ('SELECT a[-1] FROM tbl', 'List index is not within the allowable range; index: [-1] at 1:11:1'),
    ('UPDATE tbl\nREMOVE a[2147483648] WHERE p = 1',
     'List index is not within the allowable range; index: [2147483648] at 2:10:10'),
    ('UPDATE tbl SET a = set_add(b, <<1>>) WHERE p = 1',
     'The first argument to SET_ADD must equal the assignment value at 1:20:7'),
    ('UPDATE tbl SET a = SET_DELETE(a, 1) WHERE p = 1',
     'The second argument to SET_DELETE must be a value with type SET at 1:31:1'),
    ('SELECT * FROM tbl WHERE contains(a, 1) > true',
     'Incorrect operand type for operator or function; operator or function: >, operand type: BOOL'),
    ('SELECT * FROM tbl LIMIT 1', FORMED + 'Unexpected token after expression'),
    ('SELECT * FROM tbl;;', FORMED + 'Unexpected token after expression'),
    ("INSERT INTO tbl VALUE {'p': 1e999}",
     'Number overflow. Attempting to store a number with magnitude larger than supported range'),
    ("INSERT INTO tbl VALUE {'p': " + '[' * 40 + ']' * 40 + '}',
     'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'),
    ("INSERT INTO tbl VALUE {'p': " + '<<' * 4000,
     'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'),
    ("EXISTS(SELECT * FROM tbl WHERE p = 'a')", 'EXISTS can only be used in ExecuteTransaction write requests.'),
])
def test_refused_before_the_table_is_looked_for(wire, statement, message):
    bad(wire, statement, message)


@pytest.mark.parametrize('statement', [
    'SELECT', 'SELECT * FROM', 'SELECT FROM t', 'SELECT * FROM t WHERE', 'SELECT * FROM t WHERE a', 'SELECT a b FROM t',
    'SELECT * FROM t WHERE a =', 'SELECT * FROM t WHERE a = 1 AND', "SELECT * FROM t WHERE a = 'x", 'SELECT * FROM t;;',
    'SELECT * FROM t LIMIT 1', 'SELECT * FROM t WHERE (a = 1', 'SELECT * FROM t WHERE a = 1)', 'SELECT * FROM a, b',
    'SELECT * FROM t WHERE a BETWEEN 1', 'SELECT * FROM t WHERE a IS', 'SELECT * FROM t WHERE NOT', 'SELECT a. FROM t',
    'SELECT a[x] FROM t', 'SELECT a[] FROM t', 'SELECT * FROM t GROUP BY a', 'SELECT * FROM t ORDER s', 'INSERT t',
    "INSERT INTO t VALUE {'a' 1}", "INSERT INTO t VALUE {a: 1}", 'INSERT INTO t VALUE 1', 'UPDATE t', 'UPDATE t SET',
    'UPDATE t SET a', 'UPDATE t SET a = 1,', 'UPDATE t SET a = 1 WHERE p = 1 RETURNING', 'DELETE t', 'DELETE FROM t SET',
    'UPDATE t SET a = 1 WHERE p = 1 RETURNING ALL *', 'SELECT * FROM t WHERE a # 1', 'SELECT * FROM t WHERE ' + '(' * 500,
    'SELECT * FROM t WHERE ' + 'NOT ' * 500 + 'a = 1',
])
def test_not_well_formed(wire, statement):
    e = invalid(wire, 'ExecuteStatement', {'Statement': statement})
    assert e.message.startswith(FORMED), e.message


def test_refused_with_the_table(wire, filled):
    t, a, b = filled
    for text, message in (
            ('SELECT * FROM @T.zzz', 'The table does not have the specified index'),
            ('SELECT g FROM @T.glo WHERE g = @A AND x = 1',
             PARAM + 'Secondary index glo does not project one or more filter attributes: [x]'),
            ('SELECT n FROM @T.loc WHERE p = @A AND x = 1',
             PARAM + 'Secondary index loc does not project one or more filter attributes: [x]'),
            ('SELECT n FROM @T.glo WHERE g = @A',
             PARAM + 'Global secondary index glo does not project [n]'),
            ('SELECT * FROM @T ORDER BY p', 'Must have WHERE clause in the statement when using ORDER BY clause.'),
            ('SELECT * FROM @T WHERE n = 1 ORDER BY p', 'Must have at least one non-optional hash key condition in WHERE '
             'clause when using ORDER BY clause.'),
            ('SELECT * FROM @T WHERE p = @A ORDER BY n',
             'Attribute n in ORDER BY clause must be part of the primary key'),
            ('SELECT * FROM @T WHERE p IN [@A, @B] ORDER BY s', 'Must have hash key in ORDER BY clause when more than '
             'one hash key condition specified in WHERE clause.'),
            ('SELECT * FROM @T WHERE p = 1', TYPE + 'p'), ("SELECT * FROM @T WHERE s > '1'", TYPE + 's'),
            ('SELECT * FROM @T WHERE p = @A AND s BETWEEN 1 AND \'2\'', TYPE + 's'),
            ('SELECT * FROM @T WHERE p IN [@A, true]',
             'Key value must be of type S, N, or B. Key name: p, Key type: BOOL'),
            ("SELECT * FROM @T WHERE p = ''",
             PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string value. Key: p'),
            ("SELECT * FROM @T WHERE p = '' AND s = 1",
             PARAM_ARE + 'The AttributeValue for a key attribute cannot contain an empty string value. Key: p'),
            ('SELECT * FROM @T WHERE p IN [@A, @B, @A]', OVERLAP),
            ('SELECT * FROM @T WHERE p = @A AND (s > 1 OR s = 5)', OVERLAP),
            ('SELECT * FROM @T WHERE p = @A AND (s = 1 OR n = 5)', OVERLAP),
            (f"SELECT * FROM @T WHERE p IN {[str(i) for i in range(51)]}",
             'Too many decomposed read operations for a given query.'),
            ('UPDATE @T SET z = 1 WHERE p = @A AND s = 1 AND p = @B',
             'Multiple conditions on same key p. Only single item Update/Insert/Delete are supported'),
            ('DELETE FROM @T WHERE p = @A AND s = 1 AND 2 = s',
             'Multiple conditions on same key s. Only single item Update/Insert/Delete are supported'),
            ('SELECT * FROM @T WHERE p.x = 1', 'Key attributes must be scalars; list random access \'[]\' and map lookup '
             "'.' are not allowed: Key: p")):
        bad(wire, q(filled, text), message)
    bad(wire, q(filled, 'SELECT * FROM @T.glo WHERE g = @A'),
        'Strongly consistent read is not supported on Global Secondary Indexes', ConsistentRead=True)
    bad(wire, 'SELECT * FROM "no-such-table"', 'Requested resource not found', name='ResourceNotFoundException')


def test_members_of_the_request(wire, simple):
    invalid(wire, 'ExecuteStatement', {}, constraint(None, 'statement', 'Member must not be null'))
    invalid(wire, 'ExecuteStatement', {'Statement': 'x' * 8193})
    invalid(wire, 'ExecuteStatement', {'Statement': 'SELECT * FROM t', 'Limit': 0},
            constraint(0, 'limit', 'Member must have value greater than or equal to 1'))
    invalid(wire, 'ExecuteStatement', {'Statement': 'SELECT * FROM t', 'Parameters': []},
            constraint('[]', 'parameters', 'Member must have length greater than or equal to 1'))
    for statement, n in (('SELECT * FROM t WHERE a = ?', 0), ('SELECT * FROM t', 1), ('SELECT * FROM t WHERE a = ?', 2)):
        e = invalid(wire, 'ExecuteStatement', {'Statement': statement, **({'Parameters': [av(1)] * n} if n else {})})
        assert 'parameters' in e.message
    invalid(wire, 'ExecuteStatement', {'Statement': f'SELECT * FROM "{simple}" WHERE p = ?', 'Parameters': [{}]},
            'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')


def test_capacity(wire, filled):
    t, a, b = filled

    def used(text, **more):
        return run(wire, q(filled, text), ReturnConsumedCapacity='TOTAL', **more)['ConsumedCapacity']['CapacityUnits']
    assert used('SELECT * FROM @T WHERE p = @A AND s = 1') == 0.5
    assert used('SELECT * FROM @T WHERE p = @A', ConsistentRead=True) == 1
    assert used("SELECT * FROM @T WHERE p IN [@A, @B, 'nobody']") == 1.5
    assert used('SELECT * FROM @T WHERE p = @A AND s IN [1, 2]', ConsistentRead=True) == 2
    assert used("SELECT * FROM @T WHERE p IN [@A, @B, 'nobody']", Limit=3) == 0.5
    got = run(wire, q(filled, 'SELECT * FROM @T.glo WHERE g = @A'), ReturnConsumedCapacity='INDEXES')
    assert got['ConsumedCapacity'] == {'TableName': t, 'CapacityUnits': 0.5, 'Table': {'CapacityUnits': 0},
                                       'GlobalSecondaryIndexes': {'glo': {'CapacityUnits': 0.5}}}
    k = fresh()
    got = run(wire, f"INSERT INTO \"{t}\" VALUE {{'p': ?, 's': 1, 'g': 'x'}}", k, ReturnConsumedCapacity='INDEXES')
    assert got['ConsumedCapacity']['CapacityUnits'] == 2  # `all` needs n as well
    assert run(wire, f'DELETE FROM "{t}" WHERE p = ? AND s = 2', k, ReturnConsumedCapacity='TOTAL') == {
        'Items': [], 'ConsumedCapacity': {'TableName': t, 'CapacityUnits': 1}}
