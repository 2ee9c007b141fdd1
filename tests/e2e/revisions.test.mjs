// Revision by revision: what a client of each may count on, where no other suite says it of that revision (docs/protocol-requirements.md).
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { exchange } from "./support/exchange.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { answered, call, initialize, log, META, MODERN, notification, request } from "./support/message.mjs";
import { event, json, sse, startOrigin } from "./support/origin.mjs";
import { assertError } from "./support/refusal.mjs";

const LEGACY_REVISIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

const gateway = await lastingGateway();
after(() => gateway.stop());

const setUp = async (t) => gateway.withOrigin(t);

for (const revision of LEGACY_REVISIONS) {
  describe(`A session of ${revision}`, { concurrency: true }, () => {
    // Clients before 2025-06-18 send no version.
    const version = revision < "2025-06-18" ? undefined : revision;
    const headers = { "MCP-Protocol-Version": version };

    test(`begins, is used and ends, and the origin hears the version as it was said, ${revision}`, async (t) => {
      const { origin, agent } = await setUp(t);
      const hello = await agent.rpc(initialize(revision), { headers: { "MCP-Protocol-Version": undefined } });
      assert.equal(hello.result.protocolVersion, revision);
      const session = hello.headers["mcp-session-id"];
      assert.match(session, /^[\x21-\x7e]+$/, "visible ASCII");
      const ready = await agent.rpc(notification("notifications/initialized"), { headers, session });
      assert.deepEqual([ready.status, ready.text], [202, ""]);
      assert.ok((await agent.list("tools", { headers, session })).result.tools.length > 0);
      assert.equal((await agent.call("shell_execute", {}, { headers, session })).result.isError, false);
      assert.equal((await agent.rpc(request("ping"), { headers, session })).status, 200);
      assert.equal((await agent.send("DELETE", { "Mcp-Session-Id": session, ...(version && { "MCP-Protocol-Version": version }) })).status, 200);
      assert.equal((await agent.call("shell_execute", {}, { headers, session })).status, 404);
      const said = new Set(origin.received.slice(1).map((received) => received.headers["mcp-protocol-version"]));
      assert.deepEqual([...said], [version]);
    });

    test(`no batch is taken, and nothing of one is forwarded, ${revision}`, async (t) => {
      const { origin, agent } = await setUp(t);
      const batches = [[call("shell_execute")], [call("shell_execute"), request("ping")], [notification("notifications/initialized")], [initialize(revision)]];
      for (const batch of batches) assertError(await agent.rpc(JSON.stringify(batch), { headers }), { status: 400, code: -32600 });
      assert.equal(origin.received.length, 0);
    });

    test(`what the origin says on the way stands before the answer, and the stream ends with it, ${revision}`, async (t) => {
      const { origin, agent } = await setUp(t);
      origin.next("tools/call", ({ message }) => sse([event(log("one")), event(log("two")), event(answered(message)), event(log("late"))]));
      const answer = await agent.call("shell_execute", {}, { headers });
      assert.deepEqual(answer.messages.map(({ method, params }) => (method === undefined ? "answer" : params.data)), ["one", "two", "answer"]);
    });
  });
}

test("a version that is none of these, in the handshake, is the origin's to answer", async (t) => {
  const { origin, agent } = await setUp(t);
  const result = { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "o", version: "1" } };
  origin.next("initialize", ({ message }) => json({ jsonrpc: "2.0", id: message.id, result }));
  const hello = await agent.rpc(initialize("1999-01-01"), { headers: { "MCP-Protocol-Version": undefined } });
  assert.equal(hello.result.protocolVersion, "2025-11-25");
  assert.equal(origin.last.message.params.protocolVersion, "1999-01-01");
});

describe("2026-07-28", { concurrency: true }, () => {
  test("«header names are case-insensitive», values are not", async (t) => {
    const { agent } = await setUp(t);
    const bare = { "MCP-Protocol-Version": undefined, "Mcp-Method": undefined, "Mcp-Name": undefined };
    const upper = { ...bare, "MCP-PROTOCOL-VERSION": MODERN, "MCP-METHOD": "tools/call", "MCP-NAME": "shell_execute" };
    const lower = { ...bare, "mcp-protocol-version": MODERN, "mcp-method": "tools/call", "mcp-name": "shell_execute" };
    for (const headers of [upper, lower]) {
      const kept = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
      const body = JSON.stringify({ ...call("shell_execute"), params: { name: "shell_execute", arguments: {}, _meta: META } });
      const sent = { "Content-Type": "application/json", Accept: "application/json, text/event-stream", Authorization: `Bearer ${agent.token}`, ...kept };
      const answer = await exchange(agent.url, { method: "POST", body, headers: sent });
      assert.equal(answer.status, 200, answer.text);
    }
    const other = await agent.rpc(call("shell_execute"), { era: "modern", headers: { "Mcp-Name": "SHELL_EXECUTE" } });
    assertError(other, { status: 400, code: -32020 });
  });

  test("white space around a mirrored value is none of it", async (t) => {
    const { agent } = await setUp(t);
    const answer = await agent.rpc(call("shell_execute"), { era: "modern", headers: { "Mcp-Name": "  shell_execute \t", "Mcp-Method": "\ttools/call " } });
    assert.equal(answer.status, 200, answer.text);
  });

  test("`Mcp-Session-Id` and `Last-Event-ID` are overlooked, and no session is given out", async (t) => {
    const { origin, agent } = await setUp(t);
    const headers = { "Mcp-Session-Id": "of-another-era", "Last-Event-ID": "7" };
    for (const message of [call("shell_execute"), request("server/discover"), request("tools/list")]) {
      const answer = await agent.rpc(message, { era: "modern", headers });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers["mcp-session-id"], undefined);
      assert.equal(origin.last.headers["mcp-session-id"], undefined);
      assert.equal(origin.last.headers["last-event-id"], undefined);
    }
  });

  test("an origin that gives out a session has it kept from the agent", async (t) => {
    const { origin, agent } = await setUp(t);
    const result = { supportedVersions: [MODERN], capabilities: {}, resultType: "complete" };
    const headers = { "mcp-session-id": "of-the-origin" };
    origin.next("server/discover", ({ message }) => json({ jsonrpc: "2.0", id: message.id, result }, { headers }));
    const answer = await agent.rpc(request("server/discover"), { era: "modern" });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers["mcp-session-id"], undefined);
  });

  test("GET and DELETE are 405 with `Allow: POST`, and reach nobody", async (t) => {
    const { origin, agent } = await setUp(t);
    for (const method of ["GET", "DELETE"]) {
      const answer = await agent.send(method, { Accept: "text/event-stream", "MCP-Protocol-Version": MODERN });
      assert.deepEqual([answer.status, answer.headers.allow], [405, "POST"]);
    }
    assert.equal(origin.received.length, 0);
  });

  test("a notification, of which this revision has none, is refused with an HTTP error", async (t) => {
    const { origin, agent } = await setUp(t);
    for (const method of ["notifications/cancelled", "notifications/initialized", "notifications/progress", "notifications/anything"]) {
      const answer = await agent.rpc(notification(method, { requestId: 1 }), { era: "modern" });
      assertError(answer, { status: 404, code: -32601 });
    }
    assert.equal(origin.received.length, 0);
  });

  test("an answer, which this revision lets no client send, is refused", async (t) => {
    const { origin, agent } = await setUp(t);
    const answer = await agent.rpc(JSON.stringify({ jsonrpc: "2.0", id: "x", result: {} }), { era: "modern" });
    assertError(answer, { status: 400, code: [-32600, -32602] });
    assert.equal(origin.received.length, 0);
  });

  test("what this revision took away is 404, -32601", async (t) => {
    const { origin, agent } = await setUp(t);
    const gone = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "tasks/get", "tasks/list", "tasks/result"];
    for (const method of gone) {
      const sent = request(method, { uri: "django://x", level: "info", taskId: "1" });
      assertError(await agent.rpc(sent, { era: "modern" }), { status: 404, code: -32601, id: sent.id });
    }
    assert.equal(origin.received.length, 0);
  });

  test("a client need not say its name: `clientInfo` is optional", async (t) => {
    const { agent } = await setUp(t);
    const { "io.modelcontextprotocol/clientInfo": _, ...rest } = META;
    const answer = await agent.rpc(request("tools/call", { name: "shell_execute", arguments: {}, _meta: rest }), { era: "modern" });
    assert.equal(answer.status, 200, answer.text);
  });

  test("an origin's -32021 and -32022 reach the agent as they are, under its own id", async (t) => {
    const { origin, agent } = await setUp(t);
    for (const [code, data] of [[-32021, { requiredCapabilities: { sampling: {} } }], [-32022, { supported: [MODERN] }]]) {
      origin.next("resources/read", ({ message }) => json({ jsonrpc: "2.0", id: message.id, error: { code, message: "no", data } }, { status: 400 }));
      const sent = request("resources/read", { uri: "django://project/apps" });
      const error = assertError(await agent.rpc(sent, { era: "modern" }), { status: 400, code, id: sent.id });
      assert.deepEqual(error.data, data);
    }
  });
});

test("a stream of events says that nobody between is to hold it back, in each era", async (t) => {
  const { origin, agent } = await setUp(t);
  for (const era of ["legacy", "modern"]) {
    origin.next("tools/call", ({ message }) => sse([event(log("one")), 30, event(answered(message))]));
    const { headers } = await agent.call("shell_execute", {}, { era });
    assert.match(headers["content-type"], /^text\/event-stream/);
    assert.equal(headers["x-accel-buffering"], "no");
    assert.match(headers["cache-control"], /no-transform/);
  }
});

test("tokens count in the header alone, on every request of a session", async (t) => {
  const { origin, agent } = await setUp(t);
  const session = await agent.begin();
  const before = origin.received.length;
  for (const headers of [{ Authorization: undefined }, { Authorization: agent.token }, { Authorization: `Basic ${agent.token}` }]) {
    assert.equal((await agent.rpc(call("shell_execute"), { session, headers })).status, 401);
  }
  assert.equal(origin.received.length, before);
});

test("an agent's Accept is not asked for: the origin is told both kinds, whatever the agent says", async (t) => {
  const { origin, agent } = await setUp(t);
  for (const Accept of ["application/json, text/event-stream", "application/json", "*/*", undefined]) {
    const answer = await agent.rpc(call("shell_execute"), { headers: { Accept } });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(origin.last.headers.accept, "application/json, text/event-stream");
  }
});

test("an origin's 401 and 403 are none of the agent's: 502, and nothing that asks for a sign-in", async (t) => {
  const { origin, agent } = await setUp(t);
  for (const era of ["legacy", "modern"]) {
    for (const status of [401, 403]) {
      for (const sent of [request("tools/list"), call("shell_execute"), request("resources/read", { uri: "django://project/apps" })]) {
        if (era === "modern") await agent.list("tools", { era });
        const headers = { "www-authenticate": 'Bearer resource_metadata="https://sign-in.example/"' };
        const body = { jsonrpc: "2.0", id: sent.id, error: { code: -32001, message: "sign in" } };
        origin.next(sent.method, json(body, { status, headers }));
        const answer = await agent.rpc(sent, { era });
        assertError(answer, { status: 502, code: -32603, id: sent.id });
        assert.equal(answer.headers["www-authenticate"], undefined);
        assert.doesNotMatch(answer.text, /sign in|sign-in/);
      }
    }
  }
});
