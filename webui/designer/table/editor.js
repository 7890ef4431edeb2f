import DecisionTableEditor from 'dmn-js-decision-table/lib/Editor';
import DecisionTableViewer from 'dmn-js-decision-table/lib/Viewer';
import { HIT_POLICIES } from 'dmn-js-decision-table/lib/features/hit-policy/HitPolicies';
import EditingManager from 'dmn-js-shared/lib/base/EditingManager';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import { say } from '../language/say.js';

const ALLOWED = ['UNIQUE', 'FIRST', 'COLLECT'];
const ALL = [...HIT_POLICIES];

/** Offer the ways of choosing a row that the engine knows, and the one that the file has already. */
function offerPolicies(content) {
  const [, present] = /hitPolicy="([^"]+)"/.exec(content) ?? [];
  const [, sum] = /aggregation="([^"]+)"/.exec(content) ?? [];
  const kept = ALL.filter(({ value: { hitPolicy, aggregation } }) =>
    (ALLOWED.includes(hitPolicy) && !aggregation) || (hitPolicy === present && aggregation === sum));
  HIT_POLICIES.splice(0, HIT_POLICIES.length, ...kept);
}

/** The manager of dmn-js with decision tables alone: no drawings of requirements, no boxed expressions. */
function tablesOnly(view) {
  return class extends EditingManager {
    _getViewProviders() {
      const opens = (element) => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:DecisionTable');
      return [{ id: 'decisionTable', constructor: view, opens }];
    }
  };
}

/** Return what edits (or only shows) decision tables in `container`; `open` shows a file and returns its view. */
export function tables(container, edits) {
  const Manager = tablesOnly(edits ? DecisionTableEditor : DecisionTableViewer);
  const modeler = new Manager({
    container,
    keyboard: { bindTo: document },
    decisionTable: {
      additionalModules: [{ translate: ['value', say] }],
      dataTypes: ['string', 'integer', 'number', 'boolean', 'date'],
    },
  });
  const open = async (content) => {
    offerPolicies(content);
    await modeler.importXML(content);
    return modeler.getActiveViewer();
  };
  return { modeler, open };
}
