// A text with its @handles and web addresses as links.  Everything else is text.

import { h } from '../lib/dom.js';
import { profilePath } from './avatar.js';

const LINKS = /(?<![\w@/])@([A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*)|https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g;

export function richText(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(LINKS)) {
    parts.push(text.slice(at, found.index), link(found[0], found[1]));
    at = found.index + found[0].length;
  }
  parts.push(text.slice(at));
  return parts.filter((part) => part !== '');
}

function link(text, handle) {
  if (handle) return h('a', { class: 'mention', href: profilePath(handle) }, text);
  return h('a', { href: text, target: '_blank', rel: 'noopener noreferrer nofollow' }, text);
}
