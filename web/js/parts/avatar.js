// A person's mark: initials on one of eight quiet tones, always the same for a handle.

import { h } from '../lib/dom.js';

const TONES = 8;

function tone(handle) {
  let sum = 7;
  for (const c of handle.toLowerCase()) sum = (sum * 31 + c.codePointAt(0)) >>> 0;
  return sum % TONES;
}

function initials(name) {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '')][0] ?? '?';
  const last = words.length > 1 ? [...words.at(-1)][0] : '';
  return (first + last).toUpperCase();
}

export function avatar({ display_name: name, handle }, size = '') {
  return h('span', { class: `avatar tone-${tone(handle)} ${size}`, 'aria-hidden': 'true' }, initials(name));
}

export const profilePath = (handle) => `/@${encodeURIComponent(handle)}`;
