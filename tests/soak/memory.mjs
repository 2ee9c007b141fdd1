// The memory of workerd, life by life, and what it holds open.
import { execFileSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { median, slope } from "../../scripts/lib/bench/statistics.mjs";

/**
 * Seconds that the second half of a life has to last to say that memory is flat. Before that, caches fill, of which each
 * ledger's database has one, code is compiled, and the collector finds its pace.
 */
const LONG_ENOUGH = 120;
/** How much more it may be at the end of that half than at its beginning: so large a part, or so many bytes if that is more. */
const GROWTH = { part: 0.15, bytes: 32 * 1024 * 1024 };
/** And what it may never be. Nothing here bounds a heap as the platform does, so the collector lets rubbish lie for long. */
const MOST = 1024 * 1024 * 1024;

export class Memory {
  /** Of each life: `[{ seconds, bytes }]`. */
  lives = [];
  #gateway;
  #lives;

  constructor({ gateway, lives }) {
    this.#gateway = gateway;
    this.#lives = lives;
  }

  sample() {
    if (!this.#lives.isUp) return;
    const workerd = this.#workerd();
    if (workerd === undefined) return;
    const number = this.#lives.all.length;
    const life = (this.lives[number] ??= []);
    life.push({ seconds: (Date.now() - this.#lives.all.at(-1).from) / 1000, bytes: workerd.bytes });
  }

  /** The newest sample, in bytes. */
  get now() {
    return this.lives.at(-1)?.at(-1).bytes ?? 0;
  }

  /**
   * The second half of the longest life: `{ seconds, begin, end, perMinute, most, findings }`, in bytes; the beginning and the end
   * are medians of a tenth of it each, the growth is that of the line that fits best, `most` is of all lives.
   */
  flatness() {
    const longest = Object.values(this.lives).toSorted((one, other) => other.length - one.length)[0];
    const half = longest.slice(longest.length / 2);
    const seconds = half.at(-1).seconds - half[0].seconds;
    const tenth = Math.ceil(half.length / 10);
    const middle = (part) => median(part.map(({ bytes }) => bytes));
    const [begin, end] = [middle(half.slice(0, tenth)), middle(half.slice(-tenth))];
    const perMinute = slope(half.map(({ seconds, bytes }) => [seconds / 60, bytes]));
    const most = Math.max(...Object.values(this.lives).flat().map(({ bytes }) => bytes));
    const isLong = seconds >= LONG_ENOUGH;
    const findings = [];
    if (isLong && end - begin > Math.max(GROWTH.bytes, GROWTH.part * begin)) {
      findings.push(`memory grew from ${begin} to ${end} bytes in the ${seconds} s of the second half of a life`);
    }
    if (most > MOST) findings.push(`workerd had ${most} bytes, of ${MOST} that it may have`);
    return { seconds, isLong, begin, end, perMinute, most, findings };
  }

  /** Sockets that workerd holds, where the system says so. */
  sockets() {
    const pid = this.#workerd()?.pid;
    try {
      return readdirSync(`/proc/${pid}/fd`).filter((fd) => linkOf(`/proc/${pid}/fd/${fd}`).startsWith("socket:")).length;
    } catch {
      return undefined;
    }
  }

  #workerd() {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss=,comm="], { encoding: "utf8" }).trim().split("\n");
    const processes = lines.map((line) => line.trim().split(/\s+/));
    const found = processes.find(([, parent, , name]) => Number(parent) === this.#gateway.pid && name.includes("workerd"));
    return found === undefined ? undefined : { pid: Number(found[0]), bytes: Number(found[2]) * 1024 };
  }
}

function linkOf(file) {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
