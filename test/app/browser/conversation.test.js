// Conversations between two browsers.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { end, Person } from './person.js';
import { open } from './world.js';

let world;
let one;
let two;

before(async () => {
  world = await open();
  one = await Person.arrive(world);
  two = await Person.arrive(world);
  await one.signIn(world.people[0]);
  await two.signIn(world.people[1]);
});
after(() => end(world, one, two));

const openTalk = async (person, name) => {
  await person.go('/messages');
  await person.page.locator('.talk').filter({ hasText: name }).click();
  await person.page.locator('.say textarea').waitFor();
  await person.page.locator('.bubble').first().waitFor();
};

test('a message arrives in the other browser by itself, and the answer comes back', async () => {
  await openTalk(one, world.people[1].name);
  await openTalk(two, world.people[0].name);
  await one.say('Is this thing on?');
  await two.sees('Is this thing on?', '.message-list');
  await two.say('Loud and clear.');
  await one.sees('Loud and clear.', '.message-list');
  for (const person of [one, two]) {
    assert.deepEqual((await person.messages()).slice(-2), ['Is this thing on?', 'Loud and clear.']);
  }
  await one.sees('Loud and clear.', '.talks');
});

test('the list of conversations follows the last message, for both and for good', async () => {
  await openTalk(one, world.people[1].name);
  await one.say('The last word of this test.');
  await one.sees('The last word of this test.', '.message-list');
  for (const [person, other] of [[one, world.people[1]], [two, world.people[0]]]) {
    await person.eventually('/messages', async () => {
      await person.page.locator('.talk').first().waitFor();
      const first = await person.page.locator('.talk').first().innerText();
      return first.includes('The last word of this test.') && first.includes(other.name);
    });
  }
});

test('many messages from both sides come once each, and in one order', async () => {
  await openTalk(one, world.people[1].name);
  await openTalk(two, world.people[0].name);
  for (let i = 0; i < 8; i += 1) {
    await Promise.all([one.say(`from one ${i}`), two.say(`from two ${i}`)]);
  }
  const last = async (person) => (await person.messages()).filter((text) => text.startsWith('from ')).slice(-16);
  const complete = async (person) => {
    for (const side of ['one', 'two']) await person.sees(`from ${side} 7`, '.message-list');
    await person.page.waitForFunction(() => !document.querySelector('.message-pending'));
    return last(person);
  };
  const [seenByOne, seenByTwo] = [await complete(one), await complete(two)];
  assert.equal(seenByOne.length, 16);
  assert.equal(new Set(seenByOne).size, 16);
  assert.deepEqual(seenByOne, seenByTwo);
  for (const side of ['one', 'two']) {
    assert.deepEqual(seenByOne.filter((text) => text.includes(side)), Array.from({ length: 8 }, (_, i) => `from ${side} ${i}`));
  }
});

test('older messages come on scrolling up, and the place stays', async () => {
  await openTalk(one, world.people[1].name);
  const before = (await one.messages()).length;
  const scroller = one.page.locator('.message-scroll');
  const first = one.page.locator('.message').first();
  const text = await first.locator('.bubble').innerText();
  await scroller.evaluate((node) => node.scrollTo(0, 0));
  await one.page.waitForFunction((n) => document.querySelectorAll('.bubble').length > n, before);
  assert.ok(await scroller.evaluate((node) => node.scrollTop) > 100, 'the place moved');
  while (await one.page.locator('.older').count()) {
    const n = await one.page.locator('.bubble').count();
    await scroller.evaluate((node) => node.scrollTo(0, 0));
    await one.page.waitForFunction((count) => document.querySelectorAll('.bubble').length > count || !document.querySelector('.older'), n);
  }
  await one.sees('This is where it began.', '.message-top');
  assert.ok((await one.messages()).length >= 104);
  assert.ok((await one.messages()).includes(text));
});

test('a message that arrives while older ones are read does not move the page', async () => {
  await openTalk(one, world.people[1].name);
  await openTalk(two, world.people[0].name);
  await one.page.locator('.message-scroll').evaluate((node) => node.scrollTo(0, 200));
  const place = () => one.page.locator('.message-scroll').evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight);
  await one.page.waitForFunction(() => document.querySelectorAll('.bubble').length > 20);
  const before = await place();
  await two.say('Down here!');
  await one.page.locator('.to-end:not([hidden])').waitFor();
  assert.ok(await place() >= before);
  await one.page.locator('.to-end').click();
  await one.page.waitForFunction(() => {
    const node = document.querySelector('.message-scroll');
    return node.scrollHeight - node.scrollTop - node.clientHeight < 2;
  });
});

test('what was written while the connection was down is there afterwards', async () => {
  await openTalk(one, world.people[1].name);
  await openTalk(two, world.people[0].name);
  await two.context.setOffline(true);
  await one.say('You cannot hear this yet.');
  await one.sees('You cannot hear this yet.', '.talks');
  await two.say('Nor this.');
  await two.sees('Not sent.', '.message-list');
  await two.context.setOffline(false);
  await two.press('Send again');
  await one.sees('Nor this.', '.message-list');
  await two.go(new URL(two.page.url()).pathname);
  await two.sees('You cannot hear this yet.', '.message-list');
});

test('the list shows a new message where nobody is looking; notifications count it', async () => {
  await one.go('/notifications');
  await one.sees('Notifications', 'h1');
  await one.page.waitForFunction(() => !document.querySelector('.nav .badge'));
  await one.go('/messages');
  await one.page.locator('.talk').first().waitFor();
  await openTalk(two, world.people[0].name);
  await two.say('Look at the list.');
  await one.page.locator('.talk-new').filter({ hasText: 'Look at the list.' }).waitFor();
  await one.page.locator('.nav .badge').waitFor();
  await one.page.locator('[data-place="/notifications"]').click();
  await one.sees('wrote to you', '.note-new');
  await one.page.waitForFunction(() => !document.querySelector('.nav .badge'));
});

test('a conversation begins with a name; a second begin continues it', async () => {
  const third = world.people[2];
  await two.go('/messages/new');
  await two.page.locator('main input[type=search]').fill(third.handle.slice(0, 6));
  await two.page.locator('.person').filter({ hasText: `@${third.handle}` }).click();
  await two.at(`/messages/new/${third.handle}`);
  await two.say('Hello, we have not met.');
  await two.at((url) => /^\/messages\/[0-9a-f-]{36}$/.test(url.pathname));
  await two.sees('Hello, we have not met.', '.message-list');
  const talk = new URL(two.page.url()).pathname;
  await two.go(`/messages/new/${third.handle.toUpperCase()}`);
  await two.at(talk);
  const other = await Person.arrive(world);
  await other.signIn(third);
  await other.go(talk);
  await other.sees('Hello, we have not met.', '.message-list');
  await other.leave();
});

test('somebody else\u2019s conversation is not shown', async () => {
  await openTalk(one, world.people[1].name);
  const talk = new URL(one.page.url()).pathname;
  const other = await Person.arrive(world);
  await other.signIn(world.people[2]);
  await other.go(talk);
  await other.sees('You take no part in this conversation.');
  assert.equal(await other.page.locator('.bubble').count(), 0);
  await other.leave();
});
