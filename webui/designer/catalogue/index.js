import { json } from '../door.js';
import { inLanguage } from '../language';

/** Read what a diagram of this draft may name: handlers, forms, decisions, processes, roles, statuses. */
export async function readCatalogue(address) {
  return new Catalogue(await json(address));
}

export class Catalogue {
  constructor({ handlers, forms, decisions, processes, messages, roles, statuses }) {
    Object.assign(this, { handlers, forms, decisions, processes, messages, roles, statuses });
    this.fields = fieldsOf(this);
  }

  handler(id) { return this.handlers.find((each) => each.id === id); }

  form(schema) { return this.forms.find((each) => each.schema === schema); }

  /** Take in a form that was made just now. */
  addForm(form) {
    this.forms.push(form);
    this.fields = fieldsOf(this);
  }

  field(name) { return this.fields.find((each) => each.name === name); }

  decision(id) { return this.decisions.find((each) => each.id === id); }

  process(id) { return this.processes.find((each) => each.id === id); }
}

/** Every field that a case can have by the time it comes to an element: answers, results, decisions. */
function fieldsOf({ handlers, forms, decisions }) {
  const found = new Map();
  const add = (name, label, type, more = {}) => {
    if (!found.has(name)) found.set(name, { name, label, type, unit: '', choices: [], ...more });
  };
  for (const form of forms) {
    for (const each of form.fields) {
      const { name, label, type, unit = '', choices = [] } = each;
      if (!['array', 'object'].includes(type)) add(name, inLanguage(label), type, { unit, choices });
    }
  }
  for (const handler of handlers) for (const each of handler.results) add(each.name, inLanguage(each.label), each.type);
  for (const decision of decisions) for (const each of decision.outputs) add(each.name, each.name, each.type);
  return [...found.values()].sort((one, other) => one.name.localeCompare(other.name));
}
