// A refused call that may be repeated: how long its user is told to wait, and by what.
import { setTimeout as sleep } from "node:timers/promises";

const TOLD = /Wait (\d+) seconds?, then repeat the same call\./;

/** `{ seconds, by }`: of `_meta` where the client shows it, of the text where that is all there is. */
export function told(call) {
  const seconds = call.denial?.retry_after;
  if (seconds !== undefined) return { seconds, by: "_meta" };
  const found = call.text.match(TOLD);
  if (found === null) throw new Error(`nobody said how long to wait: ${call.text}`);
  return { seconds: Number(found[1]), by: "text" };
}

/** Waits that long and not longer; gives what the clock said. */
export async function wait(seconds) {
  const from = performance.now();
  await sleep(seconds * 1000);
  return (performance.now() - from) / 1000;
}
