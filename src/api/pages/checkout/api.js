// The calls of the page. A call that the network loses is repeated, with growing pauses, until it is
// answered: with the same Idempotency-Key, so that a payment that did start is not started again.

// The server's answer to a request that it will not carry out.
export class Refused extends Error {
  constructor(status, error) {
    super(error?.message ?? `status ${status}`);
    this.status = status;
    this.code = error?.code ?? null;
  }
}

const answerWithin = 45_000;
const longestPause = 15_000;
const repeatsOfRefusal = 5;

// crypto.randomUUID would not do: it is missing where the page is tried out over plain HTTP.
function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// Ends early when the browser says that the network is back.
function pause(milliseconds) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener('online', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    window.addEventListener('online', end);
  });
}

// An overloaded server, or a proxy before one that restarts, may answer well in a moment.
function passing(status, repeatable) {
  return repeatable ? status === 429 || status >= 500 : [429, 502, 503, 504].includes(status);
}

// onConnection is told true and false as the server can and cannot be reached.
export function connect({ paymentPath, clientSecret, onConnection }) {
  let clockOffset = null;

  async function exchange(action, init) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), answerWithin);
    try {
      const response = await fetch(`${paymentPath}/${action}`, {
        ...init, cache: 'no-store', referrerPolicy: 'no-referrer', signal: abort.signal,
      });
      const date = Date.parse(response.headers.get('date'));
      if (clockOffset === null && !Number.isNaN(date)) clockOffset = date - Date.now();
      const body = await response.json().catch((error) => {
        if (response.ok) throw error;
        return {};
      });
      return { response, body };
    } finally {
      clearTimeout(timer);
    }
  }

  async function call(action, init) {
    const reading = init.method === 'GET';
    for (let repeats = 0; ; repeats += 1) {
      const answer = await exchange(action, init).catch(() => null);
      if (answer?.response.ok) {
        onConnection(true);
        return answer.body;
      }
      const last = reading || repeats < repeatsOfRefusal ? null : answer;
      if (last || (answer && !passing(answer.response.status, reading))) {
        onConnection(true);
        throw new Refused(answer.response.status, answer.body.error);
      }
      onConnection(false);
      await pause(Math.min(longestPause, 1000 * 2 ** repeats));
    }
  }

  const secret = { 'x-client-secret': clientSecret };
  const post = (action, body) => call(action, {
    method: 'POST',
    headers: { ...secret, 'Content-Type': 'application/json', 'Idempotency-Key': freshKey() },
    body: JSON.stringify(body),
  });

  return {
    readState: () => call('state', { method: 'GET', headers: secret }),
    confirm: (request) => post('confirm', request),
    release: () => post('release', {}),
    identify: (request) => post('identify', request),
    // The server's time: a countdown should not depend on how the payer's clock is set.
    now: () => Date.now() + (clockOffset ?? 0),
  };
}
