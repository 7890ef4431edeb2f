import { h } from '@bpmn-io/properties-panel/preact';
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { say } from '../language';
import { Choice, Frame, Input, Switch } from './entries.js';

const PLAIN = /^P(?:T(\d+)H|(\d+)D)$/;
const iso = (count, unit) => (unit === 'H' ? `PT${count}H` : `P${count}D`);

/** A deadline in working time: so many days or hours, or a formula (a decision table that knows the agreed times). */
export function Deadline({ id, label, help, value, commit }) {
  const [chosen, choose] = useState(null);
  const [, hours, days] = PLAIN.exec(value) ?? [];
  const mode = chosen ?? (value && !hours && !days ? 'formula' : 'plain');
  const unit = hours ? 'H' : 'D';
  const count = hours ?? days ?? '';
  const modes = [{ value: 'plain', label: say('Working time') }, { value: 'formula', label: say('Formula') }];
  const units = [{ value: 'D', label: say('working days') }, { value: 'H', label: say('working hours') }];
  const set = (number, of) => commit(/^[1-9]\d{0,3}$/.test(number) ? iso(number, of) : '');
  return h(Frame, { id, label, help },
    h(Switch, { id, label, value: mode, choices: modes, choose }),
    mode === 'formula' ? h(Input, { id, value, commit }) : h('div', { class: 'entry-pair' },
      h(Input, { id, value: count, type: 'number', lowest: 1, commit: (text) => set(text, unit) }),
      h(Choice, { id: `${id}-unit`, value: unit, choices: units, label: say('Unit of time'),
        commit: (of) => count && set(count, of || unit) })));
}
