import { build } from '../dom.js';
import { json } from '../door.js';
import { say } from '../language';
import { typed } from './typed.js';

const MARKS = { ran: 'tried', open: 'tried-here' };

/** A case that is played step by step, forward and back, on the diagram as it stands on the page. */
export class TryIt {
  constructor({ place, address, path, write, modeler, select }) {
    Object.assign(this, { place, address, path, write, modeler, select, steps: [], acts: [], marked: [], answers: '' });
    this.show();
  }

  /** Play all steps anew, and to the end if asked. */
  async play(steps, finish = false) {
    try {
      const asked = { path: this.path, content: await this.write(), data: typed(this.answers), steps, finish };
      const { acts, problems } = await json(this.address, 'POST', asked);
      this.acts = acts;
      // what was done to the end becomes steps of its own, so that one can go back from there
      this.steps = finish ? acts.slice(1).map((act) => (act.kind === 'task' ? act.element : null)) : steps;
      this.show(problems);
    } catch (refused) {
      this.show([refused.message]);
    }
  }

  back() {
    this.steps = this.steps.slice(0, -1);
    this.acts = this.acts.slice(0, this.steps.length + 1);
    this.show();
  }

  stop() {
    Object.assign(this, { steps: [], acts: [] });
    this.show();
  }

  name(id) { return this.modeler.get('elementRegistry').get(id)?.businessObject.name || id; }

  show(problems = []) {
    this.mark();
    const answers = build('textarea', { rows: 3, value: this.answers, className: 'form-control form-control-sm' });
    answers.placeholder = 'verdict = valid';
    answers.addEventListener('change', () => {
      this.answers = answers.value;
      if (this.acts.length) this.play(this.steps);
    });
    const given = build('label', { className: 'try-given' }, say('What is answered where it is asked, one line each'), answers);
    const story = build('div', { className: 'try-story' }, this.buttons(), ...problems.map(
      (each) => build('p', { className: 'try-problem', textContent: each })), this.list());
    this.place.replaceChildren(given, story, this.data());
  }

  buttons() {
    const now = this.acts.at(-1);
    const button = (words, act, off = false, main = false) => {
      const made = build('button', { type: 'button', textContent: words, disabled: off });
      made.className = `btn btn-sm${main ? ' btn-primary' : ''}`;
      made.addEventListener('click', act);
      return made;
    };
    const row = build('div', { className: 'try-buttons' });
    if (!now) {
      row.append(button(say('Start a trial'), () => this.play([]), false, true));
      return row;
    }
    const over = now.how !== 'waiting';
    row.append(button(say('Back'), () => this.back(), !this.steps.length));
    const open = now.open.length > 1 ? [...new Set(now.open)] : [null];
    for (const each of open) {
      const words = each ? say('Do “{name}”', { name: this.name(each) }) : say('Forward');
      row.append(button(words, () => this.play([...this.steps, each]), over, true));
    }
    row.append(button(say('To the end'), () => this.play(this.steps, true), over),
      button(say('Stop'), () => this.stop()));
    return row;
  }

  list() {
    const list = build('ol', { className: 'try-acts' });
    for (const act of this.acts) {
      const words = { start: say('Begun'), task: say('Done'), job: say('Answered'), message: say('Message'),
        timer: say('Time passes'), stop: say('Stopped') };
      const line = build('li', {}, build('strong', { textContent: words[act.kind] ?? act.kind }), ' ');
      if (act.element) line.append(this.link(act.element));
      if (act.ran.length) line.append(' → ', ...act.ran.flatMap((each, at) => (at ? [', ', this.link(each)] : [this.link(each)])));
      list.append(line);
    }
    const now = this.acts.at(-1);
    if (now) list.append(build('li', { className: `try-${now.how}` }, this.standing(now)));
    return list;
  }

  standing({ how, open, reason }) {
    if (how === 'completed') return say('The case is completed.');
    if (how !== 'waiting') return say('The case stops here: {reason}', { reason });
    if (!open.length) return say('The case waits for a message or a time.');
    return say('Somebody is asked: {names}', { names: open.map((each) => this.name(each)).join(', ') });
  }

  link(id) {
    const link = build('button', { type: 'button', textContent: this.name(id), className: 'try-link' });
    link.addEventListener('click', () => this.select(id));
    return link;
  }

  data() {
    const list = build('dl', { className: 'try-data' });
    for (const [name, value] of Object.entries(this.acts.at(-1)?.data ?? {})) {
      list.append(build('dt', { textContent: name }), build('dd', { textContent: value }));
    }
    return list;
  }

  mark() {
    const [canvas, registry] = [this.modeler.get('canvas'), this.modeler.get('elementRegistry')];
    for (const [id, marker] of this.marked) if (registry.get(id)) canvas.removeMarker(id, marker);
    const now = this.acts.at(-1);
    const ran = this.acts.flatMap((act) => [...act.ran, ...act.flows]).map((id) => [id, MARKS.ran]);
    const open = (now?.open ?? []).map((id) => [id, MARKS.open]);
    this.marked = [...ran, ...open].filter(([id]) => registry.get(id));
    for (const [id, marker] of this.marked) canvas.addMarker(id, marker);
  }
}
