// The whole life of a table through the AWS SDK for JavaScript v3.  Prints "ok NAME" or
// "not ok NAME: why" for each step.
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

async function step(name, run) {
  try {
    const good = await run()
    if (good === false) throw new Error('the answer is not what was expected')
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

await step('CreateTable', () => client.send(new ddb.CreateTableCommand({
  TableName, BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'N' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
})))
await step('waiter', () => ddb.waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName }))
await step('Put and Get', async () => {
  const Item = { pk: 'a', sk: 1, name: 'x', l: [1, '2', true, null], m: { q: 1.5 } }
  await d.send(new doc.PutCommand({ TableName, Item }))
  const got = (await d.send(new doc.GetCommand({ TableName, Key: { pk: 'a', sk: 1 } }))).Item
  return got.l.length === 4 && got.m.q === 1.5 && got.name === 'x'
})
await step('Update', async () => {
  const out = await d.send(new doc.UpdateCommand({
    TableName, Key: { pk: 'a', sk: 1 }, ReturnValues: 'ALL_NEW',
    UpdateExpression: 'SET #n = :n, hits = if_not_exists(hits, :z) + :o',
    ExpressionAttributeNames: { '#n': 'name' }, ExpressionAttributeValues: { ':n': 'y', ':z': 0, ':o': 1 },
  }))
  return out.Attributes.hits === 1 && out.Attributes.name === 'y'
})
await step('a condition refuses', async () => {
  const e = await fails('ConditionalCheckFailedException', () => d.send(new doc.PutCommand({
    TableName, Item: { pk: 'a', sk: 1 }, ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })))
  return e.Item.hits.N === '1'
})
await step('BatchWrite and BatchGet', async () => {
  for (let from = 2; from < 52; from += 25) {
    let RequestItems = { [TableName]: Array.from({ length: 25 }, (_, k) => ({ PutRequest: { Item: { pk: 'a', sk: from + k } } })) }
    while (Object.keys(RequestItems).length > 0)
      RequestItems = (await d.send(new doc.BatchWriteCommand({ RequestItems }))).UnprocessedItems
  }
  const out = await d.send(new doc.BatchGetCommand({ RequestItems: { [TableName]: { Keys: [{ pk: 'a', sk: 1 }, { pk: 'a', sk: 999 }] } } }))
  return out.Responses[TableName].length === 1
})
await step('Query pages', async () => {
  let count = 0, pages = 0
  const ask = { TableName, KeyConditionExpression: 'pk = :p AND sk BETWEEN :a AND :b', ExpressionAttributeValues: { ':p': 'a', ':a': 1, ':b': 45 } }
  for await (const page of doc.paginateQuery({ client: d, pageSize: 10 }, ask)) { count += page.Count; pages++ }
  return count === 45 && pages >= 5
})
await step('Scan segments', async () => {
  let count = 0
  for (let Segment = 0; Segment < 4; Segment++)
    count += (await d.send(new doc.ScanCommand({ TableName, Segment, TotalSegments: 4 }))).Count
  return count === 51
})
await step('transactions', async () => {
  await d.send(new doc.TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { pk: 't', sk: 1 } } }] }))
  const e = await fails('TransactionCanceledException', () => d.send(new doc.TransactWriteCommand({ TransactItems: [
    { Put: { TableName, Item: { pk: 't', sk: 2 } } },
    { ConditionCheck: { TableName, Key: { pk: 'none', sk: 1 }, ConditionExpression: 'attribute_exists(pk)' } } ] })))
  if (e.CancellationReasons[1].Code !== 'ConditionalCheckFailed') return false
  const out = await d.send(new doc.TransactGetCommand({ TransactItems: [{ Get: { TableName, Key: { pk: 't', sk: 1 } } }, { Get: { TableName, Key: { pk: 't', sk: 2 } } }] }))
  return out.Responses[0].Item.pk === 't' && out.Responses[1].Item === undefined
})
await step('PartiQL', async () => {
  const out = await d.send(new doc.ExecuteStatementCommand({ Statement: `SELECT * FROM "${TableName}" WHERE pk = ? AND sk = 1`, Parameters: ['t'] }))
  return out.Items.length === 1
})
await step('stream: one record for each change', async () => {
  const StreamArn = (await client.send(new ddb.DescribeTableCommand({ TableName }))).Table.LatestStreamArn
  const shards = (await s.send(new streams.DescribeStreamCommand({ StreamArn }))).StreamDescription.Shards
  let records = 0
  for (const { ShardId } of shards) {
    let it = (await s.send(new streams.GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }))).ShardIterator
    for (let tries = 0; it && tries < 20; tries++) {
      const out = await s.send(new streams.GetRecordsCommand({ ShardIterator: it }))
      records += out.Records.length
      if (out.Records.length === 0) break
      it = out.NextShardIterator
    }
  }
  if (records !== 53) throw new Error(`${records} records`)
})
await step('an index is added', async () => {
  await client.send(new ddb.UpdateTableCommand({ TableName,
    AttributeDefinitions: [{ AttributeName: 'hits', AttributeType: 'N' }],
    GlobalSecondaryIndexUpdates: [{ Create: { IndexName: 'by-hits', KeySchema: [{ AttributeName: 'hits', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } } }] }))
  for (let tries = 0; tries < 300; tries++) {
    const t = (await client.send(new ddb.DescribeTableCommand({ TableName }))).Table
    if (t.GlobalSecondaryIndexes[0].IndexStatus === 'ACTIVE') break
    await new Promise((r) => setTimeout(r, 20))
  }
  const out = await d.send(new doc.QueryCommand({ TableName, IndexName: 'by-hits', KeyConditionExpression: 'hits = :h', ExpressionAttributeValues: { ':h': 1 } }))
  return out.Count === 1
})
await step('DeleteTable', () => client.send(new ddb.DeleteTableCommand({ TableName })))
