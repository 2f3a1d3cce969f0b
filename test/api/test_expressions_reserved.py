"""Reserved words, the whole list: each is refused bare, in any case, and accepted behind a placeholder."""
import pathlib

import pytest

from kit import invalid, item

WORDS = (pathlib.Path(__file__).parent / 'reserved_words.txt').read_text().split()


def refuses(wire, word):
    e = invalid(wire, 'GetItem', {'TableName': 'no-such-table', 'Key': item(p='x'), 'ProjectionExpression': word})
    return e.message


@pytest.mark.parametrize('case', [str.lower, str.upper, str.title])
def test_refused(wire, case):
    assert len(WORDS) == 573
    bad = []
    for word in WORDS:
        word = case(word)
        message = refuses(wire, word)
        keyword = word.lower() in ('and', 'or', 'not', 'between', 'in', 'set', 'remove', 'add', 'delete')
        want = f'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: {word}'
        if message != want and not (keyword and 'Syntax error' in message):
            bad.append((word, message))
    assert not bad


def test_not_reserved(wire, simple):
    for word in 'pk sk foo email title message_group_uuid id created_at body sizes a Z9 namex'.split():
        assert wire.call('GetItem', TableName=simple, Key=item(p='x'), ProjectionExpression=word) == {}


def test_behind_a_placeholder(wire, simple):
    for word in WORDS[::20]:
        assert wire.call('GetItem', TableName=simple, Key=item(p='x'), ProjectionExpression='#w',
                         ExpressionAttributeNames={'#w': word}) == {}
