"""Fixtures: everything once per session and kind of database, over one Stator in memory per kind."""
import boto3
import pytest

import world


@pytest.fixture(scope='session')
def postgres():
    pg = world.Postgres()
    if not pg.installed():
        pytest.skip('PostgreSQL is not installed')
    pg.start()
    yield pg
    pg.stop()


@pytest.fixture(scope='session')
def keys():
    return world.Keys()


@pytest.fixture(scope='session', params=['sqlite', 'postgresql'])
def db_kind(request):
    return request.param


@pytest.fixture(scope='session')
def new_db(db_kind, request, tmp_path_factory):
    """A function that makes an empty database of the kind and says its URL."""
    if db_kind == 'postgresql':
        return request.getfixturevalue('postgres').url
    return lambda: str(tmp_path_factory.mktemp('db') / 'cruddur.db')


@pytest.fixture(scope='session')
def stator(tmp_path_factory):
    server = world.kit.Server('--memory', log_dir=tmp_path_factory.mktemp('stator')).start()
    yield server
    assert server.stop() == 0, server.log()


def client(url, service='dynamodb'):
    return boto3.client(service, endpoint_url=url, region_name=world.kit.REGION, aws_access_key_id='t',
                        aws_secret_access_key='t')


@pytest.fixture(scope='session')
def ddb(stator):
    return client(stator.url)


def new_table(stator_url, name, stream):
    world.run('ddb', 'schema-load', env={'AWS_ENDPOINT_URL': stator_url, 'DDB_MESSAGE_TABLE': name})
    if stream:
        client(stator_url).update_table(TableName=name, StreamSpecification={
            'StreamEnabled': True, 'StreamViewType': 'NEW_IMAGE'})


@pytest.fixture(scope='session')
def app(new_db, stator, keys, db_kind, tmp_path_factory):
    """The application on a table without a stream: it moves the group rows itself."""
    table = f'messages-{db_kind}'
    new_table(stator.url, table, False)
    where = tmp_path_factory.mktemp('app')
    web = where / 'web'
    web.mkdir()
    (web / 'index.html').write_text('<!doctype html><title>Cruddur</title>')
    (web / 'app.js').write_text('// nothing')
    (where / 'secret.txt').write_text('secret')
    a = world.App(new_db(), stator.url, keys, where, web, env={'DDB_MESSAGE_TABLE': table})
    a.db('db', 'migrate')
    a.start()
    a.table = table
    yield a
    a.stop()


@pytest.fixture(scope='session')
def alice(app):
    return app.person('alice', 'Alice')


@pytest.fixture(scope='session')
def bob(app):
    return app.person('Bob', 'Bob B.')


@pytest.fixture(scope='session')
def carol(app):
    return app.person('carol', 'Carol')
