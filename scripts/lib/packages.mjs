// The npm packages: installed from the lock file if they are not there, or not those that it names.

import { access, readFile } from "node:fs/promises";
import { inRoot, npmBinary, root } from "./paths.mjs";
import { run } from "./processes.mjs";
import { tell } from "./terminal.mjs";

export async function installPackages() {
  if (await installed()) return;
  tell("npm packages (wrangler with the Workers runtime, Node 24 to run it, wasm-opt, MCP clients) go into node_modules.");
  await run("installing the locked packages (about half a minute)", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    advice: "The packages come from the npm registry. Is this machine online, and does npm need a proxy here?",
  });
}

/** npm leaves a copy of the lock in node_modules; what it has must be what the lock says, all but optional packages of other platforms. */
async function installed() {
  try {
    const wanted = await packagesOf(inRoot("package-lock.json"));
    const present = await packagesOf(inRoot("node_modules", ".package-lock.json"));
    await access(npmBinary("node"));
    return Object.entries(wanted).every(([where, { version, optional, devOptional }]) =>
      present[where] === undefined ? where === "" || optional || devOptional : present[where].version === version,
    );
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

const packagesOf = async (lock) => JSON.parse(await readFile(lock, "utf8")).packages;
