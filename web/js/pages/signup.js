// Join: name, e-mail, handle, password.

import { signUp as join } from '../auth/user_pool.js';
import { get } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { go } from '../lib/router.js';
import { field, fieldError, form, formPage } from '../parts/form.js';
import { newPasswordField } from '../parts/password.js';

const HANDLE = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/;

const wrongHandle = (text) => (HANDLE.test(text) ? null : 'Letters, digits, and _ . - within; 32 characters at most.');

async function taken(handle) {
  try {
    return await get(`/api/users/@${encodeURIComponent(handle)}/short`);
  } catch (error) {
    if (error.status === 404) return false;
    throw error;
  }
}

// Which field a refusal of the user pool is about.
const FIELD_OF = { InvalidPasswordException: 'password', UsernameExistsException: 'email' };

export const signUp = {
  title: 'Join',
  needs: 'no-session',
  show({ main }) {
    const fields = [
      field({ name: 'name', label: 'Name', autocomplete: 'name', maxlength: 64 }),
      field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'email',
        check: (text) => (/^\S+@\S+$/.test(text) ? null : 'That is not an e-mail address.') }),
      field({ name: 'handle', label: 'Handle', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false',
        hint: 'Others find and mention you by it: @handle.', check: wrongHandle }),
      newPasswordField(),
    ];
    const submit = async (input) => {
      if (await taken(input.handle)) throw fieldError('handle', 'Somebody has this handle already.');
      const result = await join(input).catch((error) => {
        throw Object.assign(error, { field: FIELD_OF[error.code] });
      });
      const email = encodeURIComponent(input.email);
      const to = encodeURIComponent(result.CodeDeliveryDetails?.Destination ?? '');
      go(result.UserConfirmed ? `/signin?email=${email}` : `/confirm?email=${email}&to=${to}`);
    };
    formPage(main, {
      title: 'Join Cruddur',
      lead: 'A name, a handle, and somewhere to send a code.',
      body: form({ fields, action: 'Join', submit }),
      links: [h('a', { href: '/signin' }, 'Have an account? Sign in')],
    });
    fields[0].input.focus();
  },
};
