"""What the tests of functions share: clients, archives, small functions."""
import base64
import io
import json
import zipfile

import boto3
from botocore.config import Config

from kit import PATIENCE_S, REGION

ROLE = 'arn:aws:iam::000000000000:role/function'


def client_of(url, service, key='test', secret='test'):
    return boto3.session.Session().client(
        service, endpoint_url=url, region_name=REGION, aws_access_key_id=key, aws_secret_access_key=secret,
        config=Config(parameter_validation=False, retries={'total_max_attempts': 1}, read_timeout=PATIENCE_S, max_pool_connections=32))


def archive(method=zipfile.ZIP_DEFLATED, **files):
    """A zip archive; names with _ for ., all files executable."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', method) as z:
        for name, text in files.items():
            info = zipfile.ZipInfo(name.replace('_py', '.py'))
            info.create_system, info.external_attr, info.compress_type = 3, 0o100755 << 16, method
            z.writestr(info, text)
    return out.getvalue()


def add_python(functions, name, source, **more):
    """source defines h(event, context)."""
    return functions.create_function(FunctionName=name, Runtime='python3.11', Handler='m.h', Role=ROLE,
                                     Code={'ZipFile': archive(m_py=source)}, **more)


def add_command(functions, name, command, cwd='/', **more):
    return functions.create_function(FunctionName=name, PackageType='Image', Code={'ImageUri': 'local:'}, Role=ROLE,
                                     ImageConfig={'Command': command, 'WorkingDirectory': str(cwd)}, **more)


def invoke(functions, name, event=None, **more):
    """(error or None, answer, log)"""
    r = functions.invoke(FunctionName=name, Payload=json.dumps(event), LogType='Tail', **more)
    assert r['ExecutedVersion'] == '$LATEST'
    return r.get('FunctionError'), json.loads(r['Payload'].read()), base64.b64decode(r['LogResult']).decode()


SHELL = r'''#!/bin/sh
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
while :; do
    head=$(mktemp)
    event=$(curl -sS -D "$head" "$api/next") || exit 1
    id=$(tr -d '\r' <"$head" | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
    rm "$head"
    echo "handling $id"
    case $event in
    *exit*) exit 3 ;;
    *sleep*) sleep 60 ;;
    *fail*) curl -sS -d '{"errorType":"Mine","errorMessage":"as asked"}' "$api/$id/error" >/dev/null; continue ;;
    esac
    curl -sS -d "{\"shell\":$$,\"event\":$event}" "$api/$id/response" >/dev/null
done
'''

# Speaks HTTP by hand: a function in C needs no library.
C_SOURCE = r'''
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static char buf[1 << 20];
static char *call(const char *method, const char *path, const char *body)
{
    char host[64], rq[4096];
    snprintf(host, sizeof host, "%s", getenv("AWS_LAMBDA_RUNTIME_API"));
    char *colon = strchr(host, ':');
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(colon + 1))};
    *colon = 0;
    inet_pton(AF_INET, host, &to.sin_addr);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (struct sockaddr *)&to, sizeof to) != 0) exit(9);
    int n = snprintf(rq, sizeof rq, "%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                     "Content-Length: %zu\r\n\r\n%s", method, path, strlen(body), body);
    if (write(s, rq, n) != n) exit(8);
    size_t got = 0;
    for (ssize_t k; (k = read(s, buf + got, sizeof buf - 1 - got)) > 0;) got += k;
    buf[got] = 0;
    close(s);
    return strstr(buf, "\r\n\r\n") + 4;
}
int main(void)
{
    for (int calls = 1;; calls++) {
        char *event = call("GET", "invocation/next", ""), id[64], path[128], answer[2048];
        sscanf(strcasestr(buf, "lambda-runtime-aws-request-id: ") + 31, "%36s", id);
        size_t mb = strtoul(event, NULL, 10);
        char *p = mb > 0 ? malloc(mb << 20) : NULL;
        if (p) memset(p, 1, mb << 20);
        snprintf(answer, sizeof answer, "{\"calls\":%d,\"got\":%s,\"memory\":%s}", calls, mb ? "0" : event,
                 mb == 0 ? "null" : p ? "true" : "false");
        free(p);
        snprintf(path, sizeof path, "invocation/%s/response", id);
        call("POST", path, answer);
    }
}
'''
