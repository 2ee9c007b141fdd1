// Waiting, but not for ever.

/**
 * What a promise comes to, or something else if that takes too long.
 * @template T, O
 * @param {number} patience milliseconds
 * @param {O} otherwise
 * @param {Promise<T>} promise
 * @param {() => void} late is called if it takes too long
 * @returns {Promise<T | O>}
 */
export function within(patience, otherwise, promise, late = () => {}) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(otherwise);
      late();
    }, patience);
    const ending = (settle) => (outcome) => {
      clearTimeout(timer);
      settle(outcome);
    };
    promise.then(ending(resolve), ending(reject));
  });
}

/** Waits. @param {number} millis */
export const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
