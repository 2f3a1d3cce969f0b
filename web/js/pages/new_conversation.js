// The first message to somebody.

import { get, post } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { go } from '../lib/router.js';
import { textOf } from '../lib/texts.js';
import { avatar, profilePath } from '../parts/avatar.js';
import { conversationList } from '../parts/conversation_list.js';
import { messageForm } from '../parts/message_form.js';
import { drawPending } from '../parts/message_view.js';
import { topBar } from '../parts/top_bar.js';
import { existing } from './conversation.js';

const conversationPath = (group) => `/messages/${encodeURIComponent(group)}`;

function firstMessages(person) {
  const list = h('ol', { class: 'message-list', role: 'log', 'aria-label': 'Messages' });
  const note = h('div', { class: 'empty' }, avatar(person, 'avatar-big'), h('p', { class: 'empty-title' }, person.display_name),
    h('p', { class: 'handle' }, `@${person.handle}`), h('p', {}, 'Say hello. Messages do not expire.'));
  const send = async (text) => {
    note.remove();
    const show = (failed) => list.replaceChildren(drawPending({ text, failed }, () => send(text)));
    show(null);
    try {
      const { message_group_uuid: group } = await post('/api/messages', { message: text, handle: person.handle });
      go(conversationPath(group), { replace: true });
    } catch (error) {
      show(textOf(error));
    }
  };
  const form = messageForm({ to: person.display_name, send });
  return { form, node: h('div', { class: 'thread-body' }, h('div', { class: 'message-scroll' }, note, list), form.node) };
}

export const newConversation = {
  title: 'New conversation',
  needs: 'session',
  wide: true,
  async show({ main, params, setTitle, signal }) {
    const [person, group] = await Promise.all([
      get(`/api/users/@${encodeURIComponent(params.handle)}/short`, signal), existing(params.handle, signal)]);
    if (group) {
      go(conversationPath(group.uuid), { replace: true });
      return;
    }
    setTitle(person.display_name);
    const list = conversationList({ current: null, extra: person, signal });
    const body = firstMessages(person);
    const who = h('h1', { class: 'thread-who' }, h('a', { class: 'thread-link', href: profilePath(person.handle) }, person.display_name));
    main.append(h('div', { class: 'split split-thread' }, list.node,
      h('section', { class: 'thread', 'aria-label': 'New conversation' }, topBar(who, { fallback: '/messages' }), body.node)));
    body.form.focus();
    await list.first;
  },
};
