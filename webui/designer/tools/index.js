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

const ROOM = { left: 115, top: 16, right: 16, bottom: 40 };

/** Show the whole diagram beside the palette and above the mark of bpmn.io; never larger than life. */
export function showAll(canvas) {
  const { inner, outer } = canvas.viewbox();
  const across = (outer.width - ROOM.left - ROOM.right) / inner.width;
  const scale = Math.max(0.2, Math.min(across, (outer.height - ROOM.top - ROOM.bottom) / inner.height, 1));
  canvas.viewbox({
    x: inner.x - ROOM.left / scale, y: inner.y - ROOM.top / scale, width: outer.width / scale,
    height: outer.height / scale,
  });
}

function align(modeler, event) {
  const chosen = modeler.get('selection').get();
  if (chosen.length < 2) return;
  const { left, bottom } = event.target.closest('button').getBoundingClientRect();
  modeler.get('popupMenu').open(chosen, 'align-elements', { x: left, y: bottom + 4 });
}
