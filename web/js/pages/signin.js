// Sign in with e-mail and password.

import { begin } from '../auth/session.js';
import { signIn as prove } from '../auth/user_pool.js';
import { h } from '../lib/dom.js';
import { go, nextPath } from '../lib/router.js';
import { field, form, formPage } from '../parts/form.js';
import { newPasswordField } from '../parts/password.js';

function stayBox() {
  const box = h('input', { type: 'checkbox', name: 'stay', checked: true });
  return { box, node: h('label', { class: 'check' }, box, 'Stay signed in on this device') };
}

export const signIn = {
  title: 'Sign in',
  needs: 'no-session',
  show({ main, query }) {
    const email = field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', value: query.get('email') ?? '' });
    const password = field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' });
    const stay = stayBox();
    const done = (tokens) => {
      begin(tokens, stay.box.checked);
      go(nextPath(query), { replace: true });
    };
    const submit = async (input) => {
      const result = await prove(input.email, input.password).catch((error) => {
        if (error.code !== 'UserNotConfirmedException') throw error;
        go(`/confirm?email=${encodeURIComponent(input.email)}`);
        return {};
      });
      if (result.tokens) done(result.tokens);
      else if (result.newPassword) choosePassword(main, result.newPassword, done);
    };
    formPage(main, {
      title: 'Sign in',
      lead: query.has('confirmed') ? 'Your account is confirmed. Sign in, and you are in.'
        : query.has('reset') ? 'Your password is changed. Sign in with the new one.' : null,
      body: form({ fields: [email, password], extra: [stay.node], action: 'Sign in', submit }),
      links: [h('a', { href: '/forgot' }, 'Forgotten your password?'), h('a', { href: '/signup' }, 'New here? Join')],
    });
    (email.value() ? password : email).input.focus();
  },
};

// An account that somebody else made must choose its own password first.
function choosePassword(main, newPassword, done) {
  const password = newPasswordField('New password');
  const submit = async (input) => done((await newPassword(input.password)).tokens);
  formPage(main, {
    title: 'Choose a password',
    lead: 'This is your first sign-in. The password you were given was for once only.',
    body: form({ fields: [password], action: 'Save and sign in', submit }),
  });
  password.input.focus();
}
