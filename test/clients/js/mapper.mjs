// ElectroDB and Dynamoose, as their documentation shows them.
import { CreateTableCommand, DeleteTableCommand, DynamoDB, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynamoose from 'dynamoose'
import { Entity, Service } from 'electrodb'

const settings = { endpoint: process.argv[2], region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
const client = new DynamoDBClient(settings)
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

async function step(name, run) {
  try {
    if (!await run()) throw new Error('the answer is not what was expected')
    console.log(`ok ${name}`)
  } catch (e) {
    process.exitCode = 1
    console.log(`not ok ${name}: ${e.name}: ${e.message}`)
  }
}
const refused = (promise) => promise.then(() => false, (e) => /conditional request failed|ConditionalCheckFailed/.test(e.message))

// ElectroDB: several entities in one table, addressed by composed keys.
const table = 'client-electrodb'
const keys = ['pk', 'sk', 'gsi1pk', 'gsi1sk']
const Employee = new Entity({
  model: { entity: 'employee', version: '1', service: 'app' },
  attributes: {
    employee: { type: 'string', required: true }, office: { type: 'string', required: true }, team: { type: ['dev', 'ops'], required: true },
    salary: { type: 'number' }, tags: { type: 'set', items: 'string' }, manager: { type: 'string' },
    address: { type: 'map', properties: { street: { type: 'string' }, zip: { type: 'number' } } },
    history: { type: 'list', items: { type: 'map', properties: { year: { type: 'number' } } } },
  },
  indexes: {
    employee: { collection: 'work', pk: { field: 'pk', composite: ['employee'] }, sk: { field: 'sk', composite: [] } },
    coworkers: { index: 'gsi1', pk: { field: 'gsi1pk', composite: ['office'] }, sk: { field: 'gsi1sk', composite: ['team', 'employee'] } },
  },
}, { client, table })
const Task = new Entity({
  model: { entity: 'task', version: '1', service: 'app' },
  attributes: { task: { type: 'string', required: true }, employee: { type: 'string', required: true }, points: { type: 'number' } },
  indexes: { task: { collection: 'work', pk: { field: 'pk', composite: ['employee'] }, sk: { field: 'sk', composite: ['task'] } } },
}, { client, table })
const app = new Service({ employees: Employee, tasks: Task })
const person = (employee, salary) => ({ employee, salary, office: 'atl', team: 'dev' })

await step('ElectroDB: create', async () => {
  await client.send(new CreateTableCommand({
    TableName: table, BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
    GlobalSecondaryIndexes: [{ IndexName: 'gsi1', Projection: { ProjectionType: 'ALL' },
      KeySchema: [{ AttributeName: 'gsi1pk', KeyType: 'HASH' }, { AttributeName: 'gsi1sk', KeyType: 'RANGE' }] }],
  }))
  await Employee.create({ ...person('e1', 10), tags: ['a', 'b'], address: { street: 'here', zip: 1 }, history: [{ year: 1 }] }).go()
  const { data } = await Employee.get({ employee: 'e1' }).go()
  return data.tags.length === 2 && data.address.zip === 1 && await refused(Employee.create(person('e1', 1)).go())
})
await step('ElectroDB: patch', async () => {
  const { data } = await Employee.patch({ employee: 'e1' }).set({ salary: 5, 'address.street': 'there' }).add({ tags: ['c'] })
    .append({ history: [{ year: 2 }] }).data((a, o) => o.ifNotExists(a.manager, 'boss'))
    .where((a, o) => `${o.between(a.salary, 1, 10)} AND ${o.contains(a.tags, 'a')} AND ${o.exists(a.address.zip)}`).go({ response: 'all_new' })
  return data.salary === 5 && data.address.street === 'there' && data.tags.length === 3 && data.history.length === 2 &&
    data.manager === 'boss' && await refused(Employee.patch({ employee: 'nobody' }).set({ salary: 1 }).go())
})
await step('ElectroDB: batches', async () => {
  let rest = (await Employee.put(Array.from({ length: 60 }, (_, i) => person(`m${i}`, i))).go()).unprocessed
  while (rest.length > 0) rest = (await Employee.put(rest.map((k) => person(k.employee, +k.employee.slice(1)))).go()).unprocessed
  const seen = new Set()
  for (let ask = Array.from({ length: 60 }, (_, i) => ({ employee: `m${i}` })); ask.length > 0;) {
    const { data, unprocessed } = await Employee.get(ask).go()
    data.forEach((e) => seen.add(e.employee))
    ask = unprocessed
  }
  return seen.size === 60
})
await step('ElectroDB: queries, pages, collections', async () => {
  let cursor = null, count = 0
  do {
    const page = await Employee.query.coworkers({ office: 'atl', team: 'dev' }).where((a, o) => o.gte(a.salary, 30)).go({ cursor, limit: 9 })
    count += page.data.length
    cursor = page.cursor
  } while (cursor)
  await Task.create({ task: 't1', employee: 'e1', points: 1 }).go()
  const { data } = await app.collections.work({ employee: 'e1' }).go()
  return count === 30 && data.employees.length === 1 && data.tasks.length === 1
})
await step('ElectroDB: transactions', async () => {
  const add = (task) => app.transaction.write(({ employees, tasks }) => [
    employees.patch({ employee: 'e1' }).set({ salary: 9 }).commit(), tasks.create({ task, employee: 'e1' }).commit()]).go()
  const [good, bad] = [await add('t2'), await add('t2')]
  return !good.canceled && bad.canceled && same(bad.data.map((r) => r.code), ['None', 'ConditionalCheckFailed'])
})
await step('ElectroDB: drop', () => client.send(new DeleteTableCommand({ TableName: table })))

// Dynamoose: makes its table, and compares what it finds with what it wants.
dynamoose.aws.ddb.set(new DynamoDB(settings))
const schema = new dynamoose.Schema({
  id: { type: String, hashKey: true }, at: { type: Number, rangeKey: true }, age: Number, when: Date,
  name: { type: String, index: { name: 'by-name', type: 'global', rangeKey: 'age' } },
  tags: { type: Set, schema: [String] }, list: { type: Array, schema: [Number] }, owner: { type: Object, schema: { name: String } },
}, { timestamps: true })
const shelter = (model) => new dynamoose.Table('client-dynamoose', [model], {
  initialize: false, throughput: 'ON_DEMAND', expires: 3600, update: true, waitForActive: { enabled: true, check: { timeout: 60000, frequency: 20 } } })
const Cat = dynamoose.model('Cat', schema)

await step('Dynamoose: create, and find it as wanted', async () => {
  await shelter(Cat).initialize()
  await shelter(dynamoose.model('SameCat', schema)).initialize() // would delete an index that differs
  return (await dynamoose.aws.ddb().describeTable({ TableName: 'client-dynamoose' })).Table.GlobalSecondaryIndexes[0].IndexStatus === 'ACTIVE'
})
await step('Dynamoose: save, get, update', async () => {
  await Cat.create({ id: 'a', at: 1, name: 'Tom', age: 3, when: new Date(5000), tags: new Set(['x']), list: [1], owner: { name: 'Ann' } })
  const cat = await Cat.get({ id: 'a', at: 1 })
  const twice = await refused(Cat.create({ id: 'a', at: 1 }))
  const after = await Cat.update({ id: 'a', at: 1 }, { $ADD: { age: 2, list: [2] }, $SET: { name: 'Tim' }, $REMOVE: ['owner'] },
    { condition: new dynamoose.Condition().where('age').eq(3).and().where('name').beginsWith('T') })
  return twice && cat.when.getTime() === 5000 && cat.tags.has('x') && after.age === 5 && same(after.list, [1, 2]) && after.owner === undefined
})
await step('Dynamoose: queries, scans', async () => {
  for (let left = Array.from({ length: 25 }, (_, at) => ({ id: 'b', at, name: 'Bob', age: at })); left.length > 0;)
    left = (await Cat.batchPut(left)).unprocessedItems.map(({ id, at, name, age }) => ({ id, at, name, age })) // it loses those with a timestamp
  const last = await Cat.query('id').eq('b').sort('descending').limit(5).exec()
  const next = await Cat.query('id').eq('b').sort('descending').limit(5).startAt(last.lastKey).exec()
  const old = await Cat.query('name').eq('Bob').where('age').ge(20).exec()
  return next[0].at === 19 && old.count === 5 && (await Cat.scan().parallel(3).exec()).count === 26 &&
    (await Cat.scan('name').not().eq('Bob').all().exec()).count === 1
})
await step('Dynamoose: transactions', async () => {
  const both = () => dynamoose.transaction([Cat.transaction.create({ id: 't', at: 1 }), Cat.transaction.update({ id: 'a', at: 1 }, { age: 9 })])
  await both()
  return await refused(both()) && (await Cat.get({ id: 'a', at: 1 })).age === 9
})
await step('Dynamoose: drop', () => dynamoose.aws.ddb().deleteTable({ TableName: 'client-dynamoose' }))
