// Whether a budget was ever exceeded: what was charged to each counter within any window, and what of it was run.
import { METERED, costOf, mostOf, mostOfGrant } from "./rules.mjs";

/** Each limit by its counter's name, with the tool that it belongs to. */
const LIMITS = new Map(Object.values(METERED).flat().map((limit) => [limit.counter, limit]));

/**
 * Whatever window begins where: the most that stands in one. `uses` are `{ at, units }` in the order of time, one of which may be
 * `{ taken: use }`, which counts no more from there on.
 */
export function mostInAnyWindow(uses, { window, algorithm }) {
  const isOver = algorithm === "fixed" ? (use, now) => Math.floor(use.at / window) < Math.floor(now / window) : (use, now) => use.at <= now - window;
  const within = [];
  let most = 0;
  let first = 0;
  let sum = 0;
  for (const use of uses) {
    if (use.taken !== undefined) {
      if (within.indexOf(use.taken, first) >= 0) sum -= use.taken.left;
      use.taken.left = 0;
      continue;
    }
    use.left = use.units;
    within.push(use);
    sum += use.left;
    while (isOver(within[first], use.at)) sum -= within[first++].left;
    most = Math.max(most, sum);
  }
  return most;
}

/** The most that was charged within a window, of each counter: `Map(counter → { limit, most, max, over: [finding] })`. */
export function charged(ledgers) {
  const found = new Map([...LIMITS.values()].map((limit) => [limit.counter, { limit, most: 0, max: mostOf(limit), over: [] }]));
  for (const [ledger, entries] of ledgers.entries) {
    const byKey = new Map();
    const byCounter = new Map();
    for (const entry of entries) for (const use of usesOf(entry, byKey)) push(byCounter, nameOf(use.key), use);
    for (const [key, { uses }] of byKey) {
      const one = found.get(nameOf(key));
      const most = mostInAnyWindow(uses, one.limit);
      one.most = Math.max(one.most, most);
      if (most > one.max) one.over.push(`${ledger}: ${key}: ${most} within a window, of ${one.max}`);
    }
    for (const [counter, uses] of byCounter) {
      const one = found.get(counter);
      const most = mostInAnyWindow(uses, one.limit);
      if (most > mostOfGrant(one.limit)) one.over.push(`${ledger}: ${counter}: ${most} within a window of all sessions`);
    }
  }
  return found;
}

/** What an entry charges or gives back, each `{ key, at, units }` or `{ key, taken }`. */
function usesOf({ at, charges = [], reservation, refund }, byKey) {
  const known = (key) => byKey.get(key) ?? byKey.set(key, { uses: [], byCall: new Map() }).get(key);
  const uses = charges.map(({ counter: key, units }) => ({ key, at, units }));
  for (const use of uses) known(use.key).byCall.set(reservation, use);
  for (const { counter: key } of refund?.charges ?? []) uses.push({ key, taken: known(key).byCall.get(refund.reservation) });
  for (const use of uses) known(use.key).uses.push(use);
  return uses;
}

/** The name in a counter's key: `NAME SECONDSs …`, or `session/NAME …`. */
const nameOf = (key) => key.split(" ")[0].replace(/^session\//, "");

/**
 * What was really run, counted by what its arguments say that it costs, and not by what the ledger says: each call at the instant of
 * its charge, those of a grant's sessions together. Gives findings. `runs`: `{ call, allowed }`.
 */
export function ran(runs, ledgers) {
  const byBudget = new Map();
  for (const { call, allowed } of runs) {
    for (const limit of METERED[call.name]) {
      const shared = limit.scope === "server" ? ledgers.reserved.get(allowed.record.request_id) : undefined;
      const whose = limit.scope === "server" ? call.grant.server : call.grant.id;
      const at = (shared ?? allowed).entry.at;
      push(byBudget, `${limit.counter} of ${whose}`, { limit, at, units: costOf(limit, call.args) });
    }
  }
  const findings = [];
  for (const [budget, uses] of byBudget) {
    const { limit } = uses[0];
    // A budget that is given back admits more than stands in it.
    if (limit.counter === "refunded") continue;
    uses.sort((one, other) => one.at - other.at);
    const most = mostInAnyWindow(uses, limit);
    if (most > mostOfGrant(limit)) findings.push(`${budget}: ${most} run within a window, of ${mostOfGrant(limit)}`);
  }
  return findings;
}

function push(lists, key, item) {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
