import { build } from '../dom.js';
import { say } from '../language/say.js';

/* Labelled controls of the editor of questions; each calls `commit` when the person leaves it. */

const small = 'form-control form-control-sm';

export function line(label, value, commit, more = {}) {
  const field = build('input', { value: value ?? '', className: small, autocomplete: 'off', ...more });
  field.addEventListener('change', () => commit(field.value.trim()));
  return build('label', { className: 'form-field' }, label, field);
}

export function number(label, value, commit) {
  return line(label, value, (text) => commit(text === '' ? undefined : Number(text)), { type: 'number', step: 'any' });
}

export function choice(label, value, options, commit, name = '') {
  const field = build('select', { className: 'form-select form-select-sm', name });
  for (const [each, words] of options) field.append(new Option(words, each, false, String(each) === String(value)));
  field.addEventListener('change', () => commit(field.value));
  return build('label', { className: 'form-field' }, label, field);
}

export function tick(label, value, commit, name = '') {
  const field = build('input', { type: 'checkbox', checked: value, className: 'form-check-input', name });
  field.addEventListener('change', () => commit(field.checked));
  return build('label', { className: 'form-check' }, field, build('span', { className: 'form-check-label' }, label));
}

export function button(words, act, more = {}) {
  const made = build('button', { type: 'button', className: 'btn btn-sm', ...more }, words);
  made.addEventListener('click', act);
  return made;
}

/** A list of things of one kind, each on a row, with a button to take it away and one to add another. */
export function rows(title, list, row, change, fresh) {
  return build('fieldset', { className: 'form-list' }, build('legend', {}, title),
    ...list.map((each, at) => build('div', { className: 'form-list-row' }, ...row(each, at),
      button('×', () => change(list.filter((_, other) => other !== at)), { title: say('Remove') }))),
    button(`＋ ${say('Add')}`, () => change([...list, fresh()])));
}
