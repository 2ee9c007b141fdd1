// Waiting, for what the specification allows to take a while.

export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * Asks until `look` gives a truthy value, and returns that. The specification bounds how long a cached document may rule
 * (30 s), so that is how long we ask.
 */
export async function eventually(look, { within = 35_000, every = 250 } = {}) {
  const end = Date.now() + within;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`not within ${within} ms: ${look}`);
    await pause(every);
  }
}

/**
 * Asks over and over for that many milliseconds, and gives how many of them had passed when the last question began to which
 * `look` said yes: how long something went on.
 */
export async function lasted(look, { within, every = 20 }) {
  const begin = Date.now();
  let last = 0;
  for (let now = 0; now < within; now = Date.now() - begin) {
    if (await look()) last = now;
    await pause(every);
  }
  return last;
}

/** What the promise gives, if it does so within that many milliseconds. */
export async function inTime(promise, within, what = "nothing came") {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`${what}, not within ${within} ms`)), within)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A gate that a test opens: `await gate.opened` on one side, `gate.open()` on the other. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { open, opened };
}

/** Waits until the origin sees the gateway go away, for that many milliseconds at most. */
export const leaving = (record, within) => inTime(record.left, within, "the gateway holds on to the origin");
