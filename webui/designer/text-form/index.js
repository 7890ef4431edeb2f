import { after, html } from '../door.js';

const PAUSE = 900;

/** The diagram as numbered steps in words, made by the server from what stands on the page, saved or not. */
export class TextForm {
  constructor({ place, address, write, select }) {
    Object.assign(this, { place, address, write, asked: 0 });
    this.soon = after(PAUSE, () => this.look());
    place.addEventListener('click', ({ target }) => {
      const button = target.closest('[data-element]');
      if (button) select(button.dataset.element);
    });
  }

  async look() {
    this.asked += 1;
    const turn = this.asked;
    try {
      const said = await html(this.address, { content: await this.write() });
      if (turn === this.asked) this.place.innerHTML = said;
    } catch (refused) {
      if (turn === this.asked) this.place.textContent = refused.message;
    }
  }
}
