/** The buttons above the diagram, and the keys that work wherever the person is. */
export function offerTools(modeler, kept, desk) {
  const stack = modeler.get('commandStack', false);
  const acts = {
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    find: () => modeler.get('searchPad').toggle(),
    align: (event) => align(modeler, event),
    fit: () => showAll(modeler.get('canvas')),
  };
  const buttons = Object.fromEntries([...desk.querySelectorAll('[data-do]')].map((each) => [each.dataset.do, each]));
  for (const [name, button] of Object.entries(buttons)) {
    // bpmn-js closes its own boxes on any click outside of them: open after the click was heard
    button.addEventListener('click', (event) => setTimeout(() => acts[name](event)));
  }
  if (!stack) return;
  const refresh = () => {
    buttons.undo.disabled = !stack.canUndo();
    buttons.redo.disabled = !stack.canRedo();
    buttons.align.disabled = modeler.get('selection').get().length < 2;
  };
  modeler.on(['commandStack.changed', 'selection.changed', 'import.done'], refresh);
  refresh();
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    document.activeElement?.blur();
    kept.save();
  });
  // what is typed becomes a change when the person leaves the field: do so before the page goes
  window.addEventListener('beforeunload', () => document.activeElement?.blur(), { capture: true });
}

const [PALETTE, EDGE, MARK] = [115, 16, 40];

/** Show the whole diagram beside the palette and above the mark of bpmn.io; never larger than life. */
export function showAll(canvas) {
  const { inner, outer } = canvas.viewbox();
  const left = canvas.getContainer().querySelector('.djs-palette') ? PALETTE : EDGE;
  const across = (outer.width - left - EDGE) / inner.width;
  const scale = Math.max(0.2, Math.min(across, (outer.height - EDGE - MARK) / inner.height, 1));
  canvas.viewbox({
    x: inner.x - left / scale, y: inner.y - EDGE / scale, width: outer.width / scale,
    height: outer.height / scale,
  });
}

function align(modeler, event) {
  const chosen = modeler.get('selection').get();
  if (chosen.length < 2) return;
  const { left, bottom } = event.target.closest('button').getBoundingClientRect();
  modeler.get('popupMenu').open(chosen, 'align-elements', { x: left, y: bottom + 4 });
}
