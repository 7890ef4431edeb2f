import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

/** Draws every `<div data-diagram="address of the XML" data-here="element">` of the page. */
export async function showDiagrams() {
  for (const place of document.querySelectorAll('[data-diagram]')) {
    const answer = await fetch(place.dataset.diagram);
    if (!answer.ok) continue;
    const viewer = new NavigatedViewer({ container: place });
    await viewer.importXML(await answer.text());
    const canvas = viewer.get('canvas');
    canvas.zoom('fit-viewport');
    const here = place.dataset.here;
    if (here && viewer.get('elementRegistry').get(here)) canvas.addMarker(here, 'here');
    place.dataset.shown = 'yes';
  }
}
