import { build } from '../dom.js';
import { inLanguage, say } from '../language/say.js';
import { button, choice, line, number, rows, tick } from './controls.js';
import { columnKinds, kindOf, kinds } from './model.js';

const kindWords = (all) => all.map((each) => [each, say(`kind:${each}`)]);

/** What a question, an answer or a section is called in the language of the page. */
const titleOf = (each, otherwise = '') => inLanguage({ en: each.title, zh_CN: each['x-title-zh'] }) || otherwise;

function set(schema, name, value) {
  if (value === '' || value === undefined) delete schema[name];
  else schema[name] = value;
}

/** Both titles and both helps of a question or a column. */
function words(schema, change) {
  return [['title', 'English'], ['x-title-zh', 'Chinese'], ['description', 'Help in English'],
    ['x-description-zh', 'Help in Chinese']].map(([name, label]) =>
    line(say(label), schema[name], (text) => change(() => set(schema, name, text)), { name }));
}

/** The answers to choose from; the key is what conditions and tables compare with. */
function choices(holder, change) {
  const list = holder.oneOf ?? [];
  const key = (text) => (holder.type === 'integer' ? Number(text) : text);
  return rows(say('Answers to choose from'), list, (each) => [
    line(say('Key'), each.const, (text) => change(() => { each.const = key(text); })),
    line(say('English'), each.title, (text) => change(() => { each.title = text; })),
    line(say('Chinese'), each['x-title-zh'], (text) => change(() => { each['x-title-zh'] = text; })),
  ], (next) => change(() => { holder.oneOf = next; }), () => ({
    const: key(String(list.length + 1)), title: 'Another', 'x-title-zh': '另一项',
  }));
}

/** What only some kinds of questions have. */
function details(schema, kind, change) {
  const limit = (name, label) => number(say(label), schema[name], (value) => change(() => set(schema, name, value)));
  const found = {
    text: () => [limit('maxLength', 'At most so many characters')],
    long: () => [limit('maxLength', 'At most so many characters')],
    number: () => [limit('minimum', 'At least'), limit('maximum', 'At most')],
    one: () => [choices(schema, change)],
    many: () => [choices(schema.items, change)],
    file: () => [limit('maxItems', 'At most so many')],
    user: () => [line(say('Only holders of the role'), schema['x-role'], (text) => change(() => set(schema, 'x-role', text)))],
    table: () => [limit('minItems', 'At least so many rows'), limit('maxItems', 'At most so many rows'), columns(schema.items, change)],
  }[kind];
  return found?.() ?? [];
}

function columns(items, change) {
  const all = Object.entries(items.properties ?? {});
  const required = items.required ?? [];
  const card = ([name, schema]) => build('details', { className: 'form-column' },
    build('summary', {}, `${titleOf(schema, name)} · ${name}`),
    ...words(schema, change), ...details(schema, kindOf(schema), change),
    tick(say('Must be answered'), required.includes(name), (on) => change(() => {
      items.required = on ? [...required, name] : required.filter((each) => each !== name);
    })),
    button(say('Remove'), () => change(() => {
      delete items.properties[name];
      items.required = required.filter((each) => each !== name);
    })));
  return build('fieldset', { className: 'form-list' }, build('legend', {}, say('Columns')), ...all.map(card),
    adder(columnKinds, Object.keys(items.properties ?? {}), (name, make) => change(() => {
      items.properties = { ...items.properties, [name]: make };
    })));
}

/** A row that adds a column; its kind can be any that fits into a cell. */
function adder(all, taken, add) {
  const name = build('input', {
    className: 'form-control form-control-sm', placeholder: say('name_of_the_field'), 'aria-label': say('name_of_the_field'),
  });
  const act = () => {
    if (!/^[a-z][a-z0-9_]{0,59}$/.test(name.value) || taken.includes(name.value)) return name.focus();
    return add(name.value, { type: 'string', title: name.value, 'x-title-zh': name.value, minLength: 1, maxLength: 200 });
  };
  return build('div', { className: 'form-adder' }, name, button(`＋ ${say('Add')}`, act));
}

/** When a question is asked: always, or when another has one of some answers. */
function asked(form, { name, when }, change) {
  if (when === 'other') return build('p', { className: 'text-secondary' }, say('It is asked under a condition of its own, which stays as it is.'));
  const others = form.names().filter((each) => each !== name)
    .map((each) => form.question(each)).filter(({ kind, when: own }) => ['one', 'yes_no'].includes(kind) && own === null);
  const pick = choice(say('Asked when'), when?.on ?? '', [['', say('always')],
    ...others.map((each) => [each.name, titleOf(each.schema, each.name)])], (on) => change(() => {
    const other = others.find((each) => each.name === on);
    form.ask(name, on ? { on, values: [other.kind === 'yes_no' ? true : other.schema.oneOf[0].const] } : null);
  }), 'when');
  const on = others.find((each) => each.name === when?.on);
  if (!on) return pick;
  const answers = on.kind === 'yes_no'
    ? [[true, say('Yes')], [false, say('No')]]
    : on.schema.oneOf.map((each) => [each.const, titleOf(each)]);
  return build('div', {}, pick, build('fieldset', { className: 'form-answers' }, build('legend', {}, say('is answered with')),
    ...answers.map(([value, label]) => tick(label, when.values.includes(value), (ticked) => {
      const values = ticked ? [...when.values, value] : when.values.filter((each) => each !== value);
      if (values.length) change(() => form.ask(name, { on: when.on, values }));
    }))));
}

/** Everything that can be said of one question; `change` does what it is given and shows the form anew. */
export function editor(form, name, change) {
  const question = form.question(name);
  const { schema, ui, kind, required, section } = question;
  const groups = form.ui['ui:groups'] ?? [];
  return build('div', { className: 'form-editor', 'data-question': name },
    build('p', { className: 'text-secondary' }, say('Field {name}', { name })),
    choice(say('Kind of question'), kind, kindWords(kinds), (to) => change(() => form.become(name, to)), 'kind'),
    ...words(schema, change),
    tick(say('Must be answered'), required, (on) => change(() => form.require(name, on)), 'required'),
    ...details(schema, kind, change),
    asked(form, question, change),
    groups.length > 0 && choice(say('Section'), section, groups.map((each, at) => [at, titleOf(each)]),
      (at) => change(() => form.put(name, Number(at)))),
    line(say('Begins with the case field'), ui['ui:options']?.defaultFrom, (text) => change(() => {
      const { defaultFrom: _, ...options } = ui['ui:options'] ?? {};
      const next = text ? { ...options, defaultFrom: text } : options;
      const { 'ui:options': __, ...rest } = ui;
      form.setUi(name, Object.keys(next).length ? { ...rest, 'ui:options': next } : rest);
    })));
}
