const WORDS = { true: true, false: false, yes: true, no: false, 是: true, 否: false };

/** Lines of the form `name = value` as data: numbers and yes or no as such, everything else as text. */
export function typed(text) {
  const found = {};
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*([A-Za-z_]\w*)\s*[=:：]\s*(.*?)\s*$/.exec(line) ?? [];
    if (!name || value === '') continue;
    const plain = value.replace(/^"(.*)"$/, '$1');
    const word = WORDS[value.toLowerCase()];
    if (word !== undefined) found[name] = word;
    else found[name] = plain === value && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : plain;
  }
  return found;
}
