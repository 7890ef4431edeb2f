import simulation from 'bpmn-js-token-simulation';
import { chinese } from '../language';

export { simulation };

/** The plug-in writes its own English into the page: translate what it adds, as it adds it. */
function translateWhatItAdds(container) {
  const heard = (text) => {
    const phrase = text.trim();
    return chinese[phrase] ? text.replace(phrase, chinese[phrase]) : text;
  };
  const translate = (node) => {
    if (!(node instanceof Element)) return;
    for (const each of [node, ...node.querySelectorAll('*')]) {
      if (!each.closest('[class*=bts-]')) continue;
      if (each.title) each.title = heard(each.title);
      for (const inside of each.childNodes) if (inside.nodeType === Node.TEXT_NODE) inside.data = heard(inside.data);
    }
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach(translate);
  }).observe(container, { childList: true, subtree: true });
}

/** Let `button` switch the simulation of tokens on and off; while it runs nothing can be changed. */
export function offerSimulation(modeler, button, container) {
  if (document.documentElement.lang === 'zh-CN') translateWhatItAdds(container);
  button.addEventListener('click', () => modeler.get('toggleMode').toggleMode());
  modeler.on('tokenSimulation.toggleMode', ({ active }) => {
    button.setAttribute('aria-pressed', String(active));
    document.body.classList.toggle('simulating', active);
  });
}
