// The chunks of a stream, as they come.

/** The chunks of a body, with ticks where none comes for a while. One timer serves all waits. */
export class Chunks {
  #reader;
  #timer;
  #reading;
  #tick = () => {};

  /** @param {ReadableStream<Uint8Array>} body */
  constructor(body) {
    this.#reader = body.getReader();
  }

  /** Has a wait that lasts so many milliseconds from now end with a tick. @param {number} millis */
  tickAfter(millis) {
    this.#timer = setTimeout(() => this.#tick(), millis);
  }

  /** Has waits end with a tick now and then. @param {number} millis */
  tickEvery(millis) {
    clearTimeout(this.#timer);
    this.#timer = setInterval(() => this.#tick(), millis);
  }

  /**
   * What the stream gives next, or nothing at a tick. Fails if the stream breaks off.
   * @returns {Promise<{ done: boolean, value: Uint8Array } | undefined>}
   */
  next() {
    const reading = (this.#reading ??= this.#reader.read());
    return new Promise((resolve, reject) => {
      let ticked = false;
      this.#tick = () => {
        ticked = true;
        resolve(undefined);
      };
      reading.then((heard) => {
        // After a tick, the chunk is for whoever asks next.
        if (ticked) return;
        this.#reading = undefined;
        resolve(heard);
      }, reject);
    });
  }

  /** Nobody reads on: whoever writes is told so. */
  close() {
    clearInterval(this.#timer);
    this.#reader.cancel().catch(() => {});
  }
}

/** The parts, which have so many bytes in all, as one. @param {Uint8Array[]} parts @param {number} size */
export function joined(parts, size) {
  if (parts.length === 1) return parts[0];
  const all = new Uint8Array(size);
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.byteLength;
  }
  return all;
}
