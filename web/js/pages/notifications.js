// What others did: replies, likes, reposts, mentions, messages.

import { page, post } from '../lib/api.js';
import { add, h, icon, spoken } from '../lib/dom.js';
import * as live from '../lib/live.js';
import { avatar, profilePath } from '../parts/avatar.js';
import { me, meNow } from '../parts/me.js';
import { emptyNote, pagedList } from '../parts/paged_list.js';
import { toastError } from '../parts/toast.js';
import { when } from '../parts/when.js';

const KINDS = {
  reply: { says: 'replied', picture: 'reply' },
  like: { says: 'liked your post', picture: 'like', own: true },
  repost: { says: 'reposted your post', picture: 'repost', own: true },
  mention: { says: 'mentioned you', picture: 'at' },
  message: { says: 'wrote to you', picture: 'mail' },
};

// The activity's page names its author: mine for likes and reposts, else the other person's.
function target(note, { own }) {
  if (note.message_group_uuid) return `/messages/${encodeURIComponent(note.message_group_uuid)}`;
  const author = own ? meNow()?.handle ?? note.handle : note.handle;
  return `${profilePath(author)}/status/${encodeURIComponent(note.activity_uuid)}`;
}

function item(note) {
  const kind = KINDS[note.kind];
  if (!kind) return null;
  return h('a', { class: `note ${note.read ? '' : 'note-new'} note-${note.kind}`, href: target(note, kind) },
    h('span', { class: 'note-kind' }, icon(kind.picture)), avatar(note, 'avatar-small'),
    h('span', { class: 'note-body' },
      h('span', { class: 'note-head' }, h('span', { class: 'name' }, note.display_name), ` ${kind.says} `, when(note.created_at),
        note.read ? null : spoken(' (new)')),
      h('span', { class: 'note-text' }, note.message)));
}

export const notifications = {
  title: 'Notifications',
  needs: 'session',
  async show({ main, signal }) {
    add(main, h('div', { class: 'page-head' }, h('h1', {}, 'Notifications')));
    await me().catch(() => {});
    const place = h('div', {});
    main.append(place);
    const show = async () => {
      const list = pagedList({
        label: 'Notifications',
        fetchPage: (before) => page('/api/activities/notifications', { before }, signal),
        item,
        empty: () => emptyNote('All quiet', 'When somebody replies, likes or mentions you, it shows here.'),
        signal,
      });
      if (!place.firstChild) place.append(list.node);
      await list.first;
      place.replaceChildren(list.node);
      await post('/api/notifications/read', {}, signal);
      live.setUnread(0);
    };
    let shown = show();
    live.on('notification', ({ kind }) => {
      if (kind !== 'read') shown = shown.then(show).catch((error) => signal.aborted || toastError(error));
    }, signal);
    await shown;
  },
};
