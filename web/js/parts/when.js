// The age of something, kept current; the exact time on hovering.

import { h } from '../lib/dom.js';
import { keepCurrent } from '../lib/clock.js';
import { age, exact, parse } from '../lib/time.js';

export function when(text) {
  const date = parse(text);
  const node = h('time', { class: 'when', datetime: date.toISOString(), title: exact(date) });
  keepCurrent(node, () => {
    node.textContent = age(date);
  });
  return node;
}
