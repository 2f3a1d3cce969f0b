// One timer for everything on the page that shows an age or what is left of a life.

const EVERY_MS = 20_000;
const shown = new Map();

// Calls f() now, and again from time to time for as long as the element is on the page.
export function keepCurrent(element, f) {
  f();
  shown.set(element, f);
}

setInterval(() => {
  for (const [element, f] of shown) {
    if (element.isConnected) f();
    else shown.delete(element);
  }
}, EVERY_MS);
