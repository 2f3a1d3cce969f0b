// One conversation: its messages, older ones on scrolling up, new ones as they arrive.

import { aborted, page, path, post } from '../lib/api.js';
import { h, icon } from '../lib/dom.js';
import { eventStream } from '../lib/event_stream.js';
import * as live from '../lib/live.js';
import { textOf } from '../lib/texts.js';
import { messageForm } from './message_form.js';
import { MessageStore } from './message_store.js';
import { drawMessages, drawPending } from './message_view.js';
import { waiting } from './paged_list.js';

const NEAR_END_PX = 120;
const AHEAD = '300px 0px 0px 0px';

export class Thread {
  #address; #signal; #store = new MessageStore(); #pending = []; #cursor = null; #loading = false; #watcher = null;
  #list = h('ol', { class: 'message-list', role: 'log', 'aria-label': 'Messages', tabindex: '0' });
  #older = h('button', { type: 'button', class: 'button older', onclick: () => this.#loadOlder() }, 'Older messages');
  #top = h('div', { class: 'message-top' }, waiting());
  #scroller = h('div', { class: 'message-scroll' }, this.#top, this.#list);
  #down = h('button', { type: 'button', class: 'icon-button to-end', 'aria-label': 'To the newest message', hidden: true,
    onclick: () => this.#toEnd() }, icon('down'));
  #offline = h('p', { class: 'offline', role: 'status', hidden: true }, 'Not connected. Trying again\u2026');

  constructor(group, signal) {
    this.group = group;
    this.#address = `/api/messages/${encodeURIComponent(group)}`;
    this.#signal = signal;
    this.form = messageForm({ to: 'this conversation', send: (text) => this.#send({ text, failed: null }) });
    this.node = h('div', { class: 'thread-body' }, this.#scroller, this.#down, this.#offline, this.form.node);
    this.#scroller.addEventListener('scroll', () => {
      if (this.#atEnd()) this.#down.hidden = true;
    }, { passive: true });
  }

  // Shows the newest page, then follows until the signal; returns the messages of that page.
  async open() {
    await this.#newestPage();
    this.#watchTop();
    this.#follow();
    return this.#store.all;
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#down.hidden = true;
  }

  #draw() {
    const stay = !this.#atEnd();
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    this.#list.replaceChildren(...drawMessages(this.#store.all),
      ...this.#pending.map((one) => drawPending(one, () => this.#retry(one))));
    this.#top.replaceChildren(this.#cursor ? this.#older : h('p', { class: 'hint' }, this.#store.last ? 'This is where it began.' : ''));
    return { stay, fromEnd };
  }

  // New at the end: stays where the person reads, else follows.
  #drawNew(mine) {
    const { stay } = this.#draw();
    if (!stay || mine) this.#toEnd();
    else this.#down.hidden = false;
  }

  // The newest page; when it does not reach what is here, what is here is out of date.
  async #newestPage() {
    const { data, next } = await page(this.#address, {}, this.#signal);
    if (!data.some(({ uuid }) => this.#store.has(uuid))) {
      this.#store.clear();
      this.#cursor = next;
    }
    const isNew = data.filter((message) => this.#store.put(message)).length > 0;
    if (isNew || !this.#list.firstChild) this.#drawNew(false);
  }

  async #loadOlder() {
    if (this.#loading || !this.#cursor) return;
    this.#loading = true;
    try {
      const { data, next } = await page(this.#address, { before: this.#cursor }, this.#signal);
      data.forEach((message) => this.#store.put(message));
      this.#cursor = next;
      const { fromEnd } = this.#draw();
      this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
      this.#watcher?.unobserve(this.#top); // observed anew, it says whether there is still room
      this.#watcher?.observe(this.#top);
    } catch (error) {
      if (!aborted(error)) this.#top.append(h('p', { class: 'wrong', role: 'alert' }, textOf(error)));
    } finally {
      this.#loading = false;
    }
  }

  #watchTop() {
    this.#watcher = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.#loadOlder();
    }, { root: this.#scroller, rootMargin: AHEAD });
    this.#watcher.observe(this.#top);
    this.#signal.addEventListener('abort', () => this.#watcher.disconnect());
  }

  // Listens while the page can be seen: a hidden tab needs no connection of its own.
  #follow() {
    let seen = null;
    const update = () => {
      if (document.hidden || this.#signal.aborted) {
        seen?.abort();
        seen = null;
      } else if (!seen) {
        seen = new AbortController();
        this.#listen(seen.signal);
      }
    };
    document.addEventListener('visibilitychange', update, { signal: this.#signal });
    this.#signal.addEventListener('abort', update);
    update();
  }

  #listen(signal) {
    let first = true;
    return eventStream({
      address: async () => {
        if (!first) await this.#newestPage();
        first = false;
        return path(`${this.#address}/events`, { after: this.#store.last?.created_at });
      },
      f: (event, data) => {
        if (event === 'message') this.#arrived(data);
      },
      connected: (now) => {
        this.#offline.hidden = now || signal.aborted;
      },
      signal,
    });
  }

  #arrived(message) {
    if (this.#put(message)) this.#drawNew(false);
  }

  #put(message) {
    const isNew = this.#store.put(message);
    if (isNew) live.heard({ ...message, message_group_uuid: this.group });
    return isNew;
  }

  async #send(one) {
    this.#pending.push(one);
    this.#drawNew(true);
    try {
      const message = await post('/api/messages', { message: one.text, message_group_uuid: this.group });
      this.#pending.splice(this.#pending.indexOf(one), 1);
      this.#put(message);
    } catch (error) {
      one.failed = textOf(error);
    }
    this.#drawNew(true);
  }

  #retry(one) {
    this.#pending.splice(this.#pending.indexOf(one), 1);
    this.#send({ text: one.text, failed: null });
  }
}
