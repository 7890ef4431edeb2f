import { h } from '@bpmn-io/properties-panel/preact';
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { json } from '../door.js';
import { say } from '../language';

const write = (door, path, content) =>
  json(door + path, 'PUT', { content: `${JSON.stringify(content, null, 2)}\n`, version: 0 });

/** The two files of a form with one question, which its owner goes on from. */
function begun(name, title) {
  const note = `${name}_note`;
  return {
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `${name}.schema.json`, title: title.en,
      'x-title-zh': title.zh_CN, type: 'object',
      properties: { [note]: { type: 'string', title: 'Note', 'x-title-zh': '备注', minLength: 1, maxLength: 2000 } },
      unevaluatedProperties: false,
    },
    ui: { 'ui:order': [note], [note]: { 'ui:widget': 'textarea' } },
    field: { name: note, label: { en: 'Note', zh_CN: '备注' }, type: 'string' },
  };
}

/** Make a form for a task, called as the task is; `taken` tells which names are given away. */
async function make(door, title, taken) {
  const plain = title.en.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[\d_]+|_+$/g, '').slice(0, 50) || 'form';
  let [name, number] = [plain, 1];
  while (taken(`${name}.schema.json`)) {
    number += 1;
    name = `${plain}_${number}`;
  }
  const { schema, ui, field } = begun(name, title);
  await write(door, `forms/${name}.schema.json`, schema);
  await write(door, `forms/${name}.ui.json`, ui);
  return { name, schema: `${name}.schema.json`, ui: `${name}.ui.json`, title, fields: [field] };
}

/** The button beside a task without a form. */
export function NewForm({ id, door, title, taken, made }) {
  const [problem, tell] = useState('');
  const [busy, work] = useState(false);
  const start = async () => {
    work(true);
    try {
      made(await make(door, title, taken));
    } catch (refused) {
      tell(refused.message);
    }
    work(false);
  };
  return h('div', { class: 'bio-properties-panel-entry', 'data-entry-id': id },
    h('button', { type: 'button', class: 'btn btn-sm', name: id, disabled: busy || !title.en, onClick: start }, say('New form')),
    h('div', { class: 'bio-properties-panel-description', role: 'status' },
      problem || (title.en ? '' : say('Give the task a name first: the form is called like it.'))));
}
