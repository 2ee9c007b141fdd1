// The platform, as far as the gateway asks it for something: each function is one thing that it can do, in the form that
// costs least. Nothing is decided here; `platform.rs` is the Rust side of it.

/**
 * A response of the gateway's own.
 * @param {number} status
 * @param {string} fields header fields, here and below: values by name, as a JSON object
 * @param {Uint8Array | undefined} body
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
  try {
    return within(patience, undefined, fetch(url, { method, headers: kept(fields), body, redirect: "manual" }));
  } catch (error) {
    // A secret that is no value of a header field, say. Rust hears of it as of any other failure.
    return Promise.reject(error);
  }
}

/** What `promise` comes to, or `otherwise` if that takes more than so many milliseconds. */
function within(patience, otherwise, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, patience, otherwise);
    const ending = (settle) => (outcome) => {
      clearTimeout(timer);
      settle(outcome);
    };
    promise.then(ending(resolve), ending(reject));
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

/** Bytes of a body that is not worth reading piece by piece: it comes in one or two. */
const SMALL = 64 * 1024;

/**
 * The whole body of a response.
 * @param {Response} response
 * @param {number} most bytes
 * @param {number} idle milliseconds for which nothing may come
 * @returns {Promise<Uint8Array | ArrayBuffer | undefined | null>} nothing if it has more, null if it fell silent
 */
export async function whole(response, most, idle) {
  const announced = response.headers.get("content-length");
  // What is compressed is announced as it is sent, and may become any size.
  const small = announced !== null && Number(announced) <= SMALL && !response.headers.has("content-encoding");
  if (small) return within(idle, null, response.arrayBuffer());
  if (response.body === null) return new Uint8Array();
  const chunks = new Chunks(response.body);
  chunks.tickEvery(idle / SILENT_TICKS);
  return gathered(chunks, most);
}

/** After how many ticks in a row a body has fallen silent. */
const SILENT_TICKS = 4;

/** @param {Chunks} chunks @param {number} most */
async function gathered(chunks, most) {
  const parts = [];
  let size = 0;
  let ticks = 0;
  try {
    for (;;) {
      const heard = await chunks.next();
      ticks = heard === undefined ? ticks + 1 : 0;
      if (ticks > SILENT_TICKS) return null;
      if (heard === undefined) continue;
      if (heard.done) break;
      parts.push(heard.value);
      size += heard.value.byteLength;
      if (size > most) return undefined;
    }
  } finally {
    chunks.close();
  }
  return joined(parts, size);
}

/** The parts, which have so many bytes in all, as one. @param {Uint8Array[]} parts @param {number} size */
function joined(parts, size) {
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
  chunks.tickEvery(flow.every);
  try {
    for (;;) {
      const full = agent.take(piece);
      if (flow.ended) break;
      // A slow reader holds the origin back.
      if (full !== undefined) await full;
      piece = await next(chunks, flow);
    }
    await agent.close();
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

/** The chunks of a body, with ticks where none comes for a while. One timer serves all waits. */
class Chunks {
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
