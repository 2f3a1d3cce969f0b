// My conversations, newest first, kept current by the live stream.

import { page } from '../lib/api.js';
import { add, h, icon, spoken } from '../lib/dom.js';
import * as live from '../lib/live.js';
import { avatar } from './avatar.js';
import { emptyNote, pagedList } from './paged_list.js';
import { when } from './when.js';

const fresh = new Set(); // conversations in which something came that was not looked at

function entry(group, current) {
  const here = group.uuid === current;
  if (here) fresh.delete(group.uuid);
  const unseen = fresh.has(group.uuid);
  return h('a', {
    class: `talk ${unseen ? 'talk-new' : ''}`, href: `/messages/${encodeURIComponent(group.uuid)}`,
    'aria-current': here ? 'true' : null, 'data-group': group.uuid,
  }, avatar(group), h('span', { class: 'talk-body' },
    h('span', { class: 'talk-head' }, h('span', { class: 'names' }, h('span', { class: 'name' }, group.display_name), h('span', { class: 'handle' }, `@${group.handle}`)),
      when(group.created_at)),
    h('span', { class: 'talk-text' }, group.message)), unseen ? h('span', { class: 'dot' }, spoken('new')) : null);
}

// `extra` is a person with whom a conversation is about to begin; found(groups) gets each page.
export function conversationList({ current, extra = null, found = () => {}, signal }) {
  const known = new Map();
  const list = pagedList({
    label: 'Conversations',
    fetchPage: async (before) => {
      const got = await page('/api/message_groups', { before }, signal);
      found(got.data);
      return got;
    },
    item: (group) => {
      known.set(group.uuid, group);
      return entry(group, current);
    },
    empty: () => (extra ? '' : emptyNote('No conversations yet', 'Write to somebody: the pen above.')),
    signal,
  });
  const moveUp = (group) => {
    list.node.querySelector(`[data-group="${CSS.escape(group.uuid)}"]`)?.closest('li').remove();
    list.prepend(group);
  };
  live.on('message_group', (group) => {
    if (group.uuid !== current) fresh.add(group.uuid);
    moveUp(group);
  }, signal);
  live.on('message', ({ message_group_uuid: uuid, message, created_at: at }) => {
    const group = known.get(uuid);
    if (group && group.created_at < at) moveUp({ ...group, message, created_at: at });
  }, signal);
  const node = h('section', { class: 'talks', 'aria-label': 'Conversations' },
    h('div', { class: 'top-bar' }, h(current || extra ? 'h2' : 'h1', {}, 'Messages'),
      h('a', { class: 'icon-button', href: '/messages/new', 'aria-label': 'New conversation', title: 'New conversation' }, icon('pen'))));
  if (extra) add(node, h('div', { class: 'talk talk-extra', 'aria-current': 'true' }, avatar(extra),
    h('span', { class: 'talk-body' }, h('span', { class: 'name' }, extra.display_name), h('span', { class: 'talk-text' }, 'New conversation'))));
  add(node, list.node);
  return { node, first: list.first };
}
