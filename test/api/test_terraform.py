"""What Terraform's AWS provider calls for an aws_dynamodb_table, and Pulumi with it: it makes, reads, changes and
deletes tables of all arguments, waits as it does, and must find nothing left to do."""
import json

import pytest

import kit
from kit import Refused, Server, Wire, fresh, until

DEFAULTS = {'billing_mode': 'PROVISIONED', 'table_class': 'STANDARD', 'stream_enabled': False, 'gsi': {}, 'lsi': {},
            'deletion_protection_enabled': False, 'tags': {}, 'ttl': None, 'point_in_time_recovery': False,
            'server_side_encryption': False, 'replica': [], 'on_demand_throughput': None, 'range_key': None}
COMPUTED = ('read_capacity', 'write_capacity', 'warm_throughput', 'stream_view_type')


def key_schema(keys):
    return [{'AttributeName': n, 'KeyType': k} for n, k in keys]


def throughput(c):
    return {'ReadCapacityUnits': c['read_capacity'], 'WriteCapacityUnits': c['write_capacity']}


def projection(x):
    names = {'NonKeyAttributes': x['non_key_attributes']} if x.get('non_key_attributes') else {}
    return {'ProjectionType': x['projection_type'], **names}


def new_gsi(name, x, billing):
    rq = {'IndexName': name, 'KeySchema': key_schema(x['keys']), 'Projection': projection(x)}
    if billing == 'PROVISIONED':
        rq['ProvisionedThroughput'] = throughput(x)
    elif 'on_demand_throughput' in x:
        rq['OnDemandThroughput'] = x['on_demand_throughput']
    if 'warm_throughput' in x:
        rq['WarmThroughput'] = x['warm_throughput']
    return rq


class Table:
    """The resource; `config` is what the user wrote."""

    def __init__(self, wire, name):
        self.wire, self.name, self.config = wire, name, None

    def call(self, op, **members):
        return self.wire.call(op, TableName=self.name, **members)

    def describe(self):
        return self.call('DescribeTable')['Table']

    # --- waiting

    def wait(self, *indexes):
        def settled():
            t = self.describe()
            of = {g['IndexName']: g for g in t.get('GlobalSecondaryIndexes', [])}
            return t['TableStatus'] == 'ACTIVE' and t['WarmThroughput']['Status'] == 'ACTIVE' and all(
                of[i]['IndexStatus'] == of[i]['WarmThroughput']['Status'] == 'ACTIVE' for i in indexes)
        until(f'{self.name} {indexes} active', settled)

    def wait_gone(self, index):
        until(f'{index} gone', lambda: index not in [
            g['IndexName'] for g in self.describe().get('GlobalSecondaryIndexes', [])])

    def update(self, *indexes, **members):
        self.call('UpdateTable', **members)
        self.wait(*indexes)

    # --- create, read, update, delete

    def definitions(self, c):
        return [{'AttributeName': n, 'AttributeType': t} for n, t in c['attribute'].items()]

    def create(self, config):
        c = {**DEFAULTS, **config}
        keys = [(c['hash_key'], 'HASH')] + ([(c['range_key'], 'RANGE')] if c['range_key'] else [])
        rq = {'BillingMode': c['billing_mode'], 'KeySchema': key_schema(keys), 'TableClass': c['table_class'],
              'AttributeDefinitions': self.definitions(c)}
        if c['billing_mode'] == 'PROVISIONED':
            rq['ProvisionedThroughput'] = throughput(c)
        if c['tags']:
            rq['Tags'] = [{'Key': k, 'Value': v} for k, v in c['tags'].items()]
        if c['deletion_protection_enabled']:
            rq['DeletionProtectionEnabled'] = True
        if c['lsi']:
            rq['LocalSecondaryIndexes'] = [
                {'IndexName': n, 'KeySchema': key_schema([(c['hash_key'], 'HASH'), (x['range_key'], 'RANGE')]),
                 'Projection': projection(x)} for n, x in c['lsi'].items()]
        if c['gsi']:
            rq['GlobalSecondaryIndexes'] = [new_gsi(n, x, c['billing_mode']) for n, x in c['gsi'].items()]
        if c['stream_enabled']:
            rq['StreamSpecification'] = {'StreamEnabled': True, 'StreamViewType': c['stream_view_type']}
        for argument, member in (('on_demand_throughput', 'OnDemandThroughput'), ('warm_throughput', 'WarmThroughput')):
            if c.get(argument):
                rq[member] = c[argument]
        self.call('CreateTable', **rq)
        self.wait(*c['gsi'])
        if c['ttl']:
            self.set_ttl(c['ttl'])
        self.config = config

    def set_ttl(self, attribute):
        self.call('UpdateTimeToLive', TimeToLiveSpecification={'Enabled': True, 'AttributeName': attribute})
        until('time to live', lambda: self.call('DescribeTimeToLive')['TimeToLiveDescription'][
            'TimeToLiveStatus'] == 'ENABLED')

    def read(self):
        t = self.describe()
        keys = {k['KeyType']: k['AttributeName'] for k in t['KeySchema']}
        stream = t.get('StreamSpecification', {})
        pitr = self.call('DescribeContinuousBackups')['ContinuousBackupsDescription']['PointInTimeRecoveryDescription']
        ttl = self.call('DescribeTimeToLive')['TimeToLiveDescription']
        warm = {k: v for k, v in t['WarmThroughput'].items() if k != 'Status'}
        tags = self.wire.call('ListTagsOfResource', ResourceArn=t['TableArn'])['Tags']
        return {
            'billing_mode': t.get('BillingModeSummary', {}).get('BillingMode', 'PROVISIONED'),
            'table_class': t.get('TableClassSummary', {}).get('TableClass', 'STANDARD'),
            'deletion_protection_enabled': t['DeletionProtectionEnabled'],
            'read_capacity': t['ProvisionedThroughput']['ReadCapacityUnits'],
            'write_capacity': t['ProvisionedThroughput']['WriteCapacityUnits'],
            'attribute': {d['AttributeName']: d['AttributeType'] for d in t['AttributeDefinitions']},
            'hash_key': keys['HASH'], 'range_key': keys.get('RANGE'),
            'lsi': {x['IndexName']: self.read_index(x) for x in t.get('LocalSecondaryIndexes', [])},
            'gsi': {x['IndexName']: self.read_index(x) for x in t.get('GlobalSecondaryIndexes', [])},
            'stream_enabled': stream.get('StreamEnabled', False), 'stream_view_type': stream.get('StreamViewType'),
            'stream_arn': t.get('LatestStreamArn'), 'stream_label': t.get('LatestStreamLabel'), 'arn': t['TableArn'],
            'on_demand_throughput': t.get('OnDemandThroughput'), 'warm_throughput': warm,
            'server_side_encryption': 'SSEDescription' in t, 'replica': t.get('Replicas', []),
            'point_in_time_recovery': pitr['PointInTimeRecoveryStatus'] == 'ENABLED',
            'ttl': ttl.get('AttributeName') if ttl['TimeToLiveStatus'] == 'ENABLED' else None,
            'tags': {x['Key']: x['Value'] for x in tags},
        }

    @staticmethod
    def read_index(x):
        state = {'keys': [(k['AttributeName'], k['KeyType']) for k in x['KeySchema']],
                 'range_key': ([k['AttributeName'] for k in x['KeySchema'] if k['KeyType'] == 'RANGE'] or [None])[0],
                 'projection_type': x['Projection']['ProjectionType'],
                 'non_key_attributes': set(x['Projection'].get('NonKeyAttributes', []))}
        if 'ProvisionedThroughput' in x:
            state.update(read_capacity=x['ProvisionedThroughput']['ReadCapacityUnits'],
                         write_capacity=x['ProvisionedThroughput']['WriteCapacityUnits'],
                         on_demand_throughput=x.get('OnDemandThroughput'),
                         warm_throughput={k: v for k, v in x['WarmThroughput'].items() if k != 'Status'})
        return state

    def plan(self, config):
        """What a plan would show: {argument: (state, wanted)}."""
        state, found = self.read(), {}
        for argument, wanted in {**DEFAULTS, **config}.items():
            have = state[argument]
            if argument in ('gsi', 'lsi'):
                have = {n: {k: have[n][k] for k in x if k in have.get(n, {})} for n, x in wanted.items()
                        if n in have} | {n: x for n, x in have.items() if n not in wanted}
                wanted = {n: {k: set(v) if k == 'non_key_attributes' else v for k, v in x.items()}
                          for n, x in wanted.items()}
            if argument == 'warm_throughput':
                have = {k: have[k] for k in wanted}
            if have != wanted and not (argument in COMPUTED and argument not in config):
                found[argument] = (have, wanted)
        return found

    def change(self, config):
        old, c = {**DEFAULTS, **self.config}, {**DEFAULTS, **config}
        changed = lambda *names: any(old.get(n) != c.get(n) for n in names)
        fixed = lambda x: {k: v for k, v in x.items() if k in ('keys', 'projection_type', 'non_key_attributes')}
        again = {n for n in old['gsi'] if n in c['gsi'] and fixed(old['gsi'][n]) != fixed(c['gsi'][n])}
        for n in old['gsi']:
            if n not in c['gsi'] or n in again:
                self.call('UpdateTable', GlobalSecondaryIndexUpdates=[{'Delete': {'IndexName': n}}])
                self.wait_gone(n)
        if changed('table_class'):
            self.update(TableClass=c['table_class'])
        rq, updated, warm = {}, [], []
        for n in (n for n in c['gsi'] if n in old['gsi'] and n not in again):
            x, was = c['gsi'][n], old['gsi'][n]
            differs = lambda *names: any(x.get(k) != was.get(k) for k in names)
            if c['billing_mode'] == 'PROVISIONED' and differs('read_capacity', 'write_capacity'):
                updated.append({'Update': {'IndexName': n, 'ProvisionedThroughput': throughput(x)}})
            elif c['billing_mode'] == 'PAY_PER_REQUEST' and differs('on_demand_throughput'):
                updated.append({'Update': {'IndexName': n, 'OnDemandThroughput': x['on_demand_throughput']}})
            if differs('warm_throughput'):
                warm.append({'Update': {'IndexName': n, 'WarmThroughput': x['warm_throughput']}})
        if changed('billing_mode', 'read_capacity', 'write_capacity'):
            rq['BillingMode'] = c['billing_mode']
            if c['billing_mode'] == 'PROVISIONED':
                rq['ProvisionedThroughput'] = throughput(c)
        if changed('deletion_protection_enabled'):
            rq['DeletionProtectionEnabled'] = c['deletion_protection_enabled']
        if changed('on_demand_throughput') and c['on_demand_throughput']:
            rq['OnDemandThroughput'] = c['on_demand_throughput']
        if not changed('stream_enabled') and changed('stream_view_type') and c['stream_enabled']:
            self.update(StreamSpecification={'StreamEnabled': False})
            self.update(StreamSpecification={'StreamEnabled': True, 'StreamViewType': c['stream_view_type']})
        if changed('stream_enabled'):
            rq['StreamSpecification'] = {'StreamEnabled': c['stream_enabled']}
            if c['stream_enabled']:
                rq['StreamSpecification']['StreamViewType'] = c['stream_view_type']
        if updated:
            rq['GlobalSecondaryIndexUpdates'] = updated
        if rq:
            self.update(*[x['Update']['IndexName'] for x in updated], **rq)
        for x in warm:
            self.update(x['Update']['IndexName'], GlobalSecondaryIndexUpdates=[x])
        for n in c['gsi']:
            if n not in old['gsi'] or n in again:
                self.update(n, AttributeDefinitions=self.definitions(c), GlobalSecondaryIndexUpdates=[
                    {'Create': new_gsi(n, c['gsi'][n], c['billing_mode'])}])
        if changed('ttl') and c['ttl']:
            self.set_ttl(c['ttl'])
        self.change_tags(old['tags'], c['tags'])
        if changed('warm_throughput') and c.get('warm_throughput'):
            self.update(WarmThroughput=c['warm_throughput'])
        self.config = config

    def change_tags(self, old, new):
        arn = self.read()['arn']
        gone = [k for k in old if k not in new]
        if gone:
            self.wire.call('UntagResource', ResourceArn=arn, TagKeys=gone)
        put = [{'Key': k, 'Value': v} for k, v in new.items() if old.get(k) != v]
        if put:
            self.wire.call('TagResource', ResourceArn=arn, Tags=put)

    def delete(self):
        def accepted():
            try:
                return self.call('DeleteTable')['TableDescription']['TableStatus'] == 'DELETING'
            except Refused as e:
                assert e.name == 'ResourceInUseException', e
        until(f'{self.name} may be deleted', accepted)

        def gone():
            try:
                self.describe()
            except Refused as e:
                assert e.name == 'ResourceNotFoundException'
                assert e.message == f'Requested resource not found: Table: {self.name} not found'
                return True
        until(f'{self.name} gone', gone)

    def apply(self, config):
        if self.config is None:
            self.create(config)
        else:
            self.change(config)
        assert self.plan(config) == {}
        assert self.read() == self.read()


BASE = {'hash_key': 'p', 'attribute': {'p': 'S'}}
PROVISIONED = {**BASE, 'read_capacity': 5, 'write_capacity': 5}
ON_DEMAND = {**BASE, 'billing_mode': 'PAY_PER_REQUEST'}
G = {'keys': [('g', 'HASH')], 'projection_type': 'ALL'}
CAP = {'read_capacity': 2, 'write_capacity': 3}
WITH_G = {'attribute': {'p': 'S', 'g': 'S'}}
WITH_GH = {'attribute': {'p': 'S', 'g': 'S', 'h': 'N'}}
GH = {'keys': [('g', 'HASH'), ('h', 'RANGE')], 'projection_type': 'INCLUDE', 'non_key_attributes': ['z', 'a', 'm']}

LIVES = {
    'throughput': [PROVISIONED, {**PROVISIONED, 'read_capacity': 9}, {**PROVISIONED, 'read_capacity': 1},
                   {**PROVISIONED, 'write_capacity': 1}],
    'billing': [PROVISIONED, ON_DEMAND, PROVISIONED, {**PROVISIONED, 'write_capacity': 8}, ON_DEMAND],
    'indexes': [
        ON_DEMAND, {**ON_DEMAND, **WITH_G, 'gsi': {'byg': G}},
        {**ON_DEMAND, **WITH_GH, 'gsi': {'byg': G, 'bygh': GH}},
        {**ON_DEMAND, **WITH_GH, 'gsi': {'byg': {**G, 'projection_type': 'KEYS_ONLY'}, 'bygh': GH}},
        {**ON_DEMAND, **WITH_GH, 'gsi': {'bygh': {**GH, 'non_key_attributes': ['z', 'q']}}},
        {**ON_DEMAND, 'gsi': {}}],
    'indexes and capacity': [
        {**PROVISIONED, **WITH_G, 'gsi': {'byg': {**G, **CAP}}},
        {**PROVISIONED, **WITH_G, 'gsi': {'byg': {**G, **CAP, 'read_capacity': 7}}},
        {**PROVISIONED, **WITH_G, 'read_capacity': 6, 'gsi': {'byg': {**G, **CAP, 'read_capacity': 8}}},
        {**ON_DEMAND, **WITH_G, 'gsi': {'byg': G}},
        {**PROVISIONED, **WITH_G, 'gsi': {'byg': {**G, **CAP}}},
        {**PROVISIONED, **WITH_GH, 'gsi': {'byg': {**G, **CAP}, 'bygh': {**GH, **CAP}}}],
    'all sorts of indexes': [{
        **ON_DEMAND, 'range_key': 's', 'attribute': {'p': 'S', 's': 'B', 'g': 'S', 'h': 'N', 'l': 'N'},
        'lsi': {'byl': {'range_key': 'l', 'projection_type': 'INCLUDE', 'non_key_attributes': ['y', 'x']}},
        'gsi': {'many': {**G, 'keys': [('g', 'HASH'), ('h', 'HASH'), ('s', 'RANGE'), ('l', 'RANGE')]}}}],
    'streams': [
        {**ON_DEMAND, 'stream_enabled': True, 'stream_view_type': 'KEYS_ONLY'},
        {**ON_DEMAND, 'stream_enabled': True, 'stream_view_type': 'NEW_AND_OLD_IMAGES'},
        {**ON_DEMAND, 'stream_enabled': False}, {**ON_DEMAND, 'stream_enabled': True, 'stream_view_type': 'NEW_IMAGE'}],
    'a stream with billing': [PROVISIONED, {**ON_DEMAND, 'stream_enabled': True, 'stream_view_type': 'OLD_IMAGE'}],
    'time to live': [{**ON_DEMAND, 'ttl': 'expires'}], 'time to live later': [ON_DEMAND, {**ON_DEMAND, 'ttl': 'expires'}],
    'tags': [{**ON_DEMAND, 'tags': {'a': '1', 'b': '2'}}, {**ON_DEMAND, 'tags': {'b': '3', 'c': ''}}, ON_DEMAND],
    'protection': [{**ON_DEMAND, 'deletion_protection_enabled': True}, ON_DEMAND],
    'limits of on-demand tables': [
        {**ON_DEMAND, 'on_demand_throughput': {'MaxReadRequestUnits': 5, 'MaxWriteRequestUnits': 6}},
        {**ON_DEMAND, 'on_demand_throughput': {'MaxReadRequestUnits': 7, 'MaxWriteRequestUnits': 6}},
        PROVISIONED, {**ON_DEMAND, 'on_demand_throughput': {'MaxReadRequestUnits': 1}}],
    'limits of on-demand indexes': [
        {**ON_DEMAND, **WITH_G, 'gsi': {'byg': {**G, 'on_demand_throughput': {'MaxReadRequestUnits': 5}}}},
        {**ON_DEMAND, **WITH_G, 'gsi': {'byg': {**G, 'on_demand_throughput': {'MaxReadRequestUnits': 6}}}}],
    'warm throughput': [
        {**ON_DEMAND, **WITH_G, 'gsi': {'byg': {**G, 'warm_throughput': {'ReadUnitsPerSecond': 12001, 'WriteUnitsPerSecond': 4000}}},
         'warm_throughput': {'ReadUnitsPerSecond': 13000, 'WriteUnitsPerSecond': 5000}},
        {**ON_DEMAND, **WITH_G, 'gsi': {'byg': {**G, 'warm_throughput': {'ReadUnitsPerSecond': 12002, 'WriteUnitsPerSecond': 4000}}},
         'warm_throughput': {'ReadUnitsPerSecond': 13001, 'WriteUnitsPerSecond': 5001}}],
    'class': [ON_DEMAND, {**ON_DEMAND, 'table_class': 'STANDARD_INFREQUENT_ACCESS'}],
}


@pytest.fixture(scope='module', params=['at once', 'as the service'])
def provider(request, tmp_path_factory, url):
    """Tables are there at once, or come and go as the service's do."""
    if request.param == 'at once':
        yield request.getfixturevalue('wire')
        return
    if request.config.getoption('--url'):
        pytest.skip('--url: starts servers of its own')
    path = tmp_path_factory.mktemp('terraform')
    rules = path / 'physics.json'
    rules.write_text(json.dumps({'rules': [{'effect': 'table-states', 'ms': 30}]}))
    server = Server('--memory', '--physics', str(rules), log_dir=path).start()
    w = Wire(server.url)
    yield w
    w.close()
    assert server.stop() == 0


@pytest.mark.parametrize('life', LIVES)
def test_life(provider, life):
    table = Table(provider, fresh())
    for config in LIVES[life]:
        table.apply(config)
    table.delete()


def test_plan_finds_what_others_changed(wire):
    """So that the other tests mean something."""
    table = Table(wire, fresh())
    table.apply({**ON_DEMAND, **WITH_G, 'gsi': {'byg': G}})
    wire.call('TagResource', ResourceArn=table.read()['arn'], Tags=[{'Key': 'a', 'Value': 'b'}])
    table.call('UpdateTable', GlobalSecondaryIndexUpdates=[{'Delete': {'IndexName': 'byg'}}])
    table.call('UpdateTable', StreamSpecification={'StreamEnabled': True, 'StreamViewType': 'KEYS_ONLY'})
    table.wait_gone('byg')
    assert set(table.plan(table.config)) == {'gsi', 'tags', 'stream_enabled', 'attribute'}
    kit.drop_table(wire, table.name)


@pytest.mark.ours
def test_what_is_not_here_fails_and_leaves_no_diff(wire):
    """Encryption, recovery and replicas are refused with a text that says so."""
    table = Table(wire, fresh())
    table.apply(ON_DEMAND)
    for op, members in (
            ('UpdateTable', {'SSESpecification': {'Enabled': True}}),
            ('UpdateTable', {'ReplicaUpdates': [{'Create': {'RegionName': 'eu-west-1'}}]}),
            ('UpdateContinuousBackups', {'PointInTimeRecoverySpecification': {'PointInTimeRecoveryEnabled': True}}),
            ('UpdateContributorInsights', {'ContributorInsightsAction': 'ENABLE'}),
            ('EnableKinesisStreamingDestination', {
                'StreamArn': f'arn:aws:kinesis:{kit.REGION}:{kit.ACCOUNT}:stream/changes-of-it'})):
        e = kit.invalid(wire, op, {'TableName': table.name, **members})
        assert e.message.endswith('is not supported by this server')
    assert table.plan(ON_DEMAND) == {}
    table.delete()
