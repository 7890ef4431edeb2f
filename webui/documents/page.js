import './page.css';

/** Without scripts the browser's own menu prints: the button is there only when it works. */
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
