// One post, in a list or alone.

import { h } from '../lib/dom.js';
import { go } from '../lib/router.js';
import { exact, parse } from '../lib/time.js';
import { avatar, profilePath } from './avatar.js';
import { crudActions } from './crud_actions.js';
import { expiry } from './expiry.js';
import { richText } from './rich_text.js';
import { toast } from './toast.js';
import { when } from './when.js';

const FADE_MS = 600;

export const crudPath = ({ handle, uuid }) => `${profilePath(handle)}/status/${encodeURIComponent(uuid)}`;

// options: {alone: the page is about this one, replied(activity), removed()}
export function crud(activity, { alone = false, replied, removed } = {}) {
  const path = crudPath(activity);
  const profile = profilePath(activity.handle);
  const node = h('article', { class: `crud ${alone ? 'crud-alone' : ''}`, 'aria-label': `${activity.display_name}: ${activity.message}` });
  const leave = () => {
    node.classList.add('crud-fading');
    setTimeout(() => (node.closest('li') ?? node).remove(), FADE_MS);
    removed?.();
  };
  node.append(
    h('a', { class: 'crud-face', href: profile, tabindex: '-1', 'aria-hidden': 'true' }, avatar(activity)),
    h('div', { class: 'crud-body' },
      h('div', { class: 'crud-head' },
        h('a', { class: 'names', href: profile }, h('span', { class: 'name' }, activity.display_name),
          h('span', { class: 'handle' }, `@${activity.handle}`)),
        alone ? null : h('a', { class: 'crud-when', href: path, 'aria-label': `Open, ${exact(parse(activity.created_at))}` }, when(activity.created_at)),
        expiry(activity, leave)),
      h('p', { class: 'text' }, richText(activity.message)),
      alone ? h('p', { class: 'crud-exact' }, exact(parse(activity.created_at))) : null,
      crudActions(activity, { replied: replied ?? (() => toast('Your reply is there.')), removed: leave })));
  if (!alone) node.addEventListener('click', (event) => openFromText(event, path));
  return node;
}

// A click on the text opens the post, unless something was selected or another thing was meant.
function openFromText(event, path) {
  if (event.target.closest('a, button, dialog') || String(getSelection())) return;
  go(path);
}
