// Faults of the platform beneath the gateway, on the real runtime: the built Worker in a wrapper of the test's own, which obeys
// this side over a path that only it serves.
import { createHash } from "node:crypto";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { exchange } from "./exchange.mjs";

const PATH = "/__faults";
const WRAPPER = fileURLToPath(new URL("faults-worker.mjs", import.meta.url));

/** A folder with the built Worker inside the wrapper, and the way to take it away. */
export async function wrapped() {
  const folder = await mkdtemp(path.join(tmpdir(), "tollgate-faults-"));
  await build({
    entryPoints: [WRAPPER],
    outfile: path.join(folder, "index.js"),
    alias: { "the-built-worker": inRoot("build", "index.js") },
    external: ["cloudflare:*", "*.wasm"],
    bundle: true,
    format: "esm",
  });
  await copyFile(inRoot("build", "index_bg.wasm"), path.join(folder, "index_bg.wasm"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The faults of one gateway. */
export class Faults {
  #url;

  constructor(url) {
    this.#url = `${url}${PATH}`;
  }

  /**
   * Begins a fault of `store` (CONFIG, LEDGER or HEAD) for these names (keys, names of objects; `g_*` is all that begin so),
   * and gives what ends it. CONFIG `lags` (by `ms`), `forgets` writes, is `unreachable`. Objects are `unreachable`,
   * `overloaded`, `slow` (by `ms`), or one `loses` its answer when it has done what it was asked. `times`: so often, then no
   * more; `every`: the first of so many.
   */
  async begin(store, names, fault, { ms, times, every } = {}) {
    const { id } = await this.#tell("POST", { store, names: [names].flat(), fault, ms, times, every });
    return { end: () => this.#tell("DELETE", { id }) };
  }

  /** How often an object has been asked, by anybody. */
  async asked(store, name) {
    return (await this.#tell("GET"))[`${store} ${name}`] ?? 0;
  }

  async #tell(method, order) {
    const answer = await exchange(this.#url, { method, body: order === undefined ? undefined : JSON.stringify(order) });
    if (answer.status !== 200) throw new Error(`${method} ${PATH}: HTTP ${answer.status} ${answer.text}`);
    return answer.json;
  }
}

/** Under which keys KV has what was registered together. */
export function keysOf({ agent, server, policy }) {
  const hash = createHash("sha256").update(agent.token).digest("hex");
  return [`policy/${policy}`, `server/${server}`, `grant/${hash}`, `grant-id/${agent.id}`];
}
