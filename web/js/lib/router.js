// Addresses to pages, over the history API.
//
// A page is {title, needs?: 'session' | 'no-session', show(view)}; view = {params, query, main,
// signal, setTitle}.  show fills `main` and may be asynchronous; `signal` is aborted when the person
// goes elsewhere.  What show throws, the page `failed` shows.

import { aborted } from './api.js';

const APP = 'Cruddur';
let routes = [];
let options = null;
let leaving = new AbortController();

// '/@:handle/status/:uuid' matches whole segments, each name one of them.
function compile([pattern, page]) {
  const names = [];
  const source = pattern.replace(/:(\w+)/g, (_, name) => {
    names.push(name);
    return '([^/]+)';
  });
  return { expression: new RegExp(`^${source}/?$`), names, page };
}

function match(pathname) {
  for (const { expression, names, page } of routes) {
    const found = expression.exec(pathname);
    if (found) return { page, params: Object.fromEntries(names.map((name, i) => [name, decode(found[i + 1])])) };
  }
  return { page: options.missing, params: {} };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// options: {main, routes, missing, failed, signedIn(), signInPath, arrived()}
export function start(given) {
  options = given;
  routes = given.routes.map(compile);
  history.scrollRestoration = 'manual';
  addEventListener('popstate', (event) => show(event.state?.y ?? 0));
  document.addEventListener('click', follow);
  return show(0, true);
}

// Links to our own pages do not load the page anew.
function follow(event) {
  const link = event.target.closest?.('a[href^="/"]');
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target) return;
  event.preventDefault();
  go(link.getAttribute('href'));
}

export function go(path, { replace = false } = {}) {
  const depth = history.state?.depth ?? 0; // how many pages of ours lie before this one
  if (replace) {
    history.replaceState({ y: 0, depth }, '', path);
  } else {
    history.replaceState({ y: scrollY, depth }, '');
    history.pushState({ y: 0, depth: depth + 1 }, '', path);
  }
  return show(0);
}

export function back(fallback) {
  if (history.state?.depth > 0) history.back();
  else go(fallback, { replace: true });
}

export const reload = () => show(scrollY);

// Where to go after signing in; only ever a path of ours.
export function nextPath(query) {
  const next = query.get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

export function signInPath() {
  const here = location.pathname + location.search;
  return here === '/' ? '/signin' : `/signin?next=${encodeURIComponent(here)}`;
}

async function show(y, first = false) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const { page, params } = match(location.pathname);
  if (page.needs === 'session' && !options.signedIn()) return go(signInPath(), { replace: true });
  const query = new URLSearchParams(location.search);
  if (page.needs === 'no-session' && options.signedIn()) return go(nextPath(query), { replace: true });
  const { main } = options;
  const setTitle = (title) => {
    if (!signal.aborted) document.title = title ? `${title} · ${APP}` : APP;
  };
  setTitle(page.title);
  main.replaceChildren();
  main.className = page.wide ? 'main main-wide' : 'main';
  options.arrived();
  scrollTo(0, 0);
  const view = { params, query, main, signal, setTitle };
  const shown = run(page, view);
  if (!first) focusHeading(main);
  await shown;
  if (!signal.aborted && y > 0) scrollTo(0, y);
}

async function run(page, view) {
  try {
    await page.show(view);
  } catch (error) {
    if (aborted(error) || view.signal.aborted) return;
    if (!error.codes) console.error(error);
    options.failed(view, error);
  }
}

// A new page begins, for the keyboard and for screen readers, at its heading.
function focusHeading(main) {
  if (main.contains(document.activeElement)) return;
  const heading = main.querySelector('h1');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
