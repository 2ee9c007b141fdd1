// Other gateways, one after the other, each in the same rounds as ours before the same origin.

import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePorts } from "../ports.mjs";
import { serve } from "../processes.mjs";
import { tell } from "../terminal.mjs";
import { Trouble } from "../trouble.mjs";
import { on } from "./cores.mjs";
import { register, startField } from "./field.mjs";
import { call, headers, urlAt } from "./messages.mjs";
import { contextForge } from "./peers/context-forge.mjs";
import { fastmcpEach, fastmcpShared } from "./peers/fastmcp.mjs";
import { litellm } from "./peers/litellm.mjs";
import { mcpProxy } from "./peers/mcp-proxy.mjs";
import { rounds } from "./rounds.mjs";
import { perClients } from "./per-clients.mjs";
import { begin } from "./session.mjs";
import { summary } from "./statistics.mjs";
import { bytes, digits, micros, spreadOf } from "./units.mjs";
import { Usage } from "./usage.mjs";

/**
 * A peer: `install` makes it ready to run, and gives a function that says how it is started before an origin: its command,
 * arguments and environment, the `path` of its MCP endpoint, the `token` that it wants, and what is to `prepare` once it runs.
 */
const PEERS = [fastmcpEach, fastmcpShared, contextForge, litellm, mcpProxy];

const OURS = "tollgate, allowed";
const EXPECTED = '"text":"ok"';
const ARGUMENTS = { value: "x" };

const CONFIGURATION = {
  servers: { mcp: "/mcp" },
  policies: { peers: { version: "1", default: "deny", tools: { tool_0: {}, tool_1: { limits: [{ counter: "calls", window: "minute", max: 1_000_000_000 }] } } } },
  grants: { mcp: { server: "mcp", policy: "peers" } },
};

/** @returns {Promise<{rows: object[], missing: {name: string, why: string}[]}>} */
export async function measurePeers({ scratch, origin, core, load, pace }) {
  // A peer may take a twentieth of a second for a call.
  const paced = { ...pace, rounds: Math.ceil(pace.rounds / 3), seconds: pace.seconds * 2 };
  const field = await startField({ scratch, origin, core, yardsticks: [] });
  const ours = await oursOf(field, origin);
  const visits = new Map(ours.map(({ name }) => [name, new Map(pace.clients.map((clients) => [clients, []]))]));
  const rows = [];
  const missing = [];
  for (const peer of PEERS) {
    try {
      const { target, stop } = await start(peer, { scratch, origin, core });
      try {
        const seen = await rounds({ doing: `visiting ${peer.name}`, targets: [...ours, target], pace: paced, load, origin });
        for (const { name } of ours) for (const [clients, more] of seen.get(name)) visits.get(name).get(clients).push(...more);
        rows.push(row(target, seen, paced, OURS));
      } finally {
        await stop();
      }
    } catch (error) {
      // One that cannot be had, or does not serve, leaves a note and the others.
      if (!(error instanceof Trouble)) throw error;
      const why = error.message.split("\n").filter(Boolean).at(-1);
      tell(`  ✗ ${peer.name}: ${why}`);
      missing.push({ name: peer.name, why });
    }
  }
  const beside = rows.length === 0 ? [] : ours.map((target) => row(target, visits, paced));
  await field.stop();
  return { rows: [...beside, ...rows], missing };
}

async function oursOf(field, origin) {
  const { mcp } = await register(field.admin(), origin, CONFIGURATION);
  const asked = { headers: headers(mcp.token), expect: EXPECTED, forwards: true };
  const through = { ...asked, url: mcp.url, usage: field.usage };
  return [
    { ...asked, name: "direct", url: `${origin.url}/mcp`, body: call("tool_0", ARGUMENTS) },
    { ...through, name: OURS, body: call("tool_0", ARGUMENTS) },
    { ...through, name: "tollgate, metered", body: call("tool_1", ARGUMENTS) },
  ];
}

/** Installs and starts a peer, and begins a session with it. */
async function start(peer, { scratch, origin, core }) {
  const how = await peer.install();
  const folder = await mkdtemp(path.join(scratch, "peer-"));
  const [port] = await freePorts(1);
  const { command, args, cwd, env, path: endpoint, token = "none", prepare } = await how({ origin, port, folder });
  const server = await serve(peer.name, ...on(core, command, args), { cwd, env: { PYTHONUNBUFFERED: "1", ...env }, ready: (said) => said !== "" });
  try {
    await listening(urlAt(port), server.ended);
    await prepare?.(urlAt(port));
    const url = `${urlAt(port)}${endpoint}`;
    const { fields, tools } = await begin(url, token);
    const tool = tools.find((name) => /tool[_-]0$/.test(name));
    if (tool === undefined) throw new Trouble(`${peer.name} does not list the origin's tools, but: ${tools.join(", ")}`);
    const target = { name: peer.name, url, headers: fields, body: call(tool, ARGUMENTS), expect: EXPECTED, forwards: true, usage: new Usage(server.pid) };
    return { target, stop: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Waits until something answers there at all; not every peer says in words that it listens. */
async function listening(url, ended) {
  const gone = ended.then((why) => new Trouble(`It ${why}.`));
  for (const until = performance.now() + PATIENCE; performance.now() < until; ) {
    const outcome = await Promise.race([gone, fetch(url).then((answer) => answer.text(), () => wait(500, null))]);
    if (outcome instanceof Trouble) throw outcome;
    if (outcome !== null) return;
  }
  throw new Trouble(`It did not listen within ${PATIENCE / 1000} s.`);
}

const PATIENCE = 120_000;

function row({ name, usage }, visits, { clients }, beside) {
  const at = clients.map((count) => [count, summary(visits.get(name).get(count), visits.get(beside)?.get(count))]);
  return { name, resident: usage?.resident() ?? null, at: Object.fromEntries(at) };
}

/** @returns {import("./sections.mjs").Section} */
export function peersSection({ rows, missing }) {
  return {
    title: "Other gateways",
    heads: ["gateway", "clients", "CPU µs a call", "p50 µs", "p99 µs", "resident", `CPU × ${OURS}`],
    rows: perClients(rows, ({ name, resident }, clients, { cpu, p50, p99, ratio }) => [
      name, clients, spreadOf(cpu), spreadOf(p50), micros(p99), resident === null ? "–" : bytes(resident), ratio === undefined ? "–" : digits(ratio.cpu.median),
    ]),
    notes: ["One core each, the same origin and load, in the same rounds; resident is the memory of all of its processes.", ...missing.map(({ name, why }) => `${name} is missing: ${why}`)],
  };
}
