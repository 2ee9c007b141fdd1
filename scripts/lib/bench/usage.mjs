// What a process and all that it started have used of the machine, as the operating system counts it.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

/** How long each thread has run, the last time that we looked: one that has ended since still counts. */
export class Usage {
  #pid;
  #ran = new Map();

  constructor(pid) {
    this.#pid = pid;
  }

  /** CPU time so far, in microseconds. */
  cpu() {
    for (const pid of tree(this.#pid)) for (const [thread, micros] of threads(pid)) this.#ran.set(thread, micros);
    return [...this.#ran.values()].reduce((sum, micros) => sum + micros, 0);
  }

  /** Resident memory now, in bytes. */
  resident() {
    return tree(this.#pid).reduce((sum, pid) => sum + residentOf(pid), 0);
  }
}

/** Whether the system counts nanoseconds; `ps` counts hundredths of a second, or whole ones. */
export const countsFinely = read("/proc/self/schedstat") !== null;

function threads(pid) {
  if (!countsFinely) return [[`${pid}`, seconds(ps(pid, "cputime")) * 1e6]];
  return list(`/proc/${pid}/task`).flatMap((thread) => {
    const ran = read(`/proc/${pid}/task/${thread}/schedstat`)?.split(" ")[0];
    return ran === undefined ? [] : [[`${pid}/${thread}`, Number(ran) / 1000]];
  });
}

function residentOf(pid) {
  const status = read(`/proc/${pid}/status`);
  return 1024 * Number(status === null ? ps(pid, "rss") : (status.match(/^VmRSS:\s*(\d+)/m)?.[1] ?? 0));
}

/** The process and its descendants. */
function tree(root) {
  const parents = countsFinely ? parentsOfProc() : parentsOfPs();
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

function parentsOfProc() {
  return list("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    const stat = read(`/proc/${pid}/stat`);
    // The name, in parentheses, may hold anything.
    return stat === null ? [] : [[Number(pid), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
  });
}

function parentsOfPs() {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/).map(Number));
}

const ps = (pid, field) => execFileSync("ps", ["-p", String(pid), "-o", `${field}=`], { encoding: "utf8" }).trim();

/** `[[DD-]hh:]mm:ss[.cc]` */
function seconds(time) {
  const [days, clock] = time.includes("-") ? time.split("-") : ["0", time];
  return clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

/** A file's text, or null: what a process has may be gone with it. */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
