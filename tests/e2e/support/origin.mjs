// A fixture origin: an MCP server that speaks both eras as mcp-django does, writes down every request byte for byte,
// and answers what a test tells it to.
import { randomUUID } from "node:crypto";
import http from "node:http";
import { LISTS, PROMPTS, RESOURCES, TEMPLATES, TOOLS } from "./catalogue.mjs";
import { MODERN } from "./message.mjs";
import { agrees } from "./mirror.mjs";
import { DIE, flood, HANG, event, json, SILENCE, sse, writeAnswer } from "./script.mjs";

export { DIE, flood, HANG, event, json, SILENCE, sse };

/** Starts an origin on a free loopback port; it ends with the test whose context is given. */
export async function startOrigin(context) {
  const origin = new Origin();
  await new Promise((ready) => origin.server.listen(0, "127.0.0.1", ready));
  origin.url = `http://127.0.0.1:${origin.server.address().port}/mcp`;
  context?.after(() => origin.stop());
  return origin;
}

class Origin {
  /**
   * Every request, in the order of arrival: `{ method, path, headers, rawHeaders, body, text, message }`, and `left`, a
   * promise of the instant at which the other side went away before it had its answer.
   */
  received = [];
  /** What is offered. */
  tools = TOOLS;
  prompts = PROMPTS;
  resources = RESOURCES;
  resourceTemplates = TEMPLATES;
  /** The names of the tools that were really run, in that order. */
  ran = [];
  /** Without sessions, as an origin may be. */
  sessionless = false;
  /** Set to a number, lists come in pages of it. */
  pageSize = undefined;
  /** Members that every list result carries beside its items, such as `ttlMs`. */
  listExtras = {};
  #scripts = [];
  #sessions = new Set();
  #streams = new Map();

  constructor() {
    this.server = http.createServer((request, response) => {
      this.#serve(request, response).catch((error) => response.destroy(error));
    });
  }

  /** The messages of tool calls that arrived, of one tool if named: what the origin has executed. */
  calls(name) {
    return this.received
      .map((request) => request.message)
      .filter((message) => message?.method === "tools/call")
      .filter((message) => name === undefined || message.params?.name === name);
  }

  get last() {
    return this.received.at(-1);
  }

  get sessions() {
    return [...this.#sessions];
  }

  /**
   * The next message of that JSON-RPC method (or HTTP method, for GET and DELETE) gets this answer, once:
   * `{ status, headers, chunks }` (see script.mjs), or a function of the request that makes one.
   */
  next(method, answer) {
    this.#scripts.push({ method, answer });
  }

  /** Sends a message of the origin's own on the GET stream of a session. */
  push(session, message) {
    const stream = this.#streams.get(session);
    if (!stream) throw new Error(`no GET stream for session ${session}`);
    stream.write(event(message));
  }

  hasStream(session) {
    return this.#streams.has(session);
  }

  /** Forgets its sessions, as an origin does that was restarted. */
  forgetSessions() {
    this.#sessions.clear();
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const record = recordOf(request, Buffer.concat(chunks));
    record.left = new Promise((left) => response.once("close", () => response.writableFinished || left(Date.now())));
    this.received.push(record);
    await writeAnswer(response, await this.#answerTo(record, response));
  }

  async #answerTo(record, response) {
    const asked = record.method === "POST" ? record.message?.method : record.method;
    const script = this.#scripts.findIndex((candidate) => candidate.method === asked);
    if (script >= 0) {
      const [{ answer }] = this.#scripts.splice(script, 1);
      return typeof answer === "function" ? answer(record) : answer;
    }
    const session = record.headers["mcp-session-id"];
    const modern = record.headers["mcp-protocol-version"] === MODERN;
    if (!modern && session !== undefined && !this.#sessions.has(session)) {
      return json({ jsonrpc: "2.0", id: null, error: { code: -32600, message: "Session not found" } }, { status: 404 });
    }
    if (record.method === "DELETE") return this.#end(session);
    if (record.method === "GET") return this.#listen(session, response);
    return this.#reply(record, modern);
  }

  #end(session) {
    this.#sessions.delete(session);
    this.#streams.get(session)?.end();
    return { status: 200, headers: { "content-type": "application/json" }, chunks: [] };
  }

  #listen(session, response) {
    this.#streams.set(session, response);
    return { status: 200, headers: { "content-type": "text/event-stream" }, chunks: [": hello\r\n\r\n", HANG] };
  }

  #reply({ message, headers: asked }, modern) {
    if (message?.id === undefined || message.method === undefined) {
      return { status: 202, headers: { "content-type": "application/json" }, chunks: [] };
    }
    const outcome = this.#outcome(message, modern, asked);
    const response = { jsonrpc: "2.0", id: message.id, ...outcome };
    const headers = {};
    if (message.method === "initialize" && !this.sessionless) {
      const session = randomUUID().replaceAll("-", "");
      this.#sessions.add(session);
      headers["mcp-session-id"] = session;
    }
    if (!modern) return sse(event(response), { headers });
    const status = { [-32601]: 404, [-32020]: 400 }[outcome.error?.code] ?? 200;
    return json(response, { status, headers });
  }

  #outcome({ method, params }, modern, headers) {
    const result = (value) => ({ result: modern ? { ...value, resultType: "complete" } : value });
    if (method in LISTS) {
      const key = LISTS[method];
      return result({ ...this.#page(key, this[key], params?.cursor), ...this.listExtras });
    }
    switch (method) {
      case "initialize":
        return result({
          protocolVersion: params.protocolVersion,
          capabilities: { tools: { listChanged: true }, prompts: {}, resources: {} },
          serverInfo: { name: "fixture", version: "1" },
        });
      case "server/discover":
        return result({ supportedVersions: [MODERN], capabilities: { tools: {} }, ttlMs: 0, cacheScope: "private" });
      case "ping":
        return result({});
      case "tools/call":
        if (modern && !agrees(this.#tool(params.name), params.arguments, headers)) {
          return { error: { code: -32020, message: "Header mismatch" } };
        }
        return result(this.#run(params));
      case "resources/read":
        return result({ contents: [{ uri: params.uri, mimeType: "text/plain", text: `contents of ${params.uri}` }] });
      case "prompts/get":
        return result({ messages: [{ role: "user", content: { type: "text", text: `prompt ${params.name}` } }] });
      case "completion/complete":
        return result({ completion: { values: ["Product"], hasMore: false } });
      default:
        return { error: { code: -32601, message: "Method not found", data: method } };
    }
  }

  #tool(name) {
    return this.tools.find((tool) => tool.name === name);
  }

  #run({ name, arguments: args }) {
    const known = this.#tool(name) !== undefined;
    const text = known ? `${name} ran with ${JSON.stringify(args)}` : `Unknown tool: '${name}'`;
    if (known) this.ran.push(name);
    return { content: [{ type: "text", text }], isError: !known };
  }

  #page(key, items, cursor) {
    if (this.pageSize === undefined) return { [key]: items };
    const start = cursor === undefined ? 0 : Number(cursor.replace("page-", ""));
    const end = start + this.pageSize;
    const page = { [key]: items.slice(start, end) };
    return end < items.length ? { ...page, nextCursor: `page-${end}` } : page;
  }
}

function recordOf(request, body) {
  const text = body.toString("utf8");
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    message = undefined;
  }
  return {
    method: request.method,
    path: request.url,
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body,
    text,
    message,
  };
}
