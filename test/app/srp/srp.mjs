// srp.mjs - signs up, confirms, signs in, refreshes and signs out with an independent client.
//
//   node srp.mjs ENDPOINT POOL CLIENT OUTBOX
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import cognito from 'amazon-cognito-identity-js';

const [endpoint, UserPoolId, ClientId, outbox] = process.argv.slice(2);
const { CognitoUserPool, CognitoUser, CognitoUserAttribute, AuthenticationDetails } = cognito;
const pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint });
const Username = 'Node.User@example.com';
const Password = 'Correct-horse-7';

const user = () => new CognitoUser({ Username, Pool: pool });
const call = (object, method, ...args) => new Promise((resolve, reject) =>
  object[method](...args, (error, value) => (error ? reject(error) : resolve(value))));
const signIn = (u, password) => new Promise((onSuccess, onFailure) =>
  u.authenticateUser(new AuthenticationDetails({ Username, Password: password }), { onSuccess, onFailure }));
const newestCode = () => {
  const files = fs.readdirSync(outbox).filter((f) => f.endsWith('.eml')).sort();
  return fs.readFileSync(path.join(outbox, files.at(-1)), 'utf8').split('\r\n\r\n')[1].match(/\d{6}/)[0];
};
const fails = async (promise, name, message) => {
  const error = await promise.then(() => assert.fail('accepted'), (e) => e);
  assert.equal(error.name ?? error.code, name, error.message);
  if (message) assert.equal(error.message, message);
};

const attribute = (Name, Value) => new CognitoUserAttribute({ Name, Value });
const signedUp = await new Promise((resolve, reject) => pool.signUp(
  Username, Password, [attribute('name', 'Node'), attribute('email', Username)], null,
  (error, result) => (error ? reject(error) : resolve(result))));
assert.equal(signedUp.userConfirmed, false);
await fails(signIn(user(), Password), 'UserNotConfirmedException', 'User is not confirmed.');
await fails(call(user(), 'confirmRegistration', 'wrong1', true), 'CodeMismatchException');
assert.equal(await call(user(), 'confirmRegistration', newestCode(), true), 'SUCCESS');
await fails(signIn(user(), 'Wrong-horse-7'), 'NotAuthorizedException', 'Incorrect username or password.');

const me = user();
const session = await signIn(me, Password);
assert.ok(session.isValid());
assert.equal(session.getAccessToken().payload.token_use, 'access');
assert.equal(session.getIdToken().payload.email, Username.toLowerCase());
const attributes = Object.fromEntries((await call(me, 'getUserAttributes')).map((a) => [a.Name, a.Value]));
assert.equal(attributes.name, 'Node');
assert.equal(attributes.sub, signedUp.userSub);
const renewed = await call(me, 'refreshSession', session.getRefreshToken());
assert.notEqual(renewed.getAccessToken().getJwtToken(), session.getAccessToken().getJwtToken());
await new Promise((onSuccess, onFailure) => me.changePassword(Password, 'Another-horse-8',
  (error, result) => (error ? onFailure(error) : onSuccess(result))));
const again = user();
await signIn(again, 'Another-horse-8');
await new Promise((onSuccess, onFailure) => again.globalSignOut({ onSuccess, onFailure }));
await fails(call(me, 'getUserData', ).then(() => call(me, 'refreshSession', session.getRefreshToken())),
  'NotAuthorizedException');
console.log('ok - an independent client signs up, confirms, signs in, refreshes and signs out');
