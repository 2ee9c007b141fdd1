// The platform, as far as the gateway asks it for something: each function is one thing that it can do, in the form that
// costs least. Nothing is decided here; `platform.rs` is the Rust side of it.

/**
 * A response of the gateway's own.
 * @param {number} status
 * @param {string} fields header fields, here and below: values by name, as a JSON object
 * @param {string | undefined} body
 */
export function respond(status, fields, body) {
  return new Response(body, { status, headers: kept(fields) });
}

/**
 * The body of the origin's response, unread, under header fields of the gateway's own.
 * @param {Response} response
 * @param {string} fields
 */
export function pass(response, fields) {
  return new Response(response.body, { headers: kept(fields) });
}

/**
 * Sends a request, once and without following redirects, and waits for the head of the answer.
 * @param {string} url
 * @param {string} method
 * @param {string} fields
 * @param {Uint8Array | string | undefined} body
 * @param {number} patience milliseconds
 * @returns {Promise<Response | undefined>} nothing if no head came in time; the platform ends the request with ours
 */
export function send(url, method, fields, body, patience) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, patience);
    const ending = (settle) => (outcome) => {
      clearTimeout(timer);
      settle(outcome);
    };
    fetch(url, { method, headers: kept(fields), body, redirect: "manual" }).then(ending(resolve), ending(reject));
  });
}

/**
 * Carries a task on: it waits for one promise after another, and comes to something that is none.
 * @param {{ resume(fulfilled: boolean, value: any): any, free(): void }} task
 * @param {Promise<any>} promise the one that it waits for
 */
export async function carry(task, promise) {
  let outcome = promise;
  do {
    let fulfilled = true;
    let value;
    try {
      value = await outcome;
    } catch (reason) {
      fulfilled = false;
      value = reason;
    }
    outcome = task.resume(fulfilled, value);
  } while (outcome instanceof Promise);
  task.free();
  return outcome;
}

/**
 * The whole body of a request.
 * @param {Request} request
 * @param {number} most bytes
 * @returns {Promise<Uint8Array | undefined>} nothing if it has more; one whose length nobody announced is counted as it comes
 */
export async function body(request, most) {
  const announced = request.headers.get("content-length");
  if (announced !== null) return Number(announced) <= most ? new Uint8Array(await request.arrayBuffer()) : undefined;
  // A request without a body has no stream.
  return request.body === null ? new Uint8Array() : gathered(new Chunks(request.body), most);
}

/**
 * The whole body of a response.
 * @param {Response} response
 * @param {number} most bytes
 * @param {number} idle milliseconds for which nothing may come
 * @returns {Promise<Uint8Array | undefined | null>} nothing if it has more, null if it fell silent
 */
export function whole(response, most, idle) {
  return response.body === null ? Promise.resolve(new Uint8Array()) : gathered(new Chunks(response.body, idle), most);
}

/** @param {Chunks} chunks @param {number} most */
async function gathered(chunks, most) {
  const parts = [];
  let size = 0;
  try {
    for (;;) {
      const heard = await chunks.next();
      if (heard === undefined) return null;
      if (heard.done) break;
      parts.push(heard.value);
      size += heard.value.byteLength;
      if (size > most) return undefined;
    }
  } finally {
    chunks.close();
  }
  if (parts.length === 1) return parts[0];
  const all = new Uint8Array(size);
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.byteLength;
  }
  return all;
}

/**
 * What a stream becomes on its way: bytes for the agent, piece by piece; no bytes are nothing to send.
 * @typedef {{ push(chunk: Uint8Array): Uint8Array, tick(): Uint8Array, broken(why: string): Uint8Array, end(): Uint8Array,
 *   ended: boolean, every: number, free(): void }} Flow
 */

/**
 * A response whose body is what `flow` makes of the origin's stream, each piece as soon as it is there.
 * @param {Response} response
 * @param {Flow} flow
 * @param {string} fields
 */
export function relay(response, flow, fields) {
  // The runtime's own stream: it sends what is written without asking JavaScript again.
  const { readable, writable } = new IdentityTransformStream();
  const origin = response.body ?? new Response("").body;
  // Whoever is on either end may go away at any time; then there is nobody left to tell.
  pump(new Chunks(origin, flow.every), flow, writable.getWriter()).catch(() => {});
  return new Response(readable, { headers: kept(fields) });
}

/** @param {Chunks} chunks @param {Flow} flow @param {WritableStreamDefaultWriter<Uint8Array>} agent */
async function pump(chunks, flow, agent) {
  try {
    while (!flow.ended) {
      const piece = await next(chunks, flow);
      if (piece.byteLength === 0) continue;
      const written = agent.write(piece);
      // A slow reader holds the origin back. The last piece needs no waiting for: closing waits for it.
      if (!flow.ended) await written;
      else written.catch(() => {});
    }
    await agent.close();
  } finally {
    chunks.close();
    flow.free();
  }
}

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

/** The chunks of a body, with a tick wherever none has come for a while. One timer serves all of them. */
class Chunks {
  #reader;
  #timer;
  #reading;
  #tick = () => {};

  /** @param {ReadableStream<Uint8Array>} body @param {number} [every] milliseconds between ticks; none without it */
  constructor(body, every) {
    this.#reader = body.getReader();
    if (every !== undefined) this.#timer = setInterval(() => this.#tick(), every);
  }

  /**
   * What the stream gives next, or nothing at a tick. Fails if the stream breaks off.
   * @returns {Promise<{ done: boolean, value: Uint8Array } | undefined>}
   */
  async next() {
    this.#reading ??= this.#reader.read();
    const heard = await new Promise((resolve, reject) => {
      this.#tick = () => resolve(undefined);
      this.#reading.then(resolve, reject);
    });
    if (heard !== undefined) this.#reading = undefined;
    return heard;
  }

  /** Nobody reads on: whoever writes is told so. */
  close() {
    clearInterval(this.#timer);
    this.#reader.cancel().catch(() => {});
  }
}

/**
 * Sends an order to the Durable Object that bears a name, and waits for its answer. Once: who does not hear an answer does
 * not know whether the order was carried out.
 * @param {Record<string, any>} env
 * @param {string} binding of the object's class
 * @param {string} name
 * @param {string} order
 * @returns {Promise<string>}
 */
export async function ask(env, binding, name, order) {
  return await env[binding].getByName(name).ask(order);
}

/**
 * Runs one statement that gives no rows.
 * @param {SqlStorage} sql
 * @param {string} statement
 * @param {string} parameters a JSON array
 */
export function run(sql, statement, parameters) {
  sql.exec(statement, ...JSON.parse(parameters));
}

/**
 * Runs one statement; gives its rows as a JSON array of arrays.
 * @param {SqlStorage} sql
 * @param {string} statement
 * @param {string} parameters a JSON array
 */
export function rows(sql, statement, parameters) {
  return JSON.stringify(sql.exec(statement, ...JSON.parse(parameters)).raw().toArray());
}

const keptFields = new Map();
/** How many are kept: of most kinds there are a few, but a session's id is a field too. */
const MOST_KEPT = 200;

/** Header fields as an object that is made once: what it is given to copies it in one go. @param {string} fields */
function kept(fields) {
  let headers = keptFields.get(fields);
  if (headers === undefined) {
    if (keptFields.size === MOST_KEPT) keptFields.clear();
    keptFields.set(fields, (headers = new Headers(JSON.parse(fields))));
  }
  return headers;
}
