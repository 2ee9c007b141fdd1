// Chance that follows from a seed: whoever begins with the same seed and the same name throws the same numbers.
import { rolls } from "../e2e/support/faults-rolls.mjs";

export class Dice {
  #roll;

  constructor(seed, name = "") {
    // FNV-1a over both, so that neighbouring seeds and names have nothing in common.
    let state = 0x811c9dc5;
    for (const byte of Buffer.from(`${seed}/${name}`)) state = Math.imul(state ^ byte, 0x01000193);
    this.#roll = rolls(state);
  }

  /** Whether something of this probability happens. */
  happens(chance) {
    return this.#roll() < chance;
  }

  /** A whole number, both ends included. */
  between(low, high) {
    return low + Math.floor(this.#roll() * (high - low + 1));
  }

  pick(list) {
    return list[this.between(0, list.length - 1)];
  }

  /** One of the values of `[[weight, value], …]`. */
  weighed(choices) {
    let left = this.#roll() * choices.reduce((sum, [weight]) => sum + weight, 0);
    return choices.find(([weight]) => (left -= weight) < 0)[1];
  }
}
