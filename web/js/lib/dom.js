// Builds elements.  Text only ever becomes a text node: nothing here parses markup.

const SVG = 'http://www.w3.org/2000/svg';
const SAFE_LINK = /^(\/(?!\/)|#|https?:\/\/)/;

// h('button', {class: 'x', onclick: f, disabled: true}, 'text', node, [more], null)
// A property that is null, undefined or false is left out; true is an empty attribute; a function
// is a listener.
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') {
      element.addEventListener(name.slice(2), value);
      continue;
    }
    if (name === 'href' && !SAFE_LINK.test(value)) throw new Error(`not a link: ${value}`);
    element.setAttribute(name, value === true ? '' : value);
  }
  add(element, children);
  return element;
}

// Appends strings as text, nodes as they are, arrays one by one; skips null and false.
export function add(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

export function icon(name) {
  return svg('svg', { class: 'icon', 'aria-hidden': 'true', focusable: 'false' },
    svg('use', { href: `/icons.svg#${name}` }));
}

let last = 0;

// A new id, for labels and descriptions.
export function id(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

// Text for screen readers alone.
export function spoken(text) {
  return h('span', { class: 'spoken' }, text);
}
