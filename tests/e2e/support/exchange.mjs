// One HTTP exchange, over node:http: fetch would add headers of its own, refuse some (Host, Cookie) and normalise others.
import http from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readEvents } from "./events.mjs";

// A connection for each exchange: no test waits for, or trips over, the idle connection of another one.
const connections = new http.Agent({ keepAlive: false, maxSockets: Infinity });

/**
 * Sends one request and reads the whole answer.
 * `headers`: a value may be an array, sent as repeated lines. `body`: a string, a Buffer, or an (async) iterable of them,
 * which is sent chunked. `timeout` in milliseconds. With `mayBreak`, an answer that breaks off is one too, and says so.
 */
export async function exchange(url, options = {}) {
  const stream = await open(url, options);
  const chunks = [];
  let broken = false;
  try {
    for await (const chunk of stream.chunks) chunks.push(chunk);
  } catch (error) {
    if (!options.mayBreak) throw error;
    broken = true;
  }
  return new Answer(stream.status, stream.headers, Buffer.concat(chunks), broken);
}

/**
 * Sends one request and returns as soon as the head of the answer is there: `{ status, headers, chunks, close() }`.
 * `signal` goes away before that, as `close` does afterwards.
 */
export function open(url, { method = "GET", headers = {}, body, timeout = 30_000, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, agent: connections, timeout });
    // A reset is heard at once. A connection that is closed politely may still be read from, for all that HTTP says, so the
    // runtime hears of it only when it writes; the platform's front is told of both alike.
    const leave = () => request.socket.resetAndDestroy();
    signal?.addEventListener("abort", leave);
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) request.setHeader(name, value);
    }
    let answered = false;
    request.on("timeout", () => request.destroy(new Error(`no answer within ${timeout} ms: ${method} ${url}`)));
    request.on("response", (response) => {
      answered = true;
      // Who goes away, or reads on, meets the break there.
      response.on("error", () => {});
      resolve({
        status: response.statusCode,
        headers: response.headers,
        chunks: response,
        close: leave,
      });
    });
    // A gateway that refuses a body early closes while we still write; the answer is what counts then.
    request.on("error", (error) => answered || reject(error));
    send(request, body).catch((error) => answered || reject(error));
  });
}

async function send(request, body) {
  if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) {
    if (body !== undefined) request.setHeader("Content-Length", Buffer.byteLength(body));
    request.end(body);
    return;
  }
  await pipeline(Readable.from(body), request);
}

/** What came back: the bytes, and the readings of them. */
export class Answer {
  constructor(status, headers, bytes, broken = false) {
    this.broken = broken;
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
    this.text = bytes.toString("utf8");
  }

  get isStream() {
    return (this.headers["content-type"] ?? "").startsWith("text/event-stream");
  }

  get events() {
    return readEvents(this.text);
  }

  /** The body as JSON. */
  get json() {
    try {
      return JSON.parse(this.text);
    } catch {
      throw new Error(`not JSON: HTTP ${this.status} ${this.headers["content-type"]} ${JSON.stringify(this.text.slice(0, 400))}`);
    }
  }

  /** Every JSON-RPC message of the answer, be it one JSON object or a stream. An event without data primes, and says nothing. */
  get messages() {
    if (!this.isStream) return [this.json];
    return this.events.filter((event) => event.data !== "").map((event) => JSON.parse(event.data));
  }

  /** The JSON-RPC response: the message with a result or an error. */
  get message() {
    const responses = this.messages.filter((message) => "result" in message || "error" in message);
    if (responses.length !== 1) throw new Error(`${responses.length} responses: HTTP ${this.status} ${this.text.slice(0, 400)}`);
    return responses[0];
  }

  get result() {
    const { message } = this;
    if (!("result" in message)) throw new Error(`no result: HTTP ${this.status} ${this.text.slice(0, 400)}`);
    return message.result;
  }
}
