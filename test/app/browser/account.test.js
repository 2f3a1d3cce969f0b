// Accounts: joining, signing in and out, forgotten passwords, sessions that end.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { end, Person } from './person.js';
import { open } from './world.js';

let world;
const arrive = (options) => Person.arrive(world, options);
const stored = (person) => person.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));

before(async () => { world = await open(); });
after(() => end(world));

test('join, confirm with the code of the outbox, sign in, post; others see it', async () => {
  const [someone] = world.people;
  const nia = { name: 'Nia O\u2019Neil', email: 'nia@example.com', handle: 'nia', password: 'Seven.of.9!' };
  const person = await arrive();
  await person.page.getByRole('link', { name: 'Join', exact: true }).click();
  await person.fill(nia);
  await person.press('Join');
  await person.at((url) => url.pathname === '/confirm');
  await person.sees('A code was sent to n***@e***.');
  await person.fill({ code: '000000' === await world.code(nia.email) ? '000001' : '000000' });
  await person.press('Confirm');
  await person.sees('Invalid verification code provided, please try again.');
  await person.fill({ code: await world.code(nia.email) });
  await person.press('Confirm');
  await person.sees('Your account is confirmed.');
  assert.equal(await person.page.locator('[name=email]').inputValue(), nia.email);
  await person.fill({ password: nia.password });
  await person.press('Sign in');
  await person.sees('@nia', '.account');
  await person.post('My first words here.');
  const other = await arrive();
  await other.signIn(someone);
  await other.go('/');
  await other.crud('My first words here.').waitFor();
  assert.equal(await other.crud('My first words here.').locator('.name').first().innerText(), nia.name);
  await person.leave();
  await other.leave();
});

test('a handle or an address that is taken is said at its field', async () => {
  const [someone] = world.people;
  const person = await arrive();
  await person.go('/signup');
  await person.fill({ name: 'Other', email: 'other@example.com', handle: someone.handle.toUpperCase(), password: 'Testing123!' });
  await person.press('Join');
  await person.sees('Somebody has this handle already.');
  assert.equal(await person.page.evaluate(() => document.activeElement.name), 'handle');
  await person.fill({ email: someone.email, handle: 'quite_other' });
  await person.press('Join');
  await person.sees('An account with the given email already exists.');
  await person.fill({ email: 'other@example.com', password: 'Testing!!!!' });
  await person.press('Join');
  await person.sees('Password did not conform with policy: Password must have numeric characters');
  await person.leave();
});

test('who signs in before confirming is led to the code', async () => {
  const early = { name: 'Early Bird', email: 'early@example.com', handle: 'early', password: 'Testing123!' };
  const person = await arrive();
  await person.go('/signup');
  await person.fill(early);
  await person.press('Join');
  await person.at((url) => url.pathname === '/confirm');
  await person.go('/signin');
  await person.fill({ email: early.email, password: early.password });
  await person.press('Sign in');
  await person.at((url) => url.pathname === '/confirm' && url.searchParams.get('email') === early.email);
  const first = await world.code(early.email);
  await person.press('Send a new code');
  await person.sees('A new code is on its way');
  const second = await world.code(early.email);
  await person.fill({ code: second });
  await person.press('Confirm');
  await person.sees('Your account is confirmed.');
  assert.match(first, /^\d{6}$/);
  await person.leave();
});

test('a wrong password signs nobody in, and nothing is kept', async () => {
  const [someone] = world.people;
  const person = await arrive();
  await person.go('/signin');
  for (const email of [someone.email, 'nobody@example.com']) {
    await person.fill({ email, password: `${someone.password}x` });
    await person.press('Sign in');
    await person.sees('Incorrect username or password.');
    assert.equal(new URL(person.page.url()).pathname, '/signin');
  }
  assert.ok(!(await stored(person)).includes('cruddur.session'));
  await person.fill({ email: someone.email, password: someone.password });
  await person.press('Sign in');
  await person.at('/');
  await person.leave();
});

test('the password never leaves the page', async () => {
  const [someone] = world.people;
  const person = await arrive();
  const sent = [];
  person.page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')));
  await person.signIn(someone);
  assert.ok(sent.some((text) => text.includes('SRP_A')));
  assert.ok(!sent.some((text) => text.includes(someone.password)));
  assert.ok(!(await stored(person)).includes(someone.password));
  await person.leave();
});

test('a reload stays signed in; without "stay" the tokens live in the tab alone', async () => {
  const [someone] = world.people;
  const person = await arrive();
  await person.signIn(someone);
  await person.page.reload();
  await person.sees(`@${someone.handle}`, '.account');
  const second = await person.context.newPage();
  await second.goto(world.url);
  await second.locator('.account').getByText(`@${someone.handle}`).waitFor();
  await person.page.getByRole('button', { name: 'Sign out' }).click();
  await person.sees('Say it. Let it go.');
  await second.getByText('Say it. Let it go.').waitFor();
  await second.close();
  assert.ok(!(await stored(person)).includes('cruddur.session'));

  await person.go('/signin');
  await person.fill({ email: someone.email, password: someone.password });
  await person.page.locator('[name=stay]').uncheck();
  await person.press('Sign in');
  await person.sees(`@${someone.handle}`, '.account');
  assert.ok(!(await person.page.evaluate(() => JSON.stringify({ ...localStorage }))).includes('cruddur.session'));
  await person.page.reload();
  await person.sees(`@${someone.handle}`, '.account');
  await person.leave();
});

test('an expired session leads to signing in, and back to the page', async () => {
  const [someone] = world.people;
  const person = await arrive();
  await person.signIn(someone);
  await person.expireAccessToken();
  await world.revoke(someone.email);
  await person.go('/messages/new');
  await person.at((url) => url.pathname === '/signin' && url.searchParams.get('next') === '/messages/new');
  await person.sees('You were signed out. Please sign in again.');
  await person.fill({ email: someone.email, password: someone.password });
  await person.press('Sign in');
  await person.at('/messages/new');
  await person.leave();
});

test('a token that nears its end is renewed without a word', async () => {
  const [someone] = world.people;
  const person = await arrive();
  await person.signIn(someone);
  const old = await person.expireAccessToken();
  await person.go('/messages');
  await person.page.locator('.talk').first().waitFor();
  assert.notEqual(JSON.parse(await person.page.evaluate(() => localStorage.getItem('cruddur.session'))).access, old);
  await person.leave();
});

test('a token that the server refuses is renewed once, and the request goes on', async () => {
  const [someone] = world.people;
  const person = await arrive();
  await person.signIn(someone);
  await person.page.evaluate(() => {
    const tokens = JSON.parse(localStorage.getItem('cruddur.session'));
    tokens.access = tokens.access.replace(/[^.]+$/, (signature) => [...signature].reverse().join(''));
    localStorage.setItem('cruddur.session', JSON.stringify(tokens));
  });
  const refused = person.page.waitForResponse((reply) => reply.status() === 401);
  await person.go('/messages');
  await refused;
  await person.page.locator('.talk').first().waitFor();
  await person.leave();
});

test('pages of one\u2019s own ask to sign in first; next leads nowhere else', async () => {
  const [someone] = world.people;
  const person = await arrive();
  await person.go('/notifications');
  await person.at('/signin?next=%2Fnotifications');
  await person.go('/signin?next=//example.com/');
  await person.fill({ email: someone.email, password: someone.password });
  await person.press('Sign in');
  await person.at('/');
  await person.leave();
});

test('a forgotten password is replaced with a code', async () => {
  const someone = world.people[2];
  const fresh = 'Quite.New.1!';
  const person = await arrive();
  await person.go('/forgot');
  await person.fill({ email: someone.email });
  await person.press('Send the code');
  await person.sees('Choose a new password', 'h1');
  await person.fill({ code: await world.code(someone.email), password: fresh });
  await person.press('Change the password');
  await person.sees('Your password is changed.');
  await person.fill({ password: someone.password });
  await person.press('Sign in');
  await person.sees('Incorrect username or password.');
  await person.fill({ password: fresh });
  await person.press('Sign in');
  await person.sees(`@${someone.handle}`, '.account');
  someone.password = fresh;
  await person.leave();
});
