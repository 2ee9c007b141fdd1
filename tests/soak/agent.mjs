// An agent of a soak: a grant in hand, it does one thing after another, and long things beside.
import { headersOf, inEra, LEGACY } from "../e2e/support/message.mjs";
import { pause } from "../e2e/support/patience.mjs";
import { ACTS } from "./acts.mjs";
import { METERED } from "./rules.mjs";

/** How many streams it has open at once. */
const STREAMS = 3;

export class Agent {
  /** `{ id, token, url, policy, strict }`; the operator gives it another when this one is revoked. */
  grant;
  /** Grants that were taken from it. */
  dead = [];
  /** The session that it has begun, in the legacy era. */
  session;
  streams = 0;
  #said = 0;

  constructor({ number, era, grant, dice, observer, lives }) {
    Object.assign(this, { name: `a${String(number).padStart(2, "0")}`, era, grant, dice, observer, lives });
  }

  /** Lives until then, and ends when all that it has begun has ended. */
  async live(until) {
    const beside = new Set();
    this.beside = (work) => {
      const done = work.finally(() => beside.delete(done));
      beside.add(done);
    };
    while (Date.now() < until) {
      await Promise.race([this.lives.up, pause(Math.max(0, until - Date.now()))]);
      await this.dice.weighed(ACTS[this.era])(this);
      await pause(this.dice.between(100, 900));
    }
    while (beside.size > 0) await Promise.all(beside);
  }

  nextId() {
    this.#said += 1;
    return `${this.name}-${this.#said}`;
  }

  /** Sends one request; gives what came of it. `body`: these bytes instead of the message; `token`: null is none. */
  async say(kind, method, params, { expects, how, body, headers = {}, grant = this.grant, ...more } = {}) {
    const { token = grant.token, url = grant.url, id = this.nextId() } = more;
    const message = inEra(this.era, { jsonrpc: "2.0", ...(id === null ? {} : { id }), method, ...(params === undefined ? {} : { params }) });
    const name = params?.name ?? params?.uri;
    const metered = method === "tools/call" && name in METERED;
    const session = this.session;
    const sent = { kind, id: id ?? undefined, method, name, era: this.era, metered, grant, expects };
    const call = id === null || body !== undefined ? undefined : this.#noted(sent, params, session, token);
    const fields = { ...this.#headers(token), ...headersOf(this.era, message), ...headers };
    const came = await this.observer.ask({ url, method: "POST", body: body ?? JSON.stringify(message), headers: fields }, sent, how);
    if (call !== undefined) Object.assign(call, { outcome: came.outcome, answeredAt: came.until });
    if (came.outcome === "no such session" && this.session === session) this.session = undefined;
    return came;
  }

  /** A request without a message: GET or DELETE on its session. */
  async on(kind, method, more) {
    const headers = { ...this.#headers(this.grant.token), Accept: "text/event-stream", "MCP-Protocol-Version": LEGACY };
    const sent = { kind, era: this.era, grant: this.grant, ...more };
    return this.observer.ask({ url: this.grant.url, method, headers }, sent, more.how);
  }

  /** Whether it may open one more stream. */
  get hasHands() {
    return this.streams < STREAMS;
  }

  #headers(token) {
    return {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(this.session === undefined ? {} : { "Mcp-Session-Id": this.session }),
    };
  }

  /** What may come to run something is remembered, to be held against what did. */
  #noted({ id, method, name, metered, grant }, params, session, token) {
    if (!["tools/call", "resources/read", "prompts/get"].includes(method)) return undefined;
    const call = { grant, method, name, metered, args: params.arguments ?? {}, session, stranger: token !== grant.token, sentAt: Date.now() };
    this.observer.calls.set(id, call);
    return call;
  }
}
