const WORDS = { true: true, false: false, yes: true, no: false, 是: true, 否: false };

const WAN = /^(-?\d+(?:\.\d{1,6})?)\s*万元?$/;

/** Lines of the form `name = value` as data: numbers, 万元 in fen, yes or no as such, the rest as text. */
export function typed(text) {
  const found = {};
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*([A-Za-z_]\w*)\s*[=:：]\s*(.*?)\s*$/.exec(line) ?? [];
    if (!name || value === '') continue;
    const plain = value.replace(/^"(.*)"$/, '$1');
    const word = WORDS[value.toLowerCase()];
    const wan = WAN.exec(plain);
    if (wan) found[name] = Math.round(Number(wan[1]) * 1_000_000);
    else if (word !== undefined) found[name] = word;
    else found[name] = plain === value && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : plain;
  }
  return found;
}
