// js-parse with a limit, as a careful user writes that by hand: a Durable Object for each bearer, which counts in SQLite and
// writes one audit row in the same transaction. Its window is fixed, so up to twice the limit passes around its edge.

import { DurableObject, env } from "cloudflare:workers";

const { ORIGIN, COUNTER } = env;
const ALLOWED = new Set(["project_list_models", "management_execute_command"]);
const MAX = 1_000_000_000;
const WINDOW = 60_000;

export default {
  async fetch(request) {
    const text = await request.text();
    const message = JSON.parse(text);
    if (message.method === "tools/call") {
      if (!ALLOWED.has(message.params.name)) return refusal(message, "is not allowed here");
      const counter = COUNTER.getByName(request.headers.get("authorization"));
      if (!(await counter.count(message.method, message.params.name))) return refusal(message, "is over its limit");
    }
    return fetch(ORIGIN, { method: "POST", headers: request.headers, body: text });
  },
};

export class Counter extends DurableObject {
  constructor(context, bindings) {
    super(context, bindings);
    this.sql = context.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, window INTEGER, used INTEGER) WITHOUT ROWID");
    this.sql.exec("CREATE TABLE IF NOT EXISTS audit (seq INTEGER PRIMARY KEY, at INTEGER, method TEXT, tool TEXT, ruling TEXT, used INTEGER)");
  }

  /** Counts one call, if there is room for it. No `await`: SQLite commits both rows before the answer leaves. */
  count(method, tool) {
    const now = Date.now();
    const { used } = this.sql.exec(COUNT, "calls", Math.floor(now / WINDOW)).one();
    const ruling = used <= MAX ? "allow" : "deny";
    this.sql.exec(AUDIT, now, method, tool, ruling, used);
    return ruling === "allow";
  }
}

const COUNT = `INSERT INTO counters (name, window, used) VALUES (?, ?, 1)
  ON CONFLICT (name) DO UPDATE SET used = CASE WHEN window = excluded.window THEN used + 1 ELSE 1 END, window = excluded.window
  RETURNING used`;
const AUDIT = "INSERT INTO audit (at, method, tool, ruling, used) VALUES (?, ?, ?, ?, ?)";

function refusal({ id, params }, why) {
  const content = [{ type: "text", text: `The tool ${params.name} ${why}.` }];
  return Response.json({ jsonrpc: "2.0", id, result: { content, isError: true } });
}
