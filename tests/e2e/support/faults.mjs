// Faults of the platform beneath the gateway, on the real runtime: the built Worker in a wrapper of the test's own, which obeys
// this side over a path that only it serves.
import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { Agent } from "./agent.mjs";
import { exchange } from "./exchange.mjs";

const PATH = "/__faults";
const WRAPPER = fileURLToPath(new URL("faults-worker.mjs", import.meta.url));

/** Before the path of a request that the other isolate shall answer. */
export const ELSEWHERE = "/__elsewhere";

/**
 * A folder with the built Worker inside the wrapper, and the way to take it away. `configs` are two of the same, in isolates of
 * their own, before one KV and one class of each object.
 */
export async function wrapped() {
  const folder = await mkdtemp(path.join(tmpdir(), "tollgate-faults-"));
  await wrapInto(folder);
  const config = (await readFile(inRoot("wrangler.toml"), "utf8")).replace('binding = "CONFIG"', '$&\nid = "config"');
  const here = `${config}\n[[services]]\nbinding = "ELSEWHERE"\nservice = "elsewhere"\n`;
  const elsewhere = config
    .replace('name = "tollgate"', 'name = "elsewhere"')
    .replaceAll(/^class_name = .*$/gm, '$&\nscript_name = "tollgate"');
  const configs = [path.join(folder, "here.toml"), path.join(folder, "elsewhere.toml")];
  await Promise.all([writeFile(configs[0], here), writeFile(configs[1], elsewhere)]);
  return { folder, configs, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Puts the built Worker inside the wrapper into a folder, under the names that it has in build/. */
export async function wrapInto(folder) {
  await build({
    entryPoints: [WRAPPER],
    outfile: path.join(folder, "index.js"),
    alias: { "the-built-worker": inRoot("build", "index.js") },
    external: ["cloudflare:*", "*.wasm"],
    bundle: true,
    format: "esm",
  });
  await copyFile(inRoot("build", "index_bg.wasm"), path.join(folder, "index_bg.wasm"));
}

/** The faults of one gateway. */
export class Faults {
  #url;

  constructor(url) {
    this.#url = url;
  }

  /**
   * Begins a fault of `store` (CONFIG, LEDGER or HEAD) for these names (keys, names of objects; `g_*` is all that begin so),
   * and gives what ends it. CONFIG `lags` (by `ms`), `freezes`, `forgets` writes, is `unreachable`. Objects are `unreachable`,
   * `overloaded`, `slow` (by `ms`), or one `loses` its answer when it has done what it was asked. `times`: so often, then no
   * more; `once`: each order the first time only; `chance` with a `seed`: so likely, each time anew. `elsewhere`: in the other
   * isolate, which has no objects and only asks them.
   */
  async begin(store, names, fault, { elsewhere = false, ...how } = {}) {
    const { id } = await this.#tell("POST", elsewhere, { store, names: [names].flat(), fault, ...how });
    return { end: () => this.#tell("DELETE", elsewhere, { id }) };
  }

  /** How often an object has been asked, by anybody here. */
  async asked(store, name) {
    return (await this.#tell("GET", false)).asked[`${store} ${name}`] ?? 0;
  }

  /** How often each fault was met since the runtime was started, by store and kind. */
  async injected() {
    return (await this.#tell("GET", false)).injected;
  }

  async #tell(method, elsewhere, order) {
    const url = `${this.#url}${elsewhere ? ELSEWHERE : ""}${PATH}`;
    const answer = await exchange(url, { method, body: order === undefined ? undefined : JSON.stringify(order) });
    if (answer.status !== 200) throw new Error(`${method} ${url}: HTTP ${answer.status} ${answer.text}`);
    return answer.json;
  }
}

/** The same agent, where the other isolate answers it; no operator's edit makes that one forget anything. */
export const elsewhere = (agent) => new Agent(agent.url.replace(/(?<=:\d+)(?=\/)/, ELSEWHERE), agent);

/** What KV does with an edit, and whether the agent who is to feel it is elsewhere. */
export const LATE = {
  "a KV that lags by a minute": ["lags", { ms: 60_000 }],
  "a KV that forgets the write": ["forgets", {}],
  "the agent in another isolate and a KV that stands still there": ["freezes", { elsewhere: true }],
};

/** Under which keys KV has what was registered together. */
export function keysOf({ agent, server, policy }) {
  const hash = createHash("sha256").update(agent.token).digest("hex");
  return [`policy/${policy}`, `server/${server}`, `grant/${hash}`, `grant-id/${agent.id}`];
}
