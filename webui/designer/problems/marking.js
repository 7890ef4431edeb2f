/** Give every element that something is wrong with a mark in the picture. */
export function markElements(modeler) {
  let marked = [];
  return (found) => {
    const [canvas, registry] = [modeler.get('canvas'), modeler.get('elementRegistry')];
    for (const [id, marker] of marked) if (registry.get(id)) canvas.removeMarker(id, marker);
    marked = found.filter((each) => each.element && registry.get(each.element))
      .map((each) => [each.element, each.severity === 'error' ? 'has-error' : 'has-warning']);
    for (const [id, marker] of marked) canvas.addMarker(id, marker);
  };
}

/** Bring an element into view and select it. */
export function selecting(modeler) {
  return (id) => {
    const element = modeler.get('elementRegistry').get(id);
    if (!element) return;
    modeler.get('canvas').scrollToElement(element, { top: 100, bottom: 220, left: 120, right: 120 });
    modeler.get('selection', false)?.select(element);
  };
}
