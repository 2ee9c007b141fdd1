// One agent before a gateway with a recording origin behind it: sends a message, and judges what came of it.
import { TOOLS } from "../../e2e/support/catalogue.mjs";
import { initialize, request } from "../../e2e/support/message.mjs";
import { event, json, sse, startOrigin } from "../../e2e/support/origin.mjs";
import { pause } from "../../e2e/support/patience.mjs";
import { answerFaults } from "./answer.mjs";
import { BAD, bytesOf, GOOD } from "./message.mjs";
import { judge } from "./verdict.mjs";
import { send } from "./wire.mjs";

/** What the origin asks of the agent, so that there is something to be answered. */
const ASKED = "origin-1";
/** The gateway asks for the list of tools itself, under this id. */
const OWN_LIST = "tollgate";
/** What nobody waited for may arrive while the next few messages are sent. */
const RECENT = 6;
const AFTERMATH = 500;

export async function startRecorder({ gateway, policy, readers }) {
  const origin = await startOrigin();
  mirrorRegion(origin);
  const { agent, server, policy: name } = await gateway.register({ origin, policy: policy.document });
  const stranger = await gateway.grant({ server, policy: name });
  const recorder = new Recorder({ origin, agent, policy, readers });
  await recorder.begin();
  recorder.values.FOREIGN = await begin(stranger);
  recorder.values.STOLEN = await askedOf(origin, stranger, recorder.values.FOREIGN);
  origin.received.length = 0;
  return recorder;
}

class Recorder {
  #lastId = 0;
  #previous = "(none)";
  #sent = [];
  #sessions = new Set();

  constructor({ origin, agent, policy, readers }) {
    const { hostname, port, pathname } = new URL(agent.url);
    Object.assign(this, { origin, agent, policy, readers, place: { host: hostname, port: Number(port) } });
    this.values = { GOOD, BAD, CODE: "print(1)", TOKEN: agent.token, HOST: `${hostname}:${port}`, PREFIX: pathname.replace("/mcp", "") };
  }

  /** Begins the session on which the legacy messages are sent, and has the origin ask something on it. */
  async begin() {
    const before = this.origin.sessions.length;
    this.values.SESSION = await begin(this.agent);
    this.#sessions.add(this.origin.sessions[before]);
    this.values.ASKED = await askedOf(this.origin, this.agent, this.values.SESSION);
    this.origin.received.length = 0;
  }

  /** Sends a message: `{ forwarded, report }`; the report is there if something is wrong, and tells all that happened. */
  async try(message) {
    const { raw, body, lingers } = bytesOf(message, { ...this.values, ID: (this.#lastId += 1) });
    // A stream of a GET does not end, a HEAD announces what does not come, and who knows of other methods.
    const surely = !lingers && message.method === "POST";
    this.#sent = [...this.#sent, raw, body].slice(-RECENT);
    const { answers, received } = await send(this.place, raw, { lingers, surely });
    const { records, seen, complaints } = await this.#arrived();
    const faults = [
      ...complaints,
      ...answers.flatMap((answer) => answerFaults(answer, message, lingers ? Buffer.alloc(0) : body)),
      ...(answers.length === 0 && surely ? ["no answer"] : []),
    ];
    const report = faults.length === 0 ? undefined : { message, faults, raw, received, records, seen, previous: this.#previous };
    this.#previous = message.what;
    if (records.some(({ method }) => method === "DELETE")) await this.begin();
    return { forwarded: records.length > 0, report };
  }

  /** What arrived after everything was sent; a report if something is wrong with it. */
  async late() {
    await pause(AFTERMATH);
    const { records, seen, complaints } = await this.#arrived();
    const message = { what: `what came after «${this.#previous}»`, era: "either" };
    const nothing = Buffer.alloc(0);
    if (complaints.length === 0) return undefined;
    return { message, faults: complaints, raw: nothing, received: nothing, records, seen, previous: this.#previous };
  }

  /** Takes what the origin has got, and judges it. */
  async #arrived() {
    const records = this.origin.received.splice(0).filter(({ message }) => message?.id !== OWN_LIST);
    const judged = { policy: this.policy, host: new URL(this.origin.url).host, sessions: this.#sessions, asked: ASKED, sent: this.#sent };
    const verdicts = await Promise.all(records.map((record) => judge(record, this.readers, judged)));
    return { records, seen: verdicts.map(({ seen }) => seen), complaints: verdicts.flatMap(({ complaints }) => complaints) };
  }
}

async function begin(agent) {
  return (await agent.rpc(initialize())).headers["mcp-session-id"];
}

/** Has the origin ask for the agent's roots; gives the id under which the agent is asked. */
async function askedOf(origin, agent, session) {
  const asking = { jsonrpc: "2.0", id: ASKED, method: "roots/list" };
  origin.next("ping", ({ message }) => sse([event(asking), event({ jsonrpc: "2.0", id: message.id, result: {} })]));
  const { messages } = await agent.rpc(request("ping"), { session });
  return messages.find(({ method }) => method === asking.method).id;
}

/** The harmless tool wants one argument mirrored in a header field, so that there is one to lie about. */
function mirrorRegion(origin) {
  const properties = { region: { type: "string", "x-mcp-header": "Region" } };
  const tools = TOOLS.map((tool) => (tool.name === GOOD ? { ...tool, inputSchema: { ...tool.inputSchema, properties } } : tool));
  const list = ({ message }) => {
    origin.next("tools/list", list);
    return json({ jsonrpc: "2.0", id: message.id, result: { tools, resultType: "complete", ttlMs: 0, cacheScope: "private" } });
  };
  origin.next("tools/list", list);
}
