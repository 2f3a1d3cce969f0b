// Draws the messages of a conversation: days, runs of one sender, mine on the right.

import { h, spoken } from '../lib/dom.js';
import { day, exact, parse, timeOfDay } from '../lib/time.js';
import { avatar } from './avatar.js';
import { isMe } from './me.js';
import { richText } from './rich_text.js';

const RUN_MS = 5 * 60_000; // messages closer than this belong together

function together(a, b) {
  return a && b && a.handle === b.handle && parse(b.created_at) - parse(a.created_at) < RUN_MS
    && day(parse(a.created_at)) === day(parse(b.created_at));
}

function bubble(message, previous, next) {
  const date = parse(message.created_at);
  const mine = isMe(message.handle);
  const first = !together(previous, message);
  const last = !together(message, next);
  return h('li', { class: `message ${mine ? 'message-mine' : ''} ${first ? 'message-first' : ''}`, 'data-uuid': message.uuid },
    mine ? null : h('span', { class: 'message-face' }, last ? avatar(message, 'avatar-small') : null),
    h('div', { class: 'message-body' }, spoken(`${mine ? 'You' : message.display_name}: `),
      h('p', { class: 'bubble text', title: exact(date) }, richText(message.message)),
      last ? h('time', { class: 'message-time', datetime: date.toISOString() }, timeOfDay(date)) : null));
}

function dayLine(date) {
  return h('li', { class: 'day' }, h('span', {}, day(date)));
}

// All of them, as list items.
export function drawMessages(messages) {
  const items = [];
  let shownDay = '';
  messages.forEach((message, i) => {
    const date = parse(message.created_at);
    if (date.toDateString() !== shownDay) {
      shownDay = date.toDateString();
      items.push(dayLine(date));
    }
    items.push(bubble(message, messages[i - 1], messages[i + 1]));
  });
  return items;
}

// A message on its way, or one that did not get through: retry() sends it again.
export function drawPending({ text, failed }, retry) {
  return h('li', { class: 'message message-mine message-first message-pending' }, h('div', { class: 'message-body' },
    h('p', { class: 'bubble text' }, text),
    failed ? h('p', { class: 'wrong' }, `Not sent. ${failed} `, h('button', { type: 'button', class: 'link-button', onclick: retry }, 'Send again'))
      : h('span', { class: 'message-time' }, 'Sending')));
}
