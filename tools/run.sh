#!/bin/bash
# run.sh - the main job, seen working.  Starts Stator (port 8000), creates the messaging table, the user
# pool with two people, the functions, the SQL database and their contents the first time, starts Cruddur
# (port 4567), shows a conversation, and leaves both running.  Run again, it goes on where it was.
#
# STATOR_PORT, CRUDDUR_PORT and STATOR_DATA choose other ports and another directory (./stator-data).
set -euo pipefail
cd "$(dirname "$0")/.."

data=${STATOR_DATA:-./stator-data}
mkdir -p "$data"
data=$(cd "$data" && pwd)
stator_port=${STATOR_PORT:-8000} cruddur_port=${CRUDDUR_PORT:-4567}
url=http://localhost:$stator_port page=http://localhost:$cruddur_port
password=Stands-still-1911
export AWS_ENDPOINT_URL=$url AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1
export CONNECTION_URL=${CONNECTION_URL:-$data/cruddur.db}
table=arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages

say() { printf '\n\033[1;36m== %s\033[0m\n' "$*"; }
healthy() { curl -fs -o /dev/null --max-time 2 "$1"; }

# start NAME HEALTH-URL COMMAND...: in the background, unless it runs already.
start() {
  local name=$1 health=$2 pid_file=$data/$1.pid
  shift 2
  if [ -f "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null && healthy "$health"; then
    say "$name is running already (process $(cat "$pid_file"))"
    return
  fi
  if healthy "$health"; then
    echo "Something else answers on $health; stop it, or choose other ports (see tools/run.sh)" >&2
    exit 1
  fi
  say "starting $name; its log is $data/$name.log"
  nohup "$@" >"$data/$name.log" 2>&1 </dev/null &
  echo $! >"$pid_file"
  for _ in $(seq 200); do
    healthy "$health" && return
    kill -0 "$(cat "$pid_file")" 2>/dev/null || break
    sleep 0.05
  done
  echo "$name did not start:" >&2
  tail -n 5 "$data/$name.log" >&2
  exit 1
}

# aws SERVICE PATH [CURL-OPTIONS...]: a signed request to our endpoint.
aws() {
  local service=$1 path=$2
  shift 2
  curl -sS --fail-with-body --aws-sigv4 "aws:amz:us-east-1:$service" --user local:local "$url$path" "$@"
}
dynamodb() {
  aws dynamodb / -H "X-Amz-Target: DynamoDB_20120810.$1" -H 'Content-Type: application/x-amz-json-1.0' -d "$2"
}
# function NAME VERB: a function that runs `cruddur VERB`; prints its ARN.
function_add() {
  build/stator function list | grep -q "^$1 " && return
  build/stator function add "$1" --command "$PWD/build/cruddur $2" --timeout 30 \
    --env "CONNECTION_URL=$CONNECTION_URL" --env "AWS_ENDPOINT_URL=$url" >/dev/null
}

command -v curl >/dev/null || { echo "curl is missing: apt-get install curl" >&2; exit 1; }
start stator "$url/" build/stator serve --port "$stator_port" --data "$data/db" --functions

if [ ! -e "$data/.set-up" ]; then
  say "db: tables of people and posts, and a few of both, in $CONNECTION_URL"
  build/cruddur db migrate
  build/cruddur db seed
  if ! build/cruddur ddb list-tables | grep -qx cruddur-messages; then
    say "ddb schema-load and seed: the messaging table, its index, a conversation of 104 messages"
    build/cruddur ddb schema-load >/dev/null
    build/cruddur ddb seed
    dynamodb UpdateTable '{"TableName": "cruddur-messages",
      "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"}}' >/dev/null
  fi
  say "functions: an account after each sign-up, conversations that follow their last message"
  function_add cruddur-post-confirmation post-confirmation
  function_add cruddur-messaging-stream messaging-stream
  if ! aws lambda '/2015-03-31/event-source-mappings/?FunctionName=cruddur-messaging-stream' | grep -q UUID; then
    stream=$(dynamodb DescribeTable '{"TableName": "cruddur-messages"}' |
      sed -n 's/.*"LatestStreamArn":"\([^"]*\)".*/\1/p')
    aws lambda /2015-03-31/event-source-mappings/ -H 'Content-Type: application/json' -o /dev/null -d \
      "{\"EventSourceArn\": \"$stream\", \"FunctionName\": \"cruddur-messaging-stream\",
        \"StartingPosition\": \"LATEST\", \"BatchSize\": 100,
        \"FunctionResponseTypes\": [\"ReportBatchItemFailures\"]}"
  fi
  build/stator function list
fi
say "cognito setup: the user pool"
build/cruddur cognito setup "$password" \
  arn:aws:lambda:us-east-1:000000000000:function:cruddur-post-confirmation | tee "$data/pool.env"
. "$data/pool.env"
if [ ! -e "$data/.set-up" ]; then
  build/cruddur db update-cognito-user-ids
  touch "$data/.set-up"
fi

start cruddur "$page/api/health-check" build/cruddur serve --port "$cruddur_port"

say "ddb list-tables"
build/cruddur ddb list-tables
say "ddb list-conversations"
build/cruddur ddb list-conversations
say "ddb get-conversation: the latest 20 messages"
build/cruddur ddb get-conversation | awk '/^\{/{n++} n>=2'

say "Cruddur is on $page — sign in as one of these, in two browsers, and talk:"
cat <<EOF
  afrolatino@test.com     $password
  lmollari@centari.com    $password
  Or sign up: the code that would be mailed is in $data/db/outbox.

Stator is on $url. Try it with the AWS CLI:
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1
  aws dynamodb scan --table-name cruddur-messages --limit 3 --endpoint-url $url
  aws cognito-idp list-users --user-pool-id $AWS_COGNITO_USER_POOL_ID --endpoint-url $url

Stop both: kill $(cat "$data/cruddur.pid") $(cat "$data/stator.pid")      Start over: make demo-reset run
EOF
