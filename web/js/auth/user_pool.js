// The calls of the user pool that a browser makes: unsigned JSON, one POST each.

import { config } from './config.js';
import * as srp from './srp.js';

const TARGET = 'AWSCognitoIdentityProviderService.';

// `code` is the service's name for what went wrong; the message is fit to be shown.
export class PoolError extends Error {
  constructor(code, message) {
    super(message || code);
    this.code = code;
  }
}

function unreachable() {
  throw new PoolError('Unreachable', 'The sign-in service does not answer. Please try again in a moment.');
}

const pool = () => config().catch(unreachable);

async function call(operation, input) {
  const { endpoint, client_id: ClientId } = await pool();
  const reply = await fetch(`${endpoint}/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': TARGET + operation },
    body: JSON.stringify({ ClientId, ...input }),
    cache: 'no-store',
    credentials: 'omit',
  }).catch(unreachable);
  const output = await reply.json().catch(reply.ok ? unreachable : () => ({}));
  if (reply.ok) return output;
  const code = String(output.__type ?? output.code ?? 'InternalErrorException').split('#').pop();
  throw new PoolError(code, output.message ?? output.Message);
}

export function signUp({ name, email, handle, password }) {
  const attributes = { name, email, preferred_username: handle };
  return call('SignUp', {
    Username: email,
    Password: password,
    UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
  });
}

export const confirmSignUp = (email, code) =>
  call('ConfirmSignUp', { Username: email, ConfirmationCode: code, ForceAliasCreation: true });

export const resendCode = (email) => call('ResendConfirmationCode', { Username: email });

export const forgotPassword = (email) => call('ForgotPassword', { Username: email });

export const confirmForgotPassword = (email, code, password) =>
  call('ConfirmForgotPassword', { Username: email, ConfirmationCode: code, Password: password });

export const revoke = (refreshToken) => call('RevokeToken', { Token: refreshToken });

export async function refresh(refreshToken) {
  const output = await call('InitiateAuth', {
    AuthFlow: 'REFRESH_TOKEN_AUTH',
    AuthParameters: { REFRESH_TOKEN: refreshToken },
  });
  return output.AuthenticationResult;
}

// {tokens} when signed in, or {newPassword: f} when the account must choose a password first:
// f(password) gives {tokens}.
export async function signIn(email, password) {
  if (!globalThis.crypto?.subtle) {
    throw new PoolError('Insecure', 'Signing in needs a secure address: https://, or http://localhost.');
  }
  const { user_pool_id: poolId } = await pool();
  const secret = srp.begin();
  const challenge = await call('InitiateAuth', {
    AuthFlow: 'USER_SRP_AUTH',
    AuthParameters: { USERNAME: email, SRP_A: secret.A.toString(16) },
  });
  if (challenge.ChallengeName !== 'PASSWORD_VERIFIER') throw unsupported(challenge);
  const answer = await srp.answer(secret, challenge.ChallengeParameters, poolId, password);
  return next(await respond('PASSWORD_VERIFIER', challenge.Session, answer), answer.USERNAME);
}

const respond = (ChallengeName, Session, ChallengeResponses) =>
  call('RespondToAuthChallenge', { ChallengeName, Session, ChallengeResponses });

function next(output, username) {
  if (output.AuthenticationResult) return { tokens: output.AuthenticationResult };
  if (output.ChallengeName !== 'NEW_PASSWORD_REQUIRED') throw unsupported(output);
  return {
    newPassword: async (password) => next(await respond('NEW_PASSWORD_REQUIRED', output.Session,
      { USERNAME: username, NEW_PASSWORD: password }), username),
  };
}

const unsupported = ({ ChallengeName }) =>
  new PoolError('Unsupported', `This account signs in by ${ChallengeName}, which this page cannot do.`);
