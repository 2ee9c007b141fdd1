// One run of an official suite against one URL, and what it has written down of each scenario.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { peers } from "../../../scripts/lib/paths.mjs";
import { Trouble } from "../../../scripts/lib/trouble.mjs";

/** The suites, by the name under which their scenarios are pinned and shown. */
export const SUITES = {
  "0.1, all": { alias: "conformance-0.1", selection: ["--suite", "all"] },
  "0.2, 2025-11-25": { alias: "conformance-0.2", selection: ["--requirements", "2025-11-25"] },
  "0.2, 2026-07-28": { alias: "conformance-0.2", selection: ["--requirements", "2026-07-28"] },
};
const LONGEST_MS = 90_000;
/** What a suite ends with, whether or not all is well; everything else is a crash. */
const STATUSES = [0, 1];
const SAID = 4000;

/** The exact version of the package that a suite is in. */
export async function versionOf({ alias }) {
  return JSON.parse(await readFile(path.join(peers, "node_modules", alias, "package.json"), "utf8")).version;
}

/**
 * Runs a suite. `selection` says which scenarios, in the words of its command line.
 * @returns {Promise<Map<string, object[]>>} the checks of each scenario, as the suite has written them to its checks.json
 */
export async function runSuite({ alias, selection }, url) {
  const results = await mkdtemp(path.join(tmpdir(), "tollgate-conformance-"));
  try {
    const script = path.join(peers, "node_modules", alias, "dist", "index.js");
    const { status, said } = await ended([script, "server", "--url", url, ...selection, "-o", results]);
    const command = `\`${alias} server ${selection.join(" ")}\` against ${url}`;
    if (!STATUSES.includes(status)) throw new Trouble(`${said}\n${command} broke off: it ended with ${status}.`);
    const folders = await readdir(results);
    if (folders.length === 0) throw new Trouble(`${said}\n${command} ran no scenario.`);
    return new Map(await Promise.all(folders.sort().map((folder) => scenario(results, folder))));
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}

/** A suite makes a folder for each scenario, of its name and the time. */
async function scenario(results, folder) {
  const name = folder.match(/^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/)?.[1];
  if (name === undefined) throw new Trouble(`The suite's folder ${folder} is not named as a scenario's is: has another version another layout?`);
  const text = await readFile(path.join(results, folder, "checks.json"), "utf8").catch((error) => {
    throw new Trouble(`The suite has written no result of the scenario ${name}: ${error.message}`);
  });
  const checks = JSON.parse(text);
  if (!Array.isArray(checks)) throw new Trouble(`The result of the scenario ${name} is no list of checks.`);
  return [name, checks];
}

function ended(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], timeout: LONGEST_MS, killSignal: "SIGKILL" });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said = (said + text).slice(-SAID)));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ status: code ?? `${signal}, after ${LONGEST_MS} ms at most`, said }));
  });
}
