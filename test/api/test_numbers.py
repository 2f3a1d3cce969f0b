"""Numbers: what is accepted, how it is written, how it orders, how exactly it adds."""
import decimal
import random

import pytest

from kit import Num, all_items, av, fresh, invalid, item

OVERFLOW = 'Number overflow. Attempting to store a number with magnitude larger than supported range'
UNDERFLOW = 'Number underflow. Attempting to store a number with magnitude smaller than supported range'
DIGITS = 'Attempting to store more than 38 significant digits in a Number'
NOT = 'The parameter cannot be converted to a numeric value'
D = decimal.Context(prec=200, Emax=999999, Emin=-999999)


@pytest.mark.parametrize('text, canonical', [
    ('0', '0'), ('-0', '0'), ('+0', '0'), ('0.000', '0'), ('00', '0'), ('007', '7'), ('+7', '7'), ('-7', '-7'),
    ('1.0', '1'), ('1.50', '1.5'), ('.5', '0.5'), ('5.', '5'), ('-.5', '-0.5'), ('1e3', '1000'), ('1E3', '1000'),
    ('1e+3', '1000'), ('1e-3', '0.001'), ('1.23e1', '12.3'), ('100e-2', '1'), ('0e5', '0'), ('0.0e126', '0'),
    ('123456789012345678901234567890', '123456789012345678901234567890'), ('9' * 38, '9' * 38),
    ('9' * 38 + '0' * 88, '9' * 38 + '0' * 88), ('9.' + '9' * 37 + 'E+125', '9' * 38 + '0' * 88),
    ('-9.' + '9' * 37 + 'E125', '-' + '9' * 38 + '0' * 88), ('1e-130', '0.' + '0' * 129 + '1'),
    ('0.' + '0' * 129 + '1', '0.' + '0' * 129 + '1'), ('1e125', '1' + '0' * 125), ('-1e-130', '-0.' + '0' * 129 + '1'),
    ('0.' + '1' * 38, '0.' + '1' * 38), ('1' * 38 + '.000', '1' * 38), ('000' + '1' * 38, '1' * 38),
])
def test_canonical_form(wire, simple, text, canonical):
    key = item(p=fresh())
    wire.call('PutItem', TableName=simple, Item={**key, 'n': {'N': text}, 'set': {'NS': [text]},
                                                 'l': {'L': [{'N': text}]}})
    got = wire.call('GetItem', TableName=simple, Key=key)['Item']
    assert got == {**key, 'n': {'N': canonical}, 'set': {'NS': [canonical]}, 'l': {'L': [{'N': canonical}]}}


@pytest.mark.parametrize('text, message', [
    ('', NOT), ('a', NOT + ': a'), ('1a', NOT + ': 1a'), ('1 ', NOT + ': 1 '), (' 1', NOT + ':  1'), ('-', NOT + ': -'),
    ('.', NOT + ': .'), ('1.2.3', NOT + ': 1.2.3'), ('e5', NOT + ': e5'), ('1e', NOT + ': 1e'), ('1e1.5', NOT + ': 1e1.5'),
    ('0x10', NOT + ': 0x10'), ('NaN', NOT + ': NaN'), ('Infinity', NOT + ': Infinity'), ('1_000', NOT + ': 1_000'),
    ('--1', NOT + ': --1'), ('1e126', OVERFLOW), ('-1e126', OVERFLOW), ('1' + '0' * 126, OVERFLOW),
    ('0e126', OVERFLOW), ('1e-131', UNDERFLOW), ('-1e-131', UNDERFLOW), ('0.' + '0' * 130 + '1', UNDERFLOW),
    ('1e999999999999999999999', OVERFLOW), ('1' * 39, DIGITS), ('1.' + '1' * 38, DIGITS), ('-' + '1' * 39, DIGITS),
    ('١', NOT + ': ١'),
])
def test_refused(wire, text, message):
    rq = {'TableName': 'no-such-table', 'Item': {'p': av('x'), 'n': {'N': text}}}
    invalid(wire, 'PutItem', rq, message)
    rq['Item'] = {'p': av('x'), 'n': {'NS': [text]}}
    invalid(wire, 'PutItem', rq, message)
    invalid(wire, 'GetItem', {'TableName': 'no-such-table', 'Key': {'p': {'N': text}}}, message)


def random_number(rng, digits=38, low=-130, high=125):
    n = rng.randint(1, digits)
    d = str(rng.randint(10 ** (n - 1), 10 ** n - 1))
    e = rng.randint(low, high - n) if rng.random() < 0.5 else rng.randint(-5, 5)
    return rng.choice(['', '-']) + f'{d}e{e}'


def dec(text):
    return D.create_decimal(text)


def test_order(wire, shared):
    t = shared('p:S s:N')
    p = fresh()
    rng = random.Random(7)
    edge = ['0', '1e-130', '-1e-130', '9.9e125', '-9.9e125', '1', '-1', '10', '9', '-9', '-10', '0.1', '0.09', '99', '100']
    numbers = {dec(x): x for x in edge + [random_number(rng) for _ in range(150)]}
    texts = list(numbers.values())
    for i in range(0, len(texts), 25):
        wire.call('BatchWriteItem', RequestItems={t: [
            {'PutRequest': {'Item': item(p=p, s=Num(x))}} for x in texts[i:i + 25]]})
    rq = {'TableName': t, 'KeyConditionExpression': 'p = :p', 'ExpressionAttributeValues': {':p': av(p)}}
    got = [dec(str(i['s'])) for i in all_items(wire, 'Query', rq)]
    assert got == sorted(numbers)
    rq['ScanIndexForward'] = False
    assert [dec(str(i['s'])) for i in all_items(wire, 'Query', rq)] == sorted(numbers, reverse=True)


def test_exact_sums(wire, simple):
    rng = random.Random(11)
    key = item(p=fresh())
    for _ in range(120):
        e = rng.randint(-40, 40)
        a, b = (f'{rng.choice("+-")}{rng.randint(0, 10 ** rng.randint(1, 19))}e{e + rng.randint(-17, 0)}'
                for _ in range(2))
        got = wire.call('UpdateItem', TableName=simple, Key=key, ReturnValues='UPDATED_NEW',
                        UpdateExpression='SET s = :a + :b, d = :a - :b',
                        ExpressionAttributeValues={':a': {'N': a}, ':b': {'N': b}})['Attributes']
        assert dec(got['s']['N']) == D.add(dec(a), dec(b)), (a, b)
        assert dec(got['d']['N']) == D.subtract(dec(a), dec(b)), (a, b)
        assert 'e' not in got['s']['N'].lower()


def test_a_sum_of_too_many_digits(wire, simple):
    key = item(p=fresh())
    wire.call('PutItem', TableName=simple, Item={**key, 'n': {'N': '1e50'}})
    for update in ('ADD n :v', 'SET n = n + :v', 'SET n = n - :v'):
        invalid(wire, 'UpdateItem', {'TableName': simple, 'Key': key, 'UpdateExpression': update,
                                     'ExpressionAttributeValues': {':v': av(1)}}, OVERFLOW)
    assert wire.call('GetItem', TableName=simple, Key=key)['Item']['n'] == {'N': '1' + '0' * 50}


def test_keys_are_equal_by_value(wire, shared):
    t = shared('p:N')
    wire.call('PutItem', TableName=t, Item={'p': {'N': '12.50'}, 'a': av(1)})
    for text in ('12.5', '1.25e1', '+012.500', '1250e-2'):
        got = wire.call('GetItem', TableName=t, Key={'p': {'N': text}})
        assert got['Item'] == {'p': {'N': '12.5'}, 'a': {'N': '1'}}
