// Writes a message: Enter sends, Shift+Enter is a new line; where there is no keyboard, the button.

import { h, icon, id } from '../lib/dom.js';
import { counter, growing, lengthOf } from './counter.js';

const LIMIT = 1024;
const COUNT_FROM = 200; // the number appears when this many are left

// send(text) takes over: it shows the message and what becomes of it.
export function messageForm({ to, send }) {
  const own = id('text');
  const area = h('textarea', { id: own, name: 'message', rows: 1, class: 'say-text', placeholder: 'Write a message', enterkeyhint: 'send' });
  const button = h('button', { type: 'submit', class: 'button button-main say-send' }, icon('send'), h('span', { class: 'spoken' }, 'Send'));
  const count = counter(area, LIMIT, (fits) => {
    button.classList.toggle('is-off', !fits || !lengthOf(area.value));
  });
  const fit = growing(area);
  const quiet = () => count.node.classList.toggle('counter-quiet', LIMIT - lengthOf(area.value) > COUNT_FROM);
  const submit = (event) => {
    event.preventDefault();
    if (!lengthOf(area.value) || !count.fits()) return;
    const text = area.value.trim();
    area.value = '';
    fit();
    count.update();
    quiet();
    area.focus();
    send(text);
  };
  const form = h('form', { class: 'say', onsubmit: submit }, h('label', { class: 'spoken', for: own }, `Message to ${to}`),
    area, count.node, button);
  area.addEventListener('input', quiet);
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
  quiet();
  return { node: form, focus: () => area.focus() };
}
