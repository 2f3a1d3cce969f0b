"""ExecuteTransaction."""
import pytest

from kit import av, constraint, fresh, invalid, item, items, plain_item, refused

NONE = {'Code': 'None'}
FAILED = {'Code': 'ConditionalCheckFailed', 'Message': 'The conditional request failed'}
READ = ('Select statements within ExecuteTransaction must specify the '
        'primary key in the where clause.')
DUPLICATE = {'Code': 'DuplicateItem', 'Message': 'Duplicate primary key exists in table'}


def statement(text, *parameters, **more):
    return {'Statement': text, **({'Parameters': [av(p) for p in parameters]} if parameters else {}), **more}


def run(wire, *statements, **more):
    return wire.call('ExecuteTransaction', TransactStatements=list(statements), **more)


def cancelled(wire, statements, reasons):
    e = refused(wire, 'ExecuteTransaction', {'TransactStatements': statements}, 'TransactionCanceledException')
    assert e.body['CancellationReasons'] == reasons


def get(wire, t, p):
    got = wire.call('GetItem', TableName=t, Key=item(p=p)).get('Item')
    return got and plain_item(got)


def test_writes(wire, ddb, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, n=1))
    got = run(wire, statement(f"INSERT INTO \"{simple}\" VALUE {{'p': ?, 'n': 1}}", k + 'new'),
              statement(f'UPDATE "{simple}" SET n = n + 1 WHERE p = ?', k),
              statement(f'DELETE FROM "{simple}" WHERE p = ?', k + 'none'))
    assert got == {'Responses': []}
    assert get(wire, simple, k) == {'p': k, 'n': 2} and get(wire, simple, k + 'new')['n'] == 1
    ddb.execute_transaction(TransactStatements=[
        statement(f'EXISTS(SELECT * FROM "{simple}" WHERE p = ? AND n = 2)', k),
        statement(f'UPDATE "{simple}" SET n = 9 WHERE p = ?', k + 'new')])
    assert get(wire, simple, k + 'new')['n'] == 9


def test_nothing_happens_when_one_fails(wire, simple):
    k = fresh()
    wire.call('PutItem', TableName=simple, Item=item(p=k, n=1))
    cancelled(wire, [statement(f"INSERT INTO \"{simple}\" VALUE {{'p': ?}}", k + 'new'),
                     statement(f"INSERT INTO \"{simple}\" VALUE {{'p': ?}}", k),
                     statement(f'UPDATE "{simple}" SET n = 2 WHERE p = ?', k + 'none'),
                     statement(f'EXISTS(SELECT * FROM "{simple}" WHERE p = ? AND n = 2)', k + 'x')],
              [NONE, DUPLICATE, FAILED, FAILED])
    assert get(wire, simple, k + 'new') is None
    cancelled(wire, [statement(f'DELETE FROM "{simple}" WHERE p = ? AND n = 7', k,
                               ReturnValuesOnConditionCheckFailure='ALL_OLD')], [{**FAILED, 'Item': item(p=k, n=1)}])
    cancelled(wire, [statement(f'UPDATE "{simple}" SET n = m WHERE p = ?', k)],
              [{'Code': 'ValidationError', 'Message': 'The provided expression refers to an attribute that does not '
                                                      'exist in the item'}])


def test_reads(wire, ddb, shared):
    a, b, k = shared('p:S'), shared('p:S s:N'), fresh()
    wire.call('PutItem', TableName=a, Item=item(p=k, n=1, m={'x': [5]}))
    wire.call('PutItem', TableName=b, Item=items({'p': k, 's': 1}))
    rq = [statement(f'SELECT * FROM "{b}" WHERE p = ? AND s = 1', k), statement(f'SELECT m.x[0] FROM "{a}" WHERE p = ?', k),
          statement(f'SELECT * FROM "{a}" WHERE p = ?', k + 'none'), statement(f'SELECT no FROM "{b}" WHERE p = ? AND s = 2', k)]
    got = run(wire, *rq, ReturnConsumedCapacity='TOTAL')
    assert got['Responses'] == [{'Item': items({'p': k, 's': 1})}, {'Item': {'x[0]': av(5)}}, {}, {}]
    assert got['ConsumedCapacity'] == [{'TableName': b, 'CapacityUnits': 4, 'ReadCapacityUnits': 4},
                                       {'TableName': a, 'CapacityUnits': 4, 'ReadCapacityUnits': 4}]
    assert ddb.execute_transaction(TransactStatements=rq)['Responses'] == got['Responses']
    assert run(wire, statement(f'SELECT no FROM "{a}" WHERE p = ?', k)) == {'Responses': [{'Item': {}}]}


def test_refused(wire, simple, table):
    t = table('p:S', gsi=(('glo', 'g:S'),))
    select, delete = f"SELECT * FROM \"{t}\" WHERE p = 'a'", f"DELETE FROM \"{t}\" WHERE p = 'b'"
    exists = f"EXISTS(SELECT * FROM \"{t}\" WHERE p = 'c')"
    for pair in ((select, delete), (exists, select)):
        invalid(wire, 'ExecuteTransaction', {'TransactStatements': [statement(s) for s in pair]},
                'ExecuteTransaction API does not support both read and write operations in the same request.')
    for statements, message in (
            ([delete, f"UPDATE \"{t}\" SET n = 1 WHERE p = 'z' RETURNING ALL NEW *"],
             'Validation failed in TransactStatements[1]: RETURNING clause is not supported in ExecuteTransaction.'),
            ([f"SELECT * FROM \"{t}\".\"glo\" WHERE g = 'a'"],
             'Validation failed in TransactStatements[0]: Reads on indices are not supported within transactions.'),
            ([delete, f"DELETE FROM \"{t}\" WHERE p = 'b' AND n = 1"],
             'Transaction request cannot include multiple operations on one item'),
            ([select, select], 'Transaction request cannot include multiple operations on one item'),
            ([f'DELETE FROM "{t}" WHERE n = 1'],
             'Where clause does not contain a mandatory equality on all key attributes'),
            ([delete, exists], 'EXISTS() must contain a single item read '
             'with additional condition'),
            ([f'EXISTS(SELECT * FROM "{t}" WHERE n = 1)'], 'EXISTS() must '
             'contain a single item read with additional condition'),
            ([select, f"SELECT * FROM \"{t}\" WHERE p = 'c' AND n = 1"], READ),
            ([f'SELECT * FROM "{t}" WHERE n = 1'], READ), ([f'SELECT * FROM "{t}"'], READ),
            ([f"DELETE FROM \"{t}\" WHERE p = 'b' AND p = 'c'"],
             'Multiple conditions on same key p. Only single item Update/Insert/Delete are supported'),
            (['DROP TABLE x'], "Statement wasn't well formed, can't be processed: Expected data manipulation")):
        invalid(wire, 'ExecuteTransaction', {'TransactStatements': [statement(s) for s in statements]}, message)
    refused(wire, 'ExecuteTransaction', {'TransactStatements': [statement("DELETE FROM nowhere WHERE p = 'a'")]},
            'ResourceNotFoundException', 'Requested resource not found')
    invalid(wire, 'ExecuteTransaction', {'TransactStatements': []},
            constraint('[]', 'transactStatements', 'Member must have length greater than or equal to 1'))


@pytest.mark.parametrize('n', [100, 101])
def test_count(wire, simple, n):
    k = fresh()
    rq = {'TransactStatements': [statement(f"INSERT INTO \"{simple}\" VALUE {{'p': ?}}", f'{k}{i}') for i in range(n)]}
    if n == 100:
        wire.call('ExecuteTransaction', rq)
    else:
        invalid(wire, 'ExecuteTransaction', rq)
    assert (get(wire, simple, k + '99') is not None) == (n == 100)


def test_token(wire, simple):
    k, token = fresh(), fresh('token')[:36]
    wire.call('PutItem', TableName=simple, Item=item(p=k, n=1))
    add = statement(f'UPDATE "{simple}" SET n = n + ? WHERE p = ?', 1, k)
    assert run(wire, add, ClientRequestToken=token, ReturnConsumedCapacity='TOTAL') == {
        'Responses': [], 'ConsumedCapacity': [{'TableName': simple, 'CapacityUnits': 2, 'WriteCapacityUnits': 2}]}
    assert run(wire, add, ClientRequestToken=token, ReturnConsumedCapacity='TOTAL') == {
        'Responses': [], 'ConsumedCapacity': [{'TableName': simple, 'CapacityUnits': 2, 'ReadCapacityUnits': 2}]}
    assert get(wire, simple, k)['n'] == 2
    refused(wire, 'ExecuteTransaction', {'TransactStatements': [
        statement(f'UPDATE "{simple}" SET n = n + ? WHERE p = ?', 2, k)], 'ClientRequestToken': token},
        'IdempotentParameterMismatchException')
