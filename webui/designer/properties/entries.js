import { h } from '@bpmn-io/properties-panel/preact';
import { say } from '../language';

/*
 * The controls of the panel. Each keeps what is typed until the person leaves it: one change, one step to undo.
 */

const name = (id) => `bio-properties-panel-${id}`;
const onEnter = (event) => {
  if (event.key === 'Enter' && event.target.tagName !== 'TEXTAREA') event.target.blur();
};

export function Frame({ id, label, help, link, children }) {
  return h('div', { class: 'bio-properties-panel-entry', 'data-entry-id': id },
    h('div', { class: 'entry-head' },
      h('label', { for: name(id), class: 'bio-properties-panel-label' }, label),
      link && h('a', { class: 'entry-link', href: link.href }, link.text)),
    children,
    help && h('div', { class: 'bio-properties-panel-description', id: `${name(id)}-help` }, help));
}

export function Input({ id, value, commit, refuse, type = 'text', list, placeholder, label, lowest, highest, help }) {
  const leave = ({ target }) => {
    const typed = target.value.trim();
    const problem = refuse?.(typed) ?? '';
    target.setCustomValidity(problem);
    if (problem) target.reportValidity();
    else if (typed !== value) commit(typed);
  };
  return h('input', {
    key: `${id}:${value}`, id: name(id), name: id, class: 'bio-properties-panel-input', type, list, placeholder,
    min: lowest ?? undefined, max: highest ?? undefined, defaultValue: value, 'aria-label': label, spellcheck: false,
    autocomplete: 'off', 'aria-describedby': help ? `${name(id)}-help` : undefined, onKeyDown: onEnter,
    onChange: leave,
  });
}

export function Choice({ id, value, commit, choices, label }) {
  const unknown = value && !choices.some((each) => each.value === value);
  return h('select', {
    id: name(id), name: id, class: 'bio-properties-panel-input', 'aria-label': label,
    onChange: (event) => commit(event.target.value),
  },
  h('option', { value: '', selected: !value }, say('— not chosen —')),
  unknown && h('option', { value, selected: true }, value),
  choices.map((each) => h('option', { key: each.value, value: each.value, selected: each.value === value }, each.label)));
}

export const Line = (given) => h(Frame, given, h(Input, { ...given, label: undefined }));

export const Select = (given) => h(Frame, given, h(Choice, { ...given, label: undefined }));

export function Area({ id, label, help, value, commit, code = false }) {
  return h(Frame, { id, label, help }, h('textarea', {
    key: `${id}:${value}`, id: name(id), name: id, rows: 3, defaultValue: value, spellcheck: !code,
    class: `bio-properties-panel-input${code ? ' bio-properties-panel-input-monospace' : ''}`,
    onChange: (event) => { if (event.target.value !== value) commit(event.target.value.trim()); },
  }));
}

export function Tick({ id, label, help, value, commit }) {
  return h('div', { class: 'bio-properties-panel-entry', 'data-entry-id': id },
    h('label', { class: 'entry-tick' },
      h('input', { type: 'checkbox', name: id, checked: value, onChange: (event) => commit(event.target.checked) }),
      h('span', null, label)),
    help && h('div', { class: 'bio-properties-panel-description' }, help));
}

/** A row of buttons of which one is pressed. */
export function Switch({ id, label, value, choices, choose }) {
  return h('div', { class: 'entry-switch', role: 'group', 'aria-label': label, 'data-switch': id },
    choices.map((each) => h('button', {
      key: each.value, type: 'button', 'aria-pressed': String(each.value === value), value: each.value,
      onClick: () => choose(each.value),
    }, each.label)));
}

/** All fields of a case, for whoever types the name of one. */
export function FieldList({ id, fields }) {
  return h('datalist', { id }, fields.map((each) => h('option', { key: each.name, value: each.name }, each.label)));
}
