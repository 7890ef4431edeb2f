import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import '../page.css';
import './table.css';
import { download } from '../exporting/file.js';
import { go, notice, tabs } from '../frame.js';
import { Problems } from '../problems';
import { DraftFile, askWhich } from '../saving';
import { Asking } from './asking.js';
import { tables } from './editor.js';

const desk = document.getElementById('designer');
const place = document.getElementById('table');
const { path, file, check, decide } = desk.dataset;
const edits = desk.dataset.editable === 'true' && matchMedia('(min-width: 1100px)').matches;

async function start() {
  desk.classList.toggle('reads', !edits);
  const { modeler, open } = tables(place, edits);
  const write = async () => (await modeler.saveXML({ format: true })).xml;
  const asking = new Asking({
    form: document.getElementById('ask'), answer: document.getElementById('answer'), table: place, address: decide, write,
  });
  const problems = new Problems({
    list: document.getElementById('problem-list'), count: document.getElementById('problem-count'), address: check,
    write: async () => ({ [path]: await write() }), select: () => place.focus(), mark: () => {},
  });
  const buttons = Object.fromEntries([...desk.querySelectorAll('[data-do]')].map((each) => [each.dataset.do, each]));
  let stack = null;
  const refresh = () => {
    buttons.undo.disabled = !stack?.canUndo();
    buttons.redo.disabled = !stack?.canRedo();
  };
  const kept = new DraftFile(file, {
    write,
    read: async (content) => {
      const viewer = await open(content);
      stack = viewer.get('commandStack', false);
      viewer.on('commandStack.changed', () => {
        kept.touch();
        refresh();
        problems.soon();
        asking.soon();
      });
      refresh();
    },
    notice: notice(document.getElementById('saved')),
    choose: askWhich(document.getElementById('conflict')),
  });
  await kept.open();
  buttons.undo.addEventListener('click', () => stack.undo());
  buttons.redo.addEventListener('click', () => stack.redo());
  document.getElementById('export').addEventListener('click', async () => {
    download(path.split('/').pop(), 'application/xml', await write());
  });
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    document.activeElement?.blur();
    kept.save();
  });
  tabs(desk.querySelector('[data-drawer]'));
  problems.look(); // takes a moment in a large draft: nobody has to wait for it
  await asking.look();
  desk.dataset.ready = 'yes';
}

go(document);
start().catch((error) => notice(document.getElementById('saved'))(error.message, 'bad'));
