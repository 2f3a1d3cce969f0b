// The signed-in person's own profile, asked for once.

import { signedIn } from '../auth/session.js';
import { get } from '../lib/api.js';

let asked = null;
let known = null;

export function me() {
  if (!signedIn()) return Promise.resolve(null);
  asked ??= get('/api/users/me').then((profile) => {
    known = profile;
    return profile;
  }).catch((error) => {
    asked = null;
    throw error;
  });
  return asked;
}

// What is known by now, without waiting.
export const meNow = () => known;

// Is this my handle?  Handles are the same in any case.
export const isMe = (handle) => known !== null && known.handle.toLowerCase() === handle.toLowerCase();

export function forget() {
  asked = null;
  known = null;
}
