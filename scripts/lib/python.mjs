// The shop's Python: a virtual environment of its own, made once and again when its requirements change.

import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { shop } from "./paths.mjs";
import { run } from "./processes.mjs";
import { tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";

const environment = path.join(shop, ".venv");
const interpreter = path.join(environment, "bin", "python");
const requirements = path.join(shop, "requirements.txt");
const stamp = path.join(environment, "made-from");

const PIP = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input"];

/** The path of the environment's Python, which has Django, mcp-django, fastmcp and the `mcp` client. Makes it if it is not there. */
export async function python() {
  const wanted = createHash("sha256").update(await readFile(requirements)).digest("hex");
  const made = await readFile(stamp, "utf8").catch(() => "");
  if (made === wanted && (await answer(interpreter, "print('yes')")) === "yes") return interpreter;

  const found = await systemPython();
  tell("Python packages for the example shop (Django, mcp-django, fastmcp) go into examples/shop/.venv, nowhere else.");
  await rm(environment, { recursive: true, force: true });
  await run("making the virtual environment", found, ["-m", "venv", environment]);
  await run("installing the pinned packages (about half a minute)", interpreter, [...PIP, "-r", requirements], {
    advice: "The packages come from PyPI. Is this machine online, and does `pip` need a proxy or a certificate here?",
  });
  await writeFile(stamp, wanted);
  return interpreter;
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
