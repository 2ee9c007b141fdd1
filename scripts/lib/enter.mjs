// The door of every script: a bare clone goes in, and the script runs with the packages installed and under Node 24,
// which wrangler needs and the machine may not have.

import { spawn } from "node:child_process";
import { realpath } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { atEnd, heedSignals, isLeaving, leave } from "./leave.mjs";
import { installPackages } from "./packages.mjs";
import { npmBinary } from "./paths.mjs";
import { say, tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";

const OLDEST_NODE = 18;

/**
 * @param {string} script the entry script's `import.meta.url`
 * @param {string} usage what `--help` prints
 * @param {() => Promise<{main: (args: string[]) => Promise<void>}>} load the module that does the work; its imports may need the packages
 */
export async function enter(script, usage, load) {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) return say(usage.trim());
  Object.assign(process.env, QUIET);
  heedSignals();
  endWithParent();
  try {
    if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
      throw new Trouble(`Node ${OLDEST_NODE} or newer is needed to begin; this is ${process.version}. Get it: https://nodejs.org/en/download`);
    }
    await installPackages();
    const node = await realpath(npmBinary("node"));
    if (process.execPath !== node) return await become(node, [fileURLToPath(script), ...args]);
    await (await load()).main(args);
    await leave(process.exitCode ?? 0);
  } catch (error) {
    if (!isLeaving()) tell(sentence(error, usage));
    await leave(1);
  }
}

/** Runs the same script under another Node, passes signals on to it, and ends as it ends. */
async function become(node, args) {
  const child = spawn(node, args, {
    stdio: "inherit",
    // What scripts call `node` from here on (wrangler, wasm-opt) is this one too.
    env: { ...process.env, [PARENT_WAITS]: "yes", PATH: [path.dirname(npmBinary("node")), process.env.PATH].join(path.delimiter) },
  });
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) {
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill(signal));
  }
  atEnd(() => child.kill("SIGTERM"));
  const [status, signal] = await new Promise((resolve) => child.on("exit", (...how) => resolve(how)));
  if (signal) tell(`Ended by ${signal}.`);
  process.exit(status ?? 1);
}

const PARENT_WAITS = "TOLLGATE_PARENT_WAITS";

/**
 * Where npm, or this script under another Node, only waits for us, we end when it is gone: killed, it does not pass that on.
 * Started by hand, perhaps to outlive its shell, a script stays.
 */
function endWithParent() {
  if (!process.env.npm_lifecycle_event && !process.env[PARENT_WAITS]) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && leave(143), 500).unref();
}

/** No usage figures are sent, and nothing is fetched about where this machine is. */
const QUIET = { WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CLOUDFLARE_CF_FETCH_ENABLED: "false" };

function sentence(error, usage) {
  if (error instanceof Trouble) return `\n${error.message}`;
  if (error.code?.startsWith("ERR_PARSE_ARGS_")) return `\n${error.message}\n\n${usage.trim()}`;
  return `\nThis should not happen; please report it.\n${error.stack}`;
}
