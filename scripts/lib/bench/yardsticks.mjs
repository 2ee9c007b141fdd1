// The yardsticks: Workers in JavaScript, as somebody would write them by hand, each on a port of its own.

import { readFile } from "node:fs/promises";
import { inRoot } from "../paths.mjs";
import { LOOPBACK } from "../ports.mjs";

/** The Durable Objects of those that have some. */
const OBJECTS = {
  "js-count": { COUNTER: { className: "Counter", useSQLite: true } },
  "js-ask": { LEDGER: { className: "Ledger", scriptName: "tollgate", useSQLite: true } },
};

/** The date of wrangler.toml: both kinds of Workers run on the same platform. */
const compatibilityDate = async () => (await readFile(inRoot("wrangler.toml"), "utf8")).match(/^compatibility_date = "(.+)"/m)[1];

/**
 * A yardstick as one of Miniflare's Workers.
 * @param {object} options
 * @param {string} options.file its name in tests/bench/yardsticks
 * @param {string} [options.name] if there are several of that file
 * @param {string} [options.origin] where it forwards to
 */
export async function yardstick({ file, name = file, origin, port }) {
  const scriptPath = inRoot("tests", "bench", "yardsticks", `${file}.js`);
  return {
    name,
    modules: [{ type: "ESModule", path: scriptPath }],
    modulesRoot: inRoot("tests", "bench", "yardsticks"),
    compatibilityDate: await compatibilityDate(),
    bindings: origin === undefined ? {} : { ORIGIN: origin },
    durableObjects: OBJECTS[file] ?? {},
    unsafeDirectSockets: [{ host: LOOPBACK, port }],
  };
}
