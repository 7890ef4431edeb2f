import { h } from '@bpmn-io/properties-panel/preact';
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { say } from '../language';
import { Area, Choice, Frame, Input, Switch } from './entries.js';
import { kindOf, shown, written } from './values.js';

const SIMPLE = /^([A-Za-z_]\w*)\s*(==|!=|>=|<=|>|<)\s*(.+)$/;
const COMPARISONS = () => [
  { value: '==', label: say('is') }, { value: '!=', label: say('is not') }, { value: '>=', label: say('is at least') },
  { value: '>', label: say('is more than') }, { value: '<=', label: say('is at most') },
  { value: '<', label: say('is less than') },
];

function read(condition) {
  const [, field, comparison, value] = SIMPLE.exec(condition) ?? [];
  return field && kindOf(value) === 'value' ? { field, comparison, value } : null;
}

/** When a way is taken: a field, a comparison and a value; or a formula. */
export function Condition({ id, value, commit, fields }) {
  const [chosen, choose] = useState(null);
  const [begun, begin] = useState({});
  const parts = read(value);
  const mode = chosen ?? (parts || !value ? 'simple' : 'formula');
  const { field = '', comparison = '==', value: compared = '' } = { ...parts, ...begun };
  const change = (changed) => {
    const next = { field, comparison, value: compared, ...begun, ...changed };
    begin(next);
    if (next.field && next.value) commit(`${next.field} ${next.comparison} ${next.value}`);
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
    h(Input, {
      id: `${id}-value`, value: shown(compared), label: say('Value'), placeholder: say('Value'),
      commit: (text) => change({ value: written(text, 'any') }),
    }));
}
