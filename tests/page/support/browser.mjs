// A real Chromium, steered from outside: the one that CHROME names, or else the one of the npm package, which wants no root.
import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { peers } from "../../../scripts/lib/paths.mjs";

const require = createRequire(path.join(peers, "package.json"));
const { chromium } = require("playwright-core");
const run = promisify(execFile);
const there = (file) => access(file).then(() => true, () => false);

/**
 * Starts a browser; whoever starts it closes it. Of its own protections nothing is switched off but the sandbox of its processes,
 * which not every machine can give, and which only this repository's pages would be shut in.
 */
export async function startBrowser() {
  const { executablePath, env } = await executable();
  return chromium.launch({ executablePath, env: { ...process.env, ...env } });
}

async function executable() {
  if (process.env.CHROME) return { executablePath: process.env.CHROME, env: {} };
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("the browser that npm installs runs on Linux, x64: install Chromium or Chrome, and say where by CHROME=/path/to/it");
  }
  const folder = await unpacked();
  const executablePath = path.join(folder, "chromium");
  const env = { FONTCONFIG_FILE: path.join(folder, "fonts.conf") };
  if (await starts(executablePath)) return { executablePath, env };
  // A machine on which no program for a desktop was ever installed: the libraries come in the package too.
  const libraries = { LD_LIBRARY_PATH: path.join(folder, "al2023", "lib") };
  return { executablePath, env: { ...env, ...libraries } };
}

const starts = (executablePath) => run(executablePath, ["--version"]).then(() => true, () => false);

/** The package unpacks itself to fixed names in the folder for temporary files, where somebody else's could stand. Ours is beside it. */
async function unpacked() {
  const entry = require.resolve("@sparticuz/chromium");
  const { version } = require(path.join(path.dirname(entry), "..", "package.json"));
  const cache = path.join(peers, "node_modules", ".cache");
  const folder = path.join(cache, `chromium-${version}`);
  if (await there(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(path.join(cache, "unpacking-"));
  const script = `
    const { inflate } = await import(${JSON.stringify(pathToFileURL(entry).href)});
    for (const name of ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"]) await inflate(process.argv[1] + name);`;
  const packed = path.join(path.dirname(entry), "..", "bin", path.sep);
  await run(process.execPath, ["--input-type=module", "--eval", script, packed], { env: { ...process.env, TMPDIR: making } });
  await writeFile(path.join(making, "fonts.conf"), fonts(path.join(folder, "fonts")));
  // Another suite may have been first; theirs is as good.
  await rename(making, folder).catch(async (error) => {
    await rm(making, { recursive: true, force: true });
    if (!(await there(folder))) throw error;
  });
  return folder;
}

/** The fonts of the machine and, so that there is one, those of the package. */
const fonts = (folder) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}</dir>
</fontconfig>
`;
