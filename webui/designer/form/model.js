/*
 * A form as its two files say, and what can be changed in it. A question lies at its home: the schema itself, or the
 * `then` of a condition in `allOf`.
 */

const copy = (value) => JSON.parse(JSON.stringify(value));
const isQuestion = (schema) => Boolean(schema && (schema.type || schema.title));

/** What a new question of each kind begins with. */
const KINDS = {
  text: { type: 'string', minLength: 1, maxLength: 200 },
  long: { type: 'string', minLength: 1, maxLength: 4000 },
  date: { type: 'string', format: 'date' },
  money: { type: 'integer', 'x-unit': 'fen', minimum: 0 },
  number: { type: 'integer', minimum: 0, maximum: 1000000 },
  yes_no: { type: 'boolean' },
  one: { type: 'string', oneOf: [{ const: 'first', title: 'First', 'x-title-zh': '第一项' }] },
  many: {
    type: 'array', uniqueItems: true,
    items: { type: 'string', oneOf: [{ const: 'first', title: 'First', 'x-title-zh': '第一项' }] },
  },
  user: { type: 'integer', 'x-reference': 'user', minimum: 1 },
  unit: { type: 'integer', 'x-reference': 'unit', minimum: 1 },
  lead: { type: 'integer', 'x-reference': 'lead', minimum: 1 },
  customer: { type: 'string', 'x-reference': 'customer', minLength: 1, maxLength: 200 },
  file: { type: 'array', 'x-file': true, maxItems: 20, uniqueItems: true, items: { type: 'string' } },
  table: {
    type: 'array', minItems: 1, maxItems: 20,
    items: {
      type: 'object', additionalProperties: false, required: ['text'],
      properties: { text: { title: 'Text', 'x-title-zh': '内容', type: 'string', minLength: 1, maxLength: 200 } },
    },
  },
};
export const kinds = Object.keys(KINDS);
export const columnKinds = kinds.filter((each) => !['table', 'file'].includes(each));

/** Which kind a question is of. */
export function kindOf(schema, ui = {}) {
  if (schema['x-file']) return 'file';
  if (schema['x-reference']) return schema['x-reference'];
  if (schema.type === 'array') return schema.items?.type === 'object' ? 'table' : 'many';
  if (schema.type === 'boolean') return 'yes_no';
  if (schema.oneOf || schema.enum) return 'one';
  if (['integer', 'number'].includes(schema.type)) return schema['x-unit'] === 'fen' ? 'money' : 'number';
  if (schema.format === 'date') return 'date';
  return ui['ui:widget'] === 'textarea' ? 'long' : 'text';
}

/** The condition `if` says, when it is the plain one: a question is answered with one of some values. */
function plain(condition) {
  const [[on, { const: value, enum: values } = {}] = [], ...more] = Object.entries(condition?.properties ?? {});
  const keys = Object.keys(condition ?? {}).filter((each) => !['properties', 'required'].includes(each));
  if (!on || more.length || keys.length || (value === undefined && !values)) return null;
  return { on, values: values ?? [value] };
}

const condition = ({ on, values }) => ({
  properties: { [on]: values.length === 1 ? { const: values[0] } : { enum: values } }, required: [on],
});

export class Form {
  constructor(schema, ui) { Object.assign(this, { schema, ui }); }

  static read(schema, ui) { return new Form(JSON.parse(schema), JSON.parse(ui)); }

  written() { return [this.schema, this.ui].map((each) => `${JSON.stringify(each, null, 2)}\n`); }

  /** Every place where questions may lie, with its condition: nothing, a plain one, or `other`. */
  homes() {
    const found = [];
    const look = (part, when) => {
      if (!part || typeof part !== 'object') return;
      found.push({ part, when });
      const inner = when === null ? plain(part.if) ?? 'other' : 'other';
      look(part.then, inner);
      look(part.else, 'other');
      for (const each of part.allOf ?? []) {
        if (each.if) look(each.then, when === null ? plain(each.if) ?? 'other' : 'other');
        if (each.if) look(each.else, 'other');
        else look(each, when);
      }
      for (const each of Object.values(part.dependentSchemas ?? {})) look(each, 'other');
    };
    look(this.schema, null);
    return found;
  }

  home(name) { return this.homes().find(({ part }) => isQuestion(part.properties?.[name])); }

  /** All names in the order in which they are asked. */
  names() {
    const all = this.homes().flatMap(({ part }) => Object.entries(part.properties ?? {}))
      .filter(([, each]) => isQuestion(each)).map(([name]) => name);
    const unique = [...new Set(all)];
    const order = (this.ui['ui:order'] ?? []).filter((each) => unique.includes(each));
    return [...order, ...unique.filter((each) => !order.includes(each))];
  }

  question(name) {
    const { part, when } = this.home(name);
    const schema = part.properties[name];
    const ui = this.ui[name] ?? {};
    const section = (this.ui['ui:groups'] ?? []).findIndex((each) => each.fields.includes(name));
    return { name, schema, ui, when, section, kind: kindOf(schema, ui), required: (part.required ?? []).includes(name) };
  }

  add(name, kind, titles) {
    this.schema.properties = { ...this.schema.properties, [name]: { ...copy(KINDS[kind]), ...titles } };
    this.ui['ui:order'] = [...this.names().filter((each) => each !== name), name];
    if (kind === 'long') this.ui[name] = { 'ui:widget': 'textarea' };
    this.ui['ui:groups']?.at(-1)?.fields.push(name);
  }

  /** Change the kind of a question; its words stay. */
  become(name, kind) {
    const { part } = this.home(name);
    const kept = ['title', 'x-title-zh', 'description', 'x-description-zh'].filter((each) => each in part.properties[name]);
    const words = Object.fromEntries(kept.map((each) => [each, part.properties[name][each]]));
    part.properties[name] = { ...copy(KINDS[kind]), ...words };
    const { 'ui:widget': _, ...others } = this.ui[name] ?? {};
    this.setUi(name, kind === 'long' ? { ...others, 'ui:widget': 'textarea' } : others);
  }

  setUi(name, ui) {
    if (Object.keys(ui).length) this.ui[name] = ui;
    else delete this.ui[name];
  }

  remove(name) {
    for (const { part } of this.homes()) {
      delete part.properties?.[name];
      if (part.required) part.required = part.required.filter((each) => each !== name);
    }
    delete this.ui[name];
    const without = (list) => list.filter((each) => each !== name);
    if (this.ui['ui:order']) this.ui['ui:order'] = without(this.ui['ui:order']);
    for (const each of this.ui['ui:groups'] ?? []) each.fields = without(each.fields);
    this.tidy();
  }

  move(name, by) {
    const order = this.names();
    const at = order.indexOf(name);
    const to = Math.min(order.length - 1, Math.max(0, at + by));
    order.splice(to, 0, ...order.splice(at, 1));
    this.ui['ui:order'] = order;
    for (const each of this.ui['ui:groups'] ?? []) each.fields.sort((one, other) => order.indexOf(one) - order.indexOf(other));
  }

  require(name, on) {
    const { part } = this.home(name);
    const others = (part.required ?? []).filter((each) => each !== name);
    part.required = on ? [...others, name] : others;
    if (!part.required.length) delete part.required;
  }

  /** Let a question belong to a section. */
  put(name, section) {
    const groups = this.ui['ui:groups'] ?? [];
    for (const each of groups) each.fields = each.fields.filter((other) => other !== name);
    const order = this.names();
    groups[section]?.fields.push(name);
    groups[section]?.fields.sort((one, other) => order.indexOf(one) - order.indexOf(other));
  }

  /** Ask a question always (nothing), or only when another is answered with one of some values. */
  ask(name, when) {
    const { schema, required } = this.question(name);
    const { part } = this.home(name);
    delete part.properties[name];
    if (part.required) part.required = part.required.filter((each) => each !== name);
    let there = this.schema;
    if (when) {
      const wanted = JSON.stringify(condition(when));
      const list = (this.schema.allOf ??= []);
      let found = list.find((each) => JSON.stringify(each.if) === wanted && each.then);
      if (!found) list.push(found = { if: condition(when), then: {} });
      there = found.then;
    }
    there.properties = { ...there.properties, [name]: schema };
    if (required) there.required = [...(there.required ?? []), name];
    this.tidy();
  }

  /** Conditions under which nothing happens any more are dropped; unknown answers are refused in either case. */
  tidy() {
    const empty = (part) => part && !Object.keys(part.properties ?? {}).length && !(part.required ?? []).length
      && Object.keys(part).every((each) => ['properties', 'required'].includes(each));
    for (const { part } of this.homes()) {
      if (part !== this.schema && part.properties && !Object.keys(part.properties).length) delete part.properties;
      if (part.required && !part.required.length) delete part.required;
    }
    if (this.schema.allOf) this.schema.allOf = this.schema.allOf.filter((each) => !(each.if && empty(each.then) && !each.else));
    if (this.schema.allOf && !this.schema.allOf.length) delete this.schema.allOf;
    const conditions = ['allOf', 'if', 'dependentSchemas'].some((each) => each in this.schema);
    delete this.schema.additionalProperties;
    delete this.schema.unevaluatedProperties;
    this.schema[conditions ? 'unevaluatedProperties' : 'additionalProperties'] = false;
  }
}
