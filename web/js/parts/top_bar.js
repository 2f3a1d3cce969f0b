// The bar of a page below the first level: back, and its heading.

import { h, icon } from '../lib/dom.js';
import { back } from '../lib/router.js';

// `fallback` is where back leads when the page was opened by its address.
export function topBar(title, { fallback = '/', more = null } = {}) {
  return h('div', { class: 'top-bar' },
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Back', onclick: () => back(fallback) }, icon('back')),
    title instanceof Node ? title : h('h1', {}, title), more);
}
