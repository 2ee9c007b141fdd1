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
 * @returns {Promise<object>} `url(name)` and, for a gateway, `admin(name)` are how each is reached
 */
export async function startField({ scratch, origin, core, yardsticks, gateways = ["tollgate"] }) {
  const state = await mkdtemp(path.join(scratch, "state-"));
  const adminToken = newAdminToken();
  const names = [...yardsticks.map(({ file, name = file }) => name), ...gateways];
  const ports = new Map((await freePorts(names.length)).map((port, index) => [names[index], port]));
  const workers = [
    ...yardsticks.map(({ file, name = file, path: at }) => yardstick({ file, name, origin: at && `${origin.url}${at}`, port: ports.get(name) })),
    ...gateways.map((name) => gateway({ port: ports.get(name), state, adminToken, name })),
  ];
  const workerd = await startWorkerd({ state, core, workers: await Promise.all(workers) });
  const url = (name) => urlAt(ports.get(name));
  return { ...workerd, origin, url, admin: (name = "tollgate") => operator(url(name), adminToken) };
}

/** The real gateway, with a KV namespace of its own beside others. */
const gateway = async (options) => ({ ...(await gatewayWorker(options)), kvNamespaces: { CONFIG: { id: options.name } } });

/** Registers servers (by name, the path of the origin), policies and grants; gives for each grant its bearer and its URL. */
export async function register(admin, origin, { servers, policies, grants }) {
  for (const [name, path] of Object.entries(servers)) await admin("PUT", `servers/${name}`, { origin: { url: `${origin.url}${path}` }, preset: "mcp-django" });
  for (const [name, policy] of Object.entries(policies)) await admin("PUT", `policies/${name}`, policy);
  const made = {};
  for (const [name, { server, policy }] of Object.entries(grants)) {
    const { token, url } = await admin("POST", "grants", { label: name, server, policy });
    made[name] = { token, url };
  }
  return made;
}
