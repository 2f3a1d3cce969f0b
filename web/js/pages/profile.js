// One person: who it is, and what they posted.

import { signedIn } from '../auth/session.js';
import { page, put } from '../lib/api.js';
import { add, h, icon } from '../lib/dom.js';
import { reload } from '../lib/router.js';
import { monthAndYear, parse } from '../lib/time.js';
import { avatar } from '../parts/avatar.js';
import { counter, lengthOf } from '../parts/counter.js';
import { crud } from '../parts/crud.js';
import { dialog } from '../parts/dialog.js';
import { field, form } from '../parts/form.js';
import { forget, isMe, me } from '../parts/me.js';
import { emptyNote, pagedList, waiting } from '../parts/paged_list.js';
import { richText } from '../parts/rich_text.js';

const NAME_LIMIT = 64;
const BIO_LIMIT = 280;

const tooLong = (limit) => (text) => (lengthOf(text) > limit ? `${limit} characters at most.` : null);

function edit(person, saved) {
  dialog('Edit your profile', (close) => {
    const name = field({ name: 'display_name', label: 'Name', value: person.display_name, autocomplete: 'name', check: tooLong(NAME_LIMIT) });
    const bio = field({ name: 'bio', label: 'About you', rows: 4, value: person.bio ?? '', optional: true, check: tooLong(BIO_LIMIT) });
    bio.node.append(counter(bio.input, BIO_LIMIT).node);
    const submit = async (input) => {
      await put('/api/profile/update', input);
      close();
      saved();
    };
    return form({ fields: [name, bio], action: 'Save', submit });
  });
}

function head(person) {
  const mine = isMe(person.handle);
  const changed = () => {
    forget();
    reload();
  };
  const cruds = person.cruds_count === 1 ? '1 post' : `${person.cruds_count} posts`;
  return h('header', { class: 'profile' }, avatar(person, 'avatar-big'),
    h('div', { class: 'profile-who' }, h('h1', {}, person.display_name), h('p', { class: 'handle' }, `@${person.handle}`)),
    h('div', { class: 'profile-do' }, mine
      ? h('button', { type: 'button', class: 'button', onclick: () => edit(person, changed) }, icon('pen'), 'Edit profile')
      : h('a', { class: 'button', href: `/messages/new/${encodeURIComponent(person.handle)}` }, icon('mail'), 'Message')),
    person.bio ? h('p', { class: 'text profile-bio' }, richText(person.bio)) : null,
    h('p', { class: 'profile-facts' }, h('span', {}, cruds), h('span', {}, `here since ${monthAndYear(parse(person.created_at))}`)));
}

export const profile = {
  title: 'Profile',
  async show({ main, params, setTitle, signal }) {
    main.append(waiting());
    const base = `/api/activities/@${encodeURIComponent(params.handle)}`;
    const query = { marks: signedIn() ? 1 : null };
    await me().catch(() => {});
    const begin = await page(base, query, signal);
    const person = begin.data.profile;
    setTitle(`${person.display_name} (@${person.handle})`);
    const posts = pagedList({
      label: `Posts by ${person.display_name}`,
      fetchPage: async (before) => {
        const { data, next } = before ? await page(base, { ...query, before }, signal) : begin;
        return { data: data.activities, next };
      },
      item: (activity) => crud(activity),
      empty: () => emptyNote('No posts', 'Nothing written, or everything has expired.'),
      signal,
    });
    main.replaceChildren();
    add(main, head(person), posts.node);
    await posts.first;
  },
};
