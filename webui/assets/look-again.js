/** Every half minute, and whenever the person comes back to the tab: parts of the page that asked for it load again. */
const EVERY = 30_000;
let last = Date.now();

function lookAgain() {
  if (document.visibilityState !== 'visible') return;
  last = Date.now();
  document.body.dispatchEvent(new CustomEvent('ltc:look-again'));
}

setInterval(lookAgain, EVERY);
document.addEventListener('visibilitychange', () => {
  if (Date.now() - last > 5_000) lookAgain();
});
