// Numbers that follow from a seed. It is needed in workerd too, so it asks nothing of Node.

/** Gives, at each call, a number from 0 up to, and without, 1 (mulberry32). `seed` is a whole number. */
export function rolls(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
