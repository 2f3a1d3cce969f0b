#!/usr/bin/env bash
# run.sh - SRP against amazon-cognito-identity-js under node.  STATOR: the program to test.
set -euo pipefail
cd "$(dirname "$0")"
skip() {
  echo "skipped: SRP with an independent client: $*"
  echo "0 passed, 0 failed"
  exit 0
}
stator=$(realpath "${STATOR:-../../../build/src/server/stator}")
if ! command -v npm >/dev/null || ! command -v aws >/dev/null; then
  skip "needs npm and the AWS CLI"
fi
work=$(mktemp -d)
trap 'kill "${pid:-}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cp package.json srp.mjs "$work/"
if ! (cd "$work" && npm install --no-audit --no-fund --silent >npm.log 2>&1); then
  skip "npm cannot install amazon-cognito-identity-js"
fi
port=${SRP_PORT:-18450}
"$stator" serve --memory --host 127.0.0.1 --port "$port" --outbox "$work/outbox" >"$work/log" 2>&1 &
pid=$!
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=
idp() { aws cognito-idp --endpoint-url "http://127.0.0.1:$port" --output text "$@"; }
for _ in $(seq 100); do
  curl -sf "http://127.0.0.1:$port/" >/dev/null && break
  sleep 0.05
done
pool=$(idp create-user-pool --pool-name srp --username-attributes email --auto-verified-attributes email \
  --query UserPool.Id)
client=$(idp create-user-pool-client --user-pool-id "$pool" --client-name srp \
  --explicit-auth-flows ALLOW_USER_SRP_AUTH ALLOW_REFRESH_TOKEN_AUTH --query UserPoolClient.ClientId)
if (cd "$work" && node srp.mjs "http://127.0.0.1:$port/" "$pool" "$client" "$work/outbox"); then
  echo "1 passed, 0 failed"
else
  cat "$work/log"
  echo "0 passed, 1 failed"
  exit 1
fi
