// Answers of the fixture origin, chunk by chunk, with all that may go wrong on the way.

/** A chunk that never comes: the answer stays open until somebody else ends it. */
export const HANG = Symbol("hang");
/** The connection breaks here. */
export const DIE = Symbol("die");

/** One message as one event, spelled as mcp-django spells it. */
export function event(message) {
  return `event: message\r\ndata: ${typeof message === "string" ? message : JSON.stringify(message)}\r\n\r\n`;
}

/** An answer of which not even the head comes. */
export const SILENCE = () => new Promise(() => {});

/** A chunk that is many, each written when the one before it has been taken. `taken` counts the bytes. */
export function flood(part, times = Infinity) {
  const size = Buffer.byteLength(part);
  return {
    taken: 0,
    *[Symbol.iterator]() {
      for (let n = 0; n < times; n += 1) {
        yield part;
        this.taken += size;
      }
    },
  };
}

/** An answer that is a stream: chunks are strings, Buffers, milliseconds to wait, promises to wait for, floods, HANG or DIE. */
export function sse(chunks, { status = 200, headers = {} } = {}) {
  return { status, headers: { "content-type": "text/event-stream", ...headers }, chunks: [chunks].flat() };
}

/** An answer that is one JSON text; a string is sent as it stands. */
export function json(body, { status = 200, headers = {} } = {}) {
  const text = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return { status, headers: { "content-type": "application/json", ...headers }, chunks: [text] };
}

export async function writeAnswer(response, { status, headers, chunks }) {
  response.writeHead(status, headers);
  response.flushHeaders();
  for (const chunk of chunks) {
    if (response.destroyed) return;
    if (chunk === HANG) return;
    if (chunk === DIE) {
      // Only when what was said before is on the wire does a break in the middle test anything.
      await new Promise((sent) => setTimeout(sent, 50));
      response.destroy();
      return;
    }
    if (typeof chunk === "number") await new Promise((done) => setTimeout(done, chunk));
    else if (chunk instanceof Promise) await chunk;
    else if (typeof chunk === "string" || Buffer.isBuffer(chunk)) response.write(chunk);
    else await pour(response, chunk);
  }
  response.end();
}

/** Writes no faster than the other side reads, and no more once it is gone. */
async function pour(response, parts) {
  for (const part of parts) {
    if (response.destroyed) return;
    if (response.write(part)) continue;
    await new Promise((done) => {
      const go = () => done(response.off("drain", go).off("close", go));
      response.on("drain", go).on("close", go);
    });
  }
}
