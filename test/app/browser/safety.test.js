// Text is text; the pages are whole for keyboards, small screens and screen readers.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { end, Person } from './person.js';
import { open } from './world.js';

const NASTY = ['<img src=x onerror=alert(1)>', '<script>alert(2)</script>', '"><svg onload=alert(3)>',
  'javascript:alert(4) https://example.com/"onmouseover="alert(5)', '{{7*7}} ${7*7} &lt;b&gt; \u202Eevil'];

let world;
before(async () => { world = await open(); });
after(() => end(world));

test('markup in posts, names, bios, searches and messages is shown as text', async () => {
  const [me, other] = world.people;
  const person = await Person.arrive(world);
  await person.signIn(me);
  for (const text of NASTY) {
    await person.post(text);
    assert.equal(await person.crud(text).locator('.text').innerText(), text);
    await person.go(`/search?term=${encodeURIComponent(text)}`);
    await person.crud(text).waitFor();
    await person.go('/');
  }
  await person.go(`/@${me.handle}`);
  await person.page.getByRole('button', { name: 'Edit profile' }).click();
  await person.fill({ display_name: NASTY[0], bio: NASTY[1] });
  await person.press('Save');
  await person.sees(NASTY[0], 'h1');
  await person.sees(NASTY[1], '.profile-bio');
  await person.go(`/messages/new/${other.handle}`);
  await person.page.locator('.say textarea').waitFor();
  for (const text of NASTY) {
    await person.say(text);
    await person.sees(text, '.message-list');
  }
  const reader = await Person.arrive(world);
  await reader.signIn(other);
  for (const [path, text] of [['/', NASTY[0]], ['/messages', NASTY[4]], ['/notifications', NASTY[0]], [`/@${me.handle}`, NASTY[1]]]) {
    await reader.go(path);
    await reader.sees(text);
    await reader.page.waitForTimeout(200);
    assert.equal(await reader.page.locator('main img, main script, main svg[onload], [onerror], [onmouseover]').count(), 0, path);
  }
  await person.go(`/@${encodeURIComponent(NASTY[0])}`);
  await person.sees('Not here', 'h1');
  await person.leave();
  await reader.leave();
});

test('the page may run nothing but its own files', async () => {
  const reply = await fetch(`${world.url}/`, { headers: { Accept: 'text/html' } });
  const policy = reply.headers.get('Content-Security-Policy');
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.ok(!/unsafe|data:.*script/.test(policy.replace("img-src 'self' data:", '')));
  const page = await reply.text();
  assert.ok(!/<script>|\son\w+=|style=/.test(page));
  const outside = [...page.matchAll(/(?:src|href)="([^"#]*)"/g)].map(([, url]) => url).filter((url) => !url.startsWith('/'));
  assert.deepEqual(outside, []);
});

test('everything can be done from the keyboard', async () => {
  const [me] = world.people;
  const person = await Person.arrive(world);
  const { keyboard } = person.page;
  const focused = () => person.page.evaluate(() => {
    const { activeElement: node } = document;
    return `${node.tagName} ${node.getAttribute('aria-label') ?? ''} ${node.innerText ?? ''} ${node.name ?? ''}`.replace(/\s+/g, ' ').trim();
  });
  const tabTo = async (wanted) => {
    const seen = [];
    for (let i = 0; i < 60; i += 1) {
      await keyboard.press('Tab');
      seen.push(await focused());
      assert.ok(await person.page.evaluate(() => document.activeElement === document.body || document.activeElement.matches(':focus-visible')), seen.at(-1));
      if (wanted.test(seen.at(-1))) return;
    }
    assert.fail(`no ${wanted} among: ${seen.join(' | ')}`);
  };
  await person.page.locator('article').first().waitFor();
  await tabTo(/Skip to the content/);
  await keyboard.press('Enter');
  await tabTo(/^A.*Sign in/);
  await keyboard.press('Enter');
  await person.at((url) => url.pathname === '/signin');
  await person.page.locator('[name=email]:focus').waitFor();
  await keyboard.type(me.email);
  await keyboard.press('Tab');
  await keyboard.type(me.password);
  await keyboard.press('Enter');
  await person.at('/');
  await person.page.locator('article').first().waitFor();
  await tabTo(/^TEXTAREA.*message/);
  await keyboard.type('Typed without a mouse.');
  await keyboard.press('Control+Enter');
  await person.crud('Typed without a mouse.').waitFor();
  await tabTo(/Like/);
  await keyboard.press('Space');
  await person.page.locator('.action-like[aria-pressed=true]').first().waitFor();
  await tabTo(/Reply/);
  await keyboard.press('Enter');
  await person.page.locator('dialog textarea:focus').waitFor();
  await keyboard.press('Escape');
  await person.page.locator('dialog').waitFor({ state: 'detached' });
  assert.match(await focused(), /Reply/);
  await person.page.keyboard.press('Control+Home');
  await person.go('/');
  await person.page.locator('article').first().waitFor();
  await tabTo(/^A Messages/);
  await keyboard.press('Enter');
  await person.at('/messages');
  await person.page.locator('.talk').first().waitFor();
  await tabTo(/Londo/);
  await keyboard.press('Enter');
  await person.page.locator('.say textarea:focus').waitFor();
  await person.page.locator('.bubble').first().waitFor();
  await keyboard.type('And sent without one.');
  await keyboard.press('Enter');
  await person.sees('And sent without one.', '.message-list');
  await person.leave();
});

// Runs in the page: what a screen reader or a small screen would stumble over.
function faults() {
  const found = [];
  const shown = (node) => node.checkVisibility();
  const nameOf = (node) => (node.getAttribute('aria-label') || node.innerText || node.textContent || node.title || '').trim();
  for (const node of document.querySelectorAll('a[href], button')) {
    if (shown(node) && !nameOf(node) && node.getAttribute('aria-hidden') !== 'true') found.push(`no name: ${node.outerHTML.slice(0, 80)}`);
  }
  for (const node of document.querySelectorAll('input, select, textarea')) {
    if (shown(node) && !node.labels?.length && !node.getAttribute('aria-label')) found.push(`no label: ${node.outerHTML.slice(0, 80)}`);
  }
  const headings = [...document.querySelectorAll('h1')].filter(shown);
  if (headings.length !== 1) found.push(`${headings.length} first headings`);
  if (document.documentElement.scrollWidth > innerWidth) found.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
  for (const node of document.querySelectorAll('main a, main button, main input')) {
    const box = node.getBoundingClientRect();
    if (shown(node) && box.width > 0 && box.right > innerWidth + 1) found.push(`sticks out: ${node.outerHTML.slice(0, 80)}`);
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) found.push('an id twice');
  return found;
}

for (const [name, options] of Object.entries({
  'a phone, light': { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme: 'light' },
  'a wide screen, dark': { viewport: { width: 1280, height: 860 }, colorScheme: 'dark', reducedMotion: 'reduce' },
})) {
  test(`every page is whole: ${name}`, async () => {
    const [me, other] = world.people;
    const person = await Person.arrive(world, options);
    const look = async (path, landmark) => {
      await person.go(path);
      await person.page.locator(landmark).first().waitFor();
      assert.deepEqual(await person.page.evaluate(faults), [], path);
    };
    for (const path of ['/', '/search', '/signin', '/signup', '/confirm', '/forgot', '/no/such/page']) await look(path, 'h1');
    await person.signIn(me);
    await person.post(`${'long'.repeat(40)} https://example.com/${'a'.repeat(80)}`);
    for (const [path, landmark] of [['/', 'article'], ['/notifications', 'h1'], ['/messages', '.talk'], ['/messages/new', 'h1'],
      [`/@${me.handle}`, 'article'], [`/@${other.handle}`, '.profile'], ['/search?term=long', 'article'], ['/messages/new/' + other.handle, '.bubble']]) {
      await look(path, landmark);
    }
    await person.go('/');
    await person.page.locator('.crud-when').first().click();
    await person.page.locator('.crud-alone').waitFor();
    assert.deepEqual(await person.page.evaluate(faults), []);
    await person.leave();
  });
}
