// What happens to me, as it happens: one stream per browser, shared by its tabs.  The tab that holds
// the lock listens and tells the others; browsers allow few connections to one server.

import * as session from '../auth/session.js';
import { get } from './api.js';
import { eventStream } from './event_stream.js';

const bus = new EventTarget();
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('cruddur.live') : null;
let unread = 0;
let told = 0; // how often `unread` was set: an older answer must not undo a newer event
let running = null;

function tell(event, data) {
  if (event === 'notification') {
    unread = data.unread;
    told += 1;
  }
  bus.dispatchEvent(new CustomEvent(event, { detail: data }));
}

// f(data) for events named 'message_group', 'notification' or 'message', until the signal.
export function on(event, f, signal) {
  bus.addEventListener(event, ({ detail }) => f(detail), { signal });
}

export const unreadCount = () => unread;

export function setUnread(count) {
  share('notification', { kind: 'read', unread: count });
}

// A message came by another way, a conversation's own stream or an answer: the lists should know.
export const heard = (message) => tell('message', message);

function share(event, data) {
  tell(event, data);
  channel?.postMessage({ who: session.subject(), event, data });
}

channel?.addEventListener('message', ({ data: { who, event, data } }) => {
  if (who === session.subject()) tell(event, data);
});

// Follows the session: listens while somebody is signed in.
export function follow() {
  running?.abort();
  running = null;
  if (!session.signedIn()) {
    tell('notification', { kind: 'read', unread: 0 });
    return;
  }
  running = new AbortController();
  const { signal } = running;
  const ask = async () => {
    const before = told;
    const reply = await get('/api/notifications/unread', signal).catch(() => null);
    if (reply && told === before) tell('notification', { kind: 'read', unread: reply.unread });
  };
  const listen = () => eventStream({
    address: () => '/api/events',
    f: (event, data) => {
      if (event !== 'expired') share(event, data);
    },
    connected: (now) => now && ask(),
    signal,
  });
  ask();
  if (navigator.locks) navigator.locks.request('cruddur.live', { signal }, listen).catch(() => {});
  else listen();
}
