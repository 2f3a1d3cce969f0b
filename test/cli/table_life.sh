#!/usr/bin/env bash
# The AWS CLI takes a table through its life at $STATOR_URL.  Run by tools/test.sh through
# test/with_server.py; each check prints one line, the last says how many there were.
set -euo pipefail

passed=0 failed=0
table="cli-life-$$"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

ddb() { "${AWS:-aws}" dynamodb "$@" --endpoint-url "$STATOR_URL" --output "${format:-text}"; }
streams() { "${AWS:-aws}" dynamodbstreams "$@" --endpoint-url "$STATOR_URL" --output text; }

# check NAME EXPECTED COMMAND...: the command's output must be exactly this.
check() {
  local name=$1 want=$2 got
  shift 2
  if got=$("$@" 2>&1) && [ "$got" = "$want" ]; then
    passed=$((passed + 1)); echo "ok - $name"
  else
    failed=$((failed + 1)); printf 'not ok - %s\n  wanted: %s\n  got:    %s\n' "$name" "$want" "$got"
  fi
}

# refuse NAME PATTERN COMMAND...: the command must fail and say this.
refuse() {
  local name=$1 want=$2 got
  shift 2
  if got=$("$@" 2>&1); then
    failed=$((failed + 1)); echo "not ok - $name: accepted: $got"
  elif [[ $got == *"$want"* ]]; then
    passed=$((passed + 1)); echo "ok - $name"
  else
    failed=$((failed + 1)); printf 'not ok - %s\n  wanted: %s\n  got:    %s\n' "$name" "$want" "$got"
  fi
}

check create CREATING ddb create-table --table-name "$table" \
  --attribute-definitions AttributeName=pk,AttributeType=S AttributeName=sk,AttributeType=N \
  --key-schema AttributeName=pk,KeyType=HASH AttributeName=sk,KeyType=RANGE \
  --provisioned-throughput ReadCapacityUnits=5,WriteCapacityUnits=5 --tags Key=team,Value=cli \
  --query TableDescription.TableStatus
check wait '' ddb wait table-exists --table-name "$table"
check describe $'ACTIVE\t5\t2' ddb describe-table --table-name "$table" \
  --query 'Table.[TableStatus,ProvisionedThroughput.ReadCapacityUnits,length(KeySchema)]'
check list "$table" ddb list-tables --query "TableNames[?@=='$table'] | [0]"

check put '' ddb put-item --table-name "$table" \
  --item '{"pk":{"S":"user#1"},"sk":{"N":"1"},"name":{"S":"Zażółć"},"n":{"N":"10"},"b":{"B":"AP8="}}'
refuse 'put on a condition' ConditionalCheckFailedException ddb put-item --table-name "$table" \
  --item '{"pk":{"S":"user#1"},"sk":{"N":"1"}}' --condition-expression 'attribute_not_exists(pk)'
check get $'Zażółć\t10\tAP8=' ddb get-item --table-name "$table" --consistent-read \
  --key '{"pk":{"S":"user#1"},"sk":{"N":"1.0"}}' --query 'Item.[name.S,n.N,b.B]'
check update $'15\tx' ddb update-item --table-name "$table" --key '{"pk":{"S":"user#1"},"sk":{"N":"1"}}' \
  --update-expression 'SET n = n + :five, #s = :x' --condition-expression 'n = :ten' \
  --expression-attribute-names '{"#s":"status"}' \
  --expression-attribute-values '{":five":{"N":"5"},":ten":{"N":"10"},":x":{"S":"x"}}' \
  --return-values ALL_NEW --query 'Attributes.[n.N,status.S]'
refuse 'update on a condition' 'The conditional request failed' ddb update-item --table-name "$table" \
  --key '{"pk":{"S":"user#1"},"sk":{"N":"1"}}' --update-expression 'REMOVE n' \
  --condition-expression 'n = :ten' --expression-attribute-values '{":ten":{"N":"10"}}'

batch() { # 20 items of user#2
  for i in $(seq 1 20); do
    printf '{"PutRequest":{"Item":{"pk":{"S":"user#2"},"sk":{"N":"%d"},"g":{"S":"g%d"}}}}' "$i" $((i % 2))
    [ "$i" = 20 ] || printf ,
  done
}
printf '{"%s":[%s]}' "$table" "$(batch)" >"$tmp/batch.json"
check 'batch write' 0 ddb batch-write-item --request-items "file://$tmp/batch.json" \
  --query 'length(UnprocessedItems)'
printf '{"%s":{"Keys":[{"pk":{"S":"user#2"},"sk":{"N":"3"}},{"pk":{"S":"user#2"},"sk":{"N":"99"}}]}}' \
  "$table" >"$tmp/get.json"
format=json check 'batch get' '"3 g1"' ddb batch-get-item --request-items "file://$tmp/get.json" \
  --query "Responses.\"$table\"[0].join(' ', [sk.N,g.S])"
format=json check query '"20 19 18"' ddb query --table-name "$table" --key-condition-expression 'pk = :p AND sk > :s' \
  --expression-attribute-values '{":p":{"S":"user#2"},":s":{"N":"10"}}' --no-scan-index-forward \
  --max-items 3 --query 'join(`" "`, Items[].sk.N)'
format=json check 'query in pages' 20 ddb query --table-name "$table" --key-condition-expression 'pk = :p' \
  --expression-attribute-values '{":p":{"S":"user#2"}}' --page-size 6 --query 'length(Items)'
format=json check scan 21 ddb scan --table-name "$table" --page-size 5 --query 'length(Items)'
format=json check 'scan with a filter' 10 ddb scan --table-name "$table" --filter-expression 'g = :g' \
  --expression-attribute-values '{":g":{"S":"g1"}}' --query Count
segments() {
  local n=0 s
  for s in 0 1 2; do
    n=$((n + $(format=json ddb scan --table-name "$table" --segment $s --total-segments 3 --query 'length(Items)')))
  done
  echo $n
}
check 'scan in segments' 21 segments

arn=$(ddb describe-table --table-name "$table" --query Table.TableArn)
check 'tags of creation' $'team\tcli' ddb list-tags-of-resource --resource-arn "$arn" --query 'Tags[].[Key,Value]'
check tag '' ddb tag-resource --resource-arn "$arn" --tags Key=env,Value=test
check untag '' ddb untag-resource --resource-arn "$arn" --tag-keys team
check 'tags then' $'env\ttest' ddb list-tags-of-resource --resource-arn "$arn" --query 'Tags[].[Key,Value]'

printf '[{"Create":{"IndexName":"g-index","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},%s],%s,%s}}]' \
  '{"AttributeName":"sk","KeyType":"RANGE"}' '"Projection":{"ProjectionType":"KEYS_ONLY"}' \
  '"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}' >"$tmp/index.json"
check 'add an index' CREATING ddb update-table --table-name "$table" \
  --attribute-definitions AttributeName=g,AttributeType=S AttributeName=sk,AttributeType=N \
  --global-secondary-index-updates "file://$tmp/index.json" \
  --query 'TableDescription.GlobalSecondaryIndexes[0].IndexStatus'
index_status() { # once it is no longer being made
  local i s
  for i in $(seq 60); do
    s=$(ddb describe-table --table-name "$table" --query 'Table.GlobalSecondaryIndexes[0].IndexStatus')
    [ "$s" != CREATING ] && break
    sleep 0.2
  done
  echo "$s"
}
check 'index is ready' ACTIVE index_status
format=json check 'query the index' '"2 4 6"' ddb query --table-name "$table" --index-name g-index \
  --key-condition-expression 'g = :g' --expression-attribute-values '{":g":{"S":"g0"}}' \
  --max-items 3 --query 'join(`" "`, Items[].sk.N)'
check 'change throughput' 5 ddb update-table --table-name "$table" \
  --provisioned-throughput ReadCapacityUnits=6,WriteCapacityUnits=6 \
  --query TableDescription.ProvisionedThroughput.ReadCapacityUnits
check 'wait again' '' ddb wait table-exists --table-name "$table"
check 'remove the index' "$table" ddb update-table --table-name "$table" \
  --global-secondary-index-updates '[{"Delete":{"IndexName":"g-index"}}]' --query TableDescription.TableName
check 'delete an item' $'user#1' ddb delete-item --table-name "$table" \
  --key '{"pk":{"S":"user#1"},"sk":{"N":"1"}}' --return-values ALL_OLD --query Attributes.pk.S
check 'get what is deleted' None ddb get-item --table-name "$table" \
  --key '{"pk":{"S":"user#1"},"sk":{"N":"1"}}' --query Item
check 'switch a stream on' NEW_IMAGE ddb update-table --table-name "$table" \
  --stream-specification StreamEnabled=true,StreamViewType=NEW_IMAGE \
  --query TableDescription.StreamSpecification.StreamViewType
stream=$(ddb describe-table --table-name "$table" --query Table.LatestStreamArn)
check 'time to live' ttl ddb update-time-to-live --table-name "$table" \
  --time-to-live-specification Enabled=true,AttributeName=ttl --query TimeToLiveSpecification.AttributeName
check 'time to live is on' ENABLED ddb describe-time-to-live --table-name "$table" \
  --query TimeToLiveDescription.TimeToLiveStatus
ddb put-item --table-name "$table" --item '{"pk":{"S":"streamed"},"sk":{"N":"7"}}'
check 'list streams' "$stream" streams list-streams --table-name "$table" --query 'Streams[].StreamArn'
changes() { # all records of all shards
  local shard iterator
  for shard in $(streams describe-stream --stream-arn "$stream" --query 'StreamDescription.Shards[].ShardId'); do
    iterator=$(streams get-shard-iterator --stream-arn "$stream" --shard-id "$shard" \
      --shard-iterator-type TRIM_HORIZON --query ShardIterator)
    streams get-records --shard-iterator "$iterator" --query 'Records[].[eventName,dynamodb.NewImage.pk.S]'
  done
}
check 'the change' $'INSERT\tstreamed' changes
check 'delete' DELETING ddb delete-table --table-name "$table" --query TableDescription.TableStatus
check 'wait for its end' '' ddb wait table-not-exists --table-name "$table"
refuse 'describe what is gone' 'Requested resource not found: Table: ' ddb describe-table --table-name "$table"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
