// A double of Cruddur and of its user pool, to look at the pages without a backend:
//   node double/serve.js [port]      the pool is on the next port; sign in as one of `PEOPLE`.

import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Api, mine } from './api.js';
import { Pool, POOL } from './pool.js';
import { fill } from './seed.js';

const WEB = fileURLToPath(new URL('../../../../web', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length ? JSON.parse(Buffer.concat(parts)) : {};
}

function send(response, status, given, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(`${JSON.stringify(given)}\n`);
}

async function page(path, response, poolUrl) {
  let file = join(WEB, normalize(path));
  let text = extname(file) in TYPES ? await readFile(file).catch(() => null) : null;
  if (!text) text = await readFile(file = join(WEB, 'index.html'));
  response.writeHead(200, {
    'Content-Type': TYPES[extname(file)],
    'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ${poolUrl}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
    'Cache-Control': 'no-cache',
  }).end(text);
}

function stream(api, me, group, after, request, response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const one = { person: me, group, send: (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`) };
  response.write(':\n\n');
  if (after) for (const message of group.messages) if (message.created_at > after) one.send('message', { ...message, message_group_uuid: group.uuid });
  api.streams.add(one);
  const beat = setInterval(() => response.write(':\n\n'), 15_000);
  request.on('close', () => {
    clearInterval(beat);
    api.streams.delete(one);
  });
}

// {url, pool, api, close()}
export async function start(port = 0) {
  const api = new Api();
  const pool = new Pool((user) => api.person(user));
  const poolServer = http.createServer(async (request, response) => {
    const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*', 'Access-Control-Allow-Methods': 'POST' };
    if (request.method === 'OPTIONS') return response.writeHead(200, cors).end();
    const { status, body: given } = pool.answer(request.headers['x-amz-target'], await body(request));
    return send(response, status, given, cors);
  });
  await new Promise((done) => poolServer.listen(port ? port + 1 : 0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${poolServer.address().port}`;
  const server = http.createServer(async (request, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url, 'http://x');
    if (!path.startsWith('/api/')) return page(path, response, endpoint);
    if (path === '/api/config') return send(response, 200, { client_id: 'double', endpoint, region: 'us-east-1', user_pool_id: POOL });
    const user = pool.who((request.headers.authorization ?? '').slice(7));
    const me = user && api.people.find((one) => one.cognito_user_uuid === user.sub);
    try {
      const events = /^\/api\/(?:messages\/([^/]+)\/)?events$/.exec(path);
      if (events && !me) return send(response, 401, {});
      if (events) return stream(api, me, events[1] ? mine(api, me, events[1]) : null, query.get('after'), request, response);
      const { body: given, next } = api.answer({ method: request.method, path, query, body: await body(request), me });
      return send(response, 200, given, next ? { 'X-Next-Cursor': next } : {});
    } catch (error) {
      if (!error.status) console.error(error);
      return send(response, error.status ?? 500, error.codes ?? []);
    }
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  const close = () => [server, poolServer].forEach((one) => {
    one.closeAllConnections();
    one.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, poolUrl: endpoint, pool, api, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const running = await start(Number(process.argv[2] ?? 0));
  fill(running.pool, running.api);
  console.log(running.url);
}
