/** Say in words, and in a colour, how it stands. */
export const notice = (place) => (words, tone) => {
  place.textContent = words;
  place.dataset.tone = tone;
};

/** Lists marked `data-go` lead to what is chosen in them. */
export function go(root) {
  for (const list of root.querySelectorAll('[data-go]')) {
    list.addEventListener('change', () => location.assign(list.value));
  }
}

/** Tabs over sheets; the one that is open already may be pressed again to put it away. */
export function tabs(drawer) {
  const all = [...drawer.querySelectorAll('[role=tab]')];
  const sheet = (tab) => document.getElementById(tab.getAttribute('aria-controls'));
  const show = (wanted) => {
    for (const tab of all) {
      tab.setAttribute('aria-selected', String(tab === wanted));
      tab.tabIndex = tab === wanted ? 0 : -1;
      sheet(tab).hidden = tab !== wanted;
    }
  };
  all.forEach((tab, at) => {
    tab.addEventListener('click', () => {
      const again = tab.getAttribute('aria-selected') === 'true';
      drawer.classList.toggle('folded', again && !drawer.classList.contains('folded'));
      show(tab);
    });
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = all[(at + step + all.length) % all.length];
      show(next);
      next.focus();
    });
  });
}
