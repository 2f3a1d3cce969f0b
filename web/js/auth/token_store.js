// Where the tokens are kept: local storage when the person wants to stay signed in (all tabs, until
// sign-out), else session storage (this tab, until it is closed).  Never a cookie: nothing is sent
// along unasked, so another site's page cannot act for the person.

const KEY = 'cruddur.session';

export function load() {
  for (const [store, keep] of [[sessionStorage, false], [localStorage, true]]) {
    try {
      const tokens = JSON.parse(store.getItem(KEY));
      if (tokens?.access && tokens.refresh) return { ...tokens, keep };
    } catch { /* not ours, or storage is switched off: as if signed out */ }
  }
  return null;
}

export function save({ access, refresh, keep }) {
  clear();
  (keep ? localStorage : sessionStorage).setItem(KEY, JSON.stringify({ access, refresh }));
}

export function clear() {
  localStorage.removeItem(KEY);
  sessionStorage.removeItem(KEY);
}

// Calls f when another tab signed in, out or refreshed.
export function onChangeElsewhere(f) {
  addEventListener('storage', (event) => {
    if (event.storageArea === localStorage && (event.key === KEY || event.key === null)) f();
  });
}
