// The servers that the tests run against: {url, origins, people, code(email), forget(person), close()}.

import { start } from './double/serve.js';
import { fill, PEOPLE } from './double/seed.js';

export async function open() {
  const servers = await start();
  fill(servers.pool, servers.api);
  return {
    url: servers.url,
    origins: [servers.url, servers.poolUrl],
    people: PEOPLE,
    code: (email) => servers.pool.codes.findLast((sent) => sent.email === email).code,
    revoke: (email) => servers.pool.revokeAll(email),
    close: servers.close,
  };
}
