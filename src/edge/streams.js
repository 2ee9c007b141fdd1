// Streams on their way from an origin to an agent.

import { Chunks, joined } from "./chunks.js";
import { kept } from "./fields.js";

/**
 * What a stream becomes on its way: bytes for the agent, piece by piece; no bytes are nothing to send.
 * @typedef {{ push(chunk: Uint8Array): Uint8Array, tick(): Uint8Array, broken(why: string): Uint8Array, end(): Uint8Array,
 *   ended: boolean, every: number, free(): void }} Flow
 */

/**
 * Milliseconds for which the head of a stream waits for the first events: where they are the whole answer, as most are, it
 * goes out in one piece, which costs half of what a stream costs. No event ever waits for another.
 */
const PROMPT = 10;

/**
 * A response whose body is what `flow` makes of the origin's stream, each piece as soon as it is there.
 * @param {Response} response
 * @param {Flow} flow
 * @param {string} fields
 */
export async function relay(response, flow, fields) {
  const chunks = new Chunks(response.body ?? new Response("").body);
  const headers = kept(fields);
  chunks.tickAfter(PROMPT);
  const piece = await next(chunks, flow);
  if (flow.ended) {
    chunks.close();
    flow.free();
    return new Response(piece, { headers });
  }
  // The runtime's own stream: it sends what is written without asking JavaScript again.
  const { readable, writable } = new IdentityTransformStream();
  // Whoever is on either end may go away at any time; then there is nobody left to tell.
  pump(chunks, flow, new Outlet(writable), piece).catch(() => {});
  return new Response(readable, { headers });
}

/** @param {Chunks} chunks @param {Flow} flow @param {Outlet} agent @param {Uint8Array} piece the first */
async function pump(chunks, flow, agent, piece) {
  await carry(chunks, flow, agent, piece);
  // The request ends with its answer, and what has not begun by then is never done: what there is to say of it, it says before.
  await agent.close();
}

/** Until there is nothing more for the agent. @param {Chunks} chunks @param {Flow} flow @param {Outlet} agent @param {Uint8Array} piece the first */
async function carry(chunks, flow, agent, piece) {
  chunks.tickEvery(flow.every);
  try {
    for (;;) {
      const full = agent.take(piece);
      if (flow.ended) break;
      // A slow reader holds the origin back.
      if (full !== undefined) await full;
      piece = await next(chunks, flow);
    }
  } finally {
    chunks.close();
    flow.free();
  }
}

/** What goes to the agent. A piece is written at once; what comes while one is on its way goes together behind it. */
class Outlet {
  #writer;
  #waiting = [];
  #size = 0;
  #writing;

  /** @param {WritableStream<Uint8Array>} agent */
  constructor(agent) {
    this.#writer = agent.getWriter();
  }

  /** Takes a piece. Where more waits than should, gives the promise that it is written. @param {Uint8Array} piece */
  take(piece) {
    if (piece.byteLength === 0) return undefined;
    this.#waiting.push(piece);
    this.#size += piece.byteLength;
    if (this.#writing === undefined) {
      this.#writing = this.#write();
      // It is said to whoever waits for it, and nobody need be.
      this.#writing.catch(() => {});
    }
    return this.#size > MOST_WAITING ? this.#writing : undefined;
  }

  async #write() {
    while (this.#waiting.length > 0) {
      const piece = joined(this.#waiting, this.#size);
      this.#waiting = [];
      this.#size = 0;
      await this.#writer.write(piece);
    }
    this.#writing = undefined;
  }

  /** Ends when all is written. */
  async close() {
    await this.#writing;
    await this.#writer.close();
  }
}

/** Bytes that may wait for an agent to read them. */
const MOST_WAITING = 64 * 1024;

/** @param {Chunks} chunks @param {Flow} flow */
async function next(chunks, flow) {
  let heard;
  try {
    heard = await chunks.next();
  } catch (error) {
    return flow.broken(String(error));
  }
  if (heard === undefined) return flow.tick();
  return heard.done ? flow.end() : flow.push(heard.value);
}
