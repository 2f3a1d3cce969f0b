// SRP-6a as the user pool speaks it: proves the password without sending it.
//
//   x = H(salt | H(pool name | user id | ":" | password))     k = H(N | g)     u = H(A | B)
//   S = (B - k g^x) ^ (a + u x) mod N                          key = HKDF(u, S, "Caldera Derived Key")
//
// Numbers are hashed as big-endian two's complement: a zero byte in front of a set top bit.

import { concat, fromBase64, fromHex, toBase64, toHex, utf8 } from '../lib/bytes.js';
import { N, g, power } from './srp_group.js';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function pad(number) {
  const bytes = fromHex(number.toString(16));
  return bytes[0] & 0x80 ? concat([0], bytes) : bytes;
}

const toNumber = (bytes) => BigInt(`0x${toHex(bytes)}`);
const hash = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));

async function hmac(key, ...parts) {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, concat(...parts)));
}

// A new secret `a` and its public value `A`.
export function begin() {
  const a = toNumber(crypto.getRandomValues(new Uint8Array(32)));
  return { a, A: power(g, a) };
}

async function sessionKey({ a, A }, B, salt, identity) {
  const u = toNumber(await hash(pad(A), pad(B)));
  if (B % N === 0n || u === 0n) throw new Error('The server sent a value that is not allowed.');
  const x = toNumber(await hash(pad(salt), await hash(identity)));
  const k = toNumber(await hash(pad(N), pad(g)));
  const base = (B - ((k * power(g, x)) % N) + N) % N;
  const S = power(base, a + u * x);
  return (await hmac(await hmac(pad(u), pad(S)), utf8('Caldera Derived Key'), [1])).slice(0, 16);
}

// Sun Nov 2 10:46:06 UTC 2026
export function timestamp(now) {
  const two = (n) => String(n).padStart(2, '0');
  const time = [now.getUTCHours(), now.getUTCMinutes(), now.getUTCSeconds()].map(two).join(':');
  return `${DAYS[now.getUTCDay()]} ${MONTHS[now.getUTCMonth()]} ${now.getUTCDate()} ${time} UTC ${now.getUTCFullYear()}`;
}

// The answer to a PASSWORD_VERIFIER challenge.
export async function answer(secret, challenge, poolId, password, now = new Date()) {
  const pool = poolId.split('_')[1];
  const user = challenge.USER_ID_FOR_SRP;
  const key = await sessionKey(secret, BigInt(`0x${challenge.SRP_B}`), BigInt(`0x${challenge.SALT}`),
    utf8(`${pool}${user}:${password}`));
  const when = timestamp(now);
  const signature = await hmac(key, utf8(pool), utf8(user), fromBase64(challenge.SECRET_BLOCK), utf8(when));
  return {
    USERNAME: user,
    PASSWORD_CLAIM_SECRET_BLOCK: challenge.SECRET_BLOCK,
    TIMESTAMP: when,
    PASSWORD_CLAIM_SIGNATURE: toBase64(signature),
  };
}
