import { h } from '@bpmn-io/properties-panel/preact';
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { say } from '../language';
import { Choice, Frame, Input, Switch } from './entries.js';

/*
 * What a diagram holds is always an expression. People choose between a value (a number, a word), a field of the case,
 * and, where neither does, a formula.
 */

const TEXT = /^"((?:[^"\\]|\\.)*)"$/;
const NUMBER = /^-?\d+(\.\d+)?$/;
const FIELD = /^[A-Za-z_]\w*$/;
const WORDS = { True: true, False: false, None: null };

/** How an expression reads to a person: `value`, `field` or `formula`. */
export function kindOf(expression) {
  if (!expression || TEXT.test(expression) || NUMBER.test(expression) || expression in WORDS) return 'value';
  return FIELD.test(expression) ? 'field' : 'formula';
}

/** What a person sees of an expression that is a value. */
export function shown(expression) {
  const text = TEXT.exec(expression);
  return text ? text[1].replace(/\\(["\\])/g, '$1') : expression;
}

const quoted = (text) => `"${text.replace(/(["\\])/g, '\\$1')}"`;

/** The expression for what a person typed; `type` is that of the parameter, or `any`. */
export function written(text, type) {
  if (text === '') return '';
  if (['integer', 'number'].includes(type) && NUMBER.test(text)) return text;
  if (type === 'boolean' || (type === 'any' && (NUMBER.test(text) || text in WORDS))) return text;
  return quoted(text);
}

export const YES_NO = () => [{ value: 'True', label: say('Yes') }, { value: 'False', label: say('No') }];
export const KINDS = () => [
  { value: 'value', label: say('Value') }, { value: 'field', label: say('Case field') },
  { value: 'formula', label: say('Formula') },
];

function Control({ id, kind, value, commit, type, choices, placeholder, lowest, highest, label, fields }) {
  if (kind === 'field') return h(Input, { id, value, commit, list: fields, label, placeholder: say('Name of a field') });
  if (kind === 'formula') return h(Input, { id, value, commit, label });
  const save = (text) => commit(written(text, type));
  if (choices?.length) return h(Choice, { id, value: shown(value), commit: save, choices, label });
  if (type === 'boolean') return h(Choice, { id, value, commit, choices: YES_NO(), label });
  const input = { integer: 'number', number: 'number', date: 'date' }[type] ?? 'text';
  return h(Input, { id, value: shown(value), commit: save, type: input, placeholder, lowest, highest, label });
}

/** A value with its switch; `fields` is the id of the list of all fields. */
export function ValueEntry(given) {
  const { id, label, help, value, link } = given;
  const [chosen, choose] = useState(null);
  const kind = chosen ?? kindOf(value);
  const fits = kindOf(value) === kind || kind === 'formula';
  return h(Frame, { id, label, help, link },
    h(Switch, { id, label, value: kind, choices: KINDS(), choose }),
    h(Control, { ...given, key: kind, kind, value: fits ? value : '' }));
}
