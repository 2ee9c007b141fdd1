// An agent: a grant in hand, it speaks to one gateway URL.
import { exchange, open } from "./exchange.mjs";
import { call, headersOf, inEra, initialize, LEGACY, request } from "./message.mjs";

/**
 * Sends one message to a gateway URL. `message` is an object, or the raw bytes (string, Buffer, iterable of chunks), which
 * go out untouched; then `about` says what their modern headers shall mirror. A header set to undefined is left out.
 */
export function rpc(url, token, message, options) {
  return exchange(url, post(token, message, options));
}

/** The same, but returns when the head of the answer is there, so that a test can watch the stream. */
export function rpcStream(url, token, message, options) {
  return open(url, post(token, message, options));
}

function post(token, message, { era = "legacy", session, headers = {}, about, ...how } = {}) {
  const raw = typeof message === "string" || Buffer.isBuffer(message) || Symbol.asyncIterator in message;
  const body = raw ? message : JSON.stringify(inEra(era, message));
  return {
    method: "POST",
    body,
    ...how,
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headersOf(era, raw ? about : message),
      ...(session === undefined ? {} : { "Mcp-Session-Id": session }),
      ...headers,
    },
  };
}

export class Agent {
  constructor(url, { id, token }) {
    this.url = url;
    this.id = id;
    this.token = token;
  }

  rpc(message, options) {
    return rpc(this.url, this.token, message, options);
  }

  stream(message, options) {
    return rpcStream(this.url, this.token, message, options);
  }

  call(name, args, options) {
    return this.rpc(call(name, args), options);
  }

  list(what, options, params) {
    return this.rpc(request(`${what}/list`, params), options);
  }

  /** Opens the GET stream of a legacy session. */
  listen(session, headers = {}) {
    return open(this.url, {
      headers: {
        Authorization: `Bearer ${this.token}`,
        Accept: "text/event-stream",
        "MCP-Protocol-Version": LEGACY,
        "Mcp-Session-Id": session,
        ...headers,
      },
    });
  }

  /** Begins a legacy session; gives the id that the gateway gives it. */
  async begin() {
    const hello = await this.rpc(initialize());
    if (hello.status !== 200) throw new Error(`no session: HTTP ${hello.status} ${hello.text}`);
    return hello.headers["mcp-session-id"];
  }

  /** A GET, DELETE or any other method on the gateway URL, whose answer ends. */
  send(method, headers = {}) {
    return exchange(this.url, { method, timeout: 5000, headers: { Authorization: `Bearer ${this.token}`, ...headers } });
  }
}
