import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';
import { DECISION, OPERATOR, PROPERTIES, extension } from '../moddle';

/** Changes what our diagrams carry beyond BPMN; every change is one command, which undo takes back as one. */
export class Extending {
  constructor(bpmnFactory, commandStack) {
    Object.assign(this, { bpmnFactory, commandStack });
  }

  /** Set properties by name (nothing removes one), together with attributes of the element itself. */
  set(element, values, attributes = undefined) {
    const object = getBusinessObject(element);
    const changes = this.properties(element, object, values);
    if (attributes) changes.push(['element.updateProperties', { element, properties: attributes }]);
    this.run(changes);
  }

  /** The same for a pool and the process in it, which people take for one thing. */
  setPool(element, values, attributes = undefined) {
    const pool = getBusinessObject(element);
    const changes = [pool, pool.processRef].filter(Boolean)
      .flatMap((object) => this.properties(element, object, values));
    if (attributes) {
      changes.push(['element.updateProperties', { element, properties: attributes }]);
      if (pool.processRef) changes.push(this.change(element, pool.processRef, attributes));
    }
    this.run(changes);
  }

  /** Set properties of one object that `element` shows, such as the process in a pool. */
  setOf(element, object, values) { this.run(this.properties(element, object, values)); }

  setDocumentation(element, text) {
    const object = getBusinessObject(element);
    const documentation = text ? [this.make('bpmn:Documentation', { text }, object)] : [];
    this.run([this.change(element, object, { documentation })]);
  }

  setCondition(element, body) {
    const object = getBusinessObject(element);
    const conditionExpression = body ? this.make('bpmn:FormalExpression', { body }, object) : undefined;
    this.run([['element.updateProperties', { element, properties: { conditionExpression } }]]);
  }

  setDecision(element, value) {
    this.run(this.replace(element, DECISION, value && ((parent) => this.make(DECISION, { value }, parent))));
  }

  /** Choose a handler; parameters that it shares with the one before keep their values. */
  setHandler(element, id) {
    const before = extension(getBusinessObject(element), OPERATOR);
    if (before) {
      const known = id ? before.parameterList?.parameters ?? [] : [];
      const parameterList = this.parameters(before, known.map(({ id: name, value }) => [name, value]));
      this.run(id ? [this.change(element, before, { id, parameterList })] : this.replace(element, OPERATOR, null));
      return;
    }
    this.run(this.replace(element, OPERATOR, (parent) => {
      const operator = this.make(OPERATOR, { id }, parent);
      operator.parameterList = this.parameters(operator, []);
      return operator;
    }));
  }

  /** Set one parameter of the handler; nothing removes it, so that its default counts. */
  setParameter(element, name, value) {
    const operator = extension(getBusinessObject(element), OPERATOR);
    const before = (operator.parameterList?.parameters ?? []).map((each) => [each.id, each.value]);
    const values = before.some(([id]) => id === name)
      ? before.map(([id, old]) => [id, id === name ? value : old])
      : [...before, [name, value]];
    const parameterList = this.parameters(operator, values.filter(([, each]) => each !== ''));
    this.run([this.change(element, operator, { parameterList })]);
  }

  parameters(operator, values) {
    const list = this.make('spiffworkflow:Parameters', {}, operator);
    list.parameters = values.map(([id, value]) => this.make('spiffworkflow:Parameter', { id, type: 'str', value }, list));
    return list;
  }

  properties(element, object, values) {
    const given = Object.entries(values);
    const listed = extension(object, PROPERTIES)?.properties ?? [];
    const kept = listed.filter(({ name }) => !(name in values) || values[name] !== '');
    const fill = (holder) => [
      ...kept.map((each) => (each.name in values && values[each.name] !== each.value
        ? this.make('spiffworkflow:Property', { name: each.name, value: values[each.name] }, holder) : each)),
      ...given.filter(([name, value]) => value !== '' && !listed.some((each) => each.name === name))
        .map(([name, value]) => this.make('spiffworkflow:Property', { name, value }, holder)),
    ];
    const holder = extension(object, PROPERTIES);
    const filled = fill(holder);
    if (holder && filled.length) return [this.change(element, holder, { properties: filled })];
    return this.replace(element, PROPERTIES, filled.length > 0 && ((parent) => {
      const made = this.make(PROPERTIES, {}, parent);
      filled.forEach((each) => { each.$parent = made; });
      made.properties = filled;
      return made;
    }), object);
  }

  /** Put what `build` makes in the place of the extension of a type; without `build` take it away. */
  replace(element, type, build, object = getBusinessObject(element)) {
    const { extensionElements } = object;
    const others = (extensionElements?.values ?? []).filter((each) => each.$type !== type);
    if (!build && others.length === (extensionElements?.values ?? []).length) return [];
    if (!build && !others.length) return [this.change(element, object, { extensionElements: undefined })];
    const holder = extensionElements ?? this.make('bpmn:ExtensionElements', { values: [] }, object);
    const values = build ? [...others, build(holder)] : others;
    if (extensionElements) return [this.change(element, holder, { values })];
    holder.values = values;
    return [this.change(element, object, { extensionElements: holder })];
  }

  change(element, moddleElement, properties) {
    return ['element.updateModdleProperties', { element, moddleElement, properties }];
  }

  make(type, values, parent) { return Object.assign(this.bpmnFactory.create(type, values), { $parent: parent }); }

  run(changes) {
    if (!changes.length) return;
    const commands = changes.map(([cmd, context]) => ({ cmd, context }));
    this.commandStack.execute('properties-panel.multi-command-executor', commands);
  }
}
Extending.$inject = ['bpmnFactory', 'commandStack'];
