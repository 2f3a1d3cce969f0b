// A short word at the edge of the page, also spoken.

import { h } from '../lib/dom.js';
import { textOf } from '../lib/texts.js';

const SHOWN_MS = 6000;
const place = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
document.body.append(place);

export function toast(text, kind = '') {
  const note = h('p', { class: `toast ${kind}` }, text);
  place.append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}

export const toastError = (error) => toast(textOf(error), 'toast-bad');
