"""TagResource, UntagResource, ListTagsOfResource, and tags in CreateTable."""
import pytest

from kit import PARAM, constraint, fresh, invalid, item, refused, table_request


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
