// The memory of workerd, life by life, and what it holds open.
import { execFileSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { quantile, slope } from "../../scripts/lib/bench/statistics.mjs";

/** Seconds of a life in which caches fill, code is compiled and the collector finds its pace. */
const WARM_UP = 30;
/** Shorter than that, the steady part says nothing. */
const STEADY = 30;

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
   * The longest life, after its warm-up: the memory at its beginning and its end (medians of a tenth of it each), and how much it
   * grows in a minute, by the line that fits best. Nothing if it was not long enough.
   */
  steady() {
    const longest = this.lives.flat().length === 0 ? [] : Object.values(this.lives).toSorted((one, other) => other.length - one.length)[0];
    const samples = longest.filter(({ seconds }) => seconds >= WARM_UP);
    const lasted = samples.length === 0 ? 0 : samples.at(-1).seconds - samples[0].seconds;
    if (lasted < STEADY) return undefined;
    const tenth = Math.ceil(samples.length / 10);
    const middle = (part) => quantile(part.map(({ bytes }) => bytes), 0.5);
    const [begin, end] = [middle(samples.slice(0, tenth)), middle(samples.slice(-tenth))];
    const perMinute = slope(samples.map(({ seconds, bytes }) => [seconds / 60, bytes]));
    return { lasted, begin, end, perMinute, most: Math.max(...samples.map(({ bytes }) => bytes)) };
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
