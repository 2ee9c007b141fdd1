// The shop's Python: a virtual environment of its own, made once and again when its requirements change, with the guard in it.

import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { inRoot, shop } from "./paths.mjs";
import { run } from "./processes.mjs";
import { tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";

const environment = path.join(shop, ".venv");
const interpreter = path.join(environment, "bin", "python");
const requirements = path.join(shop, "requirements.txt");
const stamp = path.join(environment, "made-from");
/** The Python package that locks the shop to its gateway. It is installed from here, as a user would from PyPI. */
const guard = inRoot("integrations", "django");
const guardStamp = path.join(environment, "guard-made-from");

const PIP = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input"];

/** The path of the environment's Python, which has Django, mcp-django, fastmcp, the `mcp` client and the guard. Makes it if it is not there. */
export async function python() {
  await installRequirements();
  await installGuard();
  return interpreter;
}

async function installRequirements() {
  const wanted = createHash("sha256").update(await readFile(requirements)).digest("hex");
  const made = await readFile(stamp, "utf8").catch(() => "");
  if (made === wanted && (await answer(interpreter, "print('yes')")) === "yes") return;

  const found = await systemPython();
  tell("Python packages for the example shop (Django, mcp-django, fastmcp) go into examples/shop/.venv, nowhere else.");
  await rm(environment, { recursive: true, force: true });
  await run("making the virtual environment", found, ["-m", "venv", environment]);
  await run("installing the pinned packages (about half a minute)", interpreter, [...PIP, "-r", requirements], {
    advice: "The packages come from PyPI. Is this machine online, and does `pip` need a proxy or a certificate here?",
  });
  await writeFile(stamp, wanted);
}

async function installGuard() {
  const wanted = await guardsHash();
  if ((await readFile(guardStamp, "utf8").catch(() => "")) === wanted) return;
  // pip keeps what is there where the version is the same.
  const args = [...PIP, "--no-deps", "--force-reinstall", guard];
  await run("installing the guard, integrations/django", interpreter, args, {
    advice: "What it is built with, flit_core, comes from PyPI. Is this machine online?",
  });
  await writeFile(guardStamp, wanted);
}

/** Names what the guard is made of. */
async function guardsHash() {
  const modules = path.join(guard, "src", "tollgate_django");
  const names = (await readdir(modules)).filter((name) => name.endsWith(".py")).sort();
  const hash = createHash("sha256");
  for (const file of [path.join(guard, "pyproject.toml"), ...names.map((name) => path.join(modules, name))]) {
    hash.update(`${path.basename(file)}\n`).update(await readFile(file));
  }
  return hash.digest("hex");
}

/** A Python of 3.10 or newer that can make virtual environments. `PYTHON` names another one. */
export async function systemPython() {
  const names = process.env.PYTHON ? [process.env.PYTHON] : ["python3", "python", ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];
  const seen = [];
  for (const name of names) {
    const said = await answer(name, "import sys, importlib.util as u; print(*sys.version_info[:2], bool(u.find_spec('ensurepip')))");
    if (said === null) continue;
    const [major, minor, complete] = said.split(" ");
    const recent = Number(major) === 3 && Number(minor) >= 10;
    if (recent && complete === "True") return name;
    seen.push({ name, version: `${major}.${minor}`, recent });
  }
  const incomplete = seen.find(({ recent }) => recent);
  if (incomplete) {
    throw new Trouble(
      `Python ${incomplete.version} is here, but without the part that makes virtual environments. Get it: ` +
        `\`sudo apt-get install python${incomplete.version}-venv\`.`,
    );
  }
  const here = seen.map(({ name, version }) => `\`${name}\` is ${version}`).join(", ") || "there is none on the PATH";
  throw new Trouble(
    `Python 3.10 or newer is missing (${here}); the example shop runs on it. Get it: \`sudo apt-get install python3 python3-venv\`, ` +
      "`sudo dnf install python3`, `brew install python`, or https://www.python.org/downloads/. PYTHON=/path/to/python names one that is elsewhere.",
  );
}

const answer = (name, code) => run(null, name, ["-c", code]).then((said) => said.trim(), () => null);
