import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

const words = (text) => (text || '').split(' ').filter(Boolean);

/** Draw the diagram that `place` names, with what is done and where the case stands; once. */
async function draw(place) {
  if (place.dataset.shown) return;
  place.dataset.shown = 'loading';
  const answer = await fetch(place.dataset.diagram);
  if (!answer.ok) throw new Error(`no diagram at ${place.dataset.diagram}`);
  place.hidden = false;
  const viewer = new NavigatedViewer({ container: place });
  await viewer.importXML(await answer.text());
  const [canvas, elements] = [viewer.get('canvas'), viewer.get('elementRegistry')];
  const mark = (names, marker) => {
    for (const id of names) if (elements.get(id)) canvas.addMarker(id, marker);
  };
  mark(words(place.dataset.done), 'done');
  mark(words(place.dataset.flows), 'taken');
  mark(words(place.dataset.here), 'here');
  fit(canvas, words(place.dataset.here).map((id) => elements.get(id)).filter(Boolean));
  place.dataset.shown = 'yes';
}

/** The whole diagram if it can be read so; else what is open now in the middle, the first of it if all is too much. */
function fit(canvas, open) {
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() >= 0.55) return;
  canvas.zoom(0.7);
  const { inner, width, height } = canvas.viewbox();
  const begin = (edge, extent, seen) => {
    const first = inner[edge] - 10;
    if (!open.length) return first;
    const from = Math.min(...open.map((each) => each[edge]));
    const to = Math.max(...open.map((each) => each[edge] + each[extent]));
    const middle = to - from <= seen ? (from + to) / 2 : open[0][edge] + open[0][extent] / 2;
    return Math.max(first, Math.min(middle - seen / 2, inner[edge] + inner[extent] + 10 - seen));
  };
  canvas.viewbox({ x: begin('x', 'width', width), y: begin('y', 'height', height), width, height });
}

/** A case runs through several diagrams: show one at a time, the others behind tabs. */
function choose(way) {
  const tabs = [...way.querySelectorAll('[role=tab]')];
  const show = (wanted, focus) => {
    for (const tab of tabs) {
      const chosen = tab === wanted;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')).hidden = !chosen;
    }
    if (focus) wanted.focus();
    const panel = document.getElementById(wanted.getAttribute('aria-controls'));
    draw(panel.querySelector('[data-diagram]')).catch((error) => console.warn(error.message));
  };
  way.querySelectorAll('.way-words').forEach((each) => {
    each.open = false;
    each.querySelector('summary').textContent = way.dataset.also;
  });
  way.querySelector('.way-choice').hidden = tabs.length < 2;
  way.querySelector('.way-legend').hidden = false;
  tabs.forEach((tab, at) => {
    tab.addEventListener('click', () => show(tab));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) show(tabs[(at + step + tabs.length) % tabs.length], true);
    });
  });
  show(tabs.find((tab) => tab.getAttribute('aria-selected') === 'true') ?? tabs[0]);
}

/** Draw every diagram of the page, those of a case as soon as they come into view. */
export function showDiagrams() {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      if (target.matches('[data-way]')) choose(target);
      else draw(target).catch((error) => console.warn(error.message));
    }
  }, { rootMargin: '200px' });
  for (const way of document.querySelectorAll('[data-way]')) seen.observe(way);
  for (const place of document.querySelectorAll('[data-diagram]')) if (!place.closest('[data-way]')) seen.observe(place);
}
