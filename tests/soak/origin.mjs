// The origin of a soak: an MCP server of both eras that writes down what it was asked to run, at times lies, is deaf, or restarts.
import { randomUUID } from "node:crypto";
import http from "node:http";
import { freePort, LOOPBACK } from "../../scripts/lib/ports.mjs";
import { MODERN } from "../e2e/support/message.mjs";
import { pause } from "../e2e/support/patience.mjs";
import { event, json, sse, SILENCE, writeAnswer } from "../e2e/support/script.mjs";
import { Dice } from "./dice.mjs";
import { lieTo } from "./lies.mjs";
import { resultOf } from "./results.mjs";

/** How likely a request is lied to. */
const LIES = 0.08;
/** Methods by which something is run, or read. */
const RUNS = ["tools/call", "resources/read", "prompts/get"];

export async function startOrigin(seed) {
  const origin = new Origin(seed, await freePort(0, { name: "the origin", variable: "ORIGIN_PORT" }));
  await origin.listen();
  return origin;
}

class Origin {
  /** What reached it and runs something: `{ id, method, name, args, at }`, in that order. */
  executed = [];
  /** What of its lies in JSON may reach an agent as it stands, by the id of the request. */
  passes = new Map();
  /** How often what was done to requests. */
  lies = new Map();
  restarts = 0;
  deafnesses = 0;
  /** What must not reach it: header fields of agents, bodies that are no messages. */
  leaks = [];
  /** When it last forgot its sessions. */
  forgotAt = 0;
  /** Answers that are not yet over. */
  open = new Set();
  #seed;
  #port;
  #server;
  #sessions = new Set();
  #deafUntil = 0;
  #asked = 0;

  constructor(seed, port) {
    this.#seed = seed;
    this.#port = port;
    this.url = `http://${LOOPBACK}:${port}/mcp`;
  }

  async listen() {
    this.#server = http.createServer((request, response) => {
      this.open.add(response);
      response.once("close", () => this.open.delete(response));
      this.#serve(request, response).catch((error) => response.destroy(error));
    });
    await new Promise((ready, failed) => this.#server.once("error", failed).listen(this.#port, LOOPBACK, ready));
  }

  /** Ends as a process ends, and is there again after so many milliseconds, without its sessions. */
  async restart(milliseconds) {
    this.restarts += 1;
    await this.stop();
    await pause(milliseconds);
    await this.listen();
  }

  /** Accepts, and says nothing, for so many milliseconds; what is asked meanwhile is never answered. */
  async deafen(milliseconds) {
    this.deafnesses += 1;
    this.#deafUntil = Date.now() + milliseconds;
    await pause(milliseconds);
  }

  async stop() {
    this.forgotAt = Date.now();
    this.#sessions.clear();
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Connections that somebody holds. */
  connections() {
    return new Promise((found) => this.#server.getConnections((_, count) => found(count)));
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const message = request.method === "POST" ? this.#read(Buffer.concat(chunks).toString("utf8")) : undefined;
    for (const name of ["authorization", "cookie"]) if (name in request.headers) this.leaks.push(`the agent's ${name}, with ${message?.id}`);
    if (RUNS.includes(message?.method)) this.#writeDown(message);
    await writeAnswer(response, await this.#answerTo(request, message, response));
  }

  #read(text) {
    try {
      return JSON.parse(text);
    } catch {
      this.leaks.push(`a body that is not JSON: ${text.slice(0, 200)}`);
      throw new Error("not JSON");
    }
  }

  #writeDown({ id, method, params }) {
    const args = params.arguments ?? {};
    this.executed.push({ id, method, name: params.name ?? params.uri, args, at: Date.now() });
  }

  async #answerTo(request, message, response) {
    this.#asked += 1;
    const dice = new Dice(this.#seed, `origin ${message?.id ?? this.#asked}`);
    if (Date.now() < this.#deafUntil) return SILENCE();
    const session = request.headers["mcp-session-id"];
    if (request.headers["mcp-protocol-version"] !== MODERN && session !== undefined && !this.#sessions.has(session)) {
      return json({ jsonrpc: "2.0", id: null, error: { code: -32600, message: "Session not found" } }, { status: 404 });
    }
    if (request.method === "GET") return this.#murmur(response, dice);
    if (request.method === "DELETE") {
      this.#sessions.delete(session);
      return { status: 200, headers: {}, chunks: [] };
    }
    if (message.id === undefined || message.method === undefined) return { status: 202, headers: {}, chunks: [] };
    return dice.happens(LIES) ? this.#lie(message, dice) : this.#reply(message, request.headers, dice);
  }

  #lie(message, dice) {
    const { lie, script, passes } = lieTo(message, dice);
    this.lies.set(lie, (this.lies.get(lie) ?? 0) + 1);
    if (passes !== undefined) this.passes.set(message.id, passes);
    return script();
  }

  #reply(message, { "mcp-protocol-version": version }, dice) {
    const modern = version === MODERN;
    const { result, before = [] } = resultOf(message, dice);
    const answer = { jsonrpc: "2.0", id: message.id, result: modern ? { ...result, resultType: "complete" } : result };
    const headers = {};
    if (message.method === "initialize") {
      const session = randomUUID().replaceAll("-", "");
      this.#sessions.add(session);
      headers["mcp-session-id"] = session;
    }
    if (before.length === 0 && dice.happens(modern ? 0.8 : 0.3)) return json(answer, { headers });
    return sse([...before, event(answer)], { headers });
  }

  /** The stream of a session: something now and then, until somebody ends it. */
  *#murmurs(dice) {
    for (let n = 0; ; n += 1) {
      yield dice.between(200, 1500);
      const ping = { jsonrpc: "2.0", id: n, method: "ping" };
      const log = { jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: `murmur ${n}` } };
      yield dice.happens(0.1) ? "data: {broken\n\n" : event(dice.happens(0.3) ? ping : log);
    }
  }

  #murmur(response, dice) {
    return { status: 200, headers: { "content-type": "text/event-stream" }, chunks: until(response, this.#murmurs(dice)) };
  }
}

/** What is to be said, as long as somebody is there. */
function* until(response, chunks) {
  for (const chunk of chunks) {
    if (response.destroyed) return;
    yield chunk;
  }
}
