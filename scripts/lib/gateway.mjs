// The gateway on this machine: the built Worker in workerd, the runtime that Cloudflare runs, with KV and Durable Objects on disk.
// Miniflare (a part of wrangler) starts it from wrangler.toml, listening itself, with no proxy before it as `wrangler dev` has.

import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseEnv } from "node:util";
import { atEnd, keepingSignals } from "./leave.mjs";
import { inRoot, worker } from "./paths.mjs";
import { LOOPBACK } from "./ports.mjs";
import { claimState, keptSealKey } from "./state.mjs";
import { modules } from "./worker.mjs";

/**
 * Starts the built gateway on a loopback port.
 * @param {object} options
 * @param {number} options.port free, see ports.mjs
 * @param {string} options.state the folder where it keeps what it knows
 * @param {string} options.adminToken
 * @param {object} [options.secrets] by their names: those that servers' header fields are made of
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function startGateway({ port, state, adminToken, secrets }) {
  await claimState(state);
  const { stop } = await startWorkers(state, [await gatewayWorker({ port, state, adminToken, secrets })]);
  return { url: `http://${LOOPBACK}:${port}`, stop };
}

/** The built gateway as one of Miniflare's Workers: what wrangler.toml says of it, its modules, its secrets, its port. */
export async function gatewayWorker({ port, state, adminToken, secrets = {}, name = "tollgate" }) {
  const { workerOptions } = runtime().unstable_getMiniflareWorkerOptions(inRoot("wrangler.toml"));
  return {
    ...workerOptions,
    name,
    modulesRoot: worker,
    modules: [
      { type: "ESModule", path: modules.script },
      { type: "CompiledWasm", path: modules.wasm },
    ],
    bindings: {
      ...workerOptions.bindings,
      HOSTS: [LOOPBACK, "localhost", "[::1]"].map((host) => `${host}:${port}`).join(","),
      ADMIN_TOKEN: adminToken,
      SEAL_KEY: await keptSealKey(state),
      ...(await ownVariables()),
      ...secrets,
    },
    unsafeDirectSockets: [{ host: LOOPBACK, port }],
  };
}

/** Starts Workers, all in one workerd, and waits until it listens for each. */
export async function startWorkers(state, workers) {
  const { Miniflare, Log, LogLevel, convertV4MiniflareOptions } = runtime();
  const options = convertV4MiniflareOptions({
    workers,
    cf: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.WARN),
    // The layout of `wrangler … --local --persist-to`, so that `wrangler kv key put` reaches a gateway's KV.
    resourcePersistencePath: path.join(state, "v3"),
  });
  const miniflare = await keepingSignals(async () => new Miniflare(options));
  const stop = atEnd(() => miniflare.dispose());
  await miniflare.ready;
  return { miniflare, stop };
}

/** Variables and secrets of one's own, such as one that a server's headers name: in .dev.vars, where `wrangler dev` reads them too. */
async function ownVariables() {
  const text = await readFile(inRoot(".dev.vars"), "utf8").catch((error) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return parseEnv(text);
}

/** wrangler, and the Miniflare that belongs to it. */
function runtime() {
  // It would say which secrets it misses; they come from us.
  process.env.WRANGLER_LOG ??= "error";
  const require = createRequire(import.meta.url);
  const wrangler = require("wrangler");
  const miniflare = createRequire(require.resolve("wrangler/package.json"))("miniflare");
  return { ...miniflare, unstable_getMiniflareWorkerOptions: wrangler.unstable_getMiniflareWorkerOptions };
}
