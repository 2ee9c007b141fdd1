// The two native programs of tests/bench/native: the origin that costs next to nothing, and the load that never waits.

import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { inRoot } from "../paths.mjs";
import { LOOPBACK } from "../ports.mjs";
import { run, serve } from "../processes.mjs";
import { on } from "./cores.mjs";

const made = inRoot("target", "bench");
const binary = (name) => path.join(made, "release", name);

export async function buildNative() {
  const manifest = inRoot("tests", "bench", "native", "Cargo.toml");
  await run("compiling the origin and the load", "cargo", ["build", "--release", "--locked", "--manifest-path", manifest, "--target-dir", made]);
}

/** Starts the origin; `count` tells how many messages of agents it has answered so far. */
export async function startOrigin(core) {
  const server = await serve("The origin", ...on(core, binary("origin"), ["0"]), { ready: (said) => said.match(/listening on (\d+)/) });
  const url = `http://${LOOPBACK}:${server.found[1]}`;
  return { url, stop: server.stop, count: async () => Number(await (await fetch(`${url}/count`)).text()) };
}

/**
 * Something that can be called.
 * @typedef {object} Target
 * @property {string} name
 * @property {string} url
 * @property {string} body what is sent; `{n}` becomes the number of the call
 * @property {Record<string, string>} headers
 * @property {string[]} [lines] what `{line}` in a header becomes, call by call
 * @property {string} expect what every answer must contain
 * @property {boolean} forwards whether each call must reach the origin, or none may
 */

/** A load that keeps what it sends in a folder. */
export class Load {
  #core;
  #folder;
  #runs = 0;

  constructor(core, folder) {
    this.#core = core;
    this.#folder = folder;
  }

  /**
   * Calls a target for some time.
   * @param {Target} target
   * @returns {Promise<{calls: number, wrong: number, first_wrong: string | null, seconds: number, p50: number, p99: number, max: number}>} latencies in microseconds
   */
  async run({ url, body, headers, lines = [], expect, status = 200 }, { clients, seconds }) {
    const file = path.join(this.#folder, `message-${(this.#runs += 1)}.json`);
    const others = `${file}.lines`;
    await Promise.all([writeFile(file, body), writeFile(others, lines.join("\n"))]);
    const fields = Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}:${value}`]);
    const args = [url, "--clients", clients, "--seconds", seconds, "--body", file, "--lines", others, "--status", status, "--expect", expect, ...fields];
    const said = await run(null, ...on(this.#core, binary("load"), args.map(String)));
    await Promise.all([rm(file), rm(others)]);
    return JSON.parse(said);
  }
}
