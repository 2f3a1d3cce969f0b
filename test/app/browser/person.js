// A person at a browser of their own: what they do, in the words of the page.

import assert from 'node:assert/strict';
import { launch } from './browser.js';

const WIDE = { width: 1280, height: 860 };
const PATIENCE_MS = Number(process.env.PATIENCE_S ?? 10) * 1000;
let browser = null;

// At the end of a file: those who are still there leave, and everything ends even if one complains.
export async function end(world, ...people) {
  const left = await Promise.allSettled(people.map((person) => person?.leave()));
  await browser?.close();
  browser = null;
  await world?.close();
  const complaint = left.find(({ status }) => status === 'rejected');
  if (complaint) throw complaint.reason;
}

export class Person {
  complaints = []; // what the browser said about the page: errors, refused content
  strangers = [];  // requests to anywhere but the two servers

  // A new browser profile at the world's address.  options: playwright's, for the context.
  static async arrive(world, options = {}) {
    browser ??= await launch();
    const context = await browser.newContext({ viewport: WIDE, ...options });
    const person = new Person();
    Object.assign(person, { world, context, page: await context.newPage() });
    person.page.setDefaultTimeout(PATIENCE_MS);
    person.listen();
    await person.page.goto(world.url);
    return person;
  }

  listen() {
    this.page.on('pageerror', (error) => this.complaints.push(error.stack));
    this.page.on('console', (message) => {
      const refusedByServer = /Failed to load resource: (the server responded|net::ERR_(CONNECTION|CONTENT_LENGTH_MISMATCH|INCOMPLETE|ABORTED|EMPTY|INTERNET_DISCONNECTED))/.test(message.text());
      if (message.type() === 'error' && !refusedByServer) this.complaints.push(message.text());
    });
    this.page.on('request', (request) => {
      if (!this.world.origins.includes(new URL(request.url()).origin)) this.strangers.push(request.url());
    });
    this.page.on('dialog', (dialog) => {
      this.complaints.push(`a script opened a dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
  }

  async leave() {
    await this.context.close();
    assert.deepEqual(this.complaints, []);
    assert.deepEqual(this.strangers, []);
  }

  go(path) {
    return this.page.goto(this.world.url + path);
  }

  at(path) {
    return this.page.waitForURL(typeof path === 'string' ? this.world.url + path : path);
  }

  sees(text, within = 'body') {
    return this.page.locator(within).getByText(text).first().waitFor();
  }

  // Loads the page anew until that is so.
  async eventually(path, f) {
    for (const end = Date.now() + PATIENCE_MS; ;) {
      await this.go(path);
      if (await f()) return;
      assert.ok(Date.now() < end, `never so at ${path}: ${f}`);
    }
  }

  async fill(form) {
    for (const [name, value] of Object.entries(form)) await this.page.locator(`form [name="${name}"]`).fill(value);
  }

  press(name) {
    return this.page.locator('main, dialog').getByRole('button', { name, exact: true }).last().click();
  }

  async signIn({ email, password }) {
    await this.go('/signin');
    await this.fill({ email, password });
    await this.press('Sign in');
    await this.at((url) => url.pathname !== '/signin');
    await this.page.locator('[data-place^="/@"]').waitFor();
  }

  // Puts a token that has expired in place of the stored one; returns that.
  expireAccessToken() {
    return this.page.evaluate(() => {
      const tokens = JSON.parse(localStorage.getItem('cruddur.session'));
      const old = tokens.access;
      const [head, body, signature] = old.split('.');
      const claims = JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/')));
      claims.exp = claims.iat = Math.floor(Date.now() / 1000) - 60;
      tokens.access = [head, btoa(JSON.stringify(claims)), signature].join('.');
      localStorage.setItem('cruddur.session', JSON.stringify(tokens));
      return old;
    });
  }

  async post(text) {
    await this.page.locator('main').getByLabel('New post').fill(text);
    await this.press('Post');
    await this.crud(text).waitFor();
  }

  crud(text) {
    return this.page.locator('article').filter({ hasText: text }).first();
  }

  async say(text) {
    await this.page.locator('.say textarea').fill(text);
    await this.page.keyboard.press('Enter');
  }

  messages() {
    return this.page.locator('.bubble').allInnerTexts();
  }
}
