// Which core runs what: the server under test has one for itself, and what stands beside it another.

import { readFile } from "node:fs/promises";
import { run } from "../processes.mjs";

/** @returns {Promise<{server: number | null, beside: number | null}>} null where processes cannot be kept on a core */
export async function cores() {
  const [beside, server] = await allowed();
  const kept = server !== undefined && (await run(null, "taskset", ["--version"]).then(() => true, () => false));
  return kept ? { server, beside } : { server: null, beside: null };
}

/** A command and its arguments, kept on a core from its beginning. */
export const on = (core, command, args) => (core === null ? [command, args] : ["taskset", ["--cpu-list", String(core), command, ...args]]);

/** Moves a running process with all its threads. */
export async function move(pid, core) {
  if (core !== null) await run(null, "taskset", ["--all-tasks", "--pid", "--cpu-list", String(core), String(pid)]);
}

/** The cores that this process may use, where the system tells; a container may have others than the first. */
async function allowed() {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const list = status.match(/^Cpus_allowed_list:\s*(\S+)/m)?.[1] ?? "";
  return list.split(",").filter(Boolean).flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, step) => first + step);
  });
}
