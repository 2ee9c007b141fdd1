// What grows with what: policies, grants, bodies, catalogues and streams, from small to large.

import { createHash, randomBytes } from "node:crypto";
import { progress } from "../terminal.mjs";
import { register, startField } from "./field.mjs";
import { ALLOWED, SERVED, call, headers, list, sizedCall } from "./messages.mjs";
import { rounds } from "./rounds.mjs";
import { perClients } from "./per-clients.mjs";
import { summary } from "./statistics.mjs";
import { digits, ratioUnder, spreadOf } from "./units.mjs";

const RULES = [10, 1_000, 10_000];
const GRANTS = [10, 100_000];
const BYTES = [100, 10_000, 1_000_000];
const TOOLS = [13, 2_000];
const EVENTS = [1, 100, 10_000];

/** Within this of the smallest, where size should not matter. */
const FLAT = 1.05;

/** The catalogues' policy: what matches is left out of the list. */
const HIDING = { version: "1", default: "allow", hide: ["tool_1*"] };

/** A policy of so many rules, one of which is the one that is asked for. */
function policyOf(rules) {
  const others = Array.from({ length: rules - 1 }, (_, number) => [`tool_${number}`, {}]);
  return { version: "1", default: "deny", tools: Object.fromEntries([...others, [ALLOWED, {}]]) };
}

const CONFIGURATION = {
  servers: { json: "/json", ...named("list", TOOLS, (tools) => `/list/${tools}`), ...named("events", EVENTS, (events) => `/events/${events}`) },
  policies: { hiding: HIDING, ...named("rules", RULES, policyOf) },
  grants: {
    ...named("rules", RULES, (rules) => ({ server: "json", policy: `rules-${rules}` })),
    ...named("list", TOOLS, (tools) => ({ server: `list-${tools}`, policy: "hiding" })),
    ...named("events", EVENTS, (events) => ({ server: `events-${events}`, policy: "hiding" })),
  },
};

function named(what, sizes, make) {
  return Object.fromEntries(sizes.map((size) => [`${what}-${size}`, make(size)]));
}

const YARDSTICKS = [
  { file: "js-parse", path: "/json" },
  ...TOOLS.map((tools) => ({ file: "js-pass", name: `js-pass-list-${tools}`, path: `/list/${tools}` })),
  ...EVENTS.map((events) => ({ file: "js-pass", name: `js-pass-events-${events}`, path: `/events/${events}` })),
];

/** @returns {Promise<{name: string, at: Record<number, object>}[]>} rows; `first` is the ratio to the smallest of the kind */
export async function measureGrowth({ scratch, origin, core, load, pace }) {
  const paced = { ...pace, rounds: Math.ceil(pace.rounds / 2), clients: [1] };
  const gateways = GRANTS.map((grants) => `tollgate-${grants}`);
  const field = await startField({ scratch, origin, core, yardsticks: YARDSTICKS, gateways });
  const made = {};
  for (const [index, gateway] of gateways.entries()) {
    made[gateway] = await register(field.admin(gateway), origin, CONFIGURATION);
    await fill(await field.miniflare.getKVNamespace("CONFIG", gateway), GRANTS[index] - Object.keys(made[gateway]).length);
  }
  const targets = targetsOf(field, made);
  const visits = await rounds({ doing: "visiting small and large", targets, pace: paced, load, origin });
  await field.stop();
  return targets.filter(({ kind }) => kind !== undefined).map((target) => row(target, targets, visits, paced));
}

function row({ name, kind, size, beside, flat }, targets, visits, { clients: [clients] }) {
  const seen = (of) => visits.get(of)?.get(clients);
  const smallest = targets.find((target) => target.kind === kind).name;
  const at = { ...summary(seen(name), seen(beside)), first: summary(seen(name), seen(smallest)).ratio.cpu };
  return { kind, size, beside: beside === undefined ? null : beside.replace(/ of .*/, ""), flat: flat && name !== smallest, at: { [clients]: at } };
}

function targetsOf(field, made) {
  const [few, many] = GRANTS.map((grants) => `tollgate-${grants}`);
  const common = { usage: field.usage, expect: SERVED, forwards: true };
  const through = (grant, gateway = few) => ({ ...common, url: made[gateway][grant].url, headers: headers(made[gateway][grant].token), body: call(ALLOWED) });
  const past = (name) => ({ ...common, url: `${field.url(name)}/json/mcp`, headers: headers(made[few]["rules-10"].token), body: call(ALLOWED) });
  const pair = (kind, size, ours, yardstick, theirs) => [
    { ...ours, name: `${kind}: ${size}`, kind, size, beside: `${yardstick} of ${kind}: ${size}` },
    { ...theirs, name: `${yardstick} of ${kind}: ${size}` },
  ];
  return [
    ...RULES.map((size) => ({ ...through(`rules-${size}`), name: `rules: ${size}`, kind: "rules in the policy", size, flat: true })),
    ...[few, many].map((gateway, index) => ({ ...through("rules-10", gateway), name: gateway, kind: "grants in KV", size: GRANTS[index], flat: true })),
    ...BYTES.flatMap((size) => {
      const body = sizedCall(ALLOWED, size);
      return pair("bytes in the call", size, { ...through("rules-10"), body }, "js-parse", { ...past("js-parse"), body });
    }),
    ...TOOLS.flatMap((size) => {
      const asked = { body: list(), expect: '"name":"tool_0"' };
      return pair("tools in the list", size, { ...through(`list-${size}`), ...asked }, "js-pass", { ...past(`js-pass-list-${size}`), ...asked });
    }),
    ...EVENTS.flatMap((size) => pair("events in the stream", size, through(`events-${size}`), "js-pass", past(`js-pass-events-${size}`))),
  ];
}

/** Puts grants into KV, as the admin API stores them; through the API it would take an hour. */
async function fill(kv, count) {
  const shown = progress(`putting ${count.toLocaleString("en")} grants into KV`);
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - done) }, () => putGrant(kv)));
    shown.note(`${done}`);
  }
  shown.done();
}

const AT_ONCE = 200;

/** The stored form is pinned by tests/pinned.rs. */
async function putGrant(kv) {
  const token = createHash("sha256").update(randomBytes(32)).digest("hex");
  const grant = { id: `g_${randomBytes(16).toString("hex")}`, label: "growth", server: "json", policy: "rules-10", created_at: Date.now(), token };
  await kv.put(`grant/${token}`, JSON.stringify(grant));
}

/** @returns {import("./sections.mjs").Section} */
export function growthSection(rows) {
  return {
    title: "From small to large",
    heads: ["of what", "how many", "CPU µs a call", "p50 µs", "CPU × the smallest", "beside", "CPU ×"],
    rows: perClients(rows, ({ kind, size, beside, flat }, _, { cpu, p50, first, ratio }) => [
      kind, size.toLocaleString("en"), spreadOf(cpu), spreadOf(p50), flat ? ratioUnder(first, FLAT) : digits(first.median), beside ?? "–", ratio === undefined ? "–" : ratioUnder(ratio.cpu),
    ]),
    notes: ["One client, half as many rounds as the main table. Beside means: the same body, list or stream through that yardstick."],
  };
}
