// What the audit writes of agents that call at the pace for which costs are computed.

import { progress } from "../../terminal.mjs";
import { CALLS_A_SECOND } from "../cost.mjs";
import { ALLOWED, METERED, REFUSED, call, headers, list } from "../messages.mjs";
import { CONFIGURATION } from "./scenarios.mjs";

/** The grants that call at a pace, by the kind of their calls, and what they send. */
export const PACED = {
  denied: ["paced-denied", call(REFUSED)],
  allowed: ["paced-allowed", call(ALLOWED)],
  listed: ["paced-listed", list()],
  metered: ["paced-metered", call(METERED)],
  "server scope": ["paced-server", call(METERED)],
  strict: ["paced-strict", call(ALLOWED)],
};

/** All of them at once; gives the number of calls of each. */
export async function paced(field, grants, seconds) {
  const shown = progress(`calling ${CALLS_A_SECOND} times a second, for ${seconds} s`);
  const count = CALLS_A_SECOND * seconds;
  await Promise.all(Object.values(PACED).map(async ([name, body]) => {
    const url = `${field.url("tollgate")}/${CONFIGURATION.grants[name].server}/mcp`;
    const calls = [];
    for (let n = 0; n < count; n += 1) {
      calls.push(fetch(url, { method: "POST", headers: headers(grants[name].token), body: body.replace("{n}", n) }).then((answer) => answer.text()));
      await new Promise((next) => setTimeout(next, 1000 / CALLS_A_SECOND));
    }
    await Promise.all(calls);
  }));
  // The last records are handed over.
  await new Promise((next) => setTimeout(next, 2_500));
  shown.done();
  return count;
}
