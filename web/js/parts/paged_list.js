// A list that fetches its next page when its end comes into view.

import { aborted } from '../lib/api.js';
import { add, h } from '../lib/dom.js';
import { textOf } from '../lib/texts.js';

const AHEAD = '600px';

// fetchPage(cursor) gives {data, next}; item(one) gives a node, or null to leave it out; empty() is
// shown instead of a list without items.  Returns {node, first, prepend(one)}: first is a promise.
export function pagedList({ label, fetchPage, item, empty, signal }) {
  const list = h('ol', { class: 'list', 'aria-label': label });
  const foot = h('div', { class: 'list-foot' });
  const node = h('div', { class: 'paged' }, list, foot);
  let cursor = null;
  let loading = false;
  const watcher = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) more();
  }, { rootMargin: AHEAD });
  signal.addEventListener('abort', () => watcher.disconnect());

  const row = (one) => {
    const inside = item(one);
    return inside && h('li', { class: 'list-item' }, inside);
  };

  function button(text) {
    watcher.disconnect();
    const more1 = h('button', { type: 'button', class: 'button', onclick: more }, text);
    foot.replaceChildren(more1);
    return more1;
  }

  async function load() {
    const { data, next } = await fetchPage(cursor);
    if (signal.aborted) return;
    cursor = next;
    add(list, data.map(row));
    foot.replaceChildren();
    if (next) watcher.observe(button('Show more'));
    else if (!list.firstChild) foot.replaceChildren(empty());
  }

  async function more() {
    if (loading) return;
    loading = true;
    try {
      await load();
    } catch (error) {
      if (aborted(error)) return;
      button('Try again').before(h('p', { class: 'wrong' }, textOf(error)));
    } finally {
      loading = false;
    }
  }

  foot.append(waiting());
  const first = load();
  return {
    node,
    first,
    prepend(one) {
      if (!cursor) foot.replaceChildren();
      list.prepend(row(one));
    },
  };
}

// Where something will be.
export function waiting() {
  return h('p', { class: 'waiting', role: 'status' }, 'Loading');
}

export function emptyNote(title, ...text) {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), text.length ? h('p', {}, text) : null);
}
