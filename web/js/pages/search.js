// Finds posts by their text or author.

import { signedIn } from '../auth/session.js';
import { page } from '../lib/api.js';
import { add, h, icon, id } from '../lib/dom.js';
import { go } from '../lib/router.js';
import { crud } from '../parts/crud.js';
import { me } from '../parts/me.js';
import { emptyNote, pagedList } from '../parts/paged_list.js';

const LONGEST = 100;

function searchForm(term) {
  const own = id('term');
  const input = h('input', { id: own, type: 'search', name: 'term', class: 'input', value: term, maxlength: LONGEST,
    placeholder: 'Posts, names, handles', autocomplete: 'off', enterkeyhint: 'search' });
  const submit = (event) => {
    event.preventDefault();
    const wanted = input.value.trim();
    go(wanted ? `/search?${new URLSearchParams({ term: wanted })}` : '/search');
  };
  return h('form', { class: 'search-form', role: 'search', onsubmit: submit },
    h('label', { class: 'spoken', for: own }, 'Search'), icon('search'), input,
    h('button', { type: 'submit', class: 'button' }, 'Search'));
}

export const search = {
  title: 'Search',
  async show({ main, query, setTitle, signal }) {
    const term = (query.get('term') ?? '').trim();
    add(main, h('div', { class: 'page-head' }, h('h1', {}, 'Search'), searchForm(term)));
    if (!term) {
      main.append(emptyNote('What are you looking for?', 'Words of a post, or somebody\u2019s name.'));
      if (!main.ownerDocument.activeElement?.closest('.nav')) main.querySelector('input').focus();
      return;
    }
    setTitle(`Search: ${term}`);
    await me().catch(() => {});
    const found = pagedList({
      label: 'Posts found',
      fetchPage: (before) => page('/api/activities/search', { term, before, marks: signedIn() ? 1 : null }, signal),
      item: (activity) => crud(activity),
      empty: () => emptyNote('Nothing found', `No post says or is by \u201c${term}\u201d. Expired posts are not found.`),
      signal,
    });
    main.append(found.node);
    await found.first;
  },
};
