// Chance that can be repeated: one seed for the run, and one stream of numbers for each message of it.

/** The seed that runs where nobody names one: what was green stays green until something has changed. */
const USUAL = "20261122";
const named = process.env.DIFFERENTIAL_SEED ?? USUAL;
/** The seed of this run: DIFFERENTIAL_SEED, which may be `new` for one that nobody has tried. */
export const SEED = named === "new" ? Date.now() % 1_000_000_000 : Number(named);

/** The chance of the message with that number. */
export function chanceOf(number) {
  let state = (Math.imul(SEED, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0;
  // Mulberry32: small, and good enough to choose by.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end) => Math.floor(next() * end);
  return {
    below,
    pick: (list) => list[below(list.length)],
    odds: (probability) => next() < probability,
  };
}
