// Posts: writing, replying, liking, reposting, deleting, finding; profiles and notifications.

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

test('a post is as long as 280 characters, counted as people count', async () => {
  await one.go('/');
  const area = one.page.locator('main').getByLabel('New post');
  const counter = one.page.locator('.compose .counter');
  await area.fill('\u{1F600}'.repeat(280));
  assert.match(await counter.innerText(), /^0\b/);
  await one.press('Post');
  await one.crud('\u{1F600}'.repeat(280)).waitFor();
  await area.fill('x'.repeat(281));
  assert.match(await counter.innerText(), /^-1\b/);
  await one.press('Post');
  await one.sees('280 characters at most', '.compose');
  assert.equal((await area.inputValue()).length, 281);
  await area.fill('   ');
  await one.press('Post');
  await one.sees('Write something first.', '.compose');
});

test('the chosen end of a post is shown, and remembered', async () => {
  await one.go('/');
  await one.page.locator('[name=ttl]').selectOption('3-hours');
  await one.post('Short-lived.');
  assert.match(await one.crud('Short-lived.').locator('.expiry').innerText(), /[23]h$/);
  await one.page.reload();
  assert.equal(await one.page.locator('[name=ttl]').inputValue(), '3-hours');
});

test('likes and reposts count for everybody, once each, and can be taken back', async () => {
  await one.post('Like this, please.');
  await two.go('/');
  const mine = two.crud('Like this, please.');
  for (const what of ['like', 'repost']) {
    const button = mine.locator(`.action-${what}`);
    const marked = two.page.waitForResponse((reply) => reply.request().method() === 'POST');
    await button.click();
    assert.equal((await marked).status(), 200);
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    assert.equal(await button.locator('.action-count').innerText(), '1');
  }
  await two.page.reload();
  assert.equal(await two.crud('Like this, please.').locator('.action-like').getAttribute('aria-pressed'), 'true');
  await one.page.reload();
  const seen = one.crud('Like this, please.');
  await seen.waitFor();
  assert.equal(await seen.locator('.action-like .action-count').innerText(), '1');
  assert.equal(await seen.locator('.action-like').getAttribute('aria-pressed'), 'false');
  const taken = two.page.waitForResponse((reply) => reply.request().method() === 'DELETE');
  await two.crud('Like this, please.').locator('.action-like').click();
  assert.equal((await taken).status(), 200);
  assert.equal(await two.crud('Like this, please.').locator('.action-like .action-count').innerText(), '');
});

test('a reply shows under the post, counts, and notifies its author', async () => {
  await one.post('What is the time?');
  await two.go('/');
  await two.crud('What is the time?').locator('.action-reply').click();
  await two.page.locator('dialog textarea').fill('Late.');
  await two.press('Reply');
  await two.page.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await two.crud('What is the time?').locator('.action-reply .action-count').innerText(), '1');
  await one.page.locator('.nav .badge').waitFor();
  await one.go('/notifications');
  await one.page.locator('.note').filter({ hasText: 'Late.' }).first().click();
  await one.sees('Late.', '.crud-alone');
  await one.page.locator('.parent-link').click();
  await one.sees('What is the time?', '.crud-alone');
  await one.page.locator('main').getByLabel(/^Reply to/).fill('Then good night.');
  await one.press('Reply');
  await one.crud('Then good night.').waitFor();
  await one.page.reload();
  await one.crud('Late.').waitFor();
  assert.deepEqual(await one.page.locator('.list .text').allInnerTexts(), ['Late.', 'Then good night.']);
});

test('one\u2019s own post can be deleted, after asking; nobody else\u2019s', async () => {
  await one.go('/');
  await one.post('A mistake.');
  await two.go('/');
  await two.crud('A mistake.').waitFor();
  assert.equal(await two.crud('A mistake.').locator('.action-delete').count(), 0);
  await one.crud('A mistake.').locator('.action-delete').click();
  await one.press('Cancel');
  await one.crud('A mistake.').locator('.action-delete').click();
  await one.press('Delete');
  await one.crud('A mistake.').waitFor({ state: 'detached' });
  await one.page.reload();
  await one.page.locator('article').first().waitFor();
  assert.equal(await one.crud('A mistake.').count(), 0);
});

test('search finds words and people; the address keeps the search', async () => {
  await one.go('/');
  await one.post('A rare word: zyzzyva.');
  await two.page.locator('[data-place="/search"]').click();
  await two.page.locator('main [name=term]').fill('ZYZZYVA');
  await two.page.keyboard.press('Enter');
  await two.at('/search?term=ZYZZYVA');
  await two.crud('zyzzyva').waitFor();
  assert.equal(await two.page.locator('article').count(), 1);
  await two.page.reload();
  await two.crud('zyzzyva').waitFor();
  await two.page.locator('main [name=term]').fill('no such words at all');
  await two.press('Search');
  await two.sees('Nothing found');
  await two.page.goBack();
  await two.crud('zyzzyva').waitFor();
});

test('a profile shows who it is and its posts; one\u2019s own can be changed', async () => {
  const [me, other] = world.people;
  await one.page.locator('[data-place^="/@"]').click();
  await one.at(`/@${me.handle}`);
  await one.page.getByRole('button', { name: 'Edit profile' }).click();
  await one.fill({ display_name: '', bio: 'Words about me.\nOn two lines.' });
  await one.press('Save');
  await one.sees('Name is needed.', 'dialog');
  await one.fill({ display_name: `${me.name} II` });
  await one.press('Save');
  await one.sees(`${me.name} II`, 'h1');
  await one.sees('On two lines.', '.profile-bio');
  await two.go(`/@${me.handle.toLowerCase()}`);
  await two.sees(`${me.name} II`, 'h1');
  assert.equal(await two.page.getByRole('button', { name: 'Edit profile' }).count(), 0);
  await two.page.locator('main').getByRole('link', { name: 'Message' }).click();
  await two.at((url) => url.pathname.startsWith('/messages/'));
  await one.page.getByRole('button', { name: 'Edit profile' }).click();
  await one.fill({ display_name: me.name });
  await one.press('Save');
  await one.page.locator('dialog').waitFor({ state: 'detached' });
  await one.go('/@nobody-at-all');
  await one.sees('There is nobody of that name.');
  assert.ok(other);
});

test('a mention notifies and is a link', async () => {
  const [, other] = world.people;
  await one.go('/');
  await one.post(`Good morning @${other.handle}, and all.`);
  await two.go('/notifications');
  await two.page.locator('.note').filter({ hasText: 'mentioned you' }).first().click();
  await two.page.locator('.crud-alone .mention').click();
  await two.at(`/@${other.handle}`);
});

test('the feed goes on while one scrolls', async () => {
  await one.go('/');
  await one.page.locator('article').first().waitFor();
  await one.page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await one.page.waitForFunction(() => document.querySelectorAll('article').length > 40);
});
