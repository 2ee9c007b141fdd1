// Leaving: whatever way this process ends, what it started ends with it.

const SIGNALS = [["SIGHUP", 1], ["SIGINT", 2], ["SIGTERM", 15]];
const handlers = new Map();
const endings = new Set();
let leaving = null;
let interruptedStatus = (signal) => 128 + signal;

/** Has `end` called before this process ends; gives a function that calls it earlier, and once only. */
export function atEnd(end) {
  heedSignals();
  let ended = null;
  const once = () => {
    endings.delete(once);
    return (ended ??= Promise.resolve(end()));
  };
  endings.add(once);
  return once;
}

/** Ends what was started, the newest first, and then this process. */
export function leave(status) {
  leaving ??= (async () => {
    for (const end of [...endings].reverse()) {
      await end().catch((error) => process.stderr.write(`While stopping: ${error.message}\n`));
    }
    process.exit(status);
  })();
  return leaving;
}

/** Whether we are on our way out: what fails then, fails because it was ended. */
export const isLeaving = () => leaving !== null;

/** Stays until somebody interrupts, which is then the expected end and no failure. */
export function stayUntilInterrupted() {
  heedSignals();
  interruptedStatus = () => 0;
  return new Promise(() => setInterval(() => {}, 2 ** 30));
}

/** Awaits what adds signal handlers of its own, which would end this process at once, and takes those away again. */
export async function keepingSignals(work) {
  heedSignals();
  const done = await work();
  for (const [name] of SIGNALS) {
    for (const listener of process.listeners(name)) if (listener !== handlers.get(name)) process.off(name, listener);
  }
  return done;
}

/** Interrupts (Ctrl-C), terminations and hang-ups leave in good order. */
export function heedSignals() {
  if (handlers.size > 0) return;
  for (const [name, signal] of SIGNALS) {
    handlers.set(name, () => leave(interruptedStatus(signal)));
    process.on(name, handlers.get(name));
  }
}
