// Between gateway and origin: which headers go, what comes back when the origin is away or odd, and that streams stream.
// Here workerd itself reaches for the origin: the test harness would do so through Node, which follows redirects,
// holds back the head of an answer, and adds headers of its own.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { SEED } from "./support/gateway.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { call, ERAS, LEGACY, MODERN, notification, request } from "./support/message.mjs";
import { DIE, event, json, sse, startOrigin } from "./support/origin.mjs";
import { gate } from "./support/patience.mjs";
import { assertError } from "./support/refusal.mjs";

const gateway = await lastingGateway();
after(() => gateway.stop());

async function setUp(t, more = {}) {
  const origin = await startOrigin(t);
  return { origin, ...(await gateway.register({ origin, ...more })) };
}

for (const era of ERAS) {
  describe(`Towards the origin, ${era}`, { concurrency: true }, () => {
    test("«Headers are computed, never copied»: nothing that the agent made up reaches the origin", async (t) => {
      const { origin, agent } = await setUp(t);
      const names = [
        "Cookie", "Proxy-Authorization", "Proxy-Connection", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
        "X-Forwarded-Proto", "X-Real-IP", "Via", "X-HTTP-Method-Override", "True-Client-IP", "CF-Access-Jwt-Assertion",
        "X-Tollgate-Grant", "X-Api-Key", "User-Agent", "Accept-Language", "Referer", "From", "X-Anything", "Mcp_Method",
        "Last-Event-ID", "If-None-Match", "Mcp-Param-Command",
      ];
      const headers = Object.fromEntries(names.map((name) => [name, `made-up-by-the-agent-${name}`]));
      // A session is a header of the legacy era alone.
      if (era === "modern") headers["Mcp-Session-Id"] = "made-up-by-the-agent";
      const answer = await agent.rpc(call("shell_execute"), { era, headers });
      assert.equal(answer.status, 200, answer.text);
      const { rawHeaders } = origin.last;
      assert.doesNotMatch(rawHeaders.join("\n"), /made-up-by-the-agent/);
      assert.ok(!rawHeaders.join("\n").includes(agent.token));
      const computed = ["accept", "content-type", "mcp-protocol-version", ...(era === "modern" ? ["mcp-method", "mcp-name"] : [])];
      // workerd names the Worker's zone in `cf-worker`, and that is all it adds of its own.
      const ofTheRuntime = ["accept-encoding", "cf-worker", "connection", "content-length", "host"];
      const more = Object.keys(origin.last.headers).filter((name) => ![...computed, ...ofTheRuntime].includes(name));
      assert.deepEqual(more, []);
    });

    test("«content type, accept, version, `Mcp-Method`, `Mcp-Name` … and the server record's own»", async (t) => {
      const own = { Authorization: "Bearer of-the-server-record", "X-Origin-Key": "of-the-server-record" };
      const { origin, agent } = await setUp(t, { server: { origin: { headers: own } } });
      const mine = { "X-Origin-Key": "mine", Accept: "text/event-stream, application/json;q=0.5" };
      await agent.rpc(call("shell_execute"), { era, headers: mine });
      const { headers } = origin.last;
      assert.equal(headers["content-type"], "application/json");
      assert.match(headers.accept, /application\/json/);
      assert.match(headers.accept, /text\/event-stream/);
      assert.equal(headers["mcp-protocol-version"], era === "modern" ? MODERN : LEGACY);
      assert.equal(headers["mcp-method"], era === "modern" ? "tools/call" : undefined);
      assert.equal(headers["mcp-name"], era === "modern" ? "shell_execute" : undefined);
      assert.equal(headers.authorization, "Bearer of-the-server-record");
      assert.equal(headers["x-origin-key"], "of-the-server-record");
    });

    test("«Redirects are not followed»", async (t) => {
      const elsewhere = await startOrigin(t);
      const { origin, agent } = await setUp(t);
      for (const status of [301, 302, 303, 307, 308]) {
        origin.next("tools/call", { status, headers: { location: elsewhere.url }, chunks: [] });
        const sent = call("shell_execute");
        const answer = await agent.rpc(sent, { era });
        assertError(answer, { status: 502, code: -32603, id: sent.id });
        assert.equal(answer.headers.location, undefined);
        assert.ok(!answer.text.includes(elsewhere.url));
      }
      assert.equal(elsewhere.received.length, 0);
    });
  });

  describe(`From the origin, ${era}`, { concurrency: true }, () => {
    test("an origin that is down: a well-formed error with the request's id, and nothing of the origin in it", async (t) => {
      const { origin, agent } = await setUp(t, { server: { origin: { headers: { Authorization: "Bearer of-the-server-record" } } } });
      const { host, port } = new URL(origin.url);
      await origin.stop();
      const read = request("resources/read", { uri: "django://project/apps" });
      for (const sent of [call("shell_execute", {}, "my id"), request("tools/list"), read]) {
        const answer = await agent.rpc(sent, { era });
        assertError(answer, { status: 502, code: -32603, id: sent.id });
        for (const secret of [host, port, "of-the-server-record", "ECONNREFUSED", "stack"]) {
          assert.ok(!answer.text.includes(secret), answer.text);
        }
      }
    });

    // Issue 3: «any status but 200» is read, and «What is read and is not a well-formed answer becomes one well-formed error».
    const faults = {
      "a bare Internal Server Error": { status: 500, headers: { "content-type": "text/plain" }, chunks: ["Traceback of-the-origin"] },
      "a page in HTML": { status: 503, headers: { "content-type": "text/html" }, chunks: ["<h1>of-the-origin</h1>"] },
      "a status but no body": { status: 500, headers: {}, chunks: [] },
      "an error that breaks off": json('{"jsonrpc":"2.0","id":1,"error":{"of-the-origin'.padEnd(60), { status: 500 }),
    };
    for (const [what, script] of Object.entries(faults)) {
      test(`${what} becomes one well-formed error`, async (t) => {
        const { origin, agent } = await setUp(t);
        origin.next("tools/call", script);
        const sent = call("shell_execute");
        const answer = await agent.rpc(sent, { era });
        assertError(answer, { status: 502, code: -32603, id: sent.id });
        assert.doesNotMatch(answer.text, /of-the-origin/);
      });
    }

    test("an origin's own JSON-RPC error comes through", async (t) => {
      const { origin, agent } = await setUp(t);
      const sent = call("shell_execute");
      const error = { code: -32602, message: "no such argument", data: { kept: [1] } };
      const status = era === "modern" ? 400 : 200;
      origin.next("tools/call", json({ jsonrpc: "2.0", id: sent.id, error }, { status }));
      const answer = await agent.rpc(sent, { era });
      assert.equal(answer.status, status);
      assert.deepEqual(answer.message.error, error);
    });

    test("«Stream. Never buffer server-sent events; send headers at once»", async (t) => {
      const { origin, agent } = await setUp(t);
      const [first, second] = [gate(), gate()];
      const sent = call("shell_execute");
      const progress = notification("notifications/progress", { progressToken: 1, progress: 1 });
      const result = { jsonrpc: "2.0", id: sent.id, result: { content: [], isError: false } };
      origin.next("tools/call", sse([first.opened, event(progress), second.opened, event(result)]));
      // The head is here though the origin has not said a word.
      const stream = await agent.stream(sent, { era });
      assert.equal(stream.status, 200);
      assert.match(stream.headers["content-type"], /^text\/event-stream/);
      first.open();
      let text = "";
      for await (const chunk of stream.chunks) {
        text += chunk;
        // The first event is here though the origin waits with the second for us.
        if (text.includes("notifications/progress")) second.open();
      }
      assert.match(text, /"isError":false/);
    });
  });
}

test("«re-emit each as one `event: message` with one `data:` line»", async (t) => {
  const { origin, agent } = await setUp(t, { server: { preset: "mcp-django" }, policy: SEED });
  const sent = call("management_execute_command");
  const result = { jsonrpc: "2.0", id: sent.id, result: { content: [], isError: false } };
  const [head, tail] = JSON.stringify(result).split(/(?<=,)(?="result")/);
  origin.next("tools/call", sse([": ping\r\n\r\n", `event: message\rdata: ${head}\rdata: ${tail}\r\r`]));
  const answer = await agent.rpc(sent);
  assert.deepEqual(answer.events.map((each) => each.event), ["message"]);
  assert.doesNotMatch(answer.events[0].data, /\n/);
  assert.deepEqual(answer.result, { content: [], isError: false });
});

test("«an unterminated last event is dropped»: of a stream that dies in mid-event no half an event is passed on", async (t) => {
  const { origin, agent } = await setUp(t);
  const whole = event(notification("notifications/message", { level: "info", data: "x" }));
  origin.next("tools/call", sse([whole, 'event: message\r\ndata: {"half', DIE]));
  const answer = await agent.rpc(call("shell_execute"), { mayBreak: true });
  assert.doesNotMatch(answer.text, /half/);
});

test("an answer that is read is counted as it unpacks: 64 KiB that become 32 MiB are too large", async (t) => {
  const { origin, agent } = await setUp(t);
  const tools = `{"jsonrpc":"2.0","id":1,"result":{"tools":[],"padding":"${" ".repeat(32 * 1024 * 1024)}"}}`;
  const packed = gzipSync(tools);
  assert.ok(packed.length < 64 * 1024);
  origin.next("tools/list", json(packed, { headers: { "content-encoding": "gzip", "content-length": packed.length } }));
  assertError(await agent.rpc(request("tools/list")), { status: 502, code: -32603 });
});
