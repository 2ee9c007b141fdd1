// «One row for every request that reached authentication, allowed, denied or failed»: which row each kind of request leaves.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { hashOf, recorded, steady } from "./support/audit.mjs";
import { keysOf } from "./support/faults.mjs";
import { startGateway } from "./support/gateway.mjs";
import { ERAS, inEra, initialize, LEGACY, MODERN, notification, request } from "./support/message.mjs";
import { DIE, json, SILENCE, sse, startOrigin } from "./support/origin.mjs";
import { eventually } from "./support/patience.mjs";

const FREE = "project_list_apps";
const METERED = "shell_execute";
const FORBIDDEN = "management_execute_command";
const HELD = "project_get_setting";
const HIDDEN = "shell_export_history";
const UNNAMED = "management_list_commands";
const APPS = "django://project/apps";

const POLICY = {
  version: "1",
  default: "deny",
  hide: ["shell_export*"],
  tools: {
    [FREE]: {},
    [METERED]: { limits: [{ counter: "c", window: 600, max: 1 }] },
    [FORBIDDEN]: { deny_if: [{ path: "args.n", op: "eq", value: 1 }] },
    [HELD]: { action: "require_approval" },
  },
  resources: { [APPS]: {} },
  prompts: { review: {} },
};

const gateway = await startGateway({ faults: true, vars: { FIRST_BYTE_MS: "1500" } });
after(() => gateway.stop());

/** An agent, and what every record of a message under its policy says. */
async function setUp(t, policy = POLICY) {
  const origin = await startOrigin(t);
  const made = await gateway.register({ origin, policy });
  const { server, policy: name, stamp } = made;
  return { origin, ...made, who: { server, policy: name, stamp } };
}

/** The rows, once there are so many: of a stream that has taken its time, two are one. */
async function rows(agent, many = 1) {
  let merged;
  await recorded(gateway, agent.id, (records) => {
    merged = new Map();
    for (const record of records) {
      const { ruling, outcome, ...rest } = record;
      const known = merged.get(record.request_id);
      if (ruling !== "outcome") merged.set(record.request_id, record);
      else Object.assign(known, { ...rest, at: known.at, number: known.number, outcome });
    }
    const flows = ({ outcome, origin_status }) => origin_status !== undefined && outcome === undefined;
    return merged.size >= many && ![...merged.values()].some(flows);
  });
  assert.equal(merged.size, many, "one row for each request");
  return [...merged.values()].map(steady);
}

const ARGS = { n: 1, "z y": [1, { b: null, a: "é" }] };
const args = { argument_keys: ["n", "z y"], arguments_sha256: hashOf(ARGS) };
const NONE = { argument_keys: [], arguments_sha256: hashOf({}) };

for (const era of ERAS) {
  const read = era === "legacy" ? "result" : "passed";
  describe(`A row, ${era}`, { concurrency: true }, () => {
    test("a call that is allowed, with its outcome; names of arguments, a hash of all, and no value", async (t) => {
      const { agent, who } = await setUp(t);
      await agent.call(FREE, ARGS, { era });
      const expected = { ...who, ...args, method: "tools/call", name: FREE, ruling: "allow", rule: `/tools/${FREE}`, outcome: read, origin_status: 200 };
      assert.deepEqual(await rows(agent), [expected]);
    });

    test("a metered call: a row in the transaction that charges it, and one for its outcome", async (t) => {
      const { agent, who } = await setUp(t);
      await agent.call(METERED, ARGS, { era });
      const [first, then] = await recorded(gateway, agent.id, (records) => records.length === 2);
      assert.deepEqual(steady(first), { ...who, ...args, method: "tools/call", name: METERED, ruling: "allow", rule: `/tools/${METERED}` });
      assert.deepEqual(steady(then), { ruling: "outcome", outcome: read, origin_status: 200 });
      assert.equal(then.request_id, first.request_id);
      assert.ok(then.ledger_ms >= 0 && then.origin_ms >= 0, "what ledger and origin have taken");
    });

    const denials = {
      "a condition forbids": [FORBIDDEN, { ruling: "deny", rule: `/tools/${FORBIDDEN}/deny_if/0`, reason_code: "condition_forbids" }],
      "no rule names": [UNNAMED, { ruling: "deny", rule: "(default deny)", reason_code: "default_deny" }],
      "is hidden («The real rule is in the audit only»)": [HIDDEN, { ruling: "deny", rule: "(hidden)", reason_code: "hidden" }],
      "a person would have to allow": [HELD, { ruling: "hold", rule: `/tools/${HELD}`, reason_code: "approval_pending" }],
    };
    for (const [what, [name, said]] of Object.entries(denials)) {
      test(`a call that ${what}`, async (t) => {
        const { agent, who } = await setUp(t);
        const { request_id } = (await agent.call(name, ARGS, { era })).result._meta?.["tollgate/denial"] ?? {};
        assert.deepEqual(await rows(agent), [{ ...who, ...args, method: "tools/call", name, ...said }]);
        const [record] = await recorded(gateway, agent.id, () => true);
        if (name !== HIDDEN) assert.equal(record.request_id, request_id, "the id that the agent was told");
      });
    }

    test("a call that a limit refuses", async (t) => {
      const { agent, who } = await setUp(t);
      for (let n = 0; n < 2; n += 1) await agent.call(METERED, {}, { era });
      const [, refused] = await rows(agent, 2);
      const rule = `/tools/${METERED}/limits/0`;
      assert.deepEqual(refused, { ...who, ...NONE, method: "tools/call", name: METERED, ruling: "deny", rule, reason_code: "rate_limited" });
    });

    test("resources, prompts, lists, and what else calls nothing", async (t) => {
      const { agent, who } = await setUp(t);
      const messages = [
        [request("resources/read", { uri: APPS }), { name: APPS, ruling: "allow", rule: `/resources/${APPS.replaceAll("/", "~1")}`, ...NONE }],
        [request("prompts/get", { name: "review", arguments: { model: "x" } }), { name: "review", ruling: "allow", rule: "/prompts/review", argument_keys: ["model"], arguments_sha256: hashOf({ model: "x" }) }],
        [request("resources/read", { uri: "django://project/models" }), { name: "django://project/models", ruling: "deny", rule: "(default deny)", reason_code: "default_deny", ...NONE }],
        [request("tools/list"), { ruling: "open", outcome: "result" }],
        era === "legacy" ? [request("ping"), { ruling: "open" }] : [request("server/discover"), { ruling: "open", outcome: "result" }],
      ];
      for (const [message] of messages) await agent.rpc(message, { era });
      const found = await rows(agent, messages.length);
      for (const [n, [{ method }, said]] of messages.entries()) {
        const went = said.ruling === "deny" ? {} : { outcome: read, origin_status: 200 };
        const { argument_keys: keys, arguments_sha256: sha, ...rest } = found.find((row) => row.method === method && row.name === said.name);
        const { argument_keys: _, arguments_sha256: __, ...expected } = { ...who, method, ...went, ...said };
        assert.deepEqual(rest, expected, `${n}`);
        if (method === "prompts/get") assert.deepEqual([keys, sha], [said.argument_keys, said.arguments_sha256]);
      }
    });

    test("what is no message: malformed, too large, of another type", async (t) => {
      const { agent, who } = await setUp(t);
      const { length } = "x".repeat(1024 * 1024 + 1);
      await agent.rpc('{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', { era, about: request("ping") });
      await agent.rpc("x".repeat(length), { era, about: request("ping") });
      await agent.rpc(request("ping"), { era, headers: { "Content-Type": "text/plain" } });
      const said = await rows(agent, 3);
      assert.deepEqual(said, ["malformed", "too_large", "media_type"].map((reason_code) => ({ ...who, method: "POST", ruling: "refused", reason_code })));
    });

    test("a server that is stopped; a method that is denied leaves the same row as a call", async (t) => {
      const { agent, who, server } = await setUp(t);
      await agent.call(FREE, {}, { era });
      await gateway.must("POST", `servers/${server}/stop`);
      await agent.call(FREE, {}, { era });
      await agent.rpc(request("tools/list"), { era });
      const [, call, list] = await rows(agent, 3);
      const { argument_keys: _, arguments_sha256: __, name, ...rest } = call;
      const stopped = { ...who, ruling: "deny", rule: "(server stopped)", reason_code: "server_stopped" };
      assert.deepEqual(rest, { ...stopped, method: "tools/call" });
      assert.equal(name, FREE);
      assert.deepEqual(list, { ...stopped, method: "tools/list" });
    });

    test("an origin that fails, is late, or breaks off: the outcome says which", async (t) => {
      const { agent, origin } = await setUp(t);
      const error = ({ message: { id } }) => json({ jsonrpc: "2.0", id, error: { code: -32602, message: "no" } }, { status: 400 });
      const endings = [
        [{ status: 500, headers: {}, chunks: ["no"] }, { outcome: "origin_failed", origin_status: 500 }],
        [SILENCE, { outcome: "late" }],
        [sse([": hello\r\n\r\n", DIE]), { outcome: "ended", origin_status: 200 }],
        [error, { outcome: "error", origin_status: 400 }],
      ];
      for (const [answer] of endings) {
        origin.next("tools/call", answer);
        await agent.call(FREE, {}, { era, mayBreak: true });
      }
      await origin.stop();
      await agent.call(FREE, {}, { era });
      const said = await rows(agent, endings.length + 1);
      const became = ({ outcome, origin_status }) => (origin_status === undefined ? { outcome } : { outcome, origin_status });
      assert.deepEqual(said.slice(0, -1).map(became), endings.map(([, ending]) => ending));
      // The harness answers for an origin that cannot be reached.
      assert.equal(said.at(-1).outcome, "origin_failed");
    });

    test("a gateway that fails: its ledger is gone, or its policy cannot be had", async (t) => {
      const { agent, who, server, policy } = await setUp(t);
      await gateway.faults.begin("LEDGER", agent.id, "unreachable", { times: 2 });
      assert.equal((await agent.call(METERED, ARGS, { era })).status, 503);
      const failed = { ...who, ...args, method: "tools/call", name: METERED, ruling: "failed" };
      assert.deepEqual(await rows(agent), [failed]);

      const other = await setUp(t);
      const [policyKey] = keysOf(other);
      const fault = await gateway.faults.begin("CONFIG", policyKey, "unreachable");
      assert.equal((await other.agent.call(FREE, ARGS, { era })).status, 503);
      await fault.end();
      const { stamp: _, ...known } = other.who;
      assert.deepEqual(await rows(other.agent), [{ ...known, method: "POST", ruling: "failed" }]);
      assert.notEqual(server, policy);
    });
  });
}

describe("A row of a session", { concurrency: true }, () => {
  test("initialize, a notification, an answer that nobody asked for, and DELETE", async (t) => {
    const { agent, who } = await setUp(t);
    const session = await agent.begin();
    await agent.rpc(notification("notifications/initialized"), { session });
    await agent.rpc({ jsonrpc: "2.0", id: "made-up", result: {} }, { session });
    await agent.send("DELETE", { "MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": session });
    assert.deepEqual(await rows(agent, 4), [
      { ...who, method: "initialize", ruling: "open", outcome: "result", origin_status: 200 },
      { ...who, method: "notifications/initialized", ruling: "open", outcome: "passed", origin_status: 202 },
      { ...who, method: "(answer)", ruling: "refused", reason_code: "not_asked" },
      { ...who, method: "DELETE", ruling: "open", outcome: "passed", origin_status: 200 },
    ]);
  });

  test("a session that never was, on each kind of request", async (t) => {
    const { agent, who } = await setUp(t);
    const session = "never-was";
    for (const message of [inEra("legacy", request("tools/call", { name: FREE })), request("tools/list"), notification("notifications/initialized"), initialize()]) {
      await agent.rpc(message, { session });
    }
    for (const method of ["GET", "DELETE"]) await agent.send(method, { "MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": session });
    await agent.send("GET", { "MCP-Protocol-Version": MODERN });
    const said = await rows(agent, 7);
    const refused = (method, reason_code = "no_such_session") => ({ ...who, method, ruling: "refused", reason_code });
    const methods = ["tools/call", "tools/list", "notifications/initialized", "initialize", "GET", "DELETE"];
    assert.deepEqual(said, [...methods.map((method) => refused(method)), refused("GET", "method_not_allowed")]);
  });

  test("a GET stream when it begins, and when the origin ends it", async (t) => {
    const { agent, origin, who } = await setUp(t);
    const session = await agent.begin();
    const stream = await agent.listen(session);
    await eventually(() => origin.hasStream(origin.sessions[0]), { every: 20 });
    const isOfStream = ({ method }) => method === "GET";
    const begun = (await recorded(gateway, agent.id, (all) => all.some(isOfStream))).find(isOfStream);
    assert.deepEqual(steady(begun), { ...who, method: "GET", ruling: "open", origin_status: 200 });
    await agent.send("DELETE", { "MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": session });
    for await (const _ of stream.chunks);
    const isItsEnd = ({ ruling, request_id: id }) => ruling === "outcome" && id === begun.request_id;
    const ended = (await recorded(gateway, agent.id, (all) => all.some(isItsEnd))).find(isItsEnd);
    assert.deepEqual(steady(ended), { ruling: "outcome", outcome: "ended", origin_status: 200 });
  });
});
