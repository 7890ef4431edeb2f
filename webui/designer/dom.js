/** Make an element with properties, attributes that begin with `data-` or `aria-`, and what lies inside. */
export function build(tag, values = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(values)) {
    if (name.includes('-')) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...inside.filter((each) => each !== null && each !== false));
  return made;
}
