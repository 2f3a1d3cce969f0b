// The form that writes a post or a reply: text, what is left of its length, perhaps its life.

import { h, icon, id } from '../lib/dom.js';
import { textOf } from '../lib/texts.js';
import { avatar } from './avatar.js';
import { counter, growing, lengthOf } from './counter.js';
import { busy } from './form.js';
import { me } from './me.js';

const LIVES = [['30-days', '30 days'], ['7-days', '7 days'], ['3-days', '3 days'], ['1-day', '1 day'],
  ['12-hours', '12 hours'], ['3-hours', '3 hours'], ['1-hour', '1 hour']];
const KEY = 'cruddur.ttl';

function lifeChoice() {
  const own = id('ttl');
  const select = h('select', { id: own, name: 'ttl', class: 'select' }, LIVES.map(([value, text]) => h('option', { value }, text)));
  select.value = localStorage.getItem(KEY) ?? '7-days';
  if (select.selectedIndex < 0) select.value = '7-days';
  select.addEventListener('change', () => localStorage.setItem(KEY, select.value));
  return { select, node: h('label', { class: 'life', for: own }, icon('hourglass'), h('span', { class: 'life-text' }, 'Expires in'), select) };
}

// submit({message, ttl}) may throw.
export function compose({ label, placeholder, limit, action, life = false, submit }) {
  const own = id('message');
  const area = h('textarea', { id: own, name: 'message', rows: life ? 2 : 1, placeholder, class: 'compose-text' });
  const choice = life ? lifeChoice() : null;
  const button = h('button', { type: 'submit', class: 'button button-main' }, action);
  const wrong = h('p', { class: 'wrong', role: 'alert' });
  const count = counter(area, limit, (fits) => button.classList.toggle('is-off', !fits || !lengthOf(area.value)));
  const fit = growing(area);
  const face = h('div', { class: 'compose-face' });
  me().then((person) => person && face.replaceChildren(avatar(person))).catch(() => {});

  async function send(event) {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    wrong.textContent = '';
    busy(button, true);
    try {
      await submit({ message: area.value, ...(choice && { ttl: choice.select.value }) });
      area.value = '';
      fit();
      count.update();
    } catch (error) {
      wrong.textContent = textOf(error);
      area.focus();
    } finally {
      busy(button, false);
    }
  }

  const node = h('form', { class: 'compose', onsubmit: send, novalidate: true }, face, h('div', { class: 'compose-body' },
    h('label', { class: 'spoken', for: own }, label), area, wrong,
    h('div', { class: 'compose-row' }, choice?.node, count.node, button)));
  area.addEventListener('input', () => { wrong.textContent = ''; });
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) node.requestSubmit();
  });
  return node;
}
