import { after, json } from '../door.js';
import { say } from '../language/say.js';

const PAUSE = 500;

/** Asks the server what the table on the page answers to the values that somebody typed, and lights up the rows. */
export class Asking {
  constructor({ form, answer, table, address, write }) {
    Object.assign(this, { form, answer, table, address, write, asked: 0, shown: '' });
    this.soon = after(PAUSE, () => this.look());
    form.addEventListener('input', () => this.soon());
    form.addEventListener('submit', (event) => event.preventDefault());
  }

  /** The values typed so far: numbers as numbers, nothing for what was left empty. */
  values() {
    return Object.fromEntries([...this.form.elements].map((field) => {
      const { value, dataset: { kind } } = field;
      if (value === '') return [field.name, null];
      if (kind === 'boolean') return [field.name, value === 'true'];
      return [field.name, ['integer', 'number'].includes(kind) ? Number(value) : value];
    }));
  }

  async look() {
    this.asked += 1;
    const turn = this.asked;
    try {
      const found = await json(this.address, 'POST', { content: await this.write(), data: this.values() });
      if (turn === this.asked) this.show(found);
    } catch (refused) {
      if (turn === this.asked) this.answer.textContent = refused.message;
    }
  }

  show({ names, rows, answer, problem }) {
    const asked = JSON.stringify(names);
    if (asked !== this.shown) {
      const before = this.values();
      this.form.replaceChildren(...names.map((each) => question(each, before[each.name])));
      this.shown = asked;
    }
    const anything = Object.values(this.values()).some((each) => each !== null);
    for (const cell of this.table.querySelectorAll('[data-row-id]')) {
      cell.classList.toggle('fits', anything && rows.includes(cell.dataset.rowId));
    }
    this.answer.replaceChildren(...(anything ? said(answer, problem) : []));
    this.answer.dataset.rows = anything ? rows.join(' ') : '';
  }
}

function question({ name, label, type }, value) {
  const place = document.createElement('label');
  place.className = 'ask-field';
  const words = document.createElement('span');
  words.textContent = label || name;
  place.append(words, control(name, type, value));
  return place;
}

function control(name, type, value) {
  const field = document.createElement(type === 'boolean' ? 'select' : 'input');
  Object.assign(field, { name, className: type === 'boolean' ? 'form-select form-select-sm' : 'form-control form-control-sm' });
  field.dataset.kind = type;
  if (type === 'boolean') {
    field.append(new Option(say('unknown'), ''), new Option(say('Yes'), 'true'), new Option(say('No'), 'false'));
  } else {
    field.type = { integer: 'number', number: 'number', date: 'date' }[type] ?? 'text';
    if (type === 'number') field.step = 'any';
  }
  field.value = value ?? '';
  return field;
}

function said(answer, problem) {
  if (problem) {
    const words = document.createElement('p');
    Object.assign(words, { className: 'ask-problem', textContent: problem });
    return [words];
  }
  const list = document.createElement('dl');
  for (const [name, value] of Object.entries(answer)) {
    const [term, description] = ['dt', 'dd'].map((tag) => document.createElement(tag));
    term.textContent = name;
    description.textContent = value === null ? '—' : Array.isArray(value) ? value.join(', ') : String(value);
    list.append(term, description);
  }
  return [list];
}
