// Budgets, as an agent spends them and is told of them.
import { pause } from "./patience.mjs";

/** Whether a tool call was passed on, and ran. */
export const passed = (answer) => answer.result.isError === false;

/** Calls so often, one after the other; says how many passed. */
export async function spend(count, agent, tool, options) {
  let through = 0;
  for (let n = 0; n < count; n += 1) if (passed(await agent.call(tool, {}, options))) through += 1;
  return through;
}

/** What the `RateLimit` header field says of each counter: `{ r, t }` by name, in the order in which they stand. */
export function rateLimitOf(headers) {
  const items = headers.ratelimit.split(", ").map((item) => item.match(/^"([^"]+)";r=(\d+);t=(\d+)$/).slice(1));
  return Object.fromEntries(items.map(([name, r, t]) => [name, { r: Number(r), t: Number(t) }]));
}

/** Milliseconds until the next fixed window of so many seconds begins. */
export const until = (seconds) => seconds * 1000 - (Date.now() % (seconds * 1000));

/** Waits until there is at least half of a fixed window left; gives the instant at which the next one begins. */
export async function middleOf(seconds) {
  if (until(seconds) < seconds * 500) await pause(until(seconds) + 10);
  return Date.now() + until(seconds);
}
