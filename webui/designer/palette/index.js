import { say } from '../language';

/** What the palette does not offer: the engine refuses it, or it belongs to a pool that stands already. */
const WITHOUT = ['create.subprocess-expanded', 'create.data-object', 'create.data-store', 'create.participant-expanded',
  'create.group', 'create.task', 'create.intermediate-event'];

const TASKS = [
  ['user-task', 'bpmn:UserTask', 'bpmn-icon-user-task', 'Create a task for people'],
  ['service-task', 'bpmn:ServiceTask', 'bpmn-icon-service-task', 'Create an automatic step'],
  ['rule-task', 'bpmn:BusinessRuleTask', 'bpmn-icon-business-rule-task', 'Create a decision'],
  ['call', 'bpmn:CallActivity', 'bpmn-icon-call-activity', 'Create a called process'],
];
const TIMER = { type: 'bpmn:IntermediateCatchEvent', eventDefinitionType: 'bpmn:TimerEventDefinition' };

/** Offers what our diagrams are made of, each in one step. */
class OurPalette {
  constructor(palette, elementFactory, create) {
    Object.assign(this, { elementFactory, create });
    palette.registerProvider(400, this);
  }

  getPaletteEntries() {
    const entry = (options, className, title) => {
      const start = (event) => this.create.start(event, this.elementFactory.createShape(options));
      return { group: 'activity', className, title: say(title), action: { dragstart: start, click: start } };
    };
    const ours = Object.fromEntries(TASKS.map(([id, type, icon, title]) => [`create.${id}`, entry({ type }, icon, title)]));
    ours['create.wait'] = entry(TIMER, 'bpmn-icon-intermediate-event-catch-timer', 'Create a waiting time');
    return (entries) => {
      const kept = Object.entries(entries).filter(([id]) => !WITHOUT.includes(id));
      return { ...Object.fromEntries(kept), ...ours };
    };
  }
}
OurPalette.$inject = ['palette', 'elementFactory', 'create'];

export default { __init__: ['ourPalette'], ourPalette: ['type', OurPalette] };
