"""The parameters around expressions, in every operation that has them: names, values, size, emptiness."""
import pytest

from kit import ENVELOPE, av, constraint, invalid, item

KEY = item(p='x')
NULL = {'UpdateItem': 'UpdateExpression and ConditionExpression are null', 'Scan': 'FilterExpression is null',
        'Query': 'FilterExpression and KeyConditionExpression are null'}


def single(op, **fixed):
    return lambda expression, **more: (op, {'TableName': 'no-such-table', **fixed, **expression, **more})


def query(expression, **more):
    """A Query whose key condition takes a value of its own."""
    values = more.pop('ExpressionAttributeValues', None)
    more['ExpressionAttributeValues'] = values if values == {} else {':p': av('x'), **(values or {})}
    return 'Query', {'TableName': 'no-such-table', 'KeyConditionExpression': 'p = :p', **expression, **more}


def write(action, **fixed):
    return lambda expression, **more: ('TransactWriteItems', {'TransactItems': [
        {action: {'TableName': 'no-such-table', **fixed, **expression, **more}}]})


def read(expression, **more):
    return 'TransactGetItems', {'TransactItems': [{'Get': {'TableName': 'no-such-table', 'Key': KEY, **expression, **more}}]}


def batch(expression, **more):
    return 'BatchGetItem', {'RequestItems': {'no-such-table': {'Keys': [KEY], **expression, **more}}}


# what asks, the expression's parameter, whether the envelope is around errors
WITH_VALUES = [
    (single('PutItem', Item=KEY), 'ConditionExpression', True),
    (single('DeleteItem', Key=KEY), 'ConditionExpression', False),
    (single('UpdateItem', Key=KEY), 'ConditionExpression', True),
    (single('UpdateItem', Key=KEY), 'UpdateExpression', True),
    (single('Query'), 'KeyConditionExpression', False),
    (query, 'FilterExpression', False),
    (single('Scan'), 'FilterExpression', False),
    (write('Put', Item=KEY), 'ConditionExpression', False),
    (write('Delete', Key=KEY), 'ConditionExpression', False),
    (write('Update', Key=KEY), 'UpdateExpression', False),
    (write('Update', Key=KEY, UpdateExpression='REMOVE q'), 'ConditionExpression', False),
    (write('ConditionCheck', Key=KEY), 'ConditionExpression', False),
]
PROJECTIONS = [(ask, 'ProjectionExpression', False) for ask in (
    single('GetItem', Key=KEY), single('Scan'), query, read, batch)]
IDS = [f'{ask({})[0]}-{parameter}-{i}' for i, (ask, parameter, _) in enumerate(WITH_VALUES + PROJECTIONS)]
GOOD = {'UpdateExpression': 'SET a = :v', 'ProjectionExpression': 'a'}
BAD = {'UpdateExpression': 'SET a =', 'ProjectionExpression': 'a.'}


def says(wire, case, message, enveloped, **request):
    ask, _, envelope = case
    op, body = ask(**request)
    invalid(wire, op, body, (ENVELOPE if envelope and enveloped else '') + message)


@pytest.mark.parametrize('case', WITH_VALUES + PROJECTIONS, ids=IDS)
def test_texts_of_expressions(wire, case):
    parameter = case[1]
    start = f'Invalid {parameter}: '
    near = '.' if parameter == 'ProjectionExpression' else '='
    says(wire, case, f'{start}The expression can not be empty;', True, expression={parameter: ''})
    says(wire, case, f'{start}Expression size has exceeded the maximum allowed size; expression size: 4097', True,
         expression={parameter: 'a'.ljust(4097)})
    says(wire, case, f'{start}Syntax error; token: "<EOF>", near: "{near}"', True,
         expression={parameter: BAD.get(parameter, 'a =')})
    undefined = {'UpdateExpression': 'REMOVE #n', 'ProjectionExpression': 'a, #n'}.get(parameter, 'a = #n')
    says(wire, case, f'{start}An expression attribute name used in the document path is not defined; attribute name: #n',
         False, expression={parameter: undefined})


@pytest.mark.parametrize('case', WITH_VALUES + PROJECTIONS, ids=IDS)
def test_names(wire, case):
    parameter = case[1]
    needs = {} if parameter == 'ProjectionExpression' else {'ExpressionAttributeValues': {':v': av(1)}}
    good = {'expression': {parameter: GOOD.get(parameter, 'a = :v')}, **needs}
    says(wire, case, 'ExpressionAttributeNames must not be empty', False, ExpressionAttributeNames={}, **good)
    for key in ('n', '#', '#a-b', '', '#a b', ':n'):
        says(wire, case, f'ExpressionAttributeNames contains invalid key: Syntax error; key: "{key}"', False,
             ExpressionAttributeNames={key: 'a'}, **good)
    says(wire, case, 'Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}', False,
         ExpressionAttributeNames={'#n': 'b'}, **good)


@pytest.mark.parametrize('case', WITH_VALUES, ids=IDS[:len(WITH_VALUES)])
def test_values(wire, case):
    parameter = case[1]
    good = {'expression': {parameter: GOOD.get(parameter, 'a = :v')}}
    says(wire, case, 'ExpressionAttributeValues must not be empty', False, ExpressionAttributeValues={}, **good)
    for key in ('v', ':', ':a-b', '', '#v'):
        says(wire, case, f'ExpressionAttributeValues contains invalid key: Syntax error; key: "{key}"', False,
             ExpressionAttributeValues={key: av(1)}, **good)
    says(wire, case, f'Invalid {parameter}: An expression attribute value used in expression is not defined; attribute '
         'value: :v', False, ExpressionAttributeValues={':w': av(1)}, **good)
    for names, text in (({}, 'Values unused in expressions: keys: {:w}'), (
            {'ExpressionAttributeNames': {'#n': 'b'}}, 'Names unused in expressions: keys: {#n}')):
        says(wire, case, f'Value provided in ExpressionAttribute{text}', False,
             ExpressionAttributeValues={':v': av(1), ':w': av(1)}, **names, **good)
    wrong = 'ExpressionAttributeValues contains invalid value: {} for key :v'
    for value, text, enveloped in (
            ({}, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes', False),
            ({'N': 'x'}, 'The parameter cannot be converted to a numeric value: x', False),
            ({'SS': []}, 'One or more parameter values were invalid: An string set  may not be empty', True),
            ({'NULL': False}, 'One or more parameter values were invalid: Null attribute value types must have the value '
             'of true', True)):
        says(wire, case, wrong.format(text), enveloped, ExpressionAttributeValues={':v': value}, **good)


@pytest.mark.parametrize('op, fixed', [
    ('PutItem', {'Item': KEY}), ('DeleteItem', {'Key': KEY}), ('UpdateItem', {'Key': KEY}), ('Query', {}), ('Scan', {})])
@pytest.mark.parametrize('given', [{}, {'x': 1}])
def test_without_expressions(wire, op, fixed, given):
    rq = {'TableName': 'no-such-table', **fixed}
    need = 'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.'
    names, values = {f'#{k}': 'a' for k in given}, {f':{k}': av(1) for k in given}
    invalid(wire, op, {**rq, 'ExpressionAttributeNames': names},
            'ExpressionAttributeNames can only be specified when using expressions')
    text = ('ExpressionAttributeValues can only be specified when using expressions: '
            + NULL.get(op, 'ConditionExpression is null'))
    invalid(wire, op, {**rq, 'ExpressionAttributeValues': values},
            (ENVELOPE if op in ('PutItem', 'UpdateItem') else '') + text)
    if op == 'Query':
        invalid(wire, op, rq, need)


def test_actions_that_need_an_expression(wire):
    for action, parameter in (('Update', 'updateExpression'), ('ConditionCheck', 'conditionExpression')):
        member = action[0].lower() + action[1:]
        invalid(wire, *write(action, Key=KEY)({}),
                constraint(None, f'transactItems.1.member.{member}.{parameter}', 'Member must not be null'))
