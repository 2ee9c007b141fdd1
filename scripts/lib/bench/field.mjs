// All that one run compares, in one workerd: the yardsticks and the gateway, each on a port of its own, before one origin.

import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { operator } from "../admin.mjs";
import { gatewayWorker } from "../gateway.mjs";
import { freePorts } from "../ports.mjs";
import { newAdminToken } from "../secrets.mjs";
import { urlAt } from "./messages.mjs";
import { startWorkerd } from "./workerd.mjs";
import { yardstick } from "./yardsticks.mjs";

/**
 * @param {object} options
 * @param {{name?: string, file: string, path?: string}[]} options.yardsticks `path` is where at the origin they forward to
 * @param {string[]} [options.gateways] their names
 * @param {string} [options.state] a folder that a field before this one has left
 * @param {Record<string, string>} [options.variables] of the gateways, over the usual ones
 * @returns {Promise<object>} what it is, and `url(name)` and, for a gateway, `admin(name)` are how each is reached
 */
export async function startField({ scratch, origin, core, yardsticks, gateways = ["tollgate"], state: kept, variables = {} }) {
  const state = kept ?? (await mkdtemp(path.join(scratch, "state-")));
  const adminToken = newAdminToken();
  const names = [...yardsticks.map(({ file, name = file }) => name), ...gateways];
  const ports = new Map((await freePorts(names.length)).map((port, index) => [names[index], port]));
  const workers = [
    ...yardsticks.map(({ file, name = file, path: at }) => yardstick({ file, name, origin: at && `${origin.url}${at}`, port: ports.get(name) })),
    ...gateways.map((name) => gateway({ port: ports.get(name), state, adminToken, name, variables })),
  ];
  const workerd = await startWorkerd({ state, core, workers: await Promise.all(workers) });
  const url = (name) => urlAt(ports.get(name));
  return { ...workerd, origin, state, adminToken, url, admin: (name = "tollgate") => operator(url(name), adminToken) };
}

/** The real gateway, with a KV namespace of its own beside others; its shield lets one address show any number of grants. */
async function gateway({ variables, ...options }) {
  const worker = await gatewayWorker(options);
  const SHIELD = { ...worker.ratelimits.SHIELD, simple: { limit: 1_000_000, period: 60 } };
  return { ...worker, bindings: { ...worker.bindings, ...variables }, ratelimits: { SHIELD }, kvNamespaces: { CONFIG: { id: options.name } } };
}

/**
 * Registers servers (by name, the path of the origin, or that and what else is said of one), policies and grants; gives for
 * each grant its id, its bearer and its URL.
 */
export async function register(admin, origin, { servers, policies, grants }) {
  for (const [name, server] of Object.entries(servers)) {
    const { path, ...more } = typeof server === "string" ? { path: server } : server;
    await admin("PUT", `servers/${name}`, { origin: { url: `${origin.url}${path}` }, preset: "mcp-django", ...more });
  }
  for (const [name, policy] of Object.entries(policies)) await admin("PUT", `policies/${name}`, policy);
  const made = {};
  for (const [name, { server, policy }] of Object.entries(grants)) {
    const { id, token, url } = await admin("POST", "grants", { label: name, server, policy });
    made[name] = { id, token, url };
  }
  return made;
}
