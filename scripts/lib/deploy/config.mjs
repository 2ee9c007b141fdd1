// The configuration that goes out: wrangler.toml, with what belongs to one account filled in, in a file that git ignores.

import { readFile, writeFile } from "node:fs/promises";
import { experimental_readRawConfig } from "wrangler";
import { inRoot } from "../paths.mjs";
import { Trouble } from "../trouble.mjs";

export const DEPLOYED = "wrangler.deploy.json";
const BINDING = "CONFIG";

/** wrangler.toml as it stands. */
export function written() {
  const { rawConfig } = experimental_readRawConfig({ config: inRoot("wrangler.toml") });
  const namespace = rawConfig.kv_namespaces?.find(({ binding }) => binding === BINDING);
  if (namespace === undefined) throw new Trouble(`wrangler.toml binds no KV namespace as ${BINDING}. \`git checkout wrangler.toml\` brings it back.`);
  return { raw: rawConfig, name: rawConfig.name, namespaceId: namespace.id, namespaceTitle: `${rawConfig.name}-${BINDING.toLowerCase()}`, hosts: listed(rawConfig.vars?.HOSTS) };
}

/** The hosts that the last deployment from this folder answered to; empty if there was none. */
export async function lastHosts() {
  const text = await readFile(inRoot(DEPLOYED), "utf8").catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? [] : listed(JSON.parse(text).vars?.HOSTS);
}

/** @param {string[]} hosts empty if nobody knows them yet: then those of the running version, if any, are kept */
export async function write(file, raw, { namespaceId, hosts }) {
  const { build: _, vars: { HOSTS: __, ...vars } = {}, ...rest } = raw;
  const config = {
    ...rest,
    kv_namespaces: raw.kv_namespaces.map((namespace) => (namespace.binding === BINDING ? { ...namespace, id: namespaceId } : namespace)),
    ...(hosts.length > 0 ? { vars: { ...vars, HOSTS: hosts.join(",") } } : { vars, keep_vars: true }),
  };
  await writeFile(inRoot(file), `${JSON.stringify(config, null, 2)}\n`);
}

/** The host names among the places that wrangler says it deployed to: addresses, custom domains, routes; not schedules or queues. */
export function hostsOf(targets) {
  const names = targets.map((target) => target.match(/^(?:https?:\/\/)?((?:[a-z0-9-]+\.)+[a-z0-9-]+)(?=[/ :]|$)/i)?.[1].toLowerCase());
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

const listed = (text) => (text ?? "").split(",").map((host) => host.trim()).filter(Boolean);
