import spiffworkflow from './spiffworkflow.json';

/** What our diagrams carry beyond BPMN; whatever else stands in a file is kept as it is. */
export const moddleExtensions = { spiffworkflow };

export const PROPERTIES = 'spiffworkflow:Properties';
export const OPERATOR = 'spiffworkflow:ServiceTaskOperator';
export const DECISION = 'spiffworkflow:CalledDecisionId';

/** The extension of a type that an element carries, if any. */
export const extension = (object, type) => object?.extensionElements?.values?.find((each) => each.$type === type);

/** The value of one of our properties of an element; nothing, if it has none. */
export function propertyOf(object, name) {
  return extension(object, PROPERTIES)?.properties?.find((each) => each.name === name)?.value ?? '';
}

/** Call `visit` with every part of a model that lies in `part`, `part` itself first. */
export function walk(part, visit, seen = new Set()) {
  if (!part?.$descriptor || seen.has(part)) return;
  seen.add(part);
  visit(part);
  for (const { name, isReference, isAttr } of part.$descriptor.properties) {
    if (isReference || isAttr) continue;
    const inside = part.get(name);
    for (const each of Array.isArray(inside) ? inside : [inside]) walk(each, visit, seen);
  }
}
