import './form.css';
import './meanwhile.js';

document.querySelector('#errors')?.focus();

// A chosen file is with us at once: the control is empty again, so that submitting does not send it twice.
document.body.addEventListener('htmx:afterRequest', ({ detail }) => {
  if (detail.elt.matches('input[type=file]') && detail.successful) detail.elt.value = '';
});
