/** Menus made of `<details class="menu">` close when the person looks elsewhere. */
const open = () => document.querySelectorAll('details.account[open], details.menu[open]');

document.addEventListener('click', (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

/** Parts of a record's page lie open where there is room: so they are for readers that go by the attribute, too. */
if (matchMedia('(min-width: 768px)').matches) {
  for (const part of document.querySelectorAll('details.fold')) {
    part.open = true;
    part.querySelector('summary').tabIndex = -1;
  }
}
