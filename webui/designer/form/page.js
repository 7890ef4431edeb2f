import '../page.css';
import '../../forms/form.css';
import './form.css';
import { build } from '../dom.js';
import { after, html } from '../door.js';
import { go, notice, tabs } from '../frame.js';
import { inLanguage, say } from '../language/say.js';
import { Problems } from '../problems';
import { DraftFile, askWhich } from '../saving';
import { button, choice } from './controls.js';
import { editor } from './editing.js';
import { Form, kinds } from './model.js';

const desk = document.getElementById('designer');
const { path, schemaFile, uiFile, check, preview } = desk.dataset;
const places = Object.fromEntries(['questions', 'question', 'preview'].map((id) => [id, document.getElementById(id)]));
const files = [path, path.replace('.schema.json', '.ui.json')];
const edits = desk.dataset.editable === 'true' && matchMedia('(min-width: 1100px)').matches;
const tell = notice(document.getElementById('saved'));

let form = null;
let chosen = null;
let [past, future] = [[], []];

const kept = ['', ''].map((_, at) => new DraftFile([schemaFile, uiFile][at], {
  write: async () => form.written()[at],
  read: async (content) => {
    if (form) loaded[1 - at] = form.written()[1 - at];
    loaded[at] = content;
    if (loaded[0] === undefined || loaded[1] === undefined) return;
    form = Form.read(...loaded);
    [past, future] = [[], []];
    show();
  },
  notice: (words, tone) => {
    states[at] = [words, tone];
    tell(...(states.find((each) => each?.[1] === 'bad') ?? states.find((each) => each?.[1] === 'soon') ?? states[at]));
  },
  choose: askWhich(document.getElementById('conflict')),
}));
const loaded = [undefined, undefined];
const states = [];

const problems = new Problems({
  list: document.getElementById('problem-list'), count: document.getElementById('problem-count'), address: check,
  write: async () => Object.fromEntries(form.written().map((content, at) => [files[at], content])),
  select: choose, mark: () => {},
});

/** Do something to the form: one step to undo, saved soon, shown at once. */
function change(act) {
  const before = form.written();
  act();
  const now = form.written();
  if (now.join() === before.join()) return;
  past.push(before);
  future = [];
  changed(before, now);
}

function changed(before, now) {
  kept.forEach((file, at) => { if (before[at] !== now[at]) file.touch(); });
  show();
  problems.soon();
}

function travel(from, to) {
  if (!from.length) return;
  const before = form.written();
  to.push(before);
  const now = from.pop();
  form = Form.read(...now);
  changed(before, now);
}

function choose(name) {
  chosen = form.names().includes(name) ? name : null;
  show();
}

function show() {
  const names = form.names();
  if (!names.includes(chosen)) [chosen] = names;
  const scrolled = places.questions.scrollTop;
  places.questions.replaceChildren(...names.map(row), ...(edits ? [adding(names)] : []));
  places.questions.scrollTop = scrolled;
  places.question.replaceChildren(...(chosen && edits ? [editor(form, chosen, change)] : []));
  desk.querySelector('[data-do=undo]').disabled = !past.length;
  desk.querySelector('[data-do=redo]').disabled = !future.length;
  look();
}

function row(name) {
  const { schema, kind, required, when } = form.question(name);
  const title = inLanguage({ en: schema.title, zh_CN: schema['x-title-zh'] }) || name;
  const notes = [say(`kind:${kind}`), required && say('must be answered'), when && say('sometimes asked')].filter(Boolean);
  const pick = button(title, () => choose(name), { className: 'form-pick', 'data-name': name });
  if (name === chosen) pick.setAttribute('aria-current', 'true');
  const act = (words, label, does) => button(words, () => change(does), { title: label, className: 'btn btn-sm form-act' });
  return build('li', {}, build('div', { className: 'form-name' }, pick, build('small', {}, notes.join(' · '))),
    edits && act('↑', say('Move up'), () => form.move(name, -1)),
    edits && act('↓', say('Move down'), () => form.move(name, 1)),
    edits && act('×', say('Remove'), () => form.remove(name)));
}

function adding(names) {
  let kind = 'text';
  const name = build('input', {
    className: 'form-control form-control-sm', placeholder: say('name_of_the_field'), name: 'new-name',
    'aria-label': say('name_of_the_field'),
  });
  const add = () => {
    if (!/^[a-z][a-z0-9_]{0,59}$/.test(name.value) || names.includes(name.value)) return name.focus();
    chosen = name.value;
    return change(() => form.add(name.value, kind, { title: name.value, 'x-title-zh': name.value }));
  };
  return build('li', { className: 'form-adder' },
    choice(say('New question'), kind, kinds.map((each) => [each, say(`kind:${each}`)]), (to) => { kind = to; }, 'new-kind'),
    name, button(`＋ ${say('Add')}`, add, { className: 'btn btn-sm btn-primary', 'data-add': '' }));
}

let asked = 0;
const look = after(400, async () => {
  asked += 1;
  const turn = asked;
  const [schema, ui] = form.written();
  const inputs = [...places.preview.querySelectorAll('input, select, textarea')].filter((each) =>
    each.name && each.type !== 'file' && (!['checkbox', 'radio'].includes(each.type) || each.checked));
  const answers = inputs.map((each) => [each.name, each.value]);
  try {
    const said = await html(preview, { schema, ui, answers });
    if (turn === asked) places.preview.innerHTML = said;
  } catch (refused) {
    if (turn === asked) places.preview.textContent = refused.message;
  }
  desk.dataset.previewed = String(turn);
});

async function start() {
  desk.classList.toggle('reads', !edits);
  for (const file of kept) await file.open();
  places.preview.addEventListener('change', () => {
    asked += 1; // what is on its way was asked before this answer
    look();
  });
  desk.querySelector('[data-do=undo]').addEventListener('click', () => travel(past, future));
  desk.querySelector('[data-do=redo]').addEventListener('click', () => travel(future, past));
  tabs(desk.querySelector('[data-drawer]'));
  problems.look(); // takes a moment in a large draft: nobody has to wait for it
  desk.dataset.ready = 'yes';
}

go(document);
start().catch((error) => tell(error.message, 'bad'));
