// Whom to write to: looks for people as the person types.

import { get, path } from '../lib/api.js';
import { h, icon, id } from '../lib/dom.js';
import { textOf } from '../lib/texts.js';
import { avatar } from '../parts/avatar.js';
import { isMe, me } from '../parts/me.js';
import { topBar } from '../parts/top_bar.js';

const PAUSE_MS = 180;

function choice(person) {
  return h('li', {}, h('a', { class: 'person', href: `/messages/new/${encodeURIComponent(person.handle)}` }, avatar(person),
    h('span', { class: 'names names-two' }, h('span', { class: 'name' }, person.display_name), h('span', { class: 'handle' }, `@${person.handle}`))));
}

export const pickPerson = {
  title: 'New conversation',
  needs: 'session',
  show({ main, signal }) {
    const own = id('person');
    const input = h('input', { id: own, type: 'search', class: 'input', placeholder: 'Name or handle', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
    const list = h('ul', { class: 'people', 'aria-label': 'People' });
    const said = h('p', { class: 'waiting', role: 'status' }, 'Type a name or a handle.');
    let timer = 0;
    let turn = 0;

    async function look() {
      const term = input.value.trim().replace(/^@/, '');
      turn += 1;
      const mine = turn;
      if (!term) {
        list.replaceChildren();
        said.textContent = 'Type a name or a handle.';
        return;
      }
      try {
        const found = (await get(path('/api/users/search', { term }), signal)).filter(({ handle }) => !isMe(handle));
        if (mine !== turn) return;
        list.replaceChildren(...found.map(choice));
        said.textContent = found.length === 0 ? 'Nobody found.' : found.length === 1 ? '1 person' : `${found.length} people`;
      } catch (error) {
        if (mine === turn && !signal.aborted) said.textContent = textOf(error);
      }
    }

    input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE_MS);
    });
    const submit = (event) => {
      event.preventDefault();
      clearTimeout(timer);
      look().then(() => list.querySelector('a')?.focus());
    };
    main.append(topBar('New conversation', { fallback: '/messages' }),
      h('form', { class: 'search-form', role: 'search', onsubmit: submit },
        h('label', { class: 'spoken', for: own }, 'To whom?'), icon('search'), input), said, list);
    input.focus();
    me().catch(() => {});
  },
};
