// Cloudflare's own command line, at the version that the lock file names.

import { inRoot, root } from "./paths.mjs";
import { converse, run } from "./processes.mjs";

const WRANGLER = inRoot("node_modules", "wrangler", "bin", "wrangler.js");

/** Runs a wrangler command and gives what it printed. */
export const wrangler = (doing, args, options) => run(doing, process.execPath, [WRANGLER, ...args], { cwd: root, env: { NO_COLOR: "1" }, ...options });

/** Runs a wrangler command that the person at the terminal sees, and may have to answer. */
export const wranglerOnTerminal = (args, options) => converse(process.execPath, [WRANGLER, ...args], { cwd: root, ...options });
