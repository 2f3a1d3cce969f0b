// Runs `cruddur post-confirmation` for one person, as the runtime of functions does.

import { spawn } from 'node:child_process';
import http from 'node:http';
import { CLIENT, POOL } from './pool.js';

const event = (user) => ({
  version: '1', region: 'us-east-1', userPoolId: POOL, userName: user.sub, triggerSource: 'PostConfirmation_ConfirmSignUp',
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: CLIENT },
  request: { userAttributes: { sub: user.sub, 'cognito:user_status': 'CONFIRMED', email_verified: 'true', name: user.name,
    preferred_username: user.handle, email: user.email } },
  response: {},
});

export async function postConfirmation(cruddur, env, user) {
  let child;
  let server;
  try {
    await new Promise((done, fail) => {
      server = http.createServer((request, response) => {
        if (request.method === 'GET' && !server.given) {
          server.given = true;
          response.writeHead(200, { 'Lambda-Runtime-Aws-Request-Id': 'one', 'Content-Type': 'application/json' }).end(JSON.stringify(event(user)));
        } else if (request.method === 'POST') {
          response.writeHead(202).end('{}');
          if (request.url.endsWith('/response')) done();
          else fail(new Error(`post-confirmation: ${request.url}`));
        }
      }).listen(0, '127.0.0.1', () => {
        child = spawn(cruddur, ['post-confirmation'], { stdio: 'ignore', env: { ...env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${server.address().port}` } });
        child.on('error', fail);
      });
    });
  } finally {
    child?.kill();
    server.closeAllConnections();
    server.close();
  }
}
