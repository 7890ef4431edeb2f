import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import 'bpmn-js-color-picker/colors/color-picker.css';
import './page.css';
import './drawing.css';
import { readCatalogue } from './catalogue';
import { offerExports } from './exporting';
import { go, notice, tabs } from './frame.js';
import { editor, viewer } from './modeler';
import { Problems } from './problems';
import { markElements, selecting } from './problems/marking.js';
import { DraftFile, askWhich } from './saving';
import { offerSimulation } from './simulation';
import { TextForm } from './text-form';
import { offerTools, showAll } from './tools';
import { TryIt } from './try-it';

const desk = document.getElementById('designer');
const [canvas, panel] = ['canvas', 'panel'].map((id) => document.getElementById(id));
const { path, file, check, words, files, catalogue } = desk.dataset;
const draws = desk.dataset.editable === 'true' && matchMedia('(min-width: 1100px)').matches;

async function start() {
  desk.classList.toggle('reads', !draws);
  const known = draws && await readCatalogue(catalogue);
  const modeler = draws ? editor(canvas, panel, { known, link: (inner) => files + inner, door: file.slice(0, -path.length) }) : viewer(canvas);
  const write = async () => (await modeler.saveXML({ format: true })).xml;
  const select = selecting(modeler);
  const problems = new Problems({
    list: document.getElementById('problem-list'), count: document.getElementById('problem-count'), address: check,
    write: async () => ({ [path]: await write() }), select, mark: markElements(modeler),
  });
  const text = new TextForm({ place: document.getElementById('words'), address: words, write, select });
  const look = () => { problems.soon(); text.soon(); };
  const kept = new DraftFile(file, {
    write,
    read: async (content) => {
      await modeler.importXML(content);
      showAll(modeler.get('canvas'));
    },
    notice: notice(document.getElementById('saved')),
    choose: askWhich(document.getElementById('conflict')),
  });
  await kept.open();
  modeler.on('commandStack.changed', () => { kept.touch(); look(); });
  modeler.on('import.done', look);
  offerExports(modeler, path.replace(/\.bpmn$/, ''));
  offerTools(modeler, kept, desk);
  if (draws) offerSimulation(modeler, document.getElementById('simulate'), canvas);
  tabs(desk.querySelector('[data-drawer]'));
  new TryIt({ place: document.getElementById('try'), address: desk.dataset.try, path, write, modeler, select });
  problems.look(); // takes a moment in a large draft: nobody has to wait for it
  text.look();
  if (desk.dataset.element) select(desk.dataset.element);
  desk.dataset.ready = 'yes';
}

go(document);
start().catch((error) => notice(document.getElementById('saved'))(error.message, 'bad'));
