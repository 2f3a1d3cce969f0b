// One post and its replies.

import { signedIn } from '../auth/session.js';
import { get, path } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { go } from '../lib/router.js';
import { crud, crudPath } from '../parts/crud.js';
import { replyForm } from '../parts/crud_actions.js';
import { me } from '../parts/me.js';
import { waiting } from '../parts/paged_list.js';
import { topBar } from '../parts/top_bar.js';

export const activity = {
  title: 'Post',
  async show({ main, params, setTitle, signal }) {
    main.append(topBar('Post'), waiting());
    const address = `/api/activities/@${encodeURIComponent(params.handle)}/status/${encodeURIComponent(params.uuid)}`;
    const [found] = await Promise.all([get(path(address, { marks: signedIn() ? 1 : null }), signal), me().catch(() => null)]);
    if (signal.aborted) return;
    setTitle(`${found.activity.display_name}: ${found.activity.message.slice(0, 40)}`);
    const replies = h('ol', { class: 'list', 'aria-label': 'Replies' });
    const show = (reply) => replies.append(h('li', { class: 'list-item' }, crud(reply)));
    found.replies.forEach(show);
    main.lastChild.replaceWith(
      parentLink(found.activity) ?? '',
      crud(found.activity, { alone: true, replied: show, removed: () => go('/', { replace: true }) }),
      signedIn() ? replyForm(found.activity, show)
        : h('p', { class: 'join-in' }, h('a', { href: '/signin' }, 'Sign in'), ' to reply.'),
      h('h2', { class: 'spoken' }, 'Replies'), replies);
  },
};

// A reply says what it replies to; the parent's author is only known after asking.
function parentLink({ reply_to_activity_uuid: parent }) {
  if (!parent) return null;
  const link = h('a', { class: 'parent-link', href: '/' }, 'In reply to an earlier post');
  link.hidden = true;
  get(`/api/activities/${encodeURIComponent(parent)}`).then((found) => {
    link.href = crudPath(found.activity);
    link.textContent = `In reply to ${found.activity.display_name}`;
    link.hidden = false;
  }).catch(() => {});
  return link;
}
