import { say } from '../language';

/** What the palette does not offer: the engine refuses it, or it belongs to a pool that stands already. */
const WITHOUT = ['create.subprocess-expanded', 'create.data-object', 'create.data-store', 'create.participant-expanded',
  'create.group', 'create.task', 'create.intermediate-event'];

/** What the menus do not offer: the engine refuses it, whatever one does with it. */
const REFUSED = new RegExp(`^(create|append|replace-with)-(${[
  'task', 'expanded-subprocess', 'collapsed-subprocess', '(non-interrupting-)?event-subprocess',
  'collapsed-ad-hoc-subprocess', '(expanded-)?ad-hoc-subprocess', 'transaction', 'complex-gateway', 'timer-start',
  '(non-interrupting-)?(conditional|signal|escalation|compensation|error)-start',
  'link-intermediate-(catch|throw)', '(non-interrupting-)?conditional-(intermediate-catch|boundary)',
  'compensation-(intermediate-throw|boundary|end|start)', 'signal-end', 'none-boundary-event', 'data-store-reference',
  'data-object-reference', 'expanded-pool', 'collapsed-pool', 'group',
].join('|')})$`);
const MENUS = ['bpmn-create', 'bpmn-append', 'bpmn-replace'];

/** Takes out of the menus what nobody could publish. */
class OurMenus {
  constructor(popupMenu) {
    MENUS.forEach((each) => popupMenu.registerProvider(each, 400, this));
  }

  getPopupMenuEntries() {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !REFUSED.test(id)));
  }
}
OurMenus.$inject = ['popupMenu'];

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

export default { __init__: ['ourPalette', 'ourMenus'], ourPalette: ['type', OurPalette], ourMenus: ['type', OurMenus] };
