import { Extending } from './extending.js';
import { Groups } from './groups.js';

/** Of what the panel knows of BPMN, what ours say better or the engine does not use. */
const WITHOUT = ['general', 'documentation', 'CamundaPlatform__ExternalTask'];

/** Offers what our diagrams carry: names in both languages, roles, forms, handlers, deadlines, conditions. */
class OurProperties {
  constructor(propertiesPanel, extending, modeling, catalogue) {
    Object.assign(this, { extending, modeling, catalogue: catalogue.known, link: catalogue.link, door: catalogue.door });
    propertiesPanel.registerProvider(400, this);
  }

  getGroups(element) {
    return (groups) => [...new Groups(element, this).all(), ...groups.filter(({ id }) => !WITHOUT.includes(id))];
  }
}
OurProperties.$inject = ['propertiesPanel', 'extending', 'modeling', 'config.catalogue'];

export default {
  __init__: ['ourProperties'],
  extending: ['type', Extending],
  ourProperties: ['type', OurProperties],
};
