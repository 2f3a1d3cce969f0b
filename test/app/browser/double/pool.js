// A test double of the user pool: as much as the pages use, in memory.

import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import http from 'node:http';
import { challenge, proves, verifier } from './srp_server.js';

export const POOL = 'us-east-1_Double';
export const CLIENT = 'double0123456789';
const ISSUER = `https://cognito-idp.us-east-1.amazonaws.com/${POOL}`;

class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export class Pool {
  users = new Map(); // by e-mail
  codes = [];        // {email, code}: the outbox
  sessions = new Map();
  refreshTokens = new Map();
  key = generateKeyPairSync('rsa', { modulusLength: 2048 });

  constructor(confirmed) {
    this.confirmed = confirmed;
  }

  add({ name, email, handle, password, status = 'CONFIRMED' }) {
    const sub = randomUUID();
    const user = { sub, name, email, handle, status, ...verifier(POOL.split('_')[1], sub, password) };
    this.users.set(email, user);
    return user;
  }

  sendCode(email) {
    const code = String(Math.floor(Math.random() * 1e6)).padStart(6, '0');
    this.codes.push({ email, code });
    return { CodeDeliveryDetails: { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination: `${email[0]}***@${email.split('@')[1][0]}***` } };
  }

  checkCode(email, code) {
    if (this.codes.findLast((sent) => sent.email === email)?.code !== code) {
      throw new Refusal('CodeMismatchException', 'Invalid verification code provided, please try again.');
    }
  }

  tokens(user, withRefresh) {
    const now = Math.floor(Date.now() / 1000);
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const access = { sub: user.sub, token_use: 'access', client_id: CLIENT, iss: ISSUER, username: user.sub, iat: now, exp: now + 3600, jti: randomUUID() };
    const signed = `${encode({ alg: 'RS256', kid: 'one' })}.${encode(access)}`;
    const signature = createSign('RSA-SHA256').update(signed).sign(this.key.privateKey, 'base64url');
    const result = { AccessToken: `${signed}.${signature}`, ExpiresIn: 3600, TokenType: 'Bearer' };
    if (withRefresh) {
      result.RefreshToken = randomUUID();
      this.refreshTokens.set(result.RefreshToken, user);
    }
    return { AuthenticationResult: result, ChallengeParameters: {} };
  }

  SignUp({ Username: email, Password: password, UserAttributes: given }) {
    if (this.users.has(email)) throw new Refusal('UsernameExistsException', 'An account with the given email already exists.');
    if (!/\d/.test(password)) throw new Refusal('InvalidPasswordException', 'Password did not conform with policy: Password must have numeric characters');
    const { name, preferred_username: handle } = Object.fromEntries(given.map(({ Name, Value }) => [Name, Value]));
    const { sub } = this.add({ name, email, handle, password, status: 'UNCONFIRMED' });
    return { UserConfirmed: false, UserSub: sub, ...this.sendCode(email) };
  }

  async ConfirmSignUp({ Username: email, ConfirmationCode: code }) {
    this.checkCode(email, code);
    const user = this.users.get(email);
    user.status = 'CONFIRMED';
    await this.confirmed(user);
    return {};
  }

  ResendConfirmationCode({ Username: email }) {
    return this.sendCode(email);
  }

  ForgotPassword({ Username: email }) {
    return this.sendCode(email);
  }

  ConfirmForgotPassword({ Username: email, ConfirmationCode: code, Password: password }) {
    this.checkCode(email, code);
    const user = this.users.get(email);
    Object.assign(user, verifier(POOL.split('_')[1], user.sub, password));
    return {};
  }

  InitiateAuth({ AuthFlow: flow, AuthParameters: given }) {
    if (flow === 'REFRESH_TOKEN_AUTH') {
      const user = this.refreshTokens.get(given.REFRESH_TOKEN);
      if (!user) throw new Refusal('NotAuthorizedException', 'Refresh Token has been revoked');
      return this.tokens(user, false);
    }
    const user = this.users.get(given.USERNAME);
    if (!user) throw new Refusal('NotAuthorizedException', 'Incorrect username or password.');
    const asked = challenge(user, BigInt(`0x${given.SRP_A}`), user.sub);
    const SECRET_BLOCK = asked.block.toString('base64');
    this.sessions.set(SECRET_BLOCK, { asked, user });
    return { ChallengeName: 'PASSWORD_VERIFIER', ChallengeParameters: {
      SALT: user.salt.toString(16), SRP_B: asked.B.toString(16), SECRET_BLOCK, USERNAME: user.sub, USER_ID_FOR_SRP: user.sub } };
  }

  RespondToAuthChallenge({ ChallengeResponses: responses }) {
    const { asked, user } = this.sessions.get(responses.PASSWORD_CLAIM_SECRET_BLOCK);
    if (!proves(POOL.split('_')[1], asked, responses)) throw new Refusal('NotAuthorizedException', 'Incorrect username or password.');
    if (user.status !== 'CONFIRMED') throw new Refusal('UserNotConfirmedException', 'User is not confirmed.');
    return this.tokens(user, true);
  }

  // Ends all sessions of a person.
  revokeAll(email) {
    for (const [token, owner] of this.refreshTokens) if (owner.email === email) this.refreshTokens.delete(token);
  }

  RevokeToken({ Token: token }) {
    this.refreshTokens.delete(token);
    return {};
  }

  // {status, body} of one call.
  async answer(target, input) {
    try {
      return { status: 200, body: await this[target.split('.')[1]](input) };
    } catch (error) {
      return { status: 400, body: { __type: error.code ?? 'InternalErrorException', message: error.message } };
    }
  }

  async start() {
    this.server = http.createServer(async (request, response) => {
      const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*', 'Content-Type': 'application/json' };
      const parts = [];
      for await (const part of request) parts.push(part);
      let answer = { status: 200, body: {} };
      if (request.method === 'GET') answer.body = { keys: [{ ...this.key.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] };
      if (request.method === 'POST') answer = await this.answer(request.headers['x-amz-target'], JSON.parse(Buffer.concat(parts)));
      response.writeHead(answer.status, cors).end(JSON.stringify(answer.body));
    });
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
