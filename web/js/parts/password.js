// The field for a new password.  The user pool has the last word on what is good enough.

import { field } from './form.js';

const SHORTEST = 8;

export function newPasswordField(label = 'Password') {
  return field({
    name: 'password',
    label,
    type: 'password',
    autocomplete: 'new-password',
    hint: `At least ${SHORTEST} characters; small and capital letters, a number and a sign.`,
    check: (text) => (text.length < SHORTEST ? `At least ${SHORTEST} characters.` : null),
  });
}
