// How many characters are left in a text field.

import { h, spoken } from '../lib/dom.js';

const NEAR = 20;

export const lengthOf = (text) => [...text.trim()].length;

// {node, fits()}; `on(fits)` is called whenever the text changes.
export function counter(input, limit, on = () => {}) {
  const number = h('span', {});
  const node = h('span', { class: 'counter' }, number, spoken(' characters left'));
  const fits = () => lengthOf(input.value) <= limit;
  const update = () => {
    const rest = limit - lengthOf(input.value);
    number.textContent = String(rest);
    node.classList.toggle('counter-near', rest <= NEAR && rest >= 0);
    node.classList.toggle('counter-over', rest < 0);
    on(fits());
  };
  input.addEventListener('input', update);
  update();
  return { node, fits, update };
}

// A text area as tall as its text.
export function growing(area) {
  const fit = () => {
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  };
  area.addEventListener('input', fit);
  return fit;
}
