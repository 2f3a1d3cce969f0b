// The home feed; above it the form for a new post, or a word to those who are new.

import { signedIn } from '../auth/session.js';
import { page, post } from '../lib/api.js';
import { add, h } from '../lib/dom.js';
import { compose } from '../parts/compose.js';
import { crud } from '../parts/crud.js';
import { me } from '../parts/me.js';
import { emptyNote, pagedList } from '../parts/paged_list.js';

const CRUD_LIMIT = 280;

function welcome() {
  return h('section', { class: 'welcome' },
    h('p', { class: 'welcome-title' }, 'Say it. Let it go.'),
    h('p', {}, 'Every post here has an end that its author chose: an hour, a day, a month. The ring beside it shows what is left. Conversations stay, between the two of you.'),
    h('p', { class: 'row' }, h('a', { class: 'button button-main', href: '/signup' }, 'Join Cruddur'),
      h('a', { class: 'button', href: '/signin' }, 'Sign in')));
}

export const home = {
  title: '',
  async show({ main, signal }) {
    const mine = signedIn();
    add(main, h('h1', { class: 'spoken' }, 'Home'), mine ? null : welcome());
    if (mine) await me().catch(() => {});
    if (signal.aborted) return;
    const feed = pagedList({
      label: 'Posts',
      fetchPage: (before) => page('/api/activities/home', { before, marks: mine ? 1 : null }, signal),
      item: (activity) => crud(activity),
      empty: () => emptyNote('Nothing here yet', mine ? 'Be the first to say something.' : 'Join, and be the first to say something.'),
      signal,
    });
    const form = mine && compose({
      label: 'New post',
      placeholder: 'What is on your mind?',
      limit: CRUD_LIMIT,
      action: 'Post',
      life: true,
      submit: async (input) => feed.prepend(await post('/api/activities', input)),
    });
    add(main, form, feed.node);
    await feed.first;
  },
};
