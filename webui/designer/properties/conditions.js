import { h } from '@bpmn-io/properties-panel/preact';
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { inLanguage, say } from '../language';
import { Area, Choice, Frame, Input, Switch } from './entries.js';
import { YES_NO, kindOf, shown, written } from './values.js';

const SIMPLE = /^([A-Za-z_]\w*)\s*(==|!=|>=|<=|>|<)\s*(.+)$/;
const COMPARISONS = () => [
  { value: '==', label: say('is') }, { value: '!=', label: say('is not') }, { value: '>=', label: say('is at least') },
  { value: '>', label: say('is more than') }, { value: '<=', label: say('is at most') },
  { value: '<', label: say('is less than') },
];

const FEN_PER_WAN = 1_000_000;
const AMOUNT = /^-?\d+(\.\d{1,6})?$/;
const inWan = (fen) => (/^-?\d+$/.test(fen) ? String(Number(fen) / FEN_PER_WAN) : fen);
const inFen = (wan) => (AMOUNT.test(wan) ? String(Math.round(Number(wan) * FEN_PER_WAN)) : '');

function read(condition) {
  const [, field, comparison, value] = SIMPLE.exec(condition) ?? [];
  return field && kindOf(value) === 'value' ? { field, comparison, value } : null;
}

/** What a field is compared with, as people say it: an amount in 万元, one of its answers, yes or no; else a value. */
function Compared({ id, field, value, commit }) {
  const given = { id, label: say('Value') };
  if (field?.unit === 'fen') {
    return h('div', { class: 'entry-amount' },
      h(Input, { ...given, value: inWan(value), placeholder: say('Amount'), commit: (text) => commit(inFen(text)) }),
      h('span', null, say('× 10,000 yuan')));
  }
  const choices = field?.type === 'boolean' ? YES_NO() : (field?.choices ?? []).map((each) => ({
    value: String(each.value), label: inLanguage(each.label),
  }));
  const save = (text) => commit(written(text, field?.type === 'boolean' ? 'boolean' : 'any'));
  if (choices.length) return h(Choice, { ...given, value: shown(value), choices, commit: save });
  return h(Input, { ...given, value: shown(value), placeholder: say('Value'), commit: save });
}

/** When a way is taken: a field, a comparison and a value; or a formula. */
export function Condition({ id, value, commit, fields, known }) {
  const [chosen, choose] = useState(null);
  const [begun, begin] = useState({});
  const parts = read(value);
  const mode = chosen ?? (parts || !value ? 'simple' : 'formula');
  const { field = '', comparison = '==', value: compared = '' } = { ...parts, ...begun };
  const change = (changed) => {
    const next = { field, comparison, value: compared, ...begun, ...changed };
    const whole = Boolean(next.field && next.value);
    begin(whole ? {} : next);
    if (whole) commit(`${next.field} ${next.comparison} ${next.value}`);
    else if (!next.field) commit('');
  };
  const label = say('This way is taken when');
  const modes = [{ value: 'simple', label: say('Comparison') }, { value: 'formula', label: say('Formula') }];
  const picked = h(Switch, { id, label, value: mode, choices: modes, choose });
  if (mode === 'formula') return h('div', null, picked, h(Area, { id, label, value, commit, code: true }));
  return h(Frame, { id: `${id}-field`, label },
    picked,
    h(Input, {
      id: `${id}-field`, value: field, list: fields, commit: (text) => change({ field: text }),
      placeholder: say('Name of a field'),
    }),
    h(Choice, {
      id: `${id}-comparison`, value: comparison, choices: COMPARISONS(), label: say('Comparison'),
      commit: (text) => change({ comparison: text || '==' }),
    }),
    known(field) && h('div', { class: 'bio-properties-panel-description' }, known(field).label),
    h(Compared, { id: `${id}-value`, field: known(field), value: compared, commit: (text) => change({ value: text }) }));
}
