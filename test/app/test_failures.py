"""When the database goes away and comes back."""
import os
import pathlib
import subprocess

import pytest

import world


@pytest.fixture
def own_postgres():
    pg = world.Postgres()
    if not pg.installed():
        pytest.skip('PostgreSQL is not installed')
    pg.start()
    yield pg
    pg.stop()


def test_the_database_goes_and_comes(own_postgres, stator, keys, tmp_path):
    pg = own_postgres
    app = world.App(pg.url(), stator.url, keys, tmp_path)
    app.db('db', 'migrate')
    pg.down()
    app.start()  # without a database it starts, and says what it can
    r = app.nobody().get('/api/activities/home')
    assert (r.status, r.json) == (503, ['unavailable'])
    pg.up()
    x = app.person('x')
    a = x.ok('POST', '/api/activities', {'message': 'x', 'ttl': '1-day'})
    for _ in range(20):  # every thread has a connection
        assert app.nobody().ok('GET', '/api/activities/home')[0] == a
    pg.down()
    assert x.post('/api/activities', {'message': 'y', 'ttl': '1-day'}).status == 503
    pg.up()
    for i in range(20):
        assert x.post('/api/activities', {'message': f'{i}', 'ttl': '1-day'}).status == 200
    assert len(app.nobody().ok('GET', '/api/activities/home')) == 21
    app.stop()


def test_the_user_pool_is_away(app, stator, tmp_path, alice):
    dead = world.Keys()
    dead.server.shutdown()
    dead.server.server_close()
    a = world.App(app.env['CONNECTION_URL'], stator.url, dead, tmp_path).start()
    x = world.Client(a.url, alice.token)
    assert x.get('/api/users/me').status == 503  # not 401: the token may be good
    assert x.get('/api/activities/home').status == 200
    a.stop()


def test_statements_on_postgresql(postgres):
    """The unit test of statements, which knows SQLite alone, on the other database."""
    test = pathlib.Path(world.CRUDDUR).parent / 'sql_test'
    r = subprocess.run([test], env={**os.environ, 'SQL_TEST_URL': postgres.url()}, capture_output=True, text=True,
                       timeout=60)
    assert r.returncode == 0 and 'not ok' not in r.stdout, r.stdout
    assert r.stdout.count('PostgreSQL: ') == r.stdout.count('SQLite: ') > 10
