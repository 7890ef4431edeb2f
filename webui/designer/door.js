/** What the server answered when it refused: its status, and what it said. */
export class Refused extends Error {
  constructor(status, said) {
    super(said?.message ?? `status ${status}`);
    this.status = status;
    this.said = said;
  }
}

const token = () => JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];

async function ask(address, method, body, accept, keepalive = false) {
  const headers = { Accept: accept };
  if (method !== 'GET') headers['X-CSRFToken'] = token();
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const answer = await fetch(address, { method, headers, keepalive, body: sent });
  if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => null));
  return answer;
}

/** Ask one of the doors of the server for JSON; throws `Refused`. */
export const json = async (address, method = 'GET', body = undefined) =>
  (await ask(address, method, body, 'application/json')).json();

/** Ask for a part of a page. */
export const html = async (address, body) => (await ask(address, 'POST', body, 'text/html')).text();

/** Call `act` once nothing happened for `pause` milliseconds. */
export function after(pause, act) {
  let waiting;
  return (...given) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => act(...given), pause);
  };
}
