import { h } from '@bpmn-io/properties-panel/preact';
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { inLanguage, otherLabel, say, speaksChinese } from '../language';
import { DECISION, OPERATOR, extension, propertyOf } from '../moddle';
import { Condition } from './conditions.js';
import { Deadline } from './durations.js';
import { Area, FieldList, Line, Select, Tick } from './entries.js';
import { NewForm } from './new-form.js';
import { ValueEntry } from './values.js';

const FIELDS = 'fields-of-the-case';
const HUMAN = ['bpmn:UserTask', 'bpmn:ManualTask'];
const NAMED = ['bpmn:FlowNode', 'bpmn:SequenceFlow', 'bpmn:Lane', 'bpmn:Participant', 'bpmn:Process'];
const LEVELS = () => [
  { value: 'rep', label: say('Representative office') }, { value: 'region', label: say('Region') },
  { value: 'company', label: say('Company') },
];

/** Makes the groups of the panel for one element. */
export class Groups {
  constructor(element, { extending, modeling, catalogue, link, door }) {
    Object.assign(this, { element, extending, modeling, catalogue, link, door, object: getBusinessObject(element) });
    this.process = is(element, 'bpmn:Participant') ? this.object.processRef : is(element, 'bpmn:Process') && this.object;
  }

  all() {
    return [
      this.general(), this.process && this.ofProcess(), is(this.element, 'bpmn:Lane') && this.lane(),
      isAny(this.element, HUMAN) && this.forPeople(), is(this.element, 'bpmn:ServiceTask') && this.automatic(),
      is(this.element, 'bpmn:BusinessRuleTask') && this.decision(), is(this.element, 'bpmn:CallActivity') && this.called(),
      is(this.element, 'bpmn:ScriptTask') && this.script(), is(this.element, 'bpmn:SequenceFlow') && this.way(),
      this.hasRecord() && this.record(), isAny(this.element, NAMED) && this.explained(),
    ].filter(Boolean);
  }

  group(id, label, entries) {
    const shown = entries.filter(Boolean).map(([name, control, given]) => {
      const entry = `${this.element.id}-${name}`;
      const render = () => h(control, { ...given, id: entry, fields: FIELDS });
      return { id: entry, component: Rendered, render };
    });
    return { id: `ltc-${id}`, label, entries: shown, shouldOpen: true };
  }

  value(name) { return propertyOf(this.object, name); }

  property(name, control, label, more = {}) {
    return [name, control, {
      label, value: this.value(name), commit: (text) => this.extending.set(this.element, { [name]: text }), ...more,
    }];
  }

  general() {
    const pool = is(this.element, 'bpmn:Participant');
    const rename = (name) => (pool
      ? this.extending.setPool(this.element, {}, { name }) : this.modeling.updateProperties(this.element, { name }));
    const other = otherLabel();
    const renameOther = (text) => (pool
      ? this.extending.setPool(this.element, { [other]: text }) : this.extending.set(this.element, { [other]: text }));
    return this.group('general', say('Name'), [
      isAny(this.element, NAMED) && ['name', Line, { label: say('Name'), value: this.object.name ?? '', commit: rename }],
      isAny(this.element, NAMED) && ['other-name', Line, {
        label: speaksChinese() ? say('English name') : say('Chinese name'), value: this.value(other), commit: renameOther,
      }],
      is(this.element, 'bpmn:TextAnnotation') && ['text', Area, {
        label: say('Text'), value: this.object.text ?? '',
        commit: (text) => this.modeling.updateProperties(this.element, { text }),
      }],
      ['id', Line, {
        label: say('Id'), value: this.object.id, help: say('Scenarios and reports know the element by it.'),
        refuse: (id) => (id === this.object.id || this.free(id) ? '' : say('Not taken: letters, digits and _ only, and used once')),
        commit: (id) => this.modeling.updateProperties(this.element, { id }),
      }],
    ]);
  }

  free(id) { return /^[A-Za-z_][\w-]*$/.test(id) && !this.object.$model.ids?.assigned(id); }

  ofProcess() {
    const of = (name) => ({
      value: propertyOf(this.process, name),
      commit: (text) => this.extending.setOf(this.element, this.process, { [name]: text }),
    });
    const everyone = { value: 'everyone', label: say('Everyone') };
    const roles = this.roles().filter((each) => each.value !== 'everyone');
    return this.group('process', say('Process'), [
      ['record', Select, { label: say('Kind of record'), choices: this.records(), ...of('record') }],
      ['start', Select, {
        label: say('Who may start it'), choices: [everyone, ...roles], ...of('start'),
        help: say('Left empty, it is started by messages or by other processes only.'),
      }],
      ['ref', Line, { label: say('Items of the checklist'), ...of('ref') }],
    ]);
  }

  lane() {
    return this.group('lane', say('Who does the work'), [
      this.property('role', Select, say('Role'), {
        choices: this.roles(),
        help: say('A member of the case’s team comes first, then holders of the role at the unit or nearest above.'),
      }),
    ]);
  }

  forPeople() {
    const form = this.value('formJsonSchemaFilename');
    const set = (schema) => this.extending.set(this.element, {
      formJsonSchemaFilename: schema, formUiSchemaFilename: this.catalogue.form(schema)?.ui ?? '',
    });
    const forms = this.catalogue.forms.map((each) => ({ value: each.schema, label: `${inLanguage(each.title)} · ${each.name}` }));
    return this.group('people', say('Task for people'), [
      ['form', Select, {
        label: say('Form'), value: form, commit: set, choices: forms,
        link: this.catalogue.form(form) && { href: this.link(`forms/${form}`), text: say('Open') },
      }],
      !form && ['new-form', NewForm, {
        door: this.door, title: this.title(), taken: (schema) => this.catalogue.form(schema),
        made: (made) => {
          this.catalogue.addForm(made);
          set(made.schema);
        },
      }],
      this.property('due', Deadline, say('Due after')),
      this.property('priority', ValueEntry, say('Priority'), {
        type: 'integer', lowest: 1, highest: 9, help: say('1 is the most urgent, 9 the least; left empty it is 5.'),
      }),
      this.property('at_level', ValueEntry, say('Decided at level'), {
        type: 'string', choices: LEVELS(), help: say('Whose holders of the role decide: those of this level of the case’s unit.'),
      }),
      this.property('assignee', Line, say('Always goes to'), {
        list: FIELDS, help: say('A field of the case that names a person; it beats the role of the lane.'),
      }),
      this.property('ref', Line, say('Items of the checklist')),
    ]);
  }

  /** What the element is called in both languages. */
  title() {
    const [here, other] = [this.object.name ?? '', this.value(otherLabel())];
    const [english, chinese] = speaksChinese() ? [other, here] : [here, other];
    return { en: english || chinese, zh_CN: chinese || english };
  }

  automatic() {
    const operator = extension(this.object, OPERATOR);
    const handler = this.catalogue.handler(operator?.id);
    const choices = this.catalogue.handlers.map((each) => ({ value: each.id, label: `${inLanguage(each.label)} · ${each.id}` }));
    return this.group('automatic', say('Automatic step'), [
      ['handler', Select, {
        label: say('What happens'), value: operator?.id ?? '', choices, help: handler && inLanguage(handler.help),
        commit: (id) => this.extending.setHandler(this.element, id),
      }],
      ...(handler?.parameters ?? []).map((each) => this.parameter(operator, each)),
      handler?.results.length && ['results', Results, { results: handler.results }],
      this.property('ref', Line, say('Items of the checklist')),
    ]);
  }

  parameter(operator, { name, label, help, type, choices, minimum, maximum, required, default: usual }) {
    const value = operator.parameterList?.parameters?.find((each) => each.id === name)?.value ?? '';
    const said = choices.map((each) => ({ value: String(each.value), label: inLanguage(each.label) }));
    const placeholder = usual === null || usual === undefined ? '' : say('usually {value}', { value: usual });
    return [`parameter-${name}`, ValueEntry, {
      label: inLanguage(label) + (required ? ' *' : ''), help: inLanguage(help), type, choices: said, value, placeholder,
      lowest: minimum, highest: maximum, commit: (text) => this.extending.setParameter(this.element, name, text),
    }];
  }

  decision() {
    const id = extension(this.object, DECISION)?.value ?? '';
    const table = this.catalogue.decision(id);
    const choices = this.catalogue.decisions.map((each) => ({ value: each.id, label: sayBoth(each.name) }));
    return this.group('decision', say('Decision'), [
      ['decision', Select, {
        label: say('Decision table'), value: id, choices, commit: (text) => this.extending.setDecision(this.element, text),
        link: table && { href: this.link(table.file), text: say('Open') },
      }],
      this.property('ref', Line, say('Items of the checklist')),
    ]);
  }

  called() {
    const id = this.object.calledElement ?? '';
    const process = this.catalogue.process(id);
    const choices = this.catalogue.processes.map((each) => ({ value: each.id, label: `${inLanguage(each.label)} · ${each.id}` }));
    return this.group('called', say('Called process'), [
      ['called', Select, {
        label: say('Process'), value: id, choices,
        commit: (text) => this.modeling.updateProperties(this.element, { calledElement: text || undefined }),
        link: process && { href: this.link(process.file), text: say('Open') },
      }],
      this.property('ref', Line, say('Items of the checklist')),
    ]);
  }

  script() {
    return this.group('script', say('Formulas'), [
      ['script', Area, {
        label: say('Lines of the form name = formula'), value: this.object.script ?? '', code: true,
        commit: (script) => this.modeling.updateProperties(this.element, { script }),
      }],
    ]);
  }

  way() {
    const { sourceRef } = this.object;
    if (!sourceRef?.$instanceOf('bpmn:Gateway') || sourceRef.$instanceOf('bpmn:ParallelGateway')) return null;
    const usual = sourceRef.default === this.object;
    const from = this.element.source;
    return this.group('way', say('Condition'), [
      !usual && ['condition', Condition, {
        value: this.object.conditionExpression?.body ?? '', known: (name) => this.catalogue.field(name),
        commit: (text) => this.extending.setCondition(this.element, text),
      }],
      ['default', Tick, {
        label: say('Taken when no other way fits'), value: usual,
        commit: (on) => this.modeling.updateProperties(from, { default: on ? this.object : undefined }),
      }],
    ]);
  }

  hasRecord() { return isAny(this.element, ['bpmn:Activity', 'bpmn:Event']) && this.statuses().length > 0; }

  record() {
    return this.group('record', say('Record'), [
      this.property('status', Select, say('Status of the record from here'), { choices: this.statuses() }),
    ]);
  }

  explained() {
    const text = this.object.documentation?.[0]?.text ?? '';
    return this.group('explained', say('Explanation'), [
      ['documentation', Area, {
        label: say('In English'), value: text, commit: (said) => this.extending.setDocumentation(this.element, said),
      }],
      this.property('documentation.zh_CN', Area, say('In Chinese')),
      ['fields', FieldsHere, { all: this.catalogue.fields }],
    ]);
  }

  roles() { return this.catalogue.roles.map((each) => ({ value: each.key, label: inLanguage(each.label) })); }

  records() {
    return Object.keys(this.catalogue.statuses).map((kind) => ({ value: kind, label: say(`record:${kind}`) }));
  }

  statuses() {
    let top = this.object;
    while (top.$parent && !top.$instanceOf('bpmn:Process')) top = top.$parent;
    const kind = propertyOf(top, 'record');
    const known = this.catalogue.statuses[kind] ?? [];
    return known.map((each) => ({ value: each.key, label: inLanguage(each.label) }));
  }
}

/** One component for all entries: were it made anew with each change, the focus would be lost. */
const Rendered = ({ render }) => render();

const FieldsHere = ({ all }) => h(FieldList, { id: FIELDS, fields: all });

const Results = ({ results }) => h('div', { class: 'bio-properties-panel-entry entry-results' },
  h('div', { class: 'bio-properties-panel-label' }, say('What it tells the case')),
  h('ul', null, results.map((each) => h('li', { key: each.name }, `${inLanguage(each.label)} (${each.name})`))));

/** Tables are named in both languages at once: `English / 中文`. */
function sayBoth(name) {
  const [english, chinese] = name.split(' / ');
  return (speaksChinese() && chinese) || english;
}
