// Which versions of the clients are here: read from what is installed, never typed in.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { inRoot, peers } from "../../../scripts/lib/paths.mjs";
import { run } from "../../../scripts/lib/processes.mjs";
import { python } from "../../../scripts/lib/python.mjs";

/** Of an npm package; `within`: the folder that has its node_modules. */
export async function versionOf(name, within = inRoot()) {
  return JSON.parse(await readFile(path.join(within, "node_modules", name, "package.json"), "utf8")).version;
}

export const versionOfPeer = (name) => versionOf(name, peers);

/** Of a package in the shop's Python environment. */
export async function versionInPython(name) {
  return (await run(null, await python(), ["-c", `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`])).trim();
}

/** Of a crate that the Rust client is built with, which is what its lock says. */
export async function versionInLock(name) {
  const lock = await readFile(fileURLToPath(new URL("../rust/Cargo.lock", import.meta.url)), "utf8");
  const found = lock.match(new RegExp(`^name = "${name}"\nversion = "(.+)"$`, "m"));
  if (found === null) throw new Error(`the Rust client is not built with ${name}`);
  return found[1];
}
