// Processes that we start: commands that end by themselves, and servers that we end, with all that they started.

import { spawn } from "node:child_process";
import { atEnd } from "./leave.mjs";
import { progress } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";

/** How much of a process's own words is kept, to be shown if it fails. */
const KEPT = 64 * 1024;

/**
 * Runs a command to its end.
 * @param {string | null} doing what is shown while it lasts, with the command's newest line; null shows nothing
 * @param {{cwd?: string, env?: object, advice?: string}} [options] `advice` is said if it fails
 * @returns {Promise<string>} what it wrote to standard output
 */
export async function run(doing, command, args, { cwd, env, advice = "" } = {}) {
  const shown = doing === null ? null : progress(doing);
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = closed(child);
  const stop = atEnd(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  let result = "";
  let said = "";
  const hear = (chunk) => {
    said = (said + chunk).slice(-KEPT);
    shown?.note(chunk);
  };
  child.stdout.on("data", (chunk) => {
    result += chunk;
    hear(chunk);
  });
  child.stderr.on("data", hear);
  const why = await ended;
  await stop();
  if (why === null) {
    shown?.done();
    return result;
  }
  shown?.failed();
  throw new Trouble([gist(said), `\`${[command, ...args].join(" ")}\` ${why}.`, advice].filter(Boolean).join("\n"));
}

/** Runs a command that talks to the terminal itself. */
export async function converse(command, args, { cwd, env, advice = "" } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" });
  const ended = closed(child);
  const stop = atEnd(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const why = await ended;
  await stop();
  if (why !== null) throw new Trouble([`\`${[command, ...args].join(" ")}\` ${why}.`, advice].filter(Boolean).join("\n"));
}

/**
 * Starts a server in a process group of its own and waits until `ready` finds what it looks for in the server's words.
 * @returns {Promise<{pid: number, found: any, ended: Promise<string>, stop: () => Promise<void>}>}
 */
export async function serve(name, command, args, { cwd, env, ready, seconds = 60 }) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const killAtExit = () => signalGroup(child, "SIGKILL");
  process.on("exit", killAtExit);
  let said = "";
  const ended = closed(child).then((why) => why ?? "ended");
  const stop = atEnd(async () => {
    signalGroup(child, "SIGTERM");
    const late = setTimeout(() => signalGroup(child, "SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
    // The leader has gone; whatever it started and left behind goes now.
    signalGroup(child, "SIGKILL");
    process.off("exit", killAtExit);
  });
  const found = await new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ why: `was not ready after ${seconds} seconds` }), seconds * 1000);
    const hear = (chunk) => {
      said = (said + chunk).slice(-KEPT);
      const match = ready(said);
      if (match) settle({ match });
    };
    const settle = (outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    ended.then((why) => settle({ why }));
  });
  if (found.match) return { pid: child.pid, found: found.match, ended, stop };
  await stop();
  throw new Trouble([gist(said), `${name} did not start: it ${found.why}.`].filter(Boolean).join("\n"));
}

/** What a command said, as a terminal would show it: what a progress bar wrote over is left out, and the middle if it is long. */
function gist(said) {
  const lines = said.trim().split("\n").map((line) => line.split("\r").at(-1));
  return (lines.length <= 90 ? lines : [...lines.slice(0, 20), "  …", ...lines.slice(-60)]).join("\n");
}

/** Resolves when a child is gone: to null if all went well, else to how it went. */
function closed(child) {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(`could not be run (${error.message})`));
    child.on("close", (code, signal) => resolve(code === 0 ? null : `ended with ${signal ?? `status ${code}`}`));
  });
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
