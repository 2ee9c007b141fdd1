// Who asks which ledger, and for what: the grants of the ledger's load run, and the targets that they make.

import { ALLOWED, DENIED, METERED, REFUSED, SERVED, call, headers } from "../messages.mjs";

/** Never reached: what is measured is the counting. */
const HUGE = 1_000_000_000;
const MANY = 1_000;
const TEAM = 50;

/** How many calls a budget is for, where it is to be used up. */
export const BUDGET = 500;

/** Orders that are sent at once where a ledger is asked directly, and the records of one batch. */
const ORDERS = 32;
const BATCH = 64;

const limiting = (...limits) => ({ version: "1", default: "deny", tools: { [ALLOWED]: {}, [METERED]: { limits } } });
const counter = (name, window, more = {}) => ({ counter: name, window, max: HUGE, ...more });

const of = (count, name, grant) => Object.fromEntries(Array.from({ length: count }, (_, number) => [`${name}-${number}`, grant]));
const team = (server, policy) => of(TEAM, server, { server, policy });

export const CONFIGURATION = {
  servers: {
    json: "/json", "shared-1": "/json", "shared-50": "/json", "budget-50": "/json", "paced-server": "/json",
    strict: { path: "/json", consistency: "strict" },
  },
  policies: {
    one: limiting(counter("commands", "minute")),
    five: limiting(
      counter("a", "second"), counter("b", "minute"), counter("c", "hour"), counter("d", "day"), counter("e", "day", { algorithm: "fixed" }),
    ),
    server: limiting(counter("commands", "minute", { scope: "server" })),
    spent: limiting(counter("commands", "day", { max: 1 })),
    budget: limiting(counter("commands", "hour", { max: BUDGET })),
    "server-budget": limiting(counter("commands", "hour", { max: BUDGET, scope: "server" })),
  },
  grants: {
    ...Object.fromEntries(["one", "few", "large", "batches", "warm", "open", "denied"].map((name) => [name, { server: "json", policy: "one" }])),
    five: { server: "json", policy: "five" },
    spent: { server: "json", policy: "spent" },
    budget: { server: "json", policy: "budget" },
    strict: { server: "strict", policy: "one" },
    alone: { server: "shared-1", policy: "server" },
    ...Object.fromEntries(["allowed", "denied", "listed", "metered"].map((name) => [`paced-${name}`, { server: "json", policy: "one" }])),
    "paced-server": { server: "paced-server", policy: "server" },
    "paced-strict": { server: "strict", policy: "one" },
    ...team("shared-50", "server"),
    ...team("budget-50", "server-budget"),
    ...of(MANY, "many", { server: "json", policy: "one" }),
  },
};

/** The row that the others are compared with. */
const BASE = "one grant, one limit";

/** How a grant's calls are sent; `names` are of several grants whose calls take turns. */
export function calling(field, grants, names, tool, more = {}) {
  const all = [names].flat();
  const { server } = CONFIGURATION.grants[all[0]];
  const lines = all.map((name) => grants[name].token);
  return { url: `${field.url("tollgate")}/${server}/mcp`, headers: headers("{line}"), lines, body: call(tool), usage: field.usage, expect: SERVED, forwards: true, ...more };
}

const namesOf = (count, name) => Array.from({ length: count }, (_, number) => `${name}-${number}`);
export const teamOf = (server) => namesOf(TEAM, server);

/** What the ledger's table measures. `kind` is what a call of it uses, in cost.mjs. */
export function targets(field, grants, entries) {
  const metered = (name, names, kind = "metered", more = {}) => ({ ...calling(field, grants, names, METERED, more), name, kind, beside: BASE, goals: {} });
  const unmetered = (name, grant, tool, kind, more = {}) => ({ ...calling(field, grants, grant, tool, more), name, kind, beside: BASE, goals: {} });
  const refused = { expect: DENIED, forwards: false };
  return [
    metered(BASE, "one"),
    metered("one grant, five limits", "five", "five limits"),
    metered("a thousand grants in turn, one limit each", namesOf(MANY, "many")),
    metered("a limit of the server, one grant", "alone", "server scope"),
    metered("a limit of the server, 50 grants in turn", teamOf("shared-50"), "server scope"),
    metered(`one grant whose ledger has ${entries.toLocaleString("en")} entries`, "large"),
    metered("refused by its limit", "spent", "refused by its limit", refused),
    unmetered("allowed without a limit", "open", ALLOWED, "allowed"),
    unmetered("allowed without a limit, strict server", "strict", ALLOWED, "strict"),
    unmetered("denied by a rule", "denied", REFUSED, "denied", refused),
    direct(field, "asked directly: reserve a call", { reserve: RESERVE }),
    direct(field, `asked directly: write ${BATCH} records`, { record: { records: Array.from({ length: BATCH }, () => RECORD) } }),
  ];
}

/** A ledger without the gateway before it: the object, and what it costs to ask it. */
function direct(field, name, order) {
  const ledger = `server/${Object.keys(order)[0]}`;
  const body = JSON.stringify({ ledger, orders: ORDERS, order });
  return { name, url: field.url("js-ask"), headers: { "Content-Type": "application/json" }, body, usage: field.usage, expect: "ok", forwards: false, orders: ORDERS, beside: BASE, goals: {} };
}

const RESERVE = {
  charges: [{ counter: "commands", window: 60, share: "server", cost: 1, max: HUGE }],
  places: [0], reservation: "{id}", grant: "g_3f9a1c20b7d84e65", refundable: false,
};

/** A record as the gateway writes it of a call that is allowed. */
const RECORD = {
  request_id: "{id}", isolate: "12ab34cd", number: 1, at: 1_790_000_000_000, server: "json", method: "tools/call", name: ALLOWED,
  ruling: "allow", rule: `/tools/${ALLOWED}`, policy: "one", stamp: "0".repeat(64), argument_keys: ["scope"], arguments_sha256: "0".repeat(64),
  outcome: "passed", origin_status: 200, origin_ms: 12,
};

/** So many batches of records for the ledger of a grant, as isolates hand them over. */
export const batches = (ledger, orders, records) => JSON.stringify({ ledger, orders, order: { record: { records: Array.from({ length: records }, () => RECORD) } } });
