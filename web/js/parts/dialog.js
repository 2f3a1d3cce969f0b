// A dialog in front of the page: the browser keeps the focus inside, Escape closes it.

import { h, icon, id } from '../lib/dom.js';

// Shows it; returns close().  body(close) builds what is inside.
export function dialog(title, body) {
  const heading = id('dialog');
  const element = h('dialog', { class: 'dialog', 'aria-labelledby': heading });
  const close = () => element.close();
  element.append(h('div', { class: 'dialog-head' }, h('h2', { id: heading }, title),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: close }, icon('close'))));
  element.append(body(close));
  element.addEventListener('close', () => {
    removeEventListener('popstate', close);
    element.remove();
  });
  element.addEventListener('click', (event) => {
    if (event.target === element) close();
  });
  addEventListener('popstate', close);
  document.body.append(element);
  element.showModal();
  element.querySelector('[autofocus], textarea, input')?.focus();
  return close;
}

// Asks before something that cannot be undone.
export function ask(title, text, action, f) {
  dialog(title, (close) => h('div', { class: 'form' }, h('p', {}, text), h('div', { class: 'row row-end' },
    h('button', { type: 'button', class: 'button', autofocus: true, onclick: close }, 'Cancel'),
    h('button', { type: 'button', class: 'button button-danger', onclick: () => { close(); f(); } }, action))));
}
