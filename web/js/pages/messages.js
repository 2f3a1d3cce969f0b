// My conversations, none of them open.

import { h, icon } from '../lib/dom.js';
import { conversationList } from '../parts/conversation_list.js';

export const messages = {
  title: 'Messages',
  needs: 'session',
  wide: true,
  async show({ main, signal }) {
    const list = conversationList({ current: null, signal });
    main.append(h('div', { class: 'split split-list' }, list.node, h('section', { class: 'thread thread-none' },
      h('div', { class: 'empty' }, icon('mail'), h('p', { class: 'empty-title' }, 'Choose a conversation'),
        h('p', {}, 'or ', h('a', { href: '/messages/new' }, 'write to somebody new'), '.')))));
    await list.first;
  },
};
