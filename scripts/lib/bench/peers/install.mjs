// Where the peers are installed: each in a folder of its own, and nothing of them anywhere else.

import { access } from "node:fs/promises";
import path from "node:path";
import { inRoot } from "../../paths.mjs";
import { run } from "../../processes.mjs";
import { systemPython } from "../../python.mjs";

const home = (...parts) => inRoot("target", "bench", "peers", ...parts);
const exists = (file) => access(file).then(() => true, () => false);

/** Installs a Python package with its version; gives the path of one of its environment's programs by name. */
export async function fromPyPI(name, requirement) {
  const program = (binary) => home(name, "bin", binary);
  if (!(await exists(program("python")))) await run(`making an environment for ${name}`, await systemPython(), ["-m", "venv", home(name)]);
  await run(`installing ${requirement}`, program("python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", requirement]);
  return program;
}

/** The same for npm packages. */
export async function fromNpm(name, packages) {
  await run(`installing ${packages.join(", ")}`, "npm", ["install", "--prefix", home(name), "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", ...packages]);
  return (binary) => path.join(home(name), "node_modules", ".bin", binary);
}
