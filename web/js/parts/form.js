// Forms: labelled fields, errors where they belong, one submission at a time.

import { add, h, icon, id } from '../lib/dom.js';
import { textOf } from '../lib/texts.js';

// field({name, label, type, hint, ...attributes}): {node, input, value(), fail(text)}.
// `check(value)` gives the text of what is wrong, or nothing.
export function field({ name, label, type = 'text', hint, check, rows, value = '', optional, ...attributes }) {
  const own = id(name);
  const input = h(rows ? 'textarea' : 'input', {
    id: own, name, class: 'input', rows, type: rows ? null : type, required: !optional, ...attributes,
  });
  input.value = value;
  const hintNode = hint ? h('p', { class: 'hint', id: `${own}-hint` }, hint) : null;
  const wrong = h('p', { class: 'wrong', id: `${own}-wrong`, hidden: true });
  const fail = (text) => {
    wrong.textContent = text ?? '';
    wrong.hidden = !text;
    input.toggleAttribute('aria-invalid', Boolean(text));
    if (text) input.setAttribute('aria-invalid', 'true');
    const described = [hint && `${own}-hint`, text && `${own}-wrong`].filter(Boolean).join(' ');
    if (described) input.setAttribute('aria-describedby', described);
    else input.removeAttribute('aria-describedby');
  };
  fail(null);
  input.addEventListener('input', () => fail(null));
  const box = type === 'password' ? h('div', { class: 'input-with' }, input, revealButton(input)) : input;
  const node = h('div', { class: 'field' }, h('label', { for: own }, label), box, hintNode, wrong);
  const read = () => (type === 'password' ? input.value : input.value.trim());
  const valid = () => {
    const text = read() === '' && !optional ? `${label} is needed.` : check?.(read());
    fail(text);
    return !text;
  };
  return { node, input, name, value: read, fail, valid };
}

function revealButton(input) {
  const button = h('button', { type: 'button', class: 'reveal', 'aria-label': 'Show the password', 'aria-pressed': 'false' }, icon('eye'));
  button.addEventListener('click', () => {
    const show = input.type === 'password';
    input.type = show ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(show));
  });
  return button;
}

// form({fields, action, submit}): submit({name: value}) may throw; what it throws is shown above the
// button, or at the field that it names (error.field).
export function form({ fields, action, submit, extra = [], ...attributes }) {
  const button = h('button', { type: 'submit', class: 'button button-main button-wide' }, action);
  const wrong = h('p', { class: 'wrong wrong-form', role: 'alert' });
  const node = h('form', { class: 'form', novalidate: true, ...attributes }, fields.map(({ node: n }) => n), extra, wrong, button);
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    wrong.textContent = '';
    const bad = fields.filter((one) => !one.valid());
    if (bad.length) {
      bad[0].input.focus();
      return;
    }
    busy(button, true);
    try {
      await submit(Object.fromEntries(fields.map((one) => [one.name, one.value()])));
    } catch (error) {
      show(error, fields, wrong);
    } finally {
      busy(button, false);
    }
  });
  return node;
}

function show(error, fields, wrong) {
  const at = fields.find(({ name }) => name === error.field);
  if (at) {
    at.fail(textOf(error));
    at.input.focus();
  } else {
    wrong.textContent = textOf(error);
  }
}

// A busy button keeps the focus, so it is not really disabled.
export function busy(button, now) {
  button.setAttribute('aria-disabled', String(now));
  button.classList.toggle('is-busy', now);
}

// An error that belongs to one field of a form.
export function fieldError(name, text) {
  return Object.assign(new Error(text), { field: name });
}

// The narrow page of one form.
export function formPage(main, { title, lead, body, links = [] }) {
  const box = h('section', { class: 'form-page' }, icon('mark'), h('h1', {}, title));
  if (lead) add(box, h('p', { class: 'lead' }, lead));
  add(box, body, links.length ? h('p', { class: 'form-links' }, links) : null);
  main.replaceChildren(box);
}
