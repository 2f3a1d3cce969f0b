// A forgotten password: ask for a code, then choose a new one.

import { confirmForgotPassword, forgotPassword } from '../auth/user_pool.js';
import { h } from '../lib/dom.js';
import { go } from '../lib/router.js';
import { field, form, formPage } from '../parts/form.js';
import { newPasswordField } from '../parts/password.js';

const FIELD_OF = { InvalidPasswordException: 'password', CodeMismatchException: 'code', ExpiredCodeException: 'code' };

function second(main, email, to) {
  const code = field({ name: 'code', label: 'Code', autocomplete: 'one-time-code', inputmode: 'numeric', class: 'input input-code' });
  const password = newPasswordField('New password');
  const submit = async (input) => {
    await confirmForgotPassword(email, input.code, input.password).catch((error) => {
      throw Object.assign(error, { field: FIELD_OF[error.code] });
    });
    go(`/signin?reset=1&email=${encodeURIComponent(email)}`);
  };
  formPage(main, {
    title: 'Choose a new password',
    lead: `If there is an account, a code was sent to ${to}.`,
    body: form({ fields: [code, password], action: 'Change the password', submit }),
    links: [h('button', { type: 'button', class: 'link-button', onclick: () => first(main, email) }, 'Another address, or a new code')],
  });
  code.input.focus();
}

function first(main, known = '') {
  const email = field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', value: known });
  const submit = async (input) => {
    const sent = await forgotPassword(input.email);
    second(main, input.email, sent.CodeDeliveryDetails?.Destination ?? input.email);
  };
  formPage(main, {
    title: 'Forgotten password',
    lead: 'We send a code to your address; with it you choose a new password.',
    body: form({ fields: [email], action: 'Send the code', submit }),
    links: [h('a', { href: '/signin' }, 'Back to sign in')],
  });
  email.input.focus();
}

export const forgot = {
  title: 'Forgotten password',
  needs: 'no-session',
  show({ main }) {
    first(main);
  },
};
