import { after, json } from '../door.js';
import { say } from '../language/say.js';

const PAUSE = 700;

/**
 * Asks the server's checks as somebody draws, lists what they find, and leads to the element. One question at a time:
 * what is drawn while the server thinks is asked about when it has answered, so that questions never pile up. `write`
 * returns the present contents by path: what was saved of one of them may be older than the others.
 */
export class Problems {
  constructor({ list, count, address, write, select, mark }) {
    Object.assign(this, { list, count, address, write, select, mark });
    Object.assign(this, { asked: 0, asking: false, changed: false });
    this.soon = after(PAUSE, () => this.look());
  }

  async look() {
    this.changed = true;
    this.count.dataset.busy = 'yes';
    this.list.setAttribute('aria-busy', 'true');
    if (!this.asked) this.list.replaceChildren(note(say('It is being checked …')));
    if (this.asking) return;
    this.asking = true;
    while (this.changed) {
      this.changed = false;
      this.asked += 1;
      await this.ask();
    }
    this.asking = false;
    delete this.count.dataset.busy;
    this.list.setAttribute('aria-busy', 'false');
  }

  async ask() {
    try {
      const files = await this.write();
      const found = await json(this.address, 'POST', { files });
      this.show(found.filter((each) => each.file in files), found);
    } catch (refused) {
      this.show([{ severity: 'error', message: refused.message, cure: '' }], []);
    }
  }

  show(here, all) {
    const elsewhere = all.length - here.length;
    const errors = here.filter((each) => each.severity === 'error').length;
    this.count.textContent = String(here.length);
    this.count.dataset.tone = errors ? 'bad' : here.length ? 'soon' : 'good';
    this.mark(here);
    this.list.replaceChildren(...here.map((each) => this.line(each)));
    if (!here.length) this.list.append(note(say('Nothing is wrong here.')));
    if (elsewhere > 0) this.list.append(note(say('Other files of the draft have {count} problems.', { count: elsewhere })));
    this.list.dataset.checked = String(this.asked);
  }

  line({ element, name, severity, message, cure, rule }) {
    const line = document.createElement('li');
    line.className = `problem problem-${severity}`;
    line.dataset.rule = rule ?? '';
    const said = document.createElement(element ? 'button' : 'span');
    if (element) {
      Object.assign(said, { type: 'button' });
      said.addEventListener('click', () => this.select(element));
    }
    const where = document.createElement('strong');
    where.textContent = name || element || '';
    said.append(where, ` ${message}`);
    const help = document.createElement('p');
    help.textContent = cure;
    line.append(said, help);
    return line;
  }
}

function note(text) {
  const line = document.createElement('li');
  line.className = 'problem-none';
  line.textContent = text;
  return line;
}
