"""Fixtures: one server in memory for the whole session, or any endpoint given with --url."""
import os

import pytest

import kit


def pytest_addoption(parser):
    parser.addoption('--url', help='the endpoint to test instead of a server of our own')


def pytest_configure(config):
    config.addinivalue_line('markers', 'ours: needs a server that the suite starts itself')
    os.environ.setdefault('AWS_EC2_METADATA_DISABLED', 'true')
    for name in ('AWS_PROFILE', 'AWS_ENDPOINT_URL'):
        os.environ.pop(name, None)


def pytest_collection_modifyitems(config, items):
    if config.getoption('--url'):
        skip = pytest.mark.skip(reason='--url: starts servers of its own')
        for i in items:
            if 'ours' in i.keywords:
                i.add_marker(skip)


@pytest.fixture(scope='session')
def url(request, tmp_path_factory):
    given = request.config.getoption('--url')
    if given:
        yield given.rstrip('/')
        return
    server = kit.Server('--memory', log_dir=tmp_path_factory.mktemp('log')).start()
    yield server.url
    alive = server.proc.poll() is None
    status = server.stop()
    if not alive or status != 0:
        print(server.log()[-20000:])
    assert alive, f'the server died during the tests with {status}; its log is above'
    assert status == 0, f'the server ended with {status}; its log is above'


@pytest.fixture(scope='session')
def ddb(url):
    """boto3's client, without its own checks of parameters."""
    return kit.client(url)


@pytest.fixture(scope='session')
def resource(url):
    return kit.client(url, service='resource')


@pytest.fixture(scope='session')
def wire(url):
    w = kit.Wire(url)
    yield w
    w.close()


@pytest.fixture(scope='session')
def shared(wire):
    """Tables by schema, made once per session: shared('pk:S sk:N')."""
    made = {}

    def get(spec, gsi=(), lsi=()):
        name = repr((spec, gsi, lsi))
        if name not in made:
            made[name] = kit.make_table(wire, spec, gsi, lsi)
        return made[name]
    yield get
    for name in made.values():
        kit.drop_table(wire, name)


@pytest.fixture(scope='session')
def simple(shared):
    """The table that most tests write to: key p (S) alone."""
    return shared('p:S')


@pytest.fixture
def table(wire):
    """A maker of tables for one test."""
    made = []

    def make(spec, gsi=(), lsi=(), **more):
        made.append(kit.make_table(wire, spec, gsi, lsi, **more))
        return made[-1]
    yield make
    for name in made:
        kit.drop_table(wire, name)


@pytest.fixture
def server(tmp_path):
    """A maker of servers for one test: server('--data', dir)."""
    made = []

    def make(*args, env=None, start=True):
        s = kit.Server(*args, env=env, log_dir=tmp_path)
        made.append(s)
        return s.start() if start else s
    yield make
    for s in made:
        s.kill()
