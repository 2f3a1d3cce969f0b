// Who is signed in.  Refreshes the access token before it expires; signs out when that is refused.

import { claims } from '../lib/bytes.js';
import * as pool from './user_pool.js';
import * as store from './token_store.js';

const EARLY_MS = 60_000; // how long before its end a token is refreshed
const watchers = new Set();
let tokens = store.load();
let skewMs = 0;          // server's clock minus ours, learnt from a fresh token
let refreshing = null;
let timer = 0;

export const signedIn = () => tokens !== null;
export const subject = () => (tokens ? claims(tokens.access).sub : null);

// f(reason): 'signed-in', 'signed-out' (asked for), 'expired' (refused), 'elsewhere' (another tab).
export function watch(f) {
  watchers.add(f);
}

function announce(reason) {
  schedule();
  for (const f of watchers) f(reason);
}

const expiresAt = () => claims(tokens.access).exp * 1000 - skewMs;

function schedule() {
  clearTimeout(timer);
  if (!tokens) return;
  const wait = Math.max(expiresAt() - EARLY_MS - Date.now(), 1000);
  timer = setTimeout(() => refresh().catch(() => {}), Math.min(wait, 2 ** 31 - 1));
}

function keep(result, stay) {
  tokens = { access: result.AccessToken, refresh: result.RefreshToken ?? tokens.refresh, keep: stay };
  skewMs = claims(tokens.access).iat * 1000 - Date.now();
  store.save(tokens);
}

export function begin(result, stay) {
  keep(result, stay);
  announce('signed-in');
}

export async function signOut() {
  const old = tokens;
  end('signed-out');
  if (old) await pool.revoke(old.refresh).catch(() => {});
}

function end(reason) {
  if (!tokens) return;
  tokens = null;
  store.clear();
  announce(reason);
}

// A token that is good for a while yet, or null when signed out.
export async function accessToken() {
  if (tokens && expiresAt() - EARLY_MS < Date.now()) await refresh();
  return tokens?.access ?? null;
}

// The server refused this token: true when there is another one to try.
export async function refused(token) {
  if (!tokens) return false;
  if (tokens.access === token) await refresh(true);
  return tokens !== null && tokens.access !== token;
}

// One refresh at a time, in this tab and, where the browser can, in all of them.  A refusal signs
// out; a service that cannot be reached does not, while the token still lives.
function refresh(evenFresh = false) {
  refreshing ??= locked(async () => {
    const stored = store.load();
    const renewed = stored && stored.access !== tokens?.access;
    if (renewed) {
      tokens = stored;
      schedule();
    }
    if (!tokens || renewed || (!evenFresh && expiresAt() - EARLY_MS > Date.now())) return;
    try {
      keep(await pool.refresh(tokens.refresh), tokens.keep);
      schedule();
    } catch (error) {
      if (error.code !== 'Unreachable' && error.code !== 'TooManyRequestsException') end('expired');
      else if (expiresAt() < Date.now()) throw error;
    }
  }).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

const locked = (f) => (navigator.locks ? navigator.locks.request('cruddur.refresh', f) : f());

store.onChangeElsewhere(() => {
  const before = subject();
  tokens = store.load();
  if (subject() !== before) announce('elsewhere');
  else schedule();
});

schedule();
