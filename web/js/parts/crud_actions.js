// The buttons under a post: reply, repost, like, and delete when it is mine.

import { signedIn } from '../auth/session.js';
import { post, remove } from '../lib/api.js';
import { h, icon, spoken } from '../lib/dom.js';
import { go, signInPath } from '../lib/router.js';
import { compose } from './compose.js';
import { ask, dialog } from './dialog.js';
import { isMe } from './me.js';
import { toast, toastError } from './toast.js';

const REPLY_LIMIT = 1024;

const api = (crud, what = '') => `/api/activities/${crud.uuid}${what}`;

function orSignIn(f) {
  return () => (signedIn() ? f() : go(signInPath()));
}

function count(n) {
  return n > 0 ? String(n) : '';
}

// A button with a number that is on or off; changes at once, and back if the server refuses.
function toggle(crud, { what, name, done, flag, counts, picture }) {
  const number = h('span', { class: 'action-count' });
  const button = h('button', { type: 'button', class: `action action-${what}` }, icon(picture), number, spoken(` ${name}`));
  const show = () => {
    number.textContent = count(crud[counts]);
    button.setAttribute('aria-pressed', String(Boolean(crud[flag])));
    button.title = crud[flag] ? done : name;
  };
  const set = (on, n) => {
    crud[flag] = on;
    crud[counts] = n;
    show();
  };
  button.addEventListener('click', orSignIn(async () => {
    const before = [Boolean(crud[flag]), crud[counts]];
    set(!before[0], before[1] + (before[0] ? -1 : 1));
    try {
      const now = await (before[0] ? remove(api(crud, `/${what}`)) : post(api(crud, `/${what}`)));
      set(now[flag], now[counts]);
    } catch (error) {
      set(...before);
      toastError(error);
    }
  }));
  show();
  return button;
}

// The form of a reply; replied(activity) gets the new one.
export function replyForm(crud, replied) {
  return compose({
    label: `Reply to ${crud.display_name}`,
    placeholder: 'Write a reply',
    limit: REPLY_LIMIT,
    action: 'Reply',
    submit: async ({ message }) => replied(await post(api(crud, '/reply'), { message })),
  });
}

function replyButton(crud, replied) {
  const number = h('span', { class: 'action-count' }, count(crud.replies_count));
  const open = () => dialog('Reply', (close) => h('div', { class: 'reply' },
    h('blockquote', { class: 'quote' }, h('span', { class: 'name' }, crud.display_name), h('p', { class: 'text' }, crud.message)),
    replyForm(crud, (reply) => {
      crud.replies_count += 1;
      number.textContent = count(crud.replies_count);
      close();
      replied(reply);
    })));
  return h('button', { type: 'button', class: 'action action-reply', title: 'Reply', onclick: orSignIn(open) },
    icon('reply'), number, spoken(` Reply to ${crud.display_name}`));
}

function deleteButton(crud, removed) {
  const really = async () => {
    try {
      await remove(api(crud));
      toast('Deleted.');
      removed();
    } catch (error) {
      toastError(error);
    }
  };
  return h('button', {
    type: 'button', class: 'action action-delete', title: 'Delete', 'aria-label': 'Delete',
    onclick: () => ask('Delete this post?', 'Its replies go too. This cannot be undone.', 'Delete', really),
  }, icon('trash'));
}

export function crudActions(crud, { replied, removed }) {
  return h('div', { class: 'actions' }, replyButton(crud, replied),
    toggle(crud, { what: 'repost', name: 'Repost', done: 'Reposted', flag: 'reposted', counts: 'reposts_count', picture: 'repost' }),
    toggle(crud, { what: 'like', name: 'Like', done: 'Liked', flag: 'liked', counts: 'likes_count', picture: 'like' }),
    signedIn() && isMe(crud.handle) ? deleteButton(crud, removed) : null);
}
