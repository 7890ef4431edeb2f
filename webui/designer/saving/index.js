import { after, json } from '../door.js';
import { say } from '../language/say.js';

const PAUSE = 1500;
const AGAIN = 10_000;

/**
 * One file of a draft: read once, saved by itself whenever it rests, never over somebody else's work.
 *
 * `write` returns the present content; `read` shows one that comes from the server; `notice` says in words how it
 * stands; `choose` asks the person what to do when somebody else saved first: `mine`, `theirs`, or nothing for later.
 */
export class DraftFile {
  constructor(address, { write, read, notice, choose }) {
    Object.assign(this, { address, write, read, notice, choose, version: 0, changes: 0, saved: 0, saving: null });
    this.rest = after(PAUSE, () => this.save());
    this.retry = after(AGAIN, () => this.save());
    window.addEventListener('beforeunload', (event) => {
      if (this.isClean()) return;
      event.preventDefault();
      this.save();
    });
  }

  async open() {
    const { content, version } = await json(this.address);
    this.version = version;
    await this.read(content);
    this.notice(say('Everything is saved'), 'good');
  }

  isClean() { return this.saved === this.changes && !this.saving; }

  /** Somebody changed something here: say so, and save soon. */
  touch() {
    this.changes += 1;
    this.notice(say('Not saved yet'), 'soon');
    this.rest();
  }

  /** Save now what is not saved yet; one request at a time. */
  async save() {
    if (this.saving) return this.saving.then(() => this.save());
    if (this.saved === this.changes) return undefined;
    this.saving = this.send().finally(() => { this.saving = null; });
    return this.saving;
  }

  async send() {
    const upTo = this.changes;
    this.notice(say('Saving …'), 'soon');
    try {
      const content = await this.write();
      const { version } = await json(this.address, 'PUT', { content, version: this.version });
      this.version = version;
      this.saved = upTo;
      const clock = new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
      if (this.saved === this.changes) this.notice(say('Saved at {clock}', { clock }), 'good');
      else this.rest();
    } catch (refused) {
      await this.refused(refused);
    }
  }

  async refused(refused) {
    if (refused.status === 409 && refused.said?.theirs) {
      this.notice(say('Not saved: somebody else was faster'), 'bad');
      await this.settle(refused.said.theirs);
    } else if (refused.status === 401) {
      this.notice(say('Not saved: please sign in again in another window'), 'bad');
      this.retry();
    } else if (refused.status) {
      this.notice(say('Not saved: {reason}', { reason: refused.message }), 'bad');
    } else {
      this.notice(say('Not saved: no connection. It is tried again by itself'), 'bad');
      this.retry();
    }
  }

  async settle(theirs) {
    const answer = await this.choose(theirs);
    if (answer === 'theirs' && theirs.content !== null) {
      this.version = theirs.version;
      await this.read(theirs.content);
      this.saved = this.changes;
      this.notice(say('Everything is saved'), 'good');
    } else if (answer === 'mine') {
      this.version = theirs.version;
      this.rest();
    }
  }
}

/** Ask in the page's dialog what to do with two versions of one file; resolves when it is closed. */
export function askWhich(dialog) {
  return (theirs) => new Promise((resolve) => {
    dialog.querySelector('[data-by]').textContent = say('{who} saved this file while you were working on it.', {
      who: theirs.by || say('Somebody'),
    });
    dialog.querySelector('[value=theirs]').disabled = theirs.content === null;
    dialog.addEventListener('close', () => resolve(dialog.returnValue), { once: true });
    dialog.returnValue = '';
    dialog.showModal();
  });
}
