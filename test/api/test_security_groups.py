"""Security groups: the EC2 API, and what the rules do to connections."""
import http.client
import os
import signal
import socket
import subprocess
import threading

import pytest
from botocore.exceptions import ClientError

from functions_kit import client_of
from kit import STATOR, free_port, until

pytestmark = pytest.mark.ours


@pytest.fixture(scope='module')
def ec2(url):
    return client_of(url, 'ec2')


@pytest.fixture
def group(ec2, request):
    made = ec2.create_security_group(GroupName=request.node.name, Description='for a test & <more>')['GroupId']
    yield made
    ec2.delete_security_group(GroupId=made)


def permission(port=5432, cidr='10.0.0.0/8', protocol='tcp', to=None, description=None):
    ranges = {'Ipv6Ranges': [{'CidrIpv6': cidr}]} if ':' in cidr else {'IpRanges': [{'CidrIp': cidr}]}
    if description:
        next(iter(ranges.values()))[0]['Description'] = description
    ports = {} if protocol == '-1' else {'FromPort': port, 'ToPort': to or port}
    return {'IpProtocol': protocol, **ports, **ranges}


def rules_of(ec2, group):
    return ec2.describe_security_group_rules(Filters=[{'Name': 'group-id', 'Values': [group]}])['SecurityGroupRules']


def test_life(ec2, group, request):
    seen = ec2.describe_security_groups(GroupIds=[group])['SecurityGroups'][0]
    assert seen['GroupName'] == request.node.name and seen['Description'] == 'for a test & <more>'
    assert seen['IpPermissions'] == [] and seen['OwnerId'] == '000000000000' and seen['VpcId'].startswith('vpc-')
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        permission(22, '192.168.1.77/24', description='ssh "quoted"'), permission(0, '2001:db8::1/32', '-1')])
    assert made['Return'] and len(made['SecurityGroupRules']) == 2
    rules = rules_of(ec2, group)
    assert [(r['IpProtocol'], r['FromPort'], r['ToPort'], r.get('CidrIpv4'), r.get('CidrIpv6')) for r in rules] == [
        ('tcp', 22, 22, '192.168.1.0/24', None), ('-1', -1, -1, None, '2001:db8::/32')]
    assert rules[0]['Description'] == 'ssh "quoted"' and not rules[0]['IsEgress']
    shown = ec2.describe_security_groups(GroupIds=[group])['SecurityGroups'][0]['IpPermissions']
    assert shown[0]['IpRanges'] == [{'CidrIp': '192.168.1.0/24', 'Description': 'ssh "quoted"'}]
    assert 'FromPort' not in shown[1] and shown[1]['Ipv6Ranges'] == [{'CidrIpv6': '2001:db8::/32'}]
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[permission(22, '192.168.1.0/24')])
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rules[1]['SecurityGroupRuleId']])
    assert rules_of(ec2, group) == []


def test_modify(ec2, group):
    rule = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission()])['SecurityGroupRules'][0]
    id_ = rule['SecurityGroupRuleId']
    change = {'Description': 'GITPOD', 'IpProtocol': 'tcp', 'FromPort': 5432, 'ToPort': 5433, 'CidrIpv4': '1.2.3.4/32'}
    assert ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[
        {'SecurityGroupRuleId': id_, 'SecurityGroupRule': change}])['Return']
    after = ec2.describe_security_group_rules(SecurityGroupRuleIds=[id_])['SecurityGroupRules'][0]
    assert {k: after[k] for k in change} == change and after['SecurityGroupRuleId'] == id_


@pytest.mark.parametrize('change,code', [
    (permission(cidr='1.2.3.4/33'), 'InvalidParameterValue'), (permission(cidr='1.2.3/8'), 'InvalidParameterValue'),
    (permission(cidr='::/129'), 'InvalidParameterValue'), (permission(protocol='xyz'), 'InvalidParameterValue'),
    (permission(port=70000), 'InvalidParameterValue'), (permission(port=2, to=1), 'InvalidParameterValue'),
    ({'IpProtocol': 'tcp', 'FromPort': 1, 'ToPort': 1, 'UserIdGroupPairs': [{'GroupId': 'sg-1'}]}, 'UnsupportedOperation'),
    ({'IpProtocol': 'tcp', 'FromPort': 1, 'ToPort': 1}, 'MissingParameter')])
def test_refused_rules(ec2, change, code):
    group = ec2.create_security_group(GroupName='refused', Description='x')['GroupId']
    try:
        with pytest.raises(ClientError) as e:
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(1), change])
        assert e.value.response['Error']['Code'] == code
        assert rules_of(ec2, group) == []  # all or nothing
    finally:
        ec2.delete_security_group(GroupId=group)


def test_refused_calls(ec2, group):
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission()])
    calls = [
        ('InvalidPermission.Duplicate', lambda: ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[permission(cidr='10.9.9.9/8')])),
        ('InvalidPermission.NotFound', lambda: ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[permission(1)])),
        ('InvalidGroup.Duplicate', lambda: ec2.create_security_group(GroupName='test_refused_calls', Description='x')),
        ('InvalidGroup.NotFound', lambda: ec2.delete_security_group(GroupId='sg-0')),
        ('InvalidGroup.NotFound', lambda: ec2.describe_security_groups(GroupIds=['sg-0'])),
        ('InvalidSecurityGroupRuleId.NotFound', lambda: ec2.describe_security_group_rules(SecurityGroupRuleIds=['sgr-0'])),
        ('InvalidSecurityGroupRuleId.NotFound', lambda: ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[
            {'SecurityGroupRuleId': 'sgr-0', 'SecurityGroupRule': {'IpProtocol': '-1', 'CidrIpv4': '0.0.0.0/0'}}])),
        ('DryRunOperation', lambda: ec2.delete_security_group(GroupId=group, DryRun=True)),
        ('InvalidAction', lambda: ec2.describe_instances()),
        ('InvalidParameterValue', lambda: ec2.describe_security_groups(Filters=[{'Name': 'nope', 'Values': ['x']}])),
    ]
    for code, call in calls:
        with pytest.raises(ClientError) as e:
            call()
        assert e.value.response['Error']['Code'] == code


def aws(url, *args):
    return subprocess.run(['aws', '--endpoint-url', url, 'ec2', *args], text=True, capture_output=True, timeout=60, env={
        **os.environ, 'AWS_ACCESS_KEY_ID': 'a', 'AWS_SECRET_ACCESS_KEY': 'b',
        'AWS_DEFAULT_REGION': 'us-east-1'})


def test_the_aws_cli_as_the_document_writes_it(url, ec2, group):
    rule = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(1)])['SecurityGroupRules'][0]
    done = aws(url, 'modify-security-group-rules', '--group-id', group, '--security-group-rules',
               f"SecurityGroupRuleId={rule['SecurityGroupRuleId']},SecurityGroupRule={{Description=GITPOD,IpProtocol=tcp,"
               'FromPort=5432,ToPort=5432,CidrIpv4=203.0.113.9/32}')
    assert done.returncode == 0 and '"Return": true' in done.stdout, done.stderr
    after = rules_of(ec2, group)[0]
    assert (after['CidrIpv4'], after['Description'], after['FromPort'], after['ToPort']) == ('203.0.113.9/32', 'GITPOD', 5432, 5432)
    assert aws(url, 'authorize-security-group-ingress', '--group-id', group, '--protocol', 'tcp', '--port', '80-90',
               '--cidr', '0.0.0.0/0').returncode == 0
    listed = aws(url, 'describe-security-group-rules', '--filters', f'Name=group-id,Values={group}', '--output', 'text')
    assert '203.0.113.9/32' in listed.stdout and '0.0.0.0/0' in listed.stdout
    assert aws(url, 'revoke-security-group-ingress', '--group-id', group, '--protocol', 'tcp', '--port', '80-90',
               '--cidr', '0.0.0.0/0').returncode == 0
    assert len(rules_of(ec2, group)) == 1


def connect(port, source='127.0.0.1', host='127.0.0.1'):
    """What a server on that port answers to a line, or '' when it lets nobody in."""
    try:
        with socket.create_connection((host, port), timeout=10, source_address=(source, 0)) as s:
            s.sendall(b'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
            return s.recv(1 << 16).decode()
    except OSError:
        return ''


def test_our_own_listeners(server, tmp_path):
    data = str(tmp_path / 'd')
    s = server('--data', data)
    ec2 = client_of(s.url, 'ec2')
    group = ec2.create_security_group(GroupName='door', Description='x')['GroupId']
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(0, '127.0.0.1/32', to=65535)])
    s.stop()
    s = server('--data', data, '--ingress-group', 'door')
    ec2 = client_of(s.url, 'ec2')
    assert 'healthy' in connect(s.port) and connect(s.port, '127.0.0.2') == ''
    rule = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        permission(s.port, '127.0.0.2/32')])['SecurityGroupRules'][0]
    assert 'healthy' in connect(s.port, '127.0.0.2') and connect(s.port, '127.0.0.3') == ''
    ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[{
        'SecurityGroupRuleId': rule['SecurityGroupRuleId'], 'SecurityGroupRule': {
            'IpProtocol': 'tcp', 'FromPort': s.port + 1, 'ToPort': 65535, 'CidrIpv4': '127.0.0.2/32'}}])
    assert connect(s.port, '127.0.0.2') == ''  # another port
    with pytest.raises(ClientError, match='DependencyViolation'):
        ec2.delete_security_group(GroupId=group)
    s.stop()
    with pytest.raises(AssertionError, match='no security group'):
        server('--data', data, '--ingress-group', 'nope')


class Echo:
    """Answers every byte; notices when its peer has no more to say."""

    def __init__(self):
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                c, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        with c:
            while data := c.recv(1 << 16):
                c.sendall(data)
            c.sendall(b'end')


def test_guard(server):
    s = server('--memory')
    ec2 = client_of(s.url, 'ec2')
    group = ec2.create_security_group(GroupName='guarded', Description='x')['GroupId']
    echo, port = Echo(), free_port()
    guard = subprocess.Popen([STATOR, 'guard', '--listen', f'127.0.0.1:{port}', '--to', f'127.0.0.1:{echo.port}', '--group', group,
                              '--endpoint', s.url, '--port', '5432'], stdout=subprocess.PIPE, text=True)
    try:
        assert str(port) in guard.stdout.readline()
        assert connect(port) == ''
        rule = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(5432, '127.0.0.1/32')])['SecurityGroupRules'][0]
        until('the rule holds', lambda: connect(port))
        assert connect(port, '127.0.0.2') == ''
        # Much data, both ways at once, and the end of one direction.
        sent = os.urandom(8 << 20)
        with socket.create_connection(('127.0.0.1', port), timeout=30) as c:
            t = threading.Thread(target=lambda: (c.sendall(sent), c.shutdown(socket.SHUT_WR)))
            t.start()
            got = b''
            while piece := c.recv(1 << 20):
                got += piece
            t.join()
        assert got == sent + b'end'
        ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[{'SecurityGroupRuleId': rule['SecurityGroupRuleId'], 'SecurityGroupRule': {
            'IpProtocol': 'tcp', 'FromPort': 5432, 'ToPort': 5432, 'CidrIpv4': '127.0.0.2/32', 'Description': 'moved'}}])
        until('the other rule holds', lambda: connect(port, '127.0.0.2'))
        assert connect(port) == ''
        s.kill()  # without the server the last rules hold
        assert connect(port, '127.0.0.2') and connect(port) == ''
    finally:
        guard.send_signal(signal.SIGTERM)
        assert guard.wait(10) == 0
        echo.socket.close()


def test_guard_closes_when_the_group_goes(server):
    s = server('--memory')
    ec2 = client_of(s.url, 'ec2')
    group = ec2.create_security_group(GroupName='goes', Description='x')['GroupId']
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(0, '127.0.0.0/8', '-1')])
    echo, port = Echo(), free_port()
    guard = subprocess.Popen([STATOR, 'guard', '--listen', f'127.0.0.1:{port}', '--to', f'127.0.0.1:{echo.port}', '--group', group,
                              '--endpoint', s.url], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
    try:
        guard.stdout.readline()
        until('open', lambda: connect(port))
        ec2.delete_security_group(GroupId=group)
        until('shut', lambda: connect(port) == '')
    finally:
        guard.kill()
        guard.wait()
        echo.socket.close()
