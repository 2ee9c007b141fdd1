// The lives of the gateway under soak: from when to when it was there. A request that was under way when one ended may break off.
import { gate } from "../e2e/support/patience.mjs";

export class Lives {
  /** Each `{ from, until }`; `until` is the instant before the kill. */
  all = [];
  #gate = gate();

  begun() {
    this.all.push({ from: Date.now(), until: Infinity });
    this.#gate.open();
  }

  ends() {
    this.all.at(-1).until = Date.now();
    this.#gate = gate();
  }

  /** How often it was killed. */
  get kills() {
    return this.all.filter(({ until }) => until < Infinity).length;
  }

  get isUp() {
    return this.all.at(-1)?.until === Infinity;
  }

  /** Resolves when it is there. */
  get up() {
    return this.#gate.opened;
  }

  /** Whether it was all there, from then to then. */
  whole(from, until) {
    return this.all.some((life) => life.from <= from && until < life.until);
  }

  /** The life in which an instant lies, or after which: what came of it came in that one. */
  at(instant) {
    return this.all.findLast(({ from }) => from <= instant);
  }
}
