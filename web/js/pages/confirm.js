// Confirm a new account with the code that was sent.

import { confirmSignUp, resendCode } from '../auth/user_pool.js';
import { h } from '../lib/dom.js';
import { go } from '../lib/router.js';
import { field, form, formPage } from '../parts/form.js';
import { toast, toastError } from '../parts/toast.js';

const CODE_HINT = 'Six digits. They are good for a day.';

export const confirm = {
  title: 'Confirm',
  needs: 'no-session',
  show({ main, query }) {
    const known = query.get('email') ?? '';
    const to = query.get('to') || known;
    const email = field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', value: known });
    const code = field({ name: 'code', label: 'Code', hint: CODE_HINT, autocomplete: 'one-time-code', inputmode: 'numeric', class: 'input input-code' });
    const submit = async (input) => {
      await confirmSignUp(input.email, input.code).catch((error) => {
        throw Object.assign(error, { field: error.code === 'CodeMismatchException' || error.code === 'ExpiredCodeException' ? 'code' : undefined });
      });
      go(`/signin?confirmed=1&email=${encodeURIComponent(input.email)}`);
    };
    const again = async () => {
      if (!email.valid()) {
        email.input.focus();
        return;
      }
      try {
        const sent = await resendCode(email.value());
        toast(`A new code is on its way to ${sent.CodeDeliveryDetails?.Destination ?? email.value()}.`);
        code.input.focus();
      } catch (error) {
        toastError(error);
      }
    };
    formPage(main, {
      title: 'Confirm your account',
      lead: to ? `A code was sent to ${to}.` : 'Type the code that was sent to you.',
      body: form({ fields: [email, code], action: 'Confirm', submit }),
      links: [h('button', { type: 'button', class: 'link-button', onclick: again }, 'Send a new code'), h('a', { href: '/signin' }, 'Sign in')],
    });
    (known ? code : email).input.focus();
  },
};
