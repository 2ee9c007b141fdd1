// What `npm test` does.

import { readdir } from "node:fs/promises";
import path from "node:path";
import * as rust from "../../tests/clients/rust.mjs";
import { main as checkDependencies } from "./dependencies.mjs";
import { installPeers } from "./packages.mjs";
import { inRoot, root } from "./paths.mjs";
import { converse } from "./processes.mjs";
import { python, systemPython } from "./python.mjs";
import { say } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";
import { buildWorker } from "./worker.mjs";

/** The suites: what drives the built gateway, and what looks at the pages about it. */
const SUITES = {
  // What it should do.
  "": inRoot("tests", "e2e"),
  // What hostile messages make of it and of the origin.
  "differential/": inRoot("tests", "differential"),
  // What MCP's own suites say.
  "conformance/": inRoot("tests", "conformance"),
  // What the clients of others make of what it says.
  "clients/": inRoot("tests", "clients"),
  // Its own page, in a browser.
  "page/": inRoot("tests", "page"),
  // Whether the documents say what is.
  "docs/": inRoot("tests", "docs"),
};
/** For each fuzz target. Enough to find what a change has broken; `node scripts/fuzz.mjs --seconds 3600` looks further. */
const FUZZ_SECONDS = 20;
/** Enough for some kills and thousands of faults; `npm run soak -- --minutes 60` looks further, and whether memory is flat. */
const SOAK_MINUTES = 2.5;
/** For one file: each starts a gateway of its own, some restart it, and a shared machine may be slow. */
const MILLISECONDS_A_FILE = 180_000;

export async function main(args) {
  const files = await suites(args);
  await buildWorker();
  await python();
  await installPeers();
  if (files.some((file) => path.dirname(file) === SUITES["clients/"])) await rust.build("compiling the Rust client (about a minute, once)");
  if (args.length === 0) {
    say("\nThe packages that the lock files name\n");
    await checkDependencies([]);
    say("\nOn the host: case files, properties, pinned forms\n");
    await converse("cargo", ["test", "--locked"], { cwd: root, advice: "The tests on the host failed; the end-to-end tests were not run." });
    say("\nOn the host: inputs made up by fuzzers\n");
    await converse(process.execPath, [inRoot("scripts", "fuzz.mjs"), "--seconds", String(FUZZ_SECONDS)], { cwd: root, advice: "A fuzz target found something." });
    say("\nThe guard before Django: form, types, and tests of what PyPI would get, on the oldest and the newest Python here\n");
    await converse(await systemPython(), [inRoot("integrations", "django", "check.py")], { cwd: root, advice: "The guard's checks failed; the end-to-end tests were not run." });
  }
  say("\nEnd to end: the built gateway on workerd, real origins, real clients\n");
  await converse(process.execPath, ["--test", `--test-timeout=${MILLISECONDS_A_FILE}`, ...files], { cwd: root, advice: "The end-to-end tests failed." });
  if (args.length === 0) {
    say("\nA soak: fifty agents, while everything fails that can\n");
    await converse(process.execPath, [inRoot("scripts", "soak.mjs"), "--minutes", String(SOAK_MINUTES)], { cwd: root, advice: "The soak found something." });
  }
}

/** The files of the suites that are named, or of all. */
async function suites(names) {
  const ending = ".test.mjs";
  const all = new Map();
  for (const [prefix, folder] of Object.entries(SUITES)) {
    const files = (await readdir(folder)).filter((file) => file.endsWith(ending));
    for (const file of files) all.set(`${prefix}${file.slice(0, -ending.length)}`, path.join(folder, file));
  }
  const unknown = names.find((name) => !all.has(name));
  if (unknown !== undefined) throw new Trouble(`There is no suite \`${unknown}\`; there are ${[...all.keys()].sort().join(", ")}.`);
  return names.length > 0 ? names.map((name) => all.get(name)) : [...all.values()];
}
