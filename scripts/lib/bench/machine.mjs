// Where and with what the figures were measured.

import { createRequire } from "node:module";
import { cpus, release, totalmem, type } from "node:os";
import { root } from "../paths.mjs";
import { run } from "../processes.mjs";
import { countsFinely } from "./usage.mjs";

export async function machine({ server, beside }) {
  const said = (command, args) => run(null, command, args, { cwd: root }).then((text) => text.trim(), () => null);
  return {
    date: new Date().toISOString(),
    commit: await said("git", ["describe", "--always", "--dirty"]),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    workerd: workerd(),
    rust: await said("rustc", ["--version"]),
    cpu_time: countsFinely ? "nanoseconds of each thread (schedstat)" : "`ps`, coarse",
    pinned: server === null ? "no: the system has no `taskset`, or only one core is ours" : `workerd to core ${server}, origin and load to core ${beside}`,
  };
}

/** The version of the workerd that Miniflare runs. */
function workerd() {
  const wrangler = createRequire(import.meta.url).resolve("wrangler/package.json");
  const miniflare = createRequire(wrangler).resolve("miniflare");
  return createRequire(miniflare)("workerd/package.json").version;
}
