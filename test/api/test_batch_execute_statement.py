"""BatchExecuteStatement."""
import pytest

from kit import PARAM, av, constraint, fresh, invalid, item, items, plain_item

DUPLICATE = {'Code': 'DuplicateItem', 'Message': 'Duplicate primary key exists in table'}
FAILED = {'Code': 'ConditionalCheckFailed', 'Message': 'The conditional request failed'}


def statement(text, *parameters, **more):
    return {'Statement': text, **({'Parameters': [av(p) for p in parameters]} if parameters else {}), **more}


def batch(wire, *statements, **more):
    return wire.call('BatchExecuteStatement', Statements=list(statements), **more)


def test_reads(wire, ddb, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, n=1, m={'x': 2}))
    select = f'SELECT m.x, n FROM "{simple}" WHERE p = ?'
    got = batch(wire, statement(select, k), statement(select, k + 'none'), statement(select + ' AND n = 1', k),
                statement(f'SELECT * FROM "{simple}" WHERE n = 1'), statement('SELECT * FROM nowhere WHERE p = 1'),
                statement('SELECT'))['Responses']
    assert got[0] == {'TableName': simple, 'Item': item(x=2, n=1)}
    assert got[1] == {'TableName': simple}
    assert got[2] == got[3] == {'Error': {'Code': 'ValidationError', 'Message': 'Select statements within BatchExecuteStatement '
                                'must specify the primary key in the where clause.'}}
    assert got[4]['Error'] == {'Code': 'ResourceNotFound', 'Message': 'Requested resource not found'}
    assert got[5]['Error']['Code'] == 'ValidationError' and 'TableName' not in got[5]
    got = ddb.batch_execute_statement(Statements=[statement(select, k, ConsistentRead=True)])
    assert got['Responses'] == [{'TableName': simple, 'Item': item(x=2, n=1)}]


def test_writes_each_for_itself(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k + 'old', n=1))
    got = batch(wire, statement(f"INSERT INTO \"{simple}\" VALUE {{'p': ?, 'n': 5}}", k + 'new'),
                statement(f"INSERT INTO \"{simple}\" VALUE {{'p': ?, 'n': 5}}", k + 'old'),
                statement(f'UPDATE "{simple}" SET n = 2 WHERE p = ?', k + 'none'),
                statement(f'UPDATE "{simple}" SET n = m WHERE p = ?', k + 'old2'),
                statement(f'DELETE FROM "{simple}" WHERE p = ?', k + 'none2'),
                statement(f"INSERT INTO \"{simple}\" VALUE {{'p': 5}}"))['Responses']
    assert got == [{'TableName': simple}, {'Error': DUPLICATE, 'TableName': simple},
                   {'Error': FAILED, 'TableName': simple}, {'Error': FAILED, 'TableName': simple},
                   {'TableName': simple}, {'Error': {'Code': 'ValidationError', 'Message': PARAM +
                                                     'Type mismatch for key p expected: S actual: N'}}]
    got = wire.call('GetItem', TableName=simple, Key=item(p=k + 'old'))['Item']
    assert plain_item(got) == {'p': k + 'old', 'n': 1}
    assert wire.call('GetItem', TableName=simple, Key=item(p=k + 'new'))['Item']['n'] == av(5)


@pytest.mark.parametrize('n', [0, 26])
def test_count(wire, n):
    e = invalid(wire, 'BatchExecuteStatement', {'Statements': [statement('SELECT')] * n})
    what = 'greater than or equal to 1' if n == 0 else 'less than or equal to 25'
    assert e.message.endswith(f"at 'statements' failed to satisfy constraint: Member must have length {what}")


def test_refused_as_a_whole(wire, simple):
    select, delete = f"SELECT * FROM \"{simple}\" WHERE p = 'a'", f"DELETE FROM \"{simple}\" WHERE p = 'b'"
    invalid(wire, 'BatchExecuteStatement', {'Statements': [statement(select), statement(delete)]},
            'Read and write requests together in the same batch is not supported.')
    for twice in (select, delete):
        invalid(wire, 'BatchExecuteStatement', {'Statements': [statement(twice), statement(twice)]},
                'Provided list of item keys contains duplicates')
    invalid(wire, 'BatchExecuteStatement', {'Statements': [{}]},
            constraint(None, 'statements.1.member.statement', 'Member must not be null'))


def test_statements_that_do_not_fit(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, n=1))
    got = batch(wire, statement(f"EXISTS(SELECT * FROM \"{simple}\" WHERE p = '{k}')"),
                statement(f'UPDATE "{simple}" SET n = 2 WHERE p = ? AND p = ?', k, k + '2'),
                statement(f'UPDATE "{simple}" SET n = n + 2 WHERE p = ?', k, ConsistentRead=True))['Responses']
    assert [r.get('Error', {}).get('Message') for r in got] == [
        'EXISTS can only be used in ExecuteTransaction write requests.',
        'Multiple conditions on same key p. Only single item Update/Insert/Delete are supported', None]
    assert {r['Error']['Code'] for r in got[:2]} == {'ValidationError'}
    assert wire.call('GetItem', TableName=simple, Key=item(p=k))['Item']['n'] == av(3)


def test_capacity(wire, simple, shared):
    other, k = shared('p:S s:N'), fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, x='x' * 3000))
    got = batch(wire, statement(f'SELECT p FROM "{simple}" WHERE p = ?', k),
                statement(f'SELECT p FROM "{simple}" WHERE p = ?', k + '2', ConsistentRead=True),
                statement(f'SELECT p FROM "{other}" WHERE p = ? AND s = 1', k), ReturnConsumedCapacity='TOTAL')
    assert got['ConsumedCapacity'] == [{'TableName': simple, 'CapacityUnits': 1.5},
                                       {'TableName': other, 'CapacityUnits': 0.5}]
    failing = statement(f"INSERT INTO \"{simple}\" VALUE {{'p': ?}}", k)
    got = batch(wire, failing, statement(f'DELETE FROM "{simple}" WHERE p = ?', k + '3'), ReturnConsumedCapacity='TOTAL')
    assert got['ConsumedCapacity'] == [{'TableName': simple, 'CapacityUnits': 4}]
    assert 'ConsumedCapacity' not in batch(wire, failing, ReturnConsumedCapacity='TOTAL')
    larger = statement(f"INSERT INTO \"{simple}\" VALUE {{'p': ?, 'x': ?}}", k, 'x' * 4500)
    got = batch(wire, larger, statement(f'DELETE FROM "{simple}" WHERE p = ?', k + '3'), ReturnConsumedCapacity='TOTAL')
    assert got['ConsumedCapacity'] == [{'TableName': simple, 'CapacityUnits': 6}]


def test_keys_of_two_parts(wire, shared):
    t, k = shared('p:S s:N'), fresh()
    batch(wire, *(statement(f"INSERT INTO \"{t}\" VALUE {{'p': ?, 's': ?}}", k, s) for s in range(25)))
    got = batch(wire, *(statement(f'SELECT s FROM "{t}" WHERE s = ? AND p = ?', s, k) for s in range(25)))
    assert [plain_item(r['Item']) for r in got['Responses']] == [{'s': s} for s in range(25)]
    assert items({'s': 1}) == got['Responses'][1]['Item']


def test_texts_are_whole(wire, simple):
    for wrong in ('1\0' * 2, 'x' * 5000):
        got = batch(wire, {'Statement': f"INSERT INTO \"{simple}\" VALUE {{'p': 'k', 'n': ?}}",
                           'Parameters': [{'N': wrong}]})
        assert got['Responses'][0]['Error'] == {
            'Code': 'ValidationError', 'Message': 'The parameter cannot be converted to a numeric value: ' + wrong}
