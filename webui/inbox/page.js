/** Keys for people who work through their inbox: j and k move, Enter opens (it is a link), c claims, / searches. */
import './page.css';

const titles = () => [...document.querySelectorAll('.tasks .row-title')];

function move(step) {
  const links = titles();
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  links[next].closest('.task').scrollIntoView({ block: 'nearest' });
}

const actions = {
  j: () => move(1),
  k: () => move(-1),
  c: () => document.activeElement.closest('.task')?.querySelector('.btn-claim')?.click(),
  '/': () => document.getElementById('q').focus(),
};

document.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest('input, select, textarea')) return;
  const act = actions[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
