// When there is no such page, or it cannot be shown.

import { h, icon } from '../lib/dom.js';
import { reload, signInPath } from '../lib/router.js';
import { textOf } from '../lib/texts.js';

export const missing = {
  title: 'Not here',
  show({ main }) {
    main.append(h('section', { class: 'empty' }, icon('mark'), h('h1', {}, 'There is nothing here'),
      h('p', {}, 'The address may be mistyped, or what was here has expired.'),
      h('a', { class: 'button button-main', href: '/' }, 'To the home page')));
  },
};

export function failed({ main, setTitle }, error) {
  if (error.status === 404) setTitle('Not here');
  const retry = error.status === 401
    ? h('a', { class: 'button button-main', href: signInPath() }, 'Sign in')
    : h('button', { class: 'button button-main', type: 'button', onclick: reload }, 'Try again');
  const gone = error.status === 404 || error.codes?.includes('not_a_member');
  main.replaceChildren(h('section', { class: 'empty', role: 'alert' }, icon('mark'),
    h('h1', {}, gone ? 'Not here' : 'That did not work'), h('p', {}, textOf(error)),
    gone ? h('a', { class: 'button button-main', href: '/' }, 'To the home page') : retry));
}
