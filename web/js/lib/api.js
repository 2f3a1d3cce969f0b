// Cruddur's HTTP API: JSON, the token in its header, errors as codes.

import * as session from '../auth/session.js';

export class ApiError extends Error {
  constructor(status, codes) {
    super(codes.join(', ') || `status ${status}`);
    this.status = status;
    this.codes = codes;
  }
}

// The reply of a request that was not refused; throws ApiError.  With a token when signed in; a
// refused token is refreshed once.
export async function request(path, { method = 'GET', body, signal, headers } = {}) {
  for (let first = true; ; first = false) {
    const token = await session.accessToken();
    const reply = await fetch(path, {
      method,
      signal,
      headers: {
        Accept: 'application/json',
        ...headers,
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'omit',
    }).catch(unreachable);
    if (reply.ok) return reply;
    if (reply.status === 401 && first && token && (await session.refused(token))) continue;
    const codes = await reply.json().catch(() => []);
    throw new ApiError(reply.status, Array.isArray(codes) ? codes : []);
  }
}

// fetch() and the reading of a body both reject with a TypeError when the network fails.
function unreachable(error) {
  throw error instanceof TypeError ? new ApiError(0, ['unreachable']) : error;
}

const read = (reply) => reply.json().catch(unreachable);
const json = async (path, options) => read(await request(path, options));

export const get = (path, signal) => json(path, { signal });
export const post = (path, body = {}, signal) => json(path, { method: 'POST', body, signal });
export const put = (path, body, signal) => json(path, { method: 'PUT', body, signal });
export const remove = (path) => json(path, { method: 'DELETE' });

// path('/api/x', {a: 1, b: null}) is /api/x?a=1
export function path(base, query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return given.length ? `${base}?${new URLSearchParams(given)}` : base;
}

// One page of a list: {data, next}; next is the cursor of the page after it, or null.
export async function page(base, query, signal) {
  const reply = await request(path(base, query), { signal });
  return { data: await read(reply), next: reply.headers.get('X-Next-Cursor') };
}

// Is this the end of a request that we ended ourselves?
export const aborted = (error) => error?.name === 'AbortError';
