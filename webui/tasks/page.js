import './page.css';
import '../cases/page.css';
import '../forms/form.js';
import { showDiagrams } from '../diagrams/viewer.js';

/** The parts of the page lie below each other; with scripts, one is shown at a time. */
const tabs = [...document.querySelectorAll('.tabs [role=tab]')];

function show(wanted, focus) {
  for (const tab of tabs) {
    const chosen = tab === wanted;
    tab.setAttribute('aria-selected', String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    document.getElementById(tab.getAttribute('aria-controls')).hidden = !chosen;
  }
  if (focus) wanted.focus();
}

tabs.forEach((tab, at) => {
  tab.addEventListener('click', () => show(tab));
  tab.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) show(tabs[(at + step + tabs.length) % tabs.length], true);
  });
});
if (tabs.length) {
  document.querySelector('.tabs').hidden = false;
  document.body.classList.add('has-tabs');
  show(tabs.find((tab) => location.hash === `#${tab.getAttribute('aria-controls')}`) ?? tabs[0]);
}
const known = document.querySelector('.task-known > details');
if (known && matchMedia('(min-width: 1200px)').matches) known.open = true;
showDiagrams();
