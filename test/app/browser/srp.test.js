// The arithmetic of signing in, against an independent server's half.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webcrypto } from 'node:crypto';
import { challenge, proves, verifier } from './srp_server.js';
import { eventParser } from '../../../web/js/lib/event_parser.js';

globalThis.crypto ??= webcrypto;
const { answer, begin, timestamp } = await import('../../../web/js/auth/srp.js');

const POOL = 'us-east-1_Abc123';

async function attempt(password, known) {
  const secret = begin();
  const asked = challenge(verifier('Abc123', 'someone', known), secret.A, 'someone');
  const responses = await answer(secret, {
    SRP_B: asked.B.toString(16), SALT: asked.salt.toString(16), USER_ID_FOR_SRP: 'someone', SECRET_BLOCK: asked.block.toString('base64'),
  }, POOL, password);
  return proves('Abc123', asked, responses);
}

test('the right password is proved, every time', async () => {
  for (let i = 0; i < 20; i += 1) assert.equal(await attempt('p\u00e4ssw\u00f6rd 1', 'p\u00e4ssw\u00f6rd 1'), true);
});

test('a wrong one is not', async () => {
  assert.equal(await attempt('password2', 'password1'), false);
});

test('a server that sends zero is refused', async () => {
  const challengeOfZero = { SRP_B: '0', SALT: 'ab', USER_ID_FOR_SRP: 'x', SECRET_BLOCK: '' };
  await assert.rejects(answer(begin(), challengeOfZero, POOL, 'x'));
});

test('times are written as the service wants them', () => {
  assert.equal(timestamp(new Date('2026-11-02T03:04:05Z')), 'Mon Nov 2 03:04:05 UTC 2026');
});

test('events come out whole, however the stream is cut', () => {
  const text = ': hello\n\nid: 1\nevent: message\ndata: {"a":1}\n\ndata: x\ndata: y\r\n\r\nevent: none\n\n';
  for (let cut = 1; cut < text.length; cut += 1) {
    const seen = [];
    const parse = eventParser((event) => seen.push(event));
    for (let at = 0; at < text.length; at += cut) parse(text.slice(at, at + cut));
    assert.deepEqual(seen, [{ event: 'message', id: '1', data: '{"a":1}' }, { event: 'message', data: 'x\ny' }]);
  }
});
