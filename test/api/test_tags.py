"""TagResource, UntagResource, ListTagsOfResource, and tags in CreateTable."""
import pytest

from kit import PARAM, Wire, constraint, fresh, invalid, item, make_table, refused, table_request


@pytest.fixture
def arn(wire, table):
    return wire.call('DescribeTable', TableName=table('p:S'))['Table']['TableArn']


def tags(**pairs):
    return [{'Key': k, 'Value': v} for k, v in pairs.items()]


def of(wire, arn):
    found, more = [], {}
    while True:
        page = wire.call('ListTagsOfResource', ResourceArn=arn, **more)
        found += page['Tags']
        if 'NextToken' not in page:
            return {t['Key']: t['Value'] for t in found}
        more = {'NextToken': page['NextToken']}


def test_life(wire, arn):
    assert of(wire, arn) == {}
    reply = wire.post('TagResource', {'ResourceArn': arn, 'Tags': tags(a='1', b='', Ż='x y+-=._:/@')})
    assert reply.status == 200 and reply.body == b''
    assert of(wire, arn) == {'a': '1', 'b': '', 'Ż': 'x y+-=._:/@'}
    wire.post('TagResource', {'ResourceArn': arn, 'Tags': tags(a='2', A='3')})
    assert of(wire, arn) == {'a': '2', 'A': '3', 'b': '', 'Ż': 'x y+-=._:/@'}
    reply = wire.post('UntagResource', {'ResourceArn': arn, 'TagKeys': ['a', 'none', 'Ż']})
    assert reply.status == 200 and reply.body == b''
    assert of(wire, arn) == {'A': '3', 'b': ''}


def test_a_token_that_says_nothing(wire, arn):
    assert wire.call('ListTagsOfResource', ResourceArn=arn, NextToken='x') == {'Tags': []}
    refused(wire, 'ListTagsOfResource', {'ResourceArn': arn, 'NextToken': 1}, 'SerializationException',
            'NUMBER_VALUE cannot be converted to String')


def test_through_boto3(ddb, arn):
    ddb.tag_resource(ResourceArn=arn, Tags=tags(team='cruddur'))
    assert ddb.list_tags_of_resource(ResourceArn=arn)['Tags'] == tags(team='cruddur')
    ddb.untag_resource(ResourceArn=arn, TagKeys=['team'])
    assert ddb.list_tags_of_resource(ResourceArn=arn)['Tags'] == []


def test_in_create_table(wire, table):
    arn = wire.call('DescribeTable', TableName=table('p:S', Tags=tags(a='1')))['Table']['TableArn']
    assert of(wire, arn) == {'a': '1'}
    invalid(wire, 'CreateTable', table_request(fresh(), 'p:S', Tags=tags(**{'aws:x': '1'})),
            'Tag Key cannot be prefixed with aws:, Key: aws:x')


@pytest.mark.parametrize('given, message', [
    ([], 'Atleast one Tag needs to be provided as Input.'),
    (tags(**{'': 'x'}), 'The Tag Key provided is invalid, Key: '),
    (tags(**{'k' * 129: 'x'}), 'The Tag Key provided is invalid, Key: ' + 'k' * 129),
    (tags(**{'a!': 'x'}), 'The Tag Key provided is invalid, Key: a!'),
    (tags(a='v' * 257), 'The Tag Value provided is invalid, Value: ' + 'v' * 257),
    (tags(a='<'), 'The Tag Value provided is invalid, Value: <'),
    (tags(**{'AWS:x': '1'}), 'Tag Key cannot be prefixed with aws:, Key: AWS:x'),
    (tags(a='1') + tags(a='2'), 'Duplicate Tag Keys provided as input: Duplicate Tag Key found a'),
    (tags(**{f'k{i}': '' for i in range(51)}), 'Number of Tags exceed the current limit for the provided ResourceArn'),
])
def test_refused(wire, arn, given, message):
    e = invalid(wire, 'TagResource', {'ResourceArn': arn, 'Tags': given})
    assert e.message == message
    assert of(wire, arn) == {}


def test_fifty(wire, arn):
    wire.post('TagResource', {'ResourceArn': arn, 'Tags': tags(**{f'k{i}': str(i) for i in range(30)})})
    wire.post('TagResource', {'ResourceArn': arn, 'Tags': tags(**{f'k{i}': str(i) for i in range(20, 50)})})
    assert len(of(wire, arn)) == 50
    invalid(wire, 'TagResource', {'ResourceArn': arn, 'Tags': tags(k51='')},
            'Number of Tags exceed the current limit for the provided ResourceArn')


def test_untag_refused(wire, arn):
    invalid(wire, 'UntagResource', {'ResourceArn': arn, 'TagKeys': []},
            'Atleast one Tag Key needs to be provided as Input.')
    invalid(wire, 'UntagResource', {'ResourceArn': arn},
            constraint(None, 'tagKeys', 'Member must not be null'))
    invalid(wire, 'TagResource', {'ResourceArn': arn}, constraint(None, 'tags', 'Member must not be null'))


@pytest.mark.parametrize('op, rest', [('ListTagsOfResource', {}), ('TagResource', {'Tags': tags(a='1')}),
                                      ('UntagResource', {'TagKeys': ['a']})])
def test_arns(wire, arn, op, rest):
    gone = arn.rpartition('/')[0] + '/' + fresh()
    refused(wire, op, {'ResourceArn': gone, **rest}, 'ResourceNotFoundException',
            f'Requested resource not found: ResourceArn: {gone} not found')
    invalid(wire, op, {'ResourceArn': 'x', **rest}, PARAM + "ARNs must start with 'arn:': x")
    other = arn.replace(':dynamodb:', ':s3:')
    invalid(wire, op, {'ResourceArn': other, **rest}, PARAM + f'Provided Arn is not a DynamoDB resource arn: {other}')
    index = arn + '/index/abc'
    invalid(wire, op, {'ResourceArn': index, **rest}, PARAM + 'Invalid resource arn provided, only table or stream is '
            f'accepted. Provided resource arn: {index}')
    parts = arn.split(':')
    parts[4] = '999999999999'
    refused(wire, op, {'ResourceArn': ':'.join(parts), **rest}, 'AccessDeniedException', 'Access is denied')


def test_go_with_the_table(wire, table):
    t = table('p:S', Tags=tags(a='1'))
    wire.call('PutItem', TableName=t, Item=item(p='x'))
    arn = wire.call('DescribeTable', TableName=t)['Table']['TableArn']
    wire.call('DeleteTable', TableName=t)
    refused(wire, 'ListTagsOfResource', {'ResourceArn': arn}, 'ResourceNotFoundException')


STREAM = {'StreamEnabled': True, 'StreamViewType': 'KEYS_ONLY'}


def stream_of(wire, t):
    return wire.call('DescribeTable', TableName=t)['Table']['LatestStreamArn']


def test_streams_have_tags_of_their_own(wire, table):
    t = table('p:S', StreamSpecification=STREAM, Tags=tags(a='of the table'))
    stream, arn = stream_of(wire, t), wire.call('DescribeTable', TableName=t)['Table']['TableArn']
    assert of(wire, stream) == {}
    reply = wire.post('TagResource', {'ResourceArn': stream, 'Tags': tags(a='1', b='', Ż='x')})
    assert reply.status == 200 and reply.body == b''
    wire.post('TagResource', {'ResourceArn': stream, 'Tags': tags(a='2')})
    assert of(wire, stream) == {'a': '2', 'b': '', 'Ż': 'x'}
    assert of(wire, arn) == {'a': 'of the table'}
    reply = wire.post('UntagResource', {'ResourceArn': stream, 'TagKeys': ['b', 'none', 'Ż']})
    assert reply.status == 200 and reply.body == b''
    assert of(wire, stream) == {'a': '2'}
    wire.post('UntagResource', {'ResourceArn': stream, 'TagKeys': ['a']})
    assert of(wire, stream) == {}
    invalid(wire, 'TagResource', {'ResourceArn': stream, 'Tags': tags(**{'aws:x': ''})},
            'Tag Key cannot be prefixed with aws:, Key: aws:x')


def test_ten_kilobytes(wire, table):
    t = table('p:S', StreamSpecification=STREAM)
    for arn in (wire.call('DescribeTable', TableName=t)['Table']['TableArn'], stream_of(wire, t)):
        most = {f'k{n:02}': 'v' * 253 for n in range(40)}  # 40 * 256 bytes
        wire.call('TagResource', ResourceArn=arn, Tags=tags(**most))
        invalid(wire, 'TagResource', {'ResourceArn': arn, 'Tags': tags(k='')},
                'Tag set size 10241 bytes is above max size limit of 10240 bytes')
        wire.call('TagResource', ResourceArn=arn, Tags=tags(k00='ż' * 125, k='v'))  # bytes, not characters
        invalid(wire, 'TagResource', {'ResourceArn': arn, 'Tags': tags(k='', K='xxx')},
                'Tag set size 10242 bytes is above max size limit of 10240 bytes')
        assert of(wire, arn) == {**most, 'k00': 'ż' * 125, 'k': 'v'}


def test_fifty_of_a_stream(wire, table):
    stream = stream_of(wire, table('p:S', StreamSpecification=STREAM))
    for i in range(2):
        wire.call('TagResource', ResourceArn=stream, Tags=tags(**{f'k{n}': 'v' * 190 for n in range(25 * i, 25 * i + 25)}))
    assert len(of(wire, stream)) == 50
    invalid(wire, 'TagResource', {'ResourceArn': stream, 'Tags': tags(one='more')},
            'Number of Tags exceed the current limit for the provided ResourceArn')
    assert len(of(wire, stream)) == 50


def test_tags_of_a_stream_outlive_it_being_on(wire):
    t = make_table(wire, 'p:S', StreamSpecification=STREAM)
    old = stream_of(wire, t)
    wire.call('TagResource', ResourceArn=old, Tags=tags(which='first'))
    wire.call('UpdateTable', TableName=t, StreamSpecification={'StreamEnabled': False})
    wire.call('UpdateTable', TableName=t, StreamSpecification=STREAM)
    new = stream_of(wire, t)
    assert new != old and of(wire, new) == {} and of(wire, old) == {'which': 'first'}
    wire.call('TagResource', ResourceArn=new, Tags=tags(which='second'))
    wire.call('DeleteTable', TableName=t)
    assert of(wire, old) == {'which': 'first'} and of(wire, new) == {'which': 'second'}
    wire.call('UntagResource', ResourceArn=old, TagKeys=['which'])
    assert of(wire, old) == {}


@pytest.mark.parametrize('label', ['2020-01-01T00:00:00.000', '', 'latest', '2020-01-01T00:00:00.000/x'])
@pytest.mark.parametrize('op, rest', [('ListTagsOfResource', {}), ('TagResource', {'Tags': tags(a='1')}),
                                      ('UntagResource', {'TagKeys': ['a']})])
def test_there_is_no_such_stream(wire, arn, op, rest, label):
    gone = f'{arn}/stream/{label}'
    refused(wire, op, {'ResourceArn': gone, **rest}, 'ResourceNotFoundException',
            f'Requested resource not found: ResourceArn: {gone} not found')


@pytest.mark.ours
def test_after_a_restart(server, tmp_path):
    s = server('--data', str(tmp_path / 'data'))
    w = Wire(s.url)
    stream = stream_of(w, make_table(w, 'p:S', StreamSpecification=STREAM, name='tagged'))
    w.call('TagResource', ResourceArn=stream, Tags=tags(a='1'))
    s.stop()
    w = Wire(s.start().url)
    assert of(w, stream) == {'a': '1'}
    s.stop()
