// The messages of one conversation that are on the page, in their order, each once.

const before = (a, b) => (a.created_at < b.created_at || (a.created_at === b.created_at && a.uuid < b.uuid));

export class MessageStore {
  #messages = [];
  #known = new Set();

  get all() {
    return this.#messages;
  }

  get last() {
    return this.#messages.at(-1) ?? null;
  }

  has(uuid) {
    return this.#known.has(uuid);
  }

  // False when it was there already.
  put(message) {
    if (this.#known.has(message.uuid)) return false;
    this.#known.add(message.uuid);
    let at = this.#messages.length;
    while (at > 0 && before(message, this.#messages[at - 1])) at -= 1;
    this.#messages.splice(at, 0, message);
    return true;
  }

  clear() {
    this.#messages = [];
    this.#known.clear();
  }
}
