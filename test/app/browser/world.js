// The servers that the tests run against, each world its own, with the people and the talk of the
// sample: {url, origins, people, code(email), revoke(email), close()}.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CLIENT, Pool, POOL } from './double/pool.js';
import { postConfirmation } from './double/post_confirmation.js';
import { PEOPLE, fill } from './sample.js';

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
    this.log = join(dir, `${args[0]}-${Date.now()}.log`);
    const out = openSync(this.log, 'w');
    this.child = spawn(program, args, { cwd: dir, env, stdio: ['ignore', out, out] });
    this.ended = new Promise((done) => this.child.on('exit', (status) => done(status)));
  }

  async answers(url) {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(20)) {
      if (this.child.exitCode !== null) break;
      const reply = await fetch(url).catch(() => null);
      if (reply?.ok) return;
    }
    throw new Error(`it does not start: ${readFileSync(this.log, 'utf8').slice(-2000)}`);
  }

  async stop() {
    this.child.kill('SIGTERM');
    const status = await Promise.race([this.ended, sleep(PATIENCE_MS, 'late')]);
    if (status === 'late') this.child.kill('SIGKILL');
    if (status !== 0) throw new Error(`it ended with ${status}: ${readFileSync(this.log, 'utf8').slice(-2000)}`);
  }
}

export async function open() {
  const dir = mkdtempSync(join(tmpdir(), 'cruddur-'));
  const base = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  const [statorPort, port] = [await freePort(), await freePort()];
  const statorUrl = `http://127.0.0.1:${statorPort}`;
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...base, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_REGION: 'us-east-1',
    CONNECTION_URL: join(dir, 'cruddur.db'), AWS_ENDPOINT_URL_DYNAMODB: statorUrl, AWS_ENDPOINT_URL: statorUrl,
    FRONTEND_URL: url, BACKEND_URL: url,
  };
  const cruddur = (...args) => execFileSync(CRUDDUR, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const pool = await new Pool((user) => postConfirmation(CRUDDUR, env, user)).start();
  Object.assign(env, { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.url, AWS_COGNITO_USER_POOL_ID: POOL, AWS_COGNITO_USER_POOL_CLIENT_ID: CLIENT });

  const stator = new Server(dir, STATOR, ['serve', '--memory', '--port', String(statorPort)], env);
  await stator.answers(statorUrl);
  cruddur('ddb', 'schema-load');
  cruddur('db', 'schema-load');
  const app = new Server(dir, CRUDDUR, ['serve', '--port', String(port), '--web', join(ROOT, 'web')], env);
  await app.answers(`${url}/api/health-check`);

  const tokens = [];
  for (const person of PEOPLE) {
    const user = pool.add(person);
    await pool.confirmed(user);
    tokens.push(pool.tokens(user, false).AuthenticationResult.AccessToken);
  }
  await fill(url, tokens);
  return {
    url,
    origins: [url, pool.url],
    people: PEOPLE.map((person) => ({ ...person })),
    code: (email) => pool.codes.findLast((sent) => sent.email === email).code,
    revoke: (email) => pool.revokeAll(email),
    async close() {
      const ended = await Promise.allSettled([app.stop(), stator.stop()]);
      pool.close();
      rmSync(dir, { recursive: true, force: true });
      const bad = ended.find(({ status }) => status === 'rejected');
      if (bad) throw bad.reason;
    },
  };
}
