import { PROPERTIES, walk } from '../moddle';
import { chinese, inLanguage, say, speaksChinese } from './say.js';

export { chinese, inLanguage, say, speaksChinese };
export const LABEL_ZH = 'label.zh_CN';
export const LABEL_EN = 'label.en';

/** The property that holds the name of an element in the language that the page does not speak. */
export const otherLabel = () => (speaksChinese() ? LABEL_EN : LABEL_ZH);

const labelled = (part, name) => part.extensionElements?.values
  ?.find((each) => each.$type === PROPERTIES)?.properties?.find((each) => each.name === name);

const NAMED = ['bpmn:FlowElement', 'bpmn:Lane', 'bpmn:Participant', 'bpmn:Process'];

/** Put the Chinese names of a model that was just read into `name`, and the English into `label.en`. */
function toReader(definitions) {
  walk(definitions, (part) => {
    const label = labelled(part, LABEL_ZH);
    if (!label?.value) return;
    [part.name, label.value, label.name] = [label.value, part.name ?? '', LABEL_EN];
  });
}

/** Put both names back at their places for saving; what it returns undoes that, to the very objects of before. */
function toFile(definitions) {
  const undo = [];
  walk(definitions, (part) => {
    const { name } = part;
    const label = labelled(part, LABEL_EN);
    if (label) {
      const { value } = label;
      undo.push(() => { [part.name, label.value, label.name] = [name, value, LABEL_EN]; });
      [part.name, label.value, label.name] = [value || name, name ?? '', LABEL_ZH];
    } else if (name && NAMED.some((type) => part.$instanceOf(type))) {
      undo.push(standIn(part, name));
    }
  });
  return () => undo.forEach((each) => each());
}

/** What was named by a Chinese hand and has no English yet: its name stands in for it. */
function standIn(part, value) {
  const make = (type, values, parent) => Object.assign(part.$model.create(type, values), { $parent: parent });
  const { extensionElements } = part;
  const before = extensionElements?.values ?? [];
  const holder = before.find((each) => each.$type === PROPERTIES);
  const listed = holder?.properties ?? [];
  part.extensionElements = extensionElements ?? make('bpmn:ExtensionElements', {}, part);
  const kept = holder ?? make(PROPERTIES, {}, part.extensionElements);
  kept.properties = [...listed, make('spiffworkflow:Property', { name: LABEL_ZH, value }, kept)];
  if (!holder) part.extensionElements.values = [...before, kept];
  return () => {
    kept.properties = listed;
    part.extensionElements.values = before;
    if (!extensionElements) delete part.extensionElements;
  };
}

/**
 * Shows and edits the names of a diagram in the language of the page: while a Chinese reader works on it, `name` holds
 * the Chinese and the property `label.en` the English; whenever it is saved, both are back at their places.
 */
function NamesInLanguage(eventBus) {
  if (!speaksChinese()) return;
  let [saving, back] = [0, null];
  eventBus.on('import.parse.complete', ({ definitions }) => definitions && toReader(definitions));
  eventBus.on('saveXML.start', ({ definitions }) => {
    saving += 1;
    back ??= toFile(definitions);
  });
  eventBus.on('saveXML.done', () => {
    saving -= 1;
    if (saving) return;
    back?.();
    back = null;
  });
}
NamesInLanguage.$inject = ['eventBus'];

export default {
  __init__: ['namesInLanguage'],
  namesInLanguage: ['type', NamesInLanguage],
  translate: ['value', say],
};
