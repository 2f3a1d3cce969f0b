// A test double of Cruddur's API (docs/cruddur-api.md), in memory.

import { randomUUID } from 'node:crypto';

const LIVES = { '30-days': 720, '7-days': 168, '3-days': 72, '1-day': 24, '12-hours': 12, '3-hours': 3, '1-hour': 1 };
const PAGE = 40;
const MESSAGES = 20;

export class Reply extends Error {
  constructor(status, codes) {
    super(String(codes));
    this.status = status;
    this.codes = codes;
  }
}

const zoneless = (date) => date.toISOString().replace('Z', '000');
const zoned = (date) => date.toISOString().replace('Z', '000+00:00');

export class Api {
  people = [];
  posts = [];
  notes = [];
  groups = [];    // {uuid, members: [person, person], messages: []}
  streams = new Set(); // {person, group, send}

  person(user) {
    const created_at = zoneless(new Date());
    const person = { uuid: randomUUID(), cognito_user_uuid: user.sub, handle: user.handle, display_name: user.name, email: user.email, bio: null, created_at };
    this.people.push(person);
    return person;
  }

  byHandle(handle) {
    return this.people.find((one) => one.handle.toLowerCase() === handle.toLowerCase());
  }

  alive() {
    return this.posts.filter((one) => new Date(`${one.expires_at}Z`) > new Date());
  }

  post(author, message, ttl, parent = null, minutesAgo = 0) {
    const now = Date.now() - minutesAgo * 60_000;
    const one = {
      uuid: randomUUID(), author, message, created_at: zoneless(new Date(now)), likes: new Set(), reposts: new Set(),
      expires_at: parent ? parent.expires_at : zoneless(new Date(now + LIVES[ttl] * 3_600_000)), parent: parent?.uuid ?? null,
    };
    this.posts.unshift(one);
    if (parent) this.note(parent.author, 'reply', author, one);
    for (const [, handle] of message.matchAll(/@([\w.-]+)/g)) if (this.byHandle(handle)) this.note(this.byHandle(handle), 'mention', author, one);
    return one;
  }

  note(to, kind, by, post, group = null, text = null) {
    if (to === by || (group && this.notes.some((n) => n.to === to && n.group === group && !n.read))) return;
    this.notes.unshift({ uuid: randomUUID(), to, kind, by, post, group, text, read: false, created_at: zoneless(new Date()) });
    this.tell((s) => s.person === to && !s.group, 'notification', { kind, unread: this.unread(to) });
  }

  unread(person) {
    return this.notes.filter((one) => one.to === person && !one.read).length;
  }

  shown(one, me) {
    return {
      created_at: one.created_at, display_name: one.author.display_name, expires_at: one.expires_at, handle: one.author.handle,
      likes_count: one.likes.size, message: one.message, replies_count: this.posts.filter((p) => p.parent === one.uuid).length,
      reply_to_activity_uuid: one.parent, reposts_count: one.reposts.size, uuid: one.uuid,
      ...(me && { liked: one.likes.has(me.uuid), reposted: one.reposts.has(me.uuid) }),
    };
  }

  shownNote(n) {
    const post = n.post ? this.shown(n.post) : { expires_at: null, likes_count: 0, replies_count: 0, reply_to_activity_uuid: null, reposts_count: 0 };
    return { ...post, activity_uuid: n.post?.uuid ?? null, created_at: n.created_at, display_name: n.by.display_name, handle: n.by.handle,
      kind: n.kind, message: n.post?.message ?? n.text, message_group_uuid: n.group?.uuid ?? null, read: n.read, uuid: n.uuid };
  }

  shownGroup(group, me) {
    const other = group.members.find((one) => one !== me);
    const last = group.messages.at(-1);
    return { created_at: last.created_at, display_name: other.display_name, handle: other.handle, message: last.message, uuid: group.uuid };
  }

  tell(which, event, data) {
    for (const stream of this.streams) if (which(stream)) stream.send(event, typeof data === 'function' ? data(stream) : data);
  }

  say(group, sender, text, date = new Date()) {
    const message = { created_at: zoned(date), display_name: sender.display_name, handle: sender.handle, message: text, uuid: randomUUID() };
    group.messages.push(message);
    this.tell((s) => s.group === group, 'message', { ...message, message_group_uuid: group.uuid });
    this.tell((s) => !s.group && group.members.includes(s.person), 'message_group', (s) => this.shownGroup(group, s.person));
    this.note(group.members.find((one) => one !== sender), 'message', sender, null, group, text);
    return { ...message, message_group_uuid: group.uuid };
  }

  conversation(a, b) {
    let group = this.groups.find(({ members }) => members.includes(a) && members.includes(b));
    if (!group) this.groups.push(group = { uuid: randomUUID(), members: [a, b], messages: [] });
    return group;
  }

  page(all, before, size = PAGE) {
    const from = before ? Number(before) : 0;
    return { body: all.slice(from, from + size), next: all.length > from + size ? String(from + size) : null };
  }

  found(uuid) {
    const one = this.alive().find((p) => p.uuid === uuid);
    if (!one) throw new Reply(404, ['activity_not_found']);
    return one;
  }

  text(given, limit, code) {
    const text = (given ?? '').trim();
    if (!text) throw new Reply(422, ['message_blank']);
    if ([...text].length > limit) throw new Reply(422, [code]);
    return text;
  }

  // {body, next} of one call; `ask` is {method, path, query, body, me}.
  answer(ask) {
    for (const [method, pattern, needs, f] of CALLS) {
      const match = ask.method === method && pattern.exec(ask.path);
      if (!match) continue;
      if (needs && !ask.me) throw new Reply(401, {});
      const result = f(this, ask, ...match.slice(1).map(decodeURIComponent));
      return result?.body !== undefined && 'next' in result ? result : { body: result, next: null };
    }
    throw new Reply(404, ['not_found']);
  }
}

function posts(api, all, { query, me }) {
  const { body, next } = api.page(all, query.get('before'));
  return { body: body.map((one) => api.shown(one, query.get('marks') && me)), next };
}

function alone(api, uuid, { query, me }) {
  const marks = query.get('marks') && me;
  const replies = api.alive().filter((p) => p.parent === uuid).reverse();
  return { activity: api.shown(api.found(uuid), marks), replies: replies.map((one) => api.shown(one, marks)) };
}

function mark(api, me, uuid, what, on) {
  const one = api.found(uuid);
  const set = one[`${what}s`];
  if (on && !set.has(me.uuid)) api.note(one.author, what, me, one);
  if (on) set.add(me.uuid);
  else set.delete(me.uuid);
  return { [what === 'like' ? 'liked' : 'reposted']: on, [`${what}s_count`]: set.size };
}

function profileOf(api, handle, ask) {
  const who = api.byHandle(handle);
  if (!who) throw new Reply(404, ['user_not_found']);
  const all = api.alive().filter((one) => one.author === who);
  const { email, ...profile } = who;
  const { body, next } = posts(api, all, ask);
  return { body: { activities: body, profile: { ...profile, cruds_count: all.length } }, next };
}

function messages(api, { query, me }, uuid) {
  const group = mine(api, me, uuid);
  const { body, next } = api.page([...group.messages].reverse(), query.get('before'), MESSAGES);
  return { body: body.reverse(), next };
}

export function mine(api, me, uuid) {
  const group = api.groups.find((one) => one.uuid === uuid && one.members.includes(me));
  if (!group) throw new Reply(403, ['not_a_member']);
  return group;
}

function say(api, { body, me }) {
  const text = api.text(body.message, 1024, 'message_exceed_max_chars_1024');
  if (body.message_group_uuid) return api.say(mine(api, me, body.message_group_uuid), me, text);
  const other = api.byHandle(body.handle ?? '');
  if (!other) throw new Reply(422, ['user_receiver_not_found']);
  if (other === me) throw new Reply(422, ['user_receiver_is_sender']);
  return { message_group_uuid: api.say(api.conversation(me, other), me, text).message_group_uuid };
}

function update(api, { body, me }) {
  if (!(body.display_name ?? '').trim()) throw new Reply(422, ['display_name_blank']);
  Object.assign(me, { display_name: body.display_name.trim(), bio: body.bio || null });
  return { handle: me.handle };
}

const includes = (term, ...texts) => texts.some((text) => text.toLowerCase().includes(term.toLowerCase()));

const CALLS = [
  ['GET', /^\/api\/activities\/home$/, false, (api, ask) => posts(api, api.alive().filter((p) => !p.parent), ask)],
  ['POST', /^\/api\/activities$/, true, (api, { body, me }) => api.shown(api.post(me, api.text(body.message, 280, 'message_exceed_max_chars'), body.ttl), me)],
  ['GET', /^\/api\/activities\/search$/, false, (api, ask) => posts(api, api.alive().filter((p) =>
    includes(ask.query.get('term'), p.message, p.author.handle, p.author.display_name)), ask)],
  ['GET', /^\/api\/activities\/notifications$/, true, (api, { query, me }) => {
    const { body, next } = api.page(api.notes.filter((n) => n.to === me), query.get('before'));
    return { body: body.map((n) => api.shownNote(n)), next };
  }],
  ['GET', /^\/api\/activities\/@([^/]+)\/status\/([^/]+)$/, false, (api, ask, handle, uuid) => alone(api, uuid, ask)],
  ['GET', /^\/api\/activities\/@([^/]+)$/, false, (api, ask, handle) => profileOf(api, handle, ask)],
  ['GET', /^\/api\/activities\/([^/]+)$/, false, (api, ask, uuid) => alone(api, uuid, ask)],
  ['DELETE', /^\/api\/activities\/([^/]+)$/, true, (api, { me }, uuid) => {
    if (api.found(uuid).author !== me) throw new Reply(403, ['not_yours']);
    api.posts = api.posts.filter((p) => p.uuid !== uuid && p.parent !== uuid);
    return {};
  }],
  ['POST', /^\/api\/activities\/([^/]+)\/reply$/, true, (api, { body, me }, uuid) =>
    api.shown(api.post(me, api.text(body.message, 1024, 'message_exceed_max_chars_1024'), null, api.found(uuid)), me)],
  ['POST', /^\/api\/activities\/([^/]+)\/(like|repost)$/, true, (api, { me }, uuid, what) => mark(api, me, uuid, what, true)],
  ['DELETE', /^\/api\/activities\/([^/]+)\/(like|repost)$/, true, (api, { me }, uuid, what) => mark(api, me, uuid, what, false)],
  ['GET', /^\/api\/notifications\/unread$/, true, (api, { me }) => ({ unread: api.unread(me) })],
  ['POST', /^\/api\/notifications\/read$/, true, (api, { me }) => {
    for (const n of api.notes) if (n.to === me) n.read = true;
    return { unread: 0 };
  }],
  ['GET', /^\/api\/users\/me$/, true, (api, { me }) => ({ ...me, cruds_count: 0 })],
  ['GET', /^\/api\/users\/search$/, true, (api, { query }) => api.people.filter((p) => includes(query.get('term'), p.handle, p.display_name))
    .map(({ uuid, handle, display_name }) => ({ uuid, handle, display_name }))],
  ['GET', /^\/api\/users\/@([^/]+)\/short$/, false, (api, ask, handle) => {
    const who = api.byHandle(handle);
    if (!who) throw new Reply(404, ['user_not_found']);
    return { display_name: who.display_name, handle: who.handle, uuid: who.uuid };
  }],
  ['PUT', /^\/api\/profile\/update$/, true, update],
  ['GET', /^\/api\/message_groups$/, true, (api, { query, me }) => {
    const all = api.groups.filter((g) => g.members.includes(me)).map((g) => api.shownGroup(g, me));
    return api.page(all.sort((a, b) => (a.created_at < b.created_at ? 1 : -1)), query.get('before'), MESSAGES);
  }],
  ['GET', /^\/api\/messages\/([^/]+)$/, true, messages],
  ['POST', /^\/api\/messages$/, true, say],
];
