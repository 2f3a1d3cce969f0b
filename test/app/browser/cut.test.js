// A network that ends in the middle of an answer: the page says so, and tries again when asked.

import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { end, Person } from './person.js';
import { open } from './world.js';

// Stands between the browser and Cruddur; of the answers whose paths match `cut`, half arrives.
class Network {
  cut = null;

  async stand(world) {
    this.server = http.createServer((asked, answer) => this.pass(world, asked, answer)).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const url = `http://127.0.0.1:${this.server.address().port}`;
    return { ...world, url, origins: [...world.origins, url] };
  }

  pass(world, asked, answer) {
    const { method, url, headers } = asked;
    const onward = http.request(world.url + url, { method, headers }, async (reply) => {
      answer.writeHead(reply.statusCode, reply.headers);
      if (!this.cut?.test(url)) {
        reply.pipe(answer);
        return;
      }
      const [first] = await once(reply, 'data');
      answer.write(first.subarray(0, first.length / 2), () => answer.destroy());
    });
    asked.pipe(onward);
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const network = new Network();
let world, reached;
before(async () => {
  world = await open();
  reached = await network.stand(world);
});
after(async () => {
  network.close();
  await end(world);
});

test('an answer that is cut off is told, and can be asked for again', async () => {
  const person = await Person.arrive(reached);
  await person.page.locator('article').first().waitFor();
  network.cut = /^\/api\/activities/;
  await person.go('/');
  await person.sees('Cruddur does not answer');
  network.cut = null;
  await person.press('Try again');
  await person.page.locator('article').first().waitFor();
  await person.leave();
});

test('nobody is signed in or out by half an answer', async () => {
  const [me] = world.people;
  const person = await Person.arrive(reached);
  network.cut = /^\/api\/config/;
  await person.go('/signin');
  await person.fill({ email: me.email, password: me.password });
  await person.press('Sign in');
  await person.sees('The sign-in service does not answer', 'form');
  network.cut = null;
  await person.press('Sign in');
  await person.at((url) => url.pathname !== '/signin');
  network.cut = /^\/api\//;
  await person.go('/');
  await person.sees('Cruddur does not answer');
  network.cut = null;
  await person.page.reload();
  await person.page.locator('article').first().waitFor();
  assert.ok(await person.page.getByRole('button', { name: 'Sign out' }).count());
  await person.leave();
});
