import htmx from 'htmx.org';
import './app.css';
import './look-again.js';
import './details.js';

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  attributesToSettle: ['class', 'width', 'height'],
  historyCacheSize: 0,
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '422', swap: true },
    // A refusal comes as a whole page: show its card above what the person was looking at.
    { code: '[45]..', swap: true, error: true, target: '#messages', select: '#refusal', swapOverride: 'innerHTML' },
  ],
});

// A refusal stands at the top of the page, far from what was pressed in a long form.
document.body.addEventListener('htmx:afterSwap', ({ detail }) => {
  if (detail.target.id === 'messages') detail.target.scrollIntoView({ block: 'center' });
});
