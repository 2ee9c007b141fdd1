// The benchmark's main table: the five paths of the gateway, each beside the yardstick of its kind.

import { register, startField } from "./field.mjs";
import { ALLOWED, DENIED, LISTED, METERED, REFUSED, SERVED, call, headers, list, modernCall, modernHeaders } from "./messages.mjs";
import { rounds } from "./rounds.mjs";
import { summary } from "./statistics.mjs";

const YARDSTICKS = [
  { file: "js-null" },
  { file: "js-pass", path: "/json" },
  { file: "js-pass", name: "js-pass of a stream", path: "/sse" },
  { file: "js-pass", name: "js-pass of a list", path: "/list" },
  { file: "js-parse", path: "/json" },
  { file: "js-deny" },
  { file: "js-count", path: "/json" },
];

/** Never reached: what is measured is the counting. */
const HUGE = 1_000_000_000;

/** Seven of the thirteen tools may be called; one of them has a limit. */
const POLICY = {
  version: "1",
  default: "deny",
  tools: {
    [ALLOWED]: {},
    project_list_apps: {},
    project_list_routes: {},
    project_get_project_info: {},
    get_setting: {},
    djangopackages_search: {},
    [METERED]: { limits: [{ counter: "commands", window: "minute", max: HUGE }] },
  },
};

export const CONFIGURATION = {
  servers: { json: "/json", sse: "/sse", list: "/list" },
  policies: { bench: POLICY },
  grants: Object.fromEntries(["json", "sse", "list"].map((server) => [server, { server, policy: "bench" }])),
};

/** Starts the gateway, and nothing beside it; gives its paths as targets. */
export async function startGatewayPaths({ scratch, origin, core }) {
  const field = await startField({ scratch, origin, core, yardsticks: [] });
  return { field, targets: gatewayOf(field, await register(field.admin(), origin, CONFIGURATION)) };
}

/** Miniflare's names have no spaces; ours are read by people. */
const workerName = (name) => name.replaceAll(" ", "-");
const workerNames = () => YARDSTICKS.map(({ file, name = file, path }) => ({ file, name: workerName(name), path }));

function yardsticksOf(field, token) {
  const asked = { body: call(ALLOWED), headers: headers(token), expect: SERVED, forwards: true };
  const special = {
    "js-null": { expect: "ok", forwards: false },
    "js-pass of a list": { body: list(), expect: LISTED },
    "js-deny": { body: call(REFUSED), expect: DENIED, forwards: false },
    "js-count": { body: call(METERED) },
  };
  const yardsticks = YARDSTICKS.map(({ file, name = file }) => ({
    ...asked, ...special[name], name, url: `${field.url(workerName(name))}/json/mcp`, usage: field.usage,
  }));
  return [{ ...asked, name: "direct", url: `${field.origin.url}/json` }, ...yardsticks];
}

function gatewayOf(field, grants) {
  const through = ({ url, token }) => ({ url, headers: headers(token), usage: field.usage, expect: SERVED, forwards: true });
  return [
    { ...through(grants.json), name: "denied", body: call(REFUSED), expect: DENIED, forwards: false, beside: "js-deny", goals: { cpu: 1.1 } },
    { ...through(grants.json), name: "allowed", body: call(ALLOWED), beside: "js-parse", goals: { cpu: 1.1, p50: 1.1 } },
    { ...through(grants.json), name: "allowed, 2026-07-28", body: modernCall(ALLOWED), headers: modernHeaders(grants.json.token, ALLOWED), beside: "js-parse", goals: {} },
    { ...through(grants.sse), name: "allowed over SSE", body: call(ALLOWED), beside: "js-pass of a stream", goals: { cpu: 1.25 } },
    { ...through(grants.json), name: "metered", body: call(METERED), beside: "js-count", goals: { cpu: 1, p50: 1 } },
    { ...through(grants.list), name: "listed", body: list(), expect: LISTED, beside: "js-pass of a list", goals: { cpu: 1.5 } },
  ];
}

/** Runs the table. Gives its rows: `at` holds a summary for each number of clients. */
export async function measurePaths({ scratch, origin, core, load, pace }) {
  const field = await startField({ scratch, origin, core, yardsticks: workerNames() });
  const grants = await register(field.admin(), origin, CONFIGURATION);
  const targets = [...yardsticksOf(field, grants.json.token), ...gatewayOf(field, grants)];
  const visits = await rounds({ doing: "visiting the paths and the yardsticks", targets, pace, load, origin });
  await field.stop();
  return rows(targets, visits, pace);
}

/** @returns {{name: string, beside?: string, goals?: object, at: Record<number, object>}[]} */
export function rows(targets, visits, pace) {
  return targets.map(({ name, beside, goals }) => {
    const at = pace.clients.map((clients) => [clients, summary(visits.get(name).get(clients), visits.get(beside)?.get(clients))]);
    return { name, ...(beside === undefined ? {} : { beside, goals }), at: Object.fromEntries(at) };
  });
}
