// The servers that the tests run against, each world its own, with the people and the talk of the
// sample: {url, origins, people, code(email), revoke(email), close()}.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { webcrypto } from 'node:crypto';
import { Aws } from './aws.js';
import { PEOPLE, fill } from './sample.js';

globalThis.crypto ??= webcrypto;
const srp = await import('../../../web/js/auth/srp.js');

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const STATOR = process.env.STATOR ?? join(ROOT, 'build/src/server/stator');
const CRUDDUR = process.env.CRUDDUR ?? join(ROOT, 'build/src/cruddur/cruddur');
const PATIENCE_MS = Number(process.env.PATIENCE_S ?? 10) * 1000;

function freePort() {
  return new Promise((done) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

class Server {
  constructor(dir, program, args, env) {
    this.log = join(dir, `${program.split('/').at(-1)}.log`);
    const out = openSync(this.log, 'w');
    this.child = spawn(program, args, { cwd: dir, env, stdio: ['ignore', out, out] });
    this.ended = new Promise((done) => this.child.on('exit', (status, signal) => done(status ?? signal)));
  }

  text() {
    return readFileSync(this.log, 'utf8').slice(-3000);
  }

  async answers(url) {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(20)) {
      if (this.child.exitCode !== null) break;
      const reply = await fetch(url).catch(() => null);
      if (reply?.ok) return;
    }
    throw new Error(`it does not start: ${this.text()}`);
  }

  async stop() {
    this.child.kill('SIGTERM');
    const status = await Promise.race([this.ended, sleep(PATIENCE_MS, 'late', { ref: false })]);
    if (status === 'late') this.child.kill('SIGKILL');
    if (status !== 0) throw new Error(`it ended with ${status}: ${this.text()}`);
  }
}

// The pool and its client, as `cruddur cognito setup` makes them, and the function that it calls.
async function makePool(aws, db) {
  const PostConfirmation = await aws.addFunction('post-confirmation', [CRUDDUR, 'post-confirmation'], { CONNECTION_URL: db });
  const { UserPool: { Id } } = await aws.pool('CreateUserPool', {
    PoolName: 'cruddur', UsernameAttributes: ['email'], AutoVerifiedAttributes: ['email'], LambdaConfig: { PostConfirmation },
  });
  const { UserPoolClient: { ClientId } } = await aws.pool('CreateUserPoolClient', {
    UserPoolId: Id, ClientName: 'web', ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'], PreventUserExistenceErrors: 'ENABLED',
  });
  return { Id, ClientId };
}

// The function that keeps conversations at their last message, fed by the table's stream.
async function followStream(aws, statorUrl) {
  await aws.table('UpdateTable', { TableName: 'cruddur-messages', StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } });
  const { Table } = await aws.table('DescribeTable', { TableName: 'cruddur-messages' });
  await aws.addFunction('messaging-stream', [CRUDDUR, 'messaging-stream'], { AWS_ENDPOINT_URL: statorUrl, AWS_ACCESS_KEY_ID: 'f', AWS_SECRET_ACCESS_KEY: 'f' });
  await aws.lambda('POST', 'event-source-mappings', {
    FunctionName: 'messaging-stream', EventSourceArn: Table.LatestStreamArn, StartingPosition: 'TRIM_HORIZON', BatchSize: 10,
  });
}

// Joins as the page does, but confirmed by the administrator; signs in; the access token.
async function enrol(aws, { Id, ClientId }, person) {
  const attributes = { name: person.name, email: person.email, preferred_username: person.handle };
  await aws.pool('SignUp', {
    ClientId, Username: person.email, Password: person.password,
    UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
  });
  const user = { UserPoolId: Id, Username: person.email };
  await aws.pool('AdminConfirmSignUp', user);
  await aws.pool('AdminUpdateUserAttributes', { ...user, UserAttributes: [{ Name: 'email_verified', Value: 'true' }] });
  const secret = srp.begin();
  const asked = await aws.pool('InitiateAuth', {
    AuthFlow: 'USER_SRP_AUTH', ClientId, AuthParameters: { USERNAME: person.email, SRP_A: secret.A.toString(16) },
  });
  const answered = await aws.pool('RespondToAuthChallenge', {
    ChallengeName: asked.ChallengeName, ClientId, Session: asked.Session,
    ChallengeResponses: await srp.answer(secret, asked.ChallengeParameters, Id, person.password),
  });
  return answered.AuthenticationResult.AccessToken;
}

// The code in the newest message to this address.
function codeFor(outbox, email) {
  const sent = readdirSync(outbox).filter((name) => name.endsWith('.eml')).sort().reverse()
    .map((name) => readFileSync(join(outbox, name), 'utf8')).find((text) => text.includes(email));
  return /\b\d{6}\b/.exec(sent.slice(sent.search(/\r?\n\r?\n/)))[0];
}

export async function open() {
  const dir = mkdtempSync(join(tmpdir(), 'cruddur-'));
  const base = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  const [statorPort, port] = [await freePort(), await freePort()];
  const statorUrl = `http://127.0.0.1:${statorPort}`;
  const url = `http://127.0.0.1:${port}`;
  const outbox = join(dir, 'outbox');
  const db = join(dir, 'cruddur.db');
  const env = {
    ...base, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_REGION: 'us-east-1',
    CONNECTION_URL: db, AWS_ENDPOINT_URL: statorUrl, FRONTEND_URL: url, BACKEND_URL: url,
  };
  const cruddur = (...args) => execFileSync(CRUDDUR, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stator = new Server(dir, STATOR, ['serve', '--memory', '--functions', '--outbox', outbox, '--port', String(statorPort)], env);
  await stator.answers(statorUrl);
  cruddur('ddb', 'schema-load');
  cruddur('db', 'schema-load');
  const aws = new Aws(statorUrl);
  await followStream(aws, statorUrl);
  const pool = await makePool(aws, db);
  const app = new Server(dir, CRUDDUR, ['serve', '--port', String(port), '--web', join(ROOT, 'web')], {
    ...env, AWS_COGNITO_USER_POOL_ID: pool.Id, AWS_COGNITO_USER_POOL_CLIENT_ID: pool.ClientId,
  });
  await app.answers(`${url}/api/health-check`);
  const tokens = [];
  for (const person of PEOPLE) tokens.push(await enrol(aws, pool, person));
  await fill(url, tokens);
  return {
    url,
    origins: [url, statorUrl],
    people: PEOPLE.map((person) => ({ ...person })),
    code: (email) => codeFor(outbox, email),
    revoke: (email) => aws.pool('AdminUserGlobalSignOut', { UserPoolId: pool.Id, Username: email }),
    async close() {
      const ended = await Promise.allSettled([app.stop(), stator.stop()]);
      rmSync(dir, { recursive: true, force: true });
      const bad = ended.find(({ status }) => status === 'rejected');
      if (bad) throw bad.reason;
    },
  };
}
