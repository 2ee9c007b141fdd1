// A gateway in a process of its own, as `npm run dev` runs it, that keeps its state on disk and can be killed.
// The test harness keeps nothing, and reaches origins through Node; this one keeps all, and workerd reaches them itself.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { freePort, LOOPBACK } from "../../../scripts/lib/ports.mjs";
import { wrapInto } from "./faults.mjs";
import { ADMIN_TOKEN, Gateway, SEAL_KEY } from "./gateway.mjs";

/** How much is kept of what it says while it fails on purpose. */
const KEPT = 64 * 1024;
const SCRIPT = fileURLToPath(new URL("lasting-process.mjs", import.meta.url));

/**
 * A place where a gateway runs, is ended, and runs again, at one address, with one state.
 * `vars`: variables and secrets over the usual ones; `shield`: how many unknown grants an address may show in a minute;
 * `faults`: on a platform that can be made to fail, and fails no more after each start.
 */
export async function lastingGateway({ vars = {}, shield, faults = false } = {}) {
  const home = await mkdtemp(path.join(tmpdir(), "tollgate-e2e-"));
  await furnish(home, { shield, faults });
  const port = await freePort(0, { name: "the gateway", variable: "PORT" });
  const lasting = new LastingGateway(home, port, { quiet: faults });
  await lasting.set(vars);
  await lasting.start();
  return lasting;
}

/** What the scripts need to run a gateway, with a wrangler.toml and a .dev.vars that are this gateway's alone. */
async function furnish(home, { shield, faults }) {
  await cp(inRoot("scripts"), path.join(home, "scripts"), { recursive: true });
  for (const name of faults ? ["node_modules"] : ["build", "node_modules"]) await symlink(inRoot(name), path.join(home, name));
  if (faults) await mkdir(path.join(home, "build")).then(() => wrapInto(path.join(home, "build")));
  const config = await readFile(inRoot("wrangler.toml"), "utf8");
  const shielded = shield === undefined ? config : config.replace(/(?<=simple = { limit = )\d+/, String(shield));
  if (shield !== undefined && shielded === config) throw new Error("wrangler.toml says nothing of the shield's limit");
  await writeFile(path.join(home, "wrangler.toml"), shielded);
}

class LastingGateway extends Gateway {
  #home;
  #port;
  #process;
  #quiet;
  /** What the Worker has written to its log, in all its lives. */
  logged = "";
  /** What it has written there as errors. Where it is quiet, since it fails on purpose all the time: the end of that, of this life. */
  complained = "";

  constructor(home, port, { quiet }) {
    super(`http://${LOOPBACK}:${port}`, { stop: () => this.#stop() });
    this.#home = home;
    this.#port = port;
    this.#quiet = quiet;
  }

  /** The process that started workerd, in this life. */
  get pid() {
    return this.#process.pid;
  }

  get #state() {
    return path.join(this.#home, "state");
  }

  /** The variables and secrets from the next start on. */
  async set(vars) {
    const lines = Object.entries({ SEAL_KEY, ...vars }).map(([name, value]) => `${name}="${value}"\n`);
    await writeFile(path.join(this.#home, ".dev.vars"), lines.join(""));
  }

  async start() {
    const told = JSON.stringify({ home: this.#home, state: this.#state, port: this.#port, adminToken: ADMIN_TOKEN });
    // A process group of its own: killing the parent alone would leave workerd alive, and nothing would have been tested.
    this.#process = spawn(process.execPath, [SCRIPT, told], { stdio: ["pipe", "pipe", "pipe"], detached: true });
    this.#process.stdout.setEncoding("utf8").on("data", (text) => (this.logged += text));
    if (this.#quiet) this.complained = "";
    this.#process.stderr.setEncoding("utf8").on("data", (text) => {
      this.complained += text;
      if (this.#quiet) this.complained = this.complained.slice(-KEPT);
      else process.stderr.write(text);
    });
    const ended = once(this.#process, "exit").then(([code]) => Promise.reject(new Error(`the gateway ended with ${code}\n${this.#quiet ? this.complained : ""}`)));
    await Promise.race([once(this.#process.stdout, "data"), ended]);
    ended.catch(() => {});
  }

  /** Ends the process and the runtime with that signal: SIGTERM as Ctrl-C would, SIGKILL as a power cut would. */
  async end(signal) {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    process.kill(-child.pid, signal);
    await gone;
  }

  /** While the gateway is down: runs one statement on the database of each object of a class; there must be as many. */
  async onDisk(className, statements) {
    const databases = await this.#databases(className);
    if (databases.length !== statements.length) throw new Error(`${databases.length} databases for ${statements.length} statements`);
    for (const [n, database] of databases.entries()) {
      database.exec(statements[n]);
      database.close();
    }
  }

  /** While the gateway is down: the rows of a query on the one database of a class. */
  async rowsOnDisk(className, query) {
    const databases = await this.#databases(className);
    if (databases.length !== 1) throw new Error(`${databases.length} databases, where one is looked into`);
    const rows = databases[0].prepare(query).all();
    databases[0].close();
    // node:sqlite's rows have no prototype.
    return rows.map((row) => ({ ...row }));
  }

  /** While the gateway is down: the rows of a query on each database of a class. */
  async everyRowOnDisk(className, query) {
    return (await this.#databases(className)).map((database) => {
      const rows = database.prepare(query).all();
      database.close();
      return rows;
    });
  }

  async #databases(className) {
    const folder = path.join(this.#state, "v3", "do", `tollgate-${className}`);
    const files = (await readdir(folder)).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
    return files.map((file) => new DatabaseSync(path.join(folder, file)));
  }

  async #stop() {
    await this.end("SIGKILL");
    await rm(this.#home, { recursive: true, force: true });
  }
}
