// The server's half of SRP-6a, as an independent check of the browser's half.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import { N, g, power } from '../../../web/js/auth/srp_group.js';
import { pad } from '../../../web/js/auth/srp.js';

const hash = (...parts) => parts.reduce((h, part) => h.update(part), createHash('sha256')).digest();
const number = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const hmac = (key, ...parts) => parts.reduce((h, part) => h.update(part), createHmac('sha256', key)).digest();
const k = number(hash(pad(N), pad(g)));

export function verifier(pool, user, password) {
  const salt = number(randomBytes(16));
  const x = number(hash(pad(salt), hash(`${pool}${user}:${password}`)));
  return { salt, v: power(g, x) };
}

export function challenge({ salt, v }, A, user) {
  const b = number(randomBytes(32));
  const B = (k * v + power(g, b)) % N;
  return { A, b, B, v, user, salt, block: randomBytes(32) };
}

export function proves(pool, { A, b, B, v, user, block }, responses) {
  const u = number(hash(pad(A), pad(B)));
  const S = power(A * power(v, u), b);
  const key = hmac(hmac(pad(u), pad(S)), 'Caldera Derived Key', Buffer.from([1])).subarray(0, 16);
  return hmac(key, pool, user, block, responses.TIMESTAMP).toString('base64') === responses.PASSWORD_CLAIM_SIGNATURE;
}
