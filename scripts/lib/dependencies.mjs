// What `npm run check-dependencies` does.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { wrongWithCrates } from "./dependencies/crates.mjs";
import { Licences } from "./dependencies/licences.mjs";
import { wrongWithNpm } from "./dependencies/npm.mjs";
import { wrongWithPython } from "./dependencies/python.mjs";
import { inRoot, root } from "./paths.mjs";
import { run } from "./processes.mjs";
import { tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";

/** Where there is a Cargo.lock. */
const CRATES = [".", "tests/fuzz", "tests/bench/native", "tests/clients/rust"];
/** Where there is a package-lock.json. */
const NPM = [".", "tests/peers"];
const PYTHON = ["examples/shop/requirements.txt"];

export async function main(args) {
  if (args.length > 0) throw new Trouble(`npm run check-dependencies takes no arguments (\`${args[0]}\`).`);
  const licences = Licences.read(await text("deny.toml"));
  const looks = [...CRATES.map((folder) => crates(folder, licences)), ...NPM.map((folder) => npm(folder, licences)), ...PYTHON.map(python)];
  const checked = await Promise.all(looks);
  for (const { file, count } of checked) tell(`  ✓ ${file}: ${count} packages looked at`);
  const wrong = [...checked.flatMap(({ file, wrong: found }) => found.map((what) => `${file}: ${what}`)), ...licences.unused()];
  if (wrong.length > 0) throw new Trouble(wrong.join("\n"));
}

async function crates(folder, licences) {
  const file = path.posix.join(folder, "Cargo.lock");
  const advice = `${file} and its Cargo.toml do not go together, or a crate is neither here nor to be had.`;
  const metadata = JSON.parse(await run(null, "cargo", ["metadata", "--locked", "--format-version", "1"], { cwd: inRoot(folder), advice }));
  return { file, count: metadata.packages.length, wrong: wrongWithCrates(await text(file), metadata, licences, root) };
}

async function npm(folder, licences) {
  const file = path.posix.join(folder, "package-lock.json");
  const lock = JSON.parse(await text(file));
  const wanted = JSON.parse(await text(path.posix.join(folder, "package.json")));
  return { file, count: Object.keys(lock.packages).length, wrong: wrongWithNpm(lock, wanted, licences) };
}

async function python(file) {
  const lines = await text(file);
  return { file, count: lines.match(/^\w/gm)?.length ?? 0, wrong: wrongWithPython(lines) };
}

const text = (file) => readFile(inRoot(file), "utf8");
