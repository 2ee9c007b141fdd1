// Tokens of nobody.
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** One of the right form, one of another, or null for none. */
export function randomTokenOf(dice) {
  const text = Array.from({ length: 43 }, () => dice.pick(ALPHABET)).join("");
  return dice.pick([`tg_${text}`, text, null]);
}
