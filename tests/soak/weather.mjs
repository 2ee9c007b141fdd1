// The weather of a soak: the runtime is killed, stores fail at random, the origin restarts and is deaf. All by the dice.
import { pause } from "../e2e/support/patience.mjs";

/** What always may happen, each time that a store is asked. */
const ALWAYS = [
  ["CONFIG", "unreachable", 0.02],
  ["LEDGER", "slow", 0.03, 400],
  ["LEDGER", "loses", 0.02],
  ["LEDGER", "unreachable", 0.01],
  ["LEDGER", "overloaded", 0.01],
  ["HEAD", "slow", 0.04, 400],
  ["HEAD", "loses", 0.02],
  ["HEAD", "unreachable", 0.02],
];

/** What at times happens to all of a store, for some seconds. */
const STORMS = [
  ["CONFIG", "unreachable"],
  ["LEDGER", "unreachable"],
  ["LEDGER", "overloaded"],
  ["LEDGER", "loses"],
  ["LEDGER", "slow", 1500],
  ["HEAD", "unreachable"],
  ["HEAD", "slow", 1000],
];

export class Weather {
  /** How often each fault was met, in all lives; what was met in the last instant before a kill is not counted. */
  injected = new Map();
  #gateway;
  #lives;
  #dice;
  #begun = [];

  constructor({ gateway, lives, dice }) {
    this.#gateway = gateway;
    this.#lives = lives;
    this.#dice = dice;
  }

  /** Begins what always may happen: after each start, since a runtime that was killed has forgotten it. */
  async begin() {
    for (const [store, fault, chance, ms] of ALWAYS) {
      const seed = this.#dice.between(0, 2 ** 31 - 1);
      this.#begun.push(await this.#gateway.faults.begin(store, "*", fault, { chance, seed, ms }));
    }
  }

  /** Kills until then, and lets live from then on. */
  async kill(until) {
    for (;;) {
      await pause(Math.max(0, Math.min(this.#dice.between(6000, 25_000), until - Date.now())));
      if (Date.now() >= until) return;
      await this.#count();
      this.#lives.ends();
      await this.#gateway.end("SIGKILL");
      this.#begun = [];
      await pause(this.#dice.between(0, 600));
      await this.#gateway.start();
      this.#lives.begun();
      await this.begin();
    }
  }

  async storm(until) {
    while (Date.now() < until) {
      await pause(this.#dice.between(6000, 16_000));
      const [store, fault, ms] = this.#dice.pick(STORMS);
      // It may be down just now: then there is a storm less.
      const storm = await this.#gateway.faults.begin(store, "*", fault, { ms }).catch(() => undefined);
      await pause(this.#dice.between(300, 4000));
      await storm?.end().catch(() => {});
    }
  }

  async trouble(origin, until) {
    while (Date.now() < until) {
      await pause(this.#dice.between(5000, 15_000));
      if (this.#dice.happens(0.5)) await origin.restart(this.#dice.between(0, 2000));
      else await origin.deafen(this.#dice.between(500, 4000));
    }
  }

  /** Nothing fails any more. */
  async clear() {
    await this.#count();
    for (const fault of this.#begun) await fault.end();
  }

  async #count() {
    const injected = await this.#gateway.faults.injected();
    for (const [what, times] of Object.entries(injected)) this.injected.set(what, (this.injected.get(what) ?? 0) + times);
  }
}
