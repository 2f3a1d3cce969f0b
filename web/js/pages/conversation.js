// One conversation, beside the list of all.

import { get, path } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { avatar, profilePath } from '../parts/avatar.js';
import { conversationList } from '../parts/conversation_list.js';
import { isMe, me } from '../parts/me.js';
import { Thread } from '../parts/thread.js';
import { topBar } from '../parts/top_bar.js';

// The other person, once known.
function heading() {
  const node = h('h1', { class: 'thread-who' }, 'Conversation');
  let known = false;
  return {
    node,
    show(person, setTitle) {
      if (known) return;
      known = true;
      setTitle(person.display_name);
      node.replaceChildren(h('a', { class: 'thread-link', href: profilePath(person.handle) }, avatar(person, 'avatar-small'),
        h('span', { class: 'names' }, h('span', { class: 'name' }, person.display_name), h('span', { class: 'handle' }, `@${person.handle}`))));
    },
  };
}

export const conversation = {
  title: 'Conversation',
  needs: 'session',
  wide: true,
  async show({ main, params, setTitle, signal }) {
    const who = heading();
    const list = conversationList({
      current: params.group,
      found: (groups) => groups.filter(({ uuid }) => uuid === params.group).forEach((group) => who.show(group, setTitle)),
      signal,
    });
    const thread = new Thread(params.group, signal);
    main.append(h('div', { class: 'split split-thread' }, list.node,
      h('section', { class: 'thread', 'aria-label': 'Conversation' }, topBar(who.node, { fallback: '/messages' }), thread.node)));
    await me();
    list.first.catch(() => {});
    const messages = await thread.open();
    const other = messages.find(({ handle }) => !isMe(handle));
    if (other) who.show(other, setTitle);
    if (!matchMedia('(pointer: coarse)').matches) thread.form.focus();
  },
};

// Where the conversation with this person is, if it is among the newest.
export async function existing(handle, signal) {
  const groups = await get(path('/api/message_groups', {}), signal);
  return groups.find((group) => group.handle.toLowerCase() === handle.toLowerCase()) ?? null;
}
