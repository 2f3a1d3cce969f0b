#!/bin/sh
# run.sh - the main job, seen working: starts Stator on port 8000, creates and fills the messaging
# table the first time, shows the conversation, and leaves the server running.
set -eu

port=${STATOR_PORT:-8000}
data=${STATOR_DATA:-./stator-data}
url=http://localhost:$port
pid_file=$data/stator.pid
export AWS_ENDPOINT_URL=$url

say() { printf '\n\033[1;36m== %s\033[0m\n' "$*"; }
healthy() { curl -fs -o /dev/null --max-time 2 "$url/"; }

command -v curl >/dev/null || { echo "curl is missing: apt-get install curl" >&2; exit 1; }
mkdir -p "$data"
if [ -f "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null && healthy; then
  say "Stator is running already (process $(cat "$pid_file"), data in $data)"
elif healthy; then
  echo "Something else answers on port $port; stop it, or choose another: STATOR_PORT=8010 make run" >&2
  exit 1
else
  say "starting Stator on port $port, data in $data, log in $data/stator.log"
  nohup build/stator serve --port "$port" --data "$data/db" >"$data/stator.log" 2>&1 </dev/null &
  echo $! >"$pid_file"
  tries=0
  until healthy; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ] || ! kill -0 "$(cat "$pid_file")" 2>/dev/null; then
      echo "Stator did not start:" >&2
      tail -n 5 "$data/stator.log" >&2
      exit 1
    fi
    sleep 0.05
  done
fi

if ! build/cruddur ddb list-tables | grep -qx cruddur-messages; then
  say "schema-load: the table and its index"
  build/cruddur ddb schema-load >/dev/null
  say "seed: a conversation of 104 messages"
  build/cruddur ddb seed
fi
say "list-tables"
build/cruddur ddb list-tables
say "list-conversations"
build/cruddur ddb list-conversations
say "get-conversation: the latest 20 messages"
build/cruddur ddb get-conversation | awk 'BEGIN{n=0} /^\{/{n++} n>=2'

say "Stator is running on $url. Try it with the AWS CLI:"
cat <<EOF
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1
  aws dynamodb scan --table-name cruddur-messages --limit 3 --endpoint-url $url
Stop it with: kill $(cat "$pid_file")
EOF
