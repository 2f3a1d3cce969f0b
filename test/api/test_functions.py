"""Functions: the Lambda API, the kinds of programs, their limits, retries and dead letters."""
import base64
import json
import os
import pathlib
import subprocess
import threading
import time
import urllib.request
import zipfile

import pytest
from botocore.exceptions import ClientError

from functions_kit import C_SOURCE, ROLE, SHELL, add_command, add_python, archive, client_of, invoke
from kit import STATOR, until

pytestmark = pytest.mark.ours
ECHO = 'def h(event, context):\n    return event\n'


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    return tmp_path_factory.mktemp('functions')


@pytest.fixture(scope='module')
def here(data):
    import kit
    s = kit.Server('--data', str(data / 'data'), '--functions', log_dir=data).start()
    yield s
    assert s.stop() == 0, s.log()


@pytest.fixture(scope='module')
def functions(here):
    return client_of(here.url, 'lambda')


def refused(code):
    return pytest.raises(ClientError, match=code)


def test_life_of_a_function(functions):
    made = add_python(functions, 'life', ECHO, Description='d', Timeout=7, MemorySize=256, Tags={'a': 'b'},
                      Environment={'Variables': {'X': 'y'}})
    assert made['FunctionArn'].endswith(':function:life') and made['Timeout'] == 7 and made['State'] == 'Active'
    got = functions.get_function(FunctionName='life')
    assert got['Configuration']['Environment'] == {'Variables': {'X': 'y'}} and got['Tags'] == {'a': 'b'}
    assert functions.get_function_configuration(FunctionName=made['FunctionArn'])['RevisionId'] == made['RevisionId']
    assert 'life' in [f['FunctionName'] for f in functions.list_functions()['Functions']]
    with refused('ResourceConflictException'):
        add_python(functions, 'life', ECHO)
    assert invoke(functions, 'life', [1, {'a': None}])[:2] == (None, [1, {'a': None}])
    changed = functions.update_function_configuration(FunctionName='life', Timeout=9, Environment={'Variables': {}})
    assert changed['Timeout'] == 9 and changed['MemorySize'] == 256 and 'Environment' not in changed
    code = archive(m_py='def h(event, context):\n    return "new"\n')
    with refused('PreconditionFailedException'):
        functions.update_function_code(FunctionName='life', ZipFile=code, RevisionId='not-this')
    functions.update_function_code(FunctionName='life', ZipFile=code)
    assert invoke(functions, 'life')[1] == 'new'
    functions.delete_function(FunctionName='life')
    for call in (functions.get_function, functions.delete_function, functions.invoke):
        with refused('ResourceNotFoundException'):
            call(FunctionName='life')


def test_listing_in_pages(functions):
    for i in range(3):
        add_python(functions, f'page{i}', ECHO)
    names = [f['FunctionName'] for p in functions.get_paginator('list_functions').paginate(
        PaginationConfig={'PageSize': 1}) for f in p['Functions']]
    assert names == sorted(names) and {'page0', 'page1', 'page2'} <= set(names)


@pytest.mark.parametrize('change,text', [
    ({'Timeout': 0}, 'timeout'), ({'Timeout': 901}, 'timeout'), ({'MemorySize': 64}, 'memorySize'),
    ({'Runtime': 'java21'}, 'runtime'), ({'FunctionName': 'a b'}, 'functionName'), ({'Handler': 'nodot'}, 'handler'),
    ({'Layers': ['arn:x']}, 'Layers is not supported'), ({'Publish': True}, 'Publish is not supported'),
    ({'VpcConfig': {'SubnetIds': ['s']}}, 'VpcConfig is not supported'),
    ({'Environment': {'Variables': {'AWS_LAMBDA_FUNCTION_NAME': 'x'}}}, 'reserved keys'),
    ({'Code': {'S3Bucket': 'b', 'S3Key': 'k'}}, 'S3'), ({'Code': {}}, 'source for function code'),
    ({'PackageType': 'Image'}, 'Image')])
def test_what_is_refused(functions, change, text):
    args = {'FunctionName': 'refused', 'Runtime': 'python3.11', 'Handler': 'm.h', 'Role': ROLE,
            'Code': {'ZipFile': archive(m_py=ECHO)}, **change}
    with pytest.raises(ClientError) as e:
        functions.create_function(**args)
    assert text in e.value.response['Error']['Message']
    with refused('ResourceNotFoundException'):
        functions.get_function(FunctionName='refused')


def test_neutral_settings_are_taken(functions):
    add_python(functions, 'neutral', ECHO, VpcConfig={'SubnetIds': [], 'SecurityGroupIds': []}, Publish=False,
               TracingConfig={'Mode': 'PassThrough'}, EphemeralStorage={'Size': 512})
    assert invoke(functions, 'neutral', 1)[1] == 1


def test_python(functions):
    source = ('import os\nprint("loaded")\n'
              'def h(event, context):\n'
              '    print("event", event)\n'
              '    if event == "bad": raise KeyError("nope")\n'
              '    return {"left": context.get_remaining_time_in_millis(), "id": context.aws_request_id,\n'
              '            "env": dict(os.environ), "pid": os.getpid(), "fds": os.listdir("/proc/self/fd")}\n')
    add_python(functions, 'python', source, Timeout=5, Environment={'Variables': {'MINE': 'é'}})
    error, first, log = invoke(functions, 'python', {'a': 1})
    assert error is None and 4000 < first['left'] <= 5000
    assert f"START RequestId: {first['id']}" in log and "event {'a': 1}" in log and 'REPORT' in log
    assert 'Init Duration' in log
    env = first['env']
    assert env['MINE'] == 'é' and env['_HANDLER'] == 'm.h' and env['AWS_LAMBDA_FUNCTION_NAME'] == 'python'
    assert 'STATOR_SECRET' not in env and len(first['fds']) <= 6  # 0 to 2, the connection, the directory
    error, second, log = invoke(functions, 'python')
    assert second['pid'] == first['pid'] and 'loaded' not in log  # kept warm
    error, answer, log = invoke(functions, 'python', 'bad')
    assert error == 'Unhandled' and answer['errorType'] == 'KeyError' and 'nope' in answer['errorMessage']
    assert any('raise KeyError' in line for line in answer['stackTrace']) and 'Traceback' in log
    assert invoke(functions, 'python')[1]['pid'] == first['pid']  # an exception is not the end


@pytest.mark.parametrize('source,kind', [('import nosuchmodule\n', 'ModuleNotFoundError'), ('x = 1\n', 'AttributeError')])
def test_python_that_cannot_start(functions, source, kind):
    name = 'cannot-' + kind
    add_python(functions, name, source)
    for _ in range(2):
        error, answer, _ = invoke(functions, name)
        assert error == 'Unhandled' and answer['errorType'] == kind


def test_the_server_ends_with_nothing_left(server, tmp_path):
    s = server('--memory', '--functions')
    f = client_of(s.url, 'lambda')
    add_command(f, 'forks', ['/bin/sh', '-c', 'sleep 987 & exec python3 -c "$0"', PY_LOOP])
    assert invoke(f, 'forks', 5)[1] == 5
    pid = subprocess.run(['pgrep', '-f', 'sleep 987'], capture_output=True, text=True).stdout.split()
    assert pid
    assert s.stop() == 0
    until('the function and its children are gone', lambda: not any(os.path.exists(f'/proc/{p}') and
          'sleep' in pathlib.Path(f'/proc/{p}/cmdline').read_text() for p in pid))


PY_LOOP = '''
import os, urllib.request as u
b = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    r = u.urlopen(b + "next")
    u.urlopen(u.Request(b + r.headers["Lambda-Runtime-Aws-Request-Id"] + "/response", r.read())).read()
'''


@pytest.fixture(scope='module')
def shell(functions):
    functions.create_function(FunctionName='shell', Runtime='provided.al2023', Handler='x', Role=ROLE, Timeout=1,
                              Code={'ZipFile': archive(zipfile.ZIP_STORED, bootstrap=SHELL)})
    return 'shell'


def test_shell(functions, shell):
    error, answer, log = invoke(functions, shell, {'n': 1})
    assert error is None and answer['event'] == {'n': 1} and 'handling' in log
    # An instance that is not yet back when the next event comes is not waited for.
    assert any(invoke(functions, shell, 2)[1]['shell'] == answer['shell'] for _ in range(10))
    error, answer, _ = invoke(functions, shell, 'fail')
    assert error == 'Unhandled' and answer == {'errorType': 'Mine', 'errorMessage': 'as asked'}


def test_a_crash_fails_its_event_only(functions, shell):
    error, answer, _ = invoke(functions, shell, 'exit')
    assert error == 'Unhandled' and answer['errorType'] == 'Runtime.ExitError' and 'exit status 3' in answer['errorMessage']
    assert invoke(functions, shell, 4)[1]['event'] == 4


def test_time_out(functions, shell):
    began = time.monotonic()
    error, answer, log = invoke(functions, shell, 'sleep')
    assert 0.9 < time.monotonic() - began < 10
    assert error == 'Unhandled' and answer['errorType'] == 'Sandbox.Timedout'
    assert answer['errorMessage'].endswith('Task timed out after 1.00 seconds')
    assert invoke(functions, shell, 5)[1]['event'] == 5


@pytest.fixture(scope='module')
def c_program(functions, data):
    (data / 'f.c').write_text(C_SOURCE)
    subprocess.run(['cc', '-w', '-D_GNU_SOURCE', '-o', data / 'f', data / 'f.c'], check=True)
    add_command(functions, 'c', ['./f'], cwd=data, MemorySize=128)
    return 'c'


def test_c_program_and_memory_limit(functions, c_program):
    assert invoke(functions, c_program, {'x': 'é'})[1] == {'calls': 1, 'got': {'x': 'é'}, 'memory': None}
    assert invoke(functions, c_program, 64)[1]['memory'] is True
    assert invoke(functions, c_program, 256)[1]['memory'] is False
    functions.update_function_configuration(FunctionName='c', MemorySize=512)
    assert invoke(functions, c_program, 256)[1] == {'calls': 1, 'got': 0, 'memory': True}


def test_a_program_that_is_not_there(functions):
    add_command(functions, 'nothing', ['/does/not/exist'])
    error, answer, _ = invoke(functions, 'nothing')
    assert error == 'Unhandled' and answer['errorType'] == 'Runtime.ExitError' and '127' in answer['errorMessage']


def test_many_at_once(functions):
    add_python(functions, 'slow', 'import time\ndef h(e, c):\n    time.sleep(0.3)\n    return e\n', Timeout=30)
    answers = {}

    def call(i):
        answers[i] = invoke(functions, 'slow', i)[1]
    threads = [threading.Thread(target=call, args=(i,)) for i in range(12)]
    began = time.monotonic()
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert answers == {i: i for i in range(12)}
    assert time.monotonic() - began < 30


def test_payloads(functions):
    add_python(functions, 'echo', ECHO, Timeout=20, MemorySize=512)
    big = 'x' * (5 * 1024 * 1024)
    assert invoke(functions, 'echo', big)[1] == big
    with refused('InvalidRequestContentException'):
        functions.invoke(FunctionName='echo', Payload=b'{')
    with refused('RequestTooLargeException'):
        functions.invoke(FunctionName='echo', Payload=b'"' + b'x' * (6 * 1024 * 1024) + b'"')
    with refused('RequestTooLargeException'):
        functions.invoke(FunctionName='echo', Payload=b'"' + b'x' * (1024 * 1024) + b'"', InvocationType='Event')
    assert json.loads(functions.invoke(FunctionName='echo')['Payload'].read()) == {}
    assert functions.invoke(FunctionName='echo', InvocationType='DryRun')['StatusCode'] == 204


def test_answers_that_are_too_long(functions):
    add_python(functions, 'long', 'def h(e, c):\n    return "x" * e\n', MemorySize=512)
    error, answer, _ = invoke(functions, 'long', 7 * 1024 * 1024)
    assert error == 'Unhandled' and answer['errorType'] == 'Function.ResponseSizeTooLarge'
    assert invoke(functions, 'long', 3)[1] == 'xxx'


def test_events_whose_sender_does_not_wait(functions, data):
    seen = data / 'seen'
    add_python(functions, 'async', f'def h(e, c):\n    open({str(seen)!r}, "a").write(c.aws_request_id + "\\n")\n'
               '    if e == "bad": raise ValueError("never")\n')
    assert functions.invoke(FunctionName='async', Payload=b'1', InvocationType='Event')['StatusCode'] == 202
    until('it ran', seen.exists)
    functions.invoke(FunctionName='async', Payload=b'"bad"', InvocationType='Event')
    letters = data / 'data' / 'functions' / 'dead-letter' / 'async.jsonl'
    until('it is in the dead letters', letters.exists)
    letter = until('one line', lambda: [json.loads(line) for line in letters.read_text().splitlines()])[0]
    ids = seen.read_text().split()
    assert len(ids) == 4 and len(set(ids)) == 2  # the good one; the bad one three times, always with its id
    assert letter['requestPayload'] == 'bad' and letter['responsePayload']['errorType'] == 'ValueError'
    assert letter['requestContext']['approximateInvokeCount'] == 3 and letter['requestContext']['requestId'] == ids[-1]


def test_events_survive_a_crash_of_the_server(server, tmp_path):
    s = server('--data', str(tmp_path / 'd'), '--functions')
    f = client_of(s.url, 'lambda')
    gate, seen = tmp_path / 'gate', tmp_path / 'seen'
    add_python(f, 'later', 'import os, time\ndef h(e, c):\n'
               f'    while not os.path.exists({str(gate)!r}): time.sleep(0.05)\n'
               f'    open({str(seen)!r}, "a").write(str(e) + "\\n")\n', Timeout=60)
    for i in range(20):
        f.invoke(FunctionName='later', Payload=str(i), InvocationType='Event')
    s.kill()
    gate.touch()
    s = server('--data', str(tmp_path / 'd'), '--functions')
    until('all events ran', lambda: seen.exists() and set(seen.read_text().split()) >= {str(i) for i in range(20)})


@pytest.mark.skipif(os.geteuid() != 0, reason='only root can become another user')
def test_another_user(server, tmp_path):
    s = server('--data', str(tmp_path / 'd'), '--functions', '--functions-user', 'nobody')
    f = client_of(s.url, 'lambda')
    f.create_function(FunctionName='who', Runtime='provided.al2023', Handler='x', Role=ROLE, Code={'ZipFile': archive(
        bootstrap=SHELL.replace('$$', r'\"$(id -un) $(grep NoNewPrivs /proc/self/status | tr -dc 01) $(id -G)\"'))})
    error, answer, log = invoke(f, 'who', 1)
    assert error is None, log
    name, no_new_privileges, *groups = answer['shell'].split()
    assert name == 'nobody' and no_new_privileges == '1' and groups and '0' not in groups
    s.stop()
    with pytest.raises(AssertionError, match='has to exist'):
        server('--memory', '--functions', '--functions-user', 'no-such-user')


def test_logs_are_kept(functions, data, shell):
    invoke(functions, shell, 'something')
    assert 'handling' in (data / 'data' / 'functions' / 'logs' / 'shell.log').read_text()


def test_bad_archives(functions):
    good = archive(m_py=ECHO)
    outside = archive(**{'../evil_py': ECHO})
    for bytes_ in (b'', b'PK', good[:-5], good[:40], outside, good.replace(b'm.py', b'/.py')):
        try:
            functions.create_function(FunctionName='bad', Runtime='python3.11', Handler='m.h', Role=ROLE,
                                      Code={'ZipFile': bytes_})
        except ClientError as e:
            assert e.response['Error']['Code'] == 'InvalidParameterValueException'
            assert 'unzip' in e.response['Error']['Message'] or 'source for' in e.response['Error']['Message']
        else:
            functions.delete_function(FunctionName='bad')
            pytest.fail(f'taken: {bytes_[:50]}')


def test_switched_off_by_default(server):
    s = server('--memory')
    with refused('AccessDeniedException'):
        client_of(s.url, 'lambda').list_functions()


def test_pages_in_a_browser_may_not_call(here):
    rq = urllib.request.Request(here.url + '/2015-03-31/functions', headers={
        'Origin': 'http://evil.example', 'Authorization': 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/lambda/'
        'aws4_request, SignedHeaders=host, Signature=' + 64 * 'a', 'X-Amz-Date': '20260101T000000Z'})
    with pytest.raises(urllib.error.HTTPError) as e:
        urllib.request.urlopen(rq)
    assert e.value.code == 403 and b'browser' in e.value.read()


def test_signatures_count(server, tmp_path):
    keys = tmp_path / 'keys'
    keys.write_text('[default]\naws_access_key_id = good\naws_secret_access_key = right\n')
    s = server('--memory', '--functions', '--credentials', str(keys))
    client_of(s.url, 'lambda', 'good', 'right').list_functions()
    for key, secret in (('good', 'wrong'), ('other', 'right')):
        with pytest.raises(ClientError) as e:
            client_of(s.url, 'lambda', key, secret).list_functions()
        assert e.value.response['ResponseMetadata']['HTTPStatusCode'] == 403


def stator(here, *args, cwd=None):
    return subprocess.run([STATOR, 'function', *args, '--endpoint', here.url], cwd=cwd, text=True, capture_output=True,
                          timeout=60)


def test_commands(here, data):
    (data / 'loop.py').write_text(PY_LOOP)
    made = stator(here, 'add', 'cmd', '--command', 'python3 loop.py', '--timeout', '4', '--env', 'A=b=c', cwd=data)
    assert made.returncode == 0 and made.stdout.strip().endswith(':function:cmd'), made.stderr
    listed = [line for line in stator(here, 'list').stdout.splitlines() if line.startswith('cmd ')]
    assert len(listed) == 1 and '4s' in listed[0] and 'python3 loop.py' in listed[0]
    done = stator(here, 'invoke', 'cmd', '--payload', '{"q":1}')
    assert done.returncode == 0 and json.loads(done.stdout) == {'q': 1}
    (data / 'a.zip').write_bytes(archive(m_py='def h(e, c):\n    raise ValueError("x")\n'))
    assert stator(here, 'add', 'zipped', '--zip', 'a.zip', '--runtime', 'python3.11', '--handler', 'm.h', cwd=data).returncode == 0
    done = stator(here, 'invoke', 'zipped')
    assert done.returncode == 1 and json.loads(done.stdout)['errorType'] == 'ValueError'
    assert stator(here, 'remove', 'cmd').returncode == 0
    gone = stator(here, 'remove', 'cmd')
    assert gone.returncode == 1 and 'ResourceNotFoundException' in gone.stderr
    assert stator(here, 'add', 'x').returncode == 2
    assert stator(here, 'invoke', 'zipped', '--payload', '{').returncode == 1


def test_aws_cli(here, data):
    def aws(*args):
        return subprocess.run(['aws', '--endpoint-url', here.url, 'lambda', *args], text=True, capture_output=True, timeout=60, cwd=data, env={
            **os.environ, 'AWS_ACCESS_KEY_ID': 'a', 'AWS_SECRET_ACCESS_KEY': 'b',
            'AWS_DEFAULT_REGION': 'us-east-1'})
    (data / 'cli.zip').write_bytes(archive(m_py=ECHO))
    made = aws('create-function', '--function-name', 'cli', '--runtime', 'python3.11', '--role', ROLE, '--handler', 'm.h',
               '--zip-file', 'fileb://cli.zip')
    assert made.returncode == 0, made.stderr
    payload = base64.b64encode(b'{"k":[1]}').decode()
    for form in (['--payload', payload], ['--payload', '{"k":[1]}']):
        done = aws('invoke', '--function-name', 'cli', *form, 'out.json')
        if done.returncode == 0 and (data / 'out.json').read_text():
            break
    assert done.returncode == 0 and json.loads((data / 'out.json').read_text()) == {'k': [1]}
    assert aws('delete-function', '--function-name', 'cli').returncode == 0
