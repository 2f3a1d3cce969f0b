// The whole life of a table through the AWS SDK for JavaScript v3: the steps of run.sh.
import * as ddb from '@aws-sdk/client-dynamodb'
import * as doc from '@aws-sdk/lib-dynamodb'
import * as streams from '@aws-sdk/client-dynamodb-streams'

const settings = {
  endpoint: process.argv[2], region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
}
const client = new ddb.DynamoDBClient(settings)
const d = doc.DynamoDBDocumentClient.from(client)
const s = new streams.DynamoDBStreamsClient(settings)
const TableName = 'client-js'
const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

async function step(name, run) {
  try {
    if (await run() === false) throw new Error('the answer is not what was expected')
    console.log(`ok ${name}`)
  } catch (e) {
    process.exitCode = 1
    console.log(`not ok ${name}: ${e.name}: ${e.message}`)
  }
}
async function fails(name, run) {
  try { await run() } catch (e) { if (e.name === name) return e; throw e }
  throw new Error(`no ${name}`)
}

await step('table: create, wait', async () => {
  await client.send(new ddb.CreateTableCommand({
    TableName, BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  }))
  const { state } = await ddb.waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName })
  return state === 'SUCCESS'
})
await step('items: put, get, update', async () => {
  const Item = { pk: 'a', sk: 1, name: 'x', l: [1, '2', true, null], m: { q: 1.5, b: new Uint8Array([0, 255]) }, set: new Set(['u', 'v']) }
  await d.send(new doc.PutCommand({ TableName, Item }))
  const got = (await d.send(new doc.GetCommand({ TableName, Key: { pk: 'a', sk: 1 } }))).Item
  const out = await d.send(new doc.UpdateCommand({
    TableName, Key: { pk: 'a', sk: 1 }, ReturnValues: 'ALL_NEW',
    UpdateExpression: 'SET #n = :n, hits = if_not_exists(hits, :z) + :o',
    ExpressionAttributeNames: { '#n': 'name' }, ExpressionAttributeValues: { ':n': 'y', ':z': 0, ':o': 1 },
  }))
  return same(got.l, Item.l) && got.m.q === 1.5 && got.m.b[1] === 255 && got.set.has('v') && got.name === 'x' &&
    out.Attributes.hits === 1 && out.Attributes.name === 'y'
})
await step('condition: refused, with the item', async () => {
  const e = await fails('ConditionalCheckFailedException', () => d.send(new doc.PutCommand({
    TableName, Item: { pk: 'a', sk: 1 }, ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })))
  return e.Item.hits.N === '1'
})
await step('batch write: what is left is sent again', async () => {
  let rounds = 0
  for (const from of [2, 27]) {
    let RequestItems = { [TableName]: numbers(from, from + 24).map((sk) => ({ PutRequest: { Item: { pk: 'a', sk } } })) }
    for (; Object.keys(RequestItems).length > 0; rounds++)
      RequestItems = (await d.send(new doc.BatchWriteCommand({ RequestItems }))).UnprocessedItems
  }
  return rounds > 2
})
await step('batch get: what is left is sent again', async () => {
  const seen = []
  let rounds = 0
  let RequestItems = { [TableName]: { Keys: numbers(1, 60).map((sk) => ({ pk: 'a', sk })), ProjectionExpression: 'sk' } }
  for (; Object.keys(RequestItems).length > 0; rounds++) {
    const out = await d.send(new doc.BatchGetCommand({ RequestItems }))
    seen.push(...(out.Responses[TableName] ?? []).map((i) => i.sk))
    RequestItems = out.UnprocessedKeys
  }
  return rounds > 1 && same(seen.sort((a, b) => a - b), numbers(1, 51))
})
await step('query: pages, forwards and backwards', async () => {
  for (const ScanIndexForward of [true, false]) {
    const ask = { TableName, ScanIndexForward, KeyConditionExpression: 'pk = :p AND sk BETWEEN :a AND :b',
      ExpressionAttributeValues: { ':p': 'a', ':a': 1, ':b': 45 } }
    const seen = []
    let pages = 0
    for await (const page of doc.paginateQuery({ client: d, pageSize: 10 }, ask)) {
      seen.push(...page.Items.map((i) => i.sk))
      pages++
    }
    if (!ScanIndexForward) seen.reverse()
    if (pages < 5 || !same(seen, numbers(1, 45))) return false
  }
})
await step('scan: pages of segments', async () => {
  const seen = []
  let pages = 0
  for (let Segment = 0; Segment < 4; Segment++)
    for await (const page of doc.paginateScan({ client: d, pageSize: 20 }, { TableName, Segment, TotalSegments: 4 })) {
      seen.push(...page.Items.map((i) => i.sk))
      pages++
    }
  return pages > 4 && same(seen.sort((a, b) => a - b), numbers(1, 51))
})
await step('throttled: sent again', async () => {
  const out = await d.send(new doc.DeleteCommand({ TableName, Key: { pk: 'a', sk: 51 }, ReturnValues: 'ALL_OLD' }))
  return out.$metadata.attempts === 3 && out.Attributes.sk === 51
})
await step('transaction: all of it', async () => {
  await d.send(new doc.TransactWriteCommand({ TransactItems: [
    { Put: { TableName, Item: { pk: 't', sk: 1 } } },
    { Delete: { TableName, Key: { pk: 'a', sk: 50 } } },
    { ConditionCheck: { TableName, Key: { pk: 'a', sk: 1 }, ConditionExpression: 'attribute_exists(pk)' } } ] }))
  const out = await d.send(new doc.TransactGetCommand({ TransactItems: [
    { Get: { TableName, Key: { pk: 't', sk: 1 } } }, { Get: { TableName, Key: { pk: 'a', sk: 50 } } }] }))
  return out.Responses[0].Item.pk === 't' && out.Responses[1].Item === undefined
})
await step('transaction: cancelled, none of it', async () => {
  const e = await fails('TransactionCanceledException', () => d.send(new doc.TransactWriteCommand({ TransactItems: [
    { Put: { TableName, Item: { pk: 't', sk: 2 } } },
    { ConditionCheck: { TableName, Key: { pk: 'none', sk: 1 }, ConditionExpression: 'attribute_exists(pk)' } } ] })))
  const out = await d.send(new doc.GetCommand({ TableName, Key: { pk: 't', sk: 2 } }))
  return same(e.CancellationReasons.map((r) => r.Code), ['None', 'ConditionalCheckFailed']) && out.Item === undefined
})
await step('PartiQL: pages', async () => {
  const seen = []
  let pages = 0
  const ask = { Statement: `SELECT sk FROM "${TableName}" WHERE pk = ?`, Parameters: ['a'], Limit: 20 }
  do {
    const out = await d.send(new doc.ExecuteStatementCommand(ask))
    seen.push(...out.Items.map((i) => i.sk))
    ask.NextToken = out.NextToken
    pages++
  } while (ask.NextToken)
  return pages > 2 && same(seen, numbers(1, 49))
})
await step('stream: every change, in order', async () => {
  const StreamArn = (await client.send(new ddb.DescribeTableCommand({ TableName }))).Table.LatestStreamArn
  const shards = (await s.send(new streams.DescribeStreamCommand({ StreamArn }))).StreamDescription.Shards
  const seen = {}
  for (const { ShardId } of shards) {
    let it = (await s.send(new streams.GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }))).ShardIterator
    for (let more = true; it && more;) {
      const out = await s.send(new streams.GetRecordsCommand({ ShardIterator: it, Limit: 20 }))
      for (const { eventName, dynamodb: r } of out.Records)
        (seen[r.Keys.pk.S] ??= []).push(`${eventName} ${r.Keys.sk.N} ${r.OldImage?.hits?.N ?? '-'} ${r.NewImage?.hits?.N ?? '-'}`)
      more = out.Records.length > 0
      it = out.NextShardIterator
    }
  }
  const batch = seen.a.slice(2, 52).sort()
  return same(seen.t, ['INSERT 1 - -']) && same(seen.a.slice(0, 2), ['INSERT 1 - -', 'MODIFY 1 - 1']) &&
    same(batch, numbers(2, 51).map((sk) => `INSERT ${sk} - -`).sort()) &&
    same(seen.a.slice(52), ['REMOVE 51 - -', 'REMOVE 50 - -'])
})
await step('index: added, filled, queried', async () => {
  await client.send(new ddb.UpdateTableCommand({ TableName,
    AttributeDefinitions: [{ AttributeName: 'hits', AttributeType: 'N' }],
    GlobalSecondaryIndexUpdates: [{ Create: { IndexName: 'by-hits', KeySchema: [{ AttributeName: 'hits', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } } }] }))
  for (let tries = 0, status; status !== 'ACTIVE'; tries++) {
    if (tries === 500) return false
    await new Promise((r) => setTimeout(r, 20))
    status = (await client.send(new ddb.DescribeTableCommand({ TableName }))).Table.GlobalSecondaryIndexes[0].IndexStatus
  }
  const out = await d.send(new doc.QueryCommand({ TableName, IndexName: 'by-hits', KeyConditionExpression: 'hits = :h', ExpressionAttributeValues: { ':h': 1 } }))
  return out.Count === 1 && out.Items[0].sk === 1 && out.Items[0].name === undefined
})
await step('table: delete, wait', async () => {
  await client.send(new ddb.DeleteTableCommand({ TableName }))
  const { state } = await ddb.waitUntilTableNotExists({ client, maxWaitTime: 60 }, { TableName })
  return state === 'SUCCESS'
})
