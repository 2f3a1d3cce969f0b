// What stays when pages change: brand, navigation, search, the place of the page.

import * as session from '../auth/session.js';
import { add, h, icon, spoken } from '../lib/dom.js';
import * as live from '../lib/live.js';
import { profilePath, avatar } from './avatar.js';
import { me } from './me.js';

const PLACES = [
  { path: '/', name: 'Home', icon: 'home' },
  { path: '/search', name: 'Search', icon: 'search' },
  { path: '/notifications', name: 'Notifications', icon: 'bell', mine: true },
  { path: '/messages', name: 'Messages', icon: 'mail', mine: true },
];

export function frame(app) {
  const nav = h('nav', { class: 'nav', 'aria-label': 'Main' });
  const account = h('div', { class: 'account' });
  const main = h('main', { class: 'main', id: 'main', tabindex: '-1' });
  const header = h('header', { class: 'side' },
    h('a', { class: 'brand', href: '/' }, icon('mark'), h('span', { class: 'brand-name' }, 'cruddur')), nav, account);
  app.replaceChildren(header, main);
  app.classList.add('app');

  const state = { shown: null };
  const update = () => {
    if (state.shown !== session.subject() || !nav.firstChild) {
      state.shown = session.subject();
      build(nav, account, state);
    }
    mark(nav);
  };
  live.on('notification', () => badge(nav));
  return { main, update };
}

function place({ path, name, icon: picture }) {
  return h('a', { class: 'nav-link', href: path, 'data-place': path }, icon(picture), h('span', { class: 'nav-name' }, name));
}

function build(nav, account, state) {
  const signedIn = session.signedIn();
  nav.replaceChildren();
  account.replaceChildren();
  add(nav, PLACES.filter(({ mine }) => signedIn || !mine).map(place));
  if (!signedIn) {
    add(account, h('a', { class: 'button button-main', href: '/signin' }, 'Sign in'),
      h('a', { class: 'button', href: '/signup' }, 'Join'));
    badge(nav);
    return;
  }
  badge(nav);
  const who = state.shown;
  me().then((person) => {
    if (state.shown !== who) return;
    add(nav, place({ path: profilePath(person.handle), name: 'Profile', icon: 'person' }));
    account.replaceChildren(card(person), signOutButton());
    mark(nav);
  }).catch(() => {
    if (state.shown === who) account.replaceChildren(signOutButton());
  });
}

function card(person) {
  return h('div', { class: 'account-who' }, avatar(person, 'avatar-small'), h('span', { class: 'names' },
    h('span', { class: 'name' }, person.display_name), h('span', { class: 'handle' }, `@${person.handle}`)));
}

function signOutButton() {
  return h('button', { class: 'button button-quiet', type: 'button', onclick: () => session.signOut() },
    icon('out'), h('span', { class: 'nav-name' }, 'Sign out'));
}

function mark(nav) {
  const here = location.pathname;
  for (const link of nav.children) {
    const path = link.dataset.place;
    const current = here === path || (path === '/messages' && here.startsWith('/messages/'));
    if (current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function badge(nav) {
  const link = nav.querySelector('[data-place="/notifications"]');
  if (!link) return;
  link.querySelector('.badge')?.remove();
  const count = live.unreadCount();
  if (count > 0) {
    link.append(h('span', { class: 'badge' }, count > 99 ? '99+' : String(count), spoken(' unread')));
  }
}
