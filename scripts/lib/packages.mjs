// The npm packages: installed from the lock file if they are not there, or not those that it names.

import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { npmBinary, peers, root } from "./paths.mjs";
import { run } from "./processes.mjs";
import { tell } from "./terminal.mjs";

/** What the gateway is built, started and deployed with. */
export async function installPackages() {
  const there = (await installed(root)) && (await isThere(npmBinary("node")));
  if (!there) await install(root, "npm packages (wrangler with the Workers runtime, Node 24 to run it, wasm-opt, MCP clients) go into node_modules.");
}

/** What only tests need: conformance suites and clients that others have written. */
export async function installPeers() {
  if (!(await installed(peers))) await install(peers, "npm packages that the tests drive (conformance suites, more MCP clients) go into tests/peers/node_modules.");
}

async function install(folder, notice) {
  tell(notice);
  await run("installing the locked packages (about half a minute)", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    advice: "The packages come from the npm registry. Is this machine online, and does npm need a proxy here?",
  });
}

/** npm leaves a copy of the lock in node_modules; what it has must be what the lock says, all but optional packages of other platforms. */
async function installed(folder) {
  try {
    const wanted = await packagesOf(path.join(folder, "package-lock.json"));
    const present = await packagesOf(path.join(folder, "node_modules", ".package-lock.json"));
    return Object.entries(wanted).every(([where, { version, optional, devOptional }]) =>
      present[where] === undefined ? where === "" || optional || devOptional : present[where].version === version,
    );
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

const isThere = (file) => access(file).then(() => true, () => false);
const packagesOf = async (lock) => JSON.parse(await readFile(lock, "utf8")).packages;
