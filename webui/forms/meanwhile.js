/**
 * An answer may change which questions a form asks, so the server draws the fields anew. What a person enters while
 * that is on its way is put into the new fields, and asked about again where it changes the questions too.
 */
const FIELDS = 'form-fields';

let sent = null;
let since = [];
let kept = new Map();
let held = [];

/** What a form says, every answer as text by the name of its question, without files: those have their own way. */
function said(form) {
  const answers = {};
  for (const { name, type } of form.elements) {
    if (name && type !== 'file' && type !== 'submit') answers[name] = [];
  }
  for (const [name, value] of new FormData(form)) answers[name]?.push(value);
  for (const file of form.querySelectorAll('input[type=file]')) delete answers[file.name];
  return answers;
}

const same = (one, other) => one?.length === other?.length && one.every((value, at) => value === other[at]);

function put(form, name, values) {
  const fields = [...form.elements].filter((field) => field.name === name && field.type !== 'hidden');
  for (const field of fields) {
    if (field.type === 'radio' || field.type === 'checkbox') field.checked = values.includes(field.value);
    else if (field.options) for (const option of field.options) option.selected = values.includes(option.value);
    else field.value = values[0] ?? '';
  }
  fields[0]?.dispatchEvent(new Event('change', { bubbles: true }));
}

const control = (place) => place.querySelector('input[type=file]');
const ticked = (place) => [...place.querySelectorAll('input:checked')].map(({ value }) => value).join(' ');

/** The places for files, each with the files that belong to the answer there. */
const files = (form) => [...form.querySelectorAll('.file-field')].map((place) => [place, ticked(place)]);

const concerns = ({ detail }) => detail.target?.id === FIELDS;

document.body.addEventListener('htmx:beforeRequest', (event) => {
  if (!concerns(event)) return;
  const form = event.detail.target.closest('form');
  sent = said(form);
  kept = new Map(files(form).map(([place, there]) => [control(place).name, there]));
});

document.body.addEventListener('htmx:beforeSwap', (event) => {
  if (!concerns(event) || !sent) return;
  const form = event.detail.target.closest('form');
  const now = said(form);
  // where a row is taken out, those below it move up: what stands in tables has other names then
  const moved = event.detail.requestConfig.elt.value?.startsWith('remove:');
  since = Object.entries(now).filter(([name, values]) => !same(values, sent[name]) && !(moved && name.includes('.')));
  if (!event.detail.shouldSwap) return;
  // a file that was chosen meanwhile is with us or on its way: its place goes over into the new fields as it is
  held = files(form)
    .filter(([place, there]) => control(place).files.length || there !== kept.get(control(place).name))
    .map(([place]) => place)
    .filter((place) => !(moved && control(place).name.includes('.')));
  for (const place of held) place.remove();
});

document.body.addEventListener('htmx:afterSwap', () => {
  for (const place of held) document.getElementById(control(place).id)?.closest('.file-field').replaceWith(place);
  held = [];
});

document.body.addEventListener('htmx:afterSettle', () => {
  const form = document.getElementById(FIELDS)?.closest('form');
  const late = since;
  since = [];
  if (form) for (const [name, values] of late) put(form, name, values);
});
