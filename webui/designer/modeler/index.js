import Modeler from 'bpmn-js/lib/Modeler';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import colors from 'bpmn-js-color-picker';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from 'bpmn-js-properties-panel';
import grid from 'diagram-js-grid';
import minimap from 'diagram-js-minimap';
import language from '../language';
import { moddleExtensions } from '../moddle';
import palette from '../palette';
import properties from '../properties';
import { simulation } from '../simulation';

/** Return what edits diagrams in `canvas`, with the panel of properties in `panel`. */
export function editor(canvas, panel, catalogue) {
  return new Modeler({
    container: canvas,
    propertiesPanel: { parent: panel },
    catalogue,
    moddleExtensions,
    additionalModules: [
      BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CreateAppendAnythingModule, colors, grid, language,
      minimap, palette, properties, simulation,
    ],
  });
}

/** Return what only shows diagrams: for narrow screens and for drafts that are closed. */
export function viewer(canvas) {
  return new NavigatedViewer({ container: canvas, moddleExtensions, additionalModules: [language] });
}
