// What is left of a post's life: a ring that empties, and the time.

import { h, spoken, svg } from '../lib/dom.js';
import { keepCurrent } from '../lib/clock.js';
import { exact, left, parse } from '../lib/time.js';

const RADIUS = 6;
const LENGTH = 2 * Math.PI * RADIUS;
const SOON_MS = 3_600_000;

// ended() is called once, when it is over.
export function expiry({ created_at: created, expires_at: expires }, ended) {
  if (!expires) return null;
  const from = parse(created).getTime();
  const until = parse(expires).getTime();
  const circle = (name) => svg('circle', { class: name, cx: 8, cy: 8, r: RADIUS, fill: 'none', 'stroke-width': 2.5 });
  const rest = circle('ring-rest');
  const text = h('span', {});
  const node = h('span', { class: 'expiry', title: `Expires ${exact(until)}` },
    svg('svg', { viewBox: '0 0 16 16', class: 'ring', 'aria-hidden': 'true' }, circle('ring-whole'), rest),
    spoken('expires in '), text);
  let over = false;
  keepCurrent(node, () => {
    const now = Date.now();
    const share = Math.min(1, Math.max(0, (until - now) / Math.max(1, until - from)));
    rest.setAttribute('stroke-dasharray', `${(share * LENGTH).toFixed(2)} ${LENGTH.toFixed(2)}`);
    text.textContent = left(until, now);
    node.classList.toggle('expiry-soon', until - now < SOON_MS);
    if (until <= now && !over) {
      over = true;
      ended();
    }
  });
  return node;
}
