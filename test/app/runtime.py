"""The Lambda runtime API for one function process: gives it events, takes its answers."""
import http.server
import json
import os
import queue
import subprocess
import threading

import world

TRIGGER = 'PostConfirmation_ConfirmSignUp'


def confirmation(sub, handle, name, email, trigger=TRIGGER):
    return {'version': '1', 'region': 'us-east-1', 'userPoolId': world.POOL, 'userName': sub,
            'callerContext': {'awsSdkVersion': 'aws-sdk-unknown-unknown', 'clientId': world.CLIENT},
            'triggerSource': trigger,
            'request': {'userAttributes': {'sub': sub, 'cognito:user_status': 'CONFIRMED', 'email_verified': 'true',
                                           'name': name, 'preferred_username': handle, 'email': email}},
            'response': {}}


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # the process went away while we were answering: that is how it ends


def invoke(argv, events, env, patience=None):
    """[(how, body)] for each event; how: 'response' or 'error'.  The process is ended afterwards."""
    waiting, answers = queue.Queue(), queue.Queue()
    for i, e in enumerate(events):
        waiting.put((f'request-{i}', e))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def _send(self, status, body, **headers):
            self.send_response(status)
            for k, v in headers.items():
                self.send_header(k.replace('_', '-'), v)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            assert self.path == '/2018-06-01/runtime/invocation/next', self.path
            request, event = waiting.get()
            if request is not None:
                self._send(200, json.dumps(event).encode(), Lambda_Runtime_Aws_Request_Id=request,
                           Content_Type='application/json')

        def do_POST(self):
            parts = self.path.split('/')
            body = self.rfile.read(int(self.headers['Content-Length']))
            answers.put((parts[-1], parts[-2], json.loads(body)))
            self._send(202, b'{"status":"OK"}')

        def log_message(self, *args):
            pass
    server = Server(('127.0.0.1', 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    base = {k: v for k, v in os.environ.items() if not k.startswith(('AWS_', 'CONNECTION'))}
    proc = subprocess.Popen([world.CRUDDUR, *argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={
        **base, 'AWS_CONFIG_FILE': '/dev/null', 'AWS_SHARED_CREDENTIALS_FILE': '/dev/null', **env,
        'AWS_LAMBDA_RUNTIME_API': f'127.0.0.1:{server.server_port}'})
    out = []
    try:
        for i in range(len(events)):
            how, request, body = answers.get(timeout=patience or world.kit.PATIENCE_S)
            assert request == f'request-{i}'
            out.append((how, body))
    finally:
        proc.terminate()
        proc.wait()
        proc.stdout.close()
        waiting.put((None, None))
        server.shutdown()
        server.server_close()
    return out
