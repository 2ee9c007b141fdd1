// The catalogue: where the gateway knows it from which arguments a tool wants mirrored in header fields (modern era).
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { lastingGateway } from "./support/lasting.mjs";
import { MODERN } from "./support/message.mjs";
import { event, json, sse } from "./support/origin.mjs";
import { assertDenied, assertError, assertUnknownTool } from "./support/refusal.mjs";
import { callIt, HEADER_MISMATCH, METERED, methodsOf, of, paramsOf, tool, WEATHER, weatherAt } from "./support/weather.mjs";

const gateway = await lastingGateway();
after(() => gateway.stop());

const setUp = (t, more) => weatherAt(gateway, t, more);

describe("«a modern call of a tool not in it causes one list of the gateway's own»", { concurrency: true }, () => {
  test("one for the first call, none for the next", async (t) => {
    const { origin, agent, server, policy } = await setUp(t);
    for (const name of ["weather", "plain", "weather"]) assert.equal((await callIt(agent, { name })).status, 200);
    assert.equal((await callIt(await gateway.grant({ server, policy }), {})).status, 200);
    assert.deepEqual(methodsOf(origin), ["tools/list", "tools/call", "tools/call", "tools/call", "tools/call"]);
  });

  for (const era of ["legacy", "modern"]) {
    test(`«learnt from \`tools/list\` answers as they pass»: none where the agent has listed, ${era}`, async (t) => {
      // What is hidden from this agent is learnt as well: another grant may call it.
      const { origin, agent, server } = await setUp(t, { policy: { version: "1", default: "allow", hide: ["weather"] } });
      assert.deepEqual((await agent.list("tools", { era })).result.tools.map((each) => each.name), ["plain"]);
      const policy = gateway.name("policy");
      await gateway.must("PUT", `policies/${policy}`, METERED);
      const other = await gateway.grant({ server, policy });
      const args = { city: "Bonn" };
      assert.equal((await callIt(other, { args })).result.isError, false);
      assert.deepEqual(methodsOf(origin), ["tools/list", "tools/call"]);
      assert.deepEqual(paramsOf(origin.last), { "mcp-param-city": "Bonn" });
    });
  }

  test("what the gateway asks is a request of its own: nothing of the agent's is in it", async (t) => {
    const { origin, agent } = await setUp(t, { server: { origin: { headers: { "X-Origin-Key": "of-the-server-record" } } } });
    await callIt(agent, { headers: { "X-Mine": "of-the-agent", Cookie: "of-the-agent", "Mcp-Param-Unheard": "of-the-agent" } });
    const [{ headers, rawHeaders, message }] = origin.received;
    assert.equal(message.method, "tools/list");
    assert.equal(message.params._meta["io.modelcontextprotocol/protocolVersion"], MODERN);
    assert.deepEqual(message.params._meta["io.modelcontextprotocol/clientCapabilities"], {});
    assert.equal(headers["mcp-protocol-version"], MODERN);
    assert.equal(headers["mcp-method"], "tools/list");
    assert.equal(headers["content-type"], "application/json");
    assert.match(headers.accept, /application\/json/);
    assert.match(headers.accept, /text\/event-stream/);
    assert.equal(headers["x-origin-key"], "of-the-server-record");
    assert.doesNotMatch(rawHeaders.join("\n"), /of-the-agent/);
    assert.ok(!rawHeaders.join("\n").includes(agent.token));
  });

  test("it reads every page, and a stream as well as JSON", async (t) => {
    const tools = ["a", "b", "c", "d"].map((name) => tool(name, { city: of("string", `City-${name}`) }));
    const { origin, agent } = await setUp(t, { tools });
    origin.pageSize = 1;
    origin.next("tools/list", ({ message }) => sse([": ping\r\n\r\n", event({ jsonrpc: "2.0", id: message.id, result: { tools: tools.slice(0, 1), nextCursor: "page-1" } })]));
    const args = { city: "Bonn" };
    for (const name of ["d", "a"]) {
      assert.equal((await callIt(agent, { name, args, headers: { [`Mcp-Param-City-${name}`]: "Bonn" } })).result.isError, false);
      assertError(await callIt(agent, { name, args, headers: {} }), { status: 400, code: HEADER_MISMATCH });
    }
    assert.deepEqual(origin.received.slice(0, 4).map(({ message }) => message.params.cursor), [undefined, "page-1", "page-2", "page-3"]);
    assert.deepEqual(methodsOf(origin).slice(4), ["tools/call", "tools/call"]);
  });

  test("a tool that the origin does not have is the origin's to refuse", async (t) => {
    const { origin, agent } = await setUp(t);
    assertUnknownTool(await callIt(agent, { name: "unheard" }), "modern", "unheard");
    assert.deepEqual(methodsOf(origin), ["tools/list", "tools/call"]);
  });

  test("«A denial is answered at the edge: no origin»: for what is denied nothing is listed", async (t) => {
    const { origin, agent } = await setUp(t, { policy: { version: "1", default: "deny" } });
    assertDenied(await callIt(agent, {}), "modern", { reason_code: "default_deny" });
    assert.equal(origin.received.length, 0);
  });

  const unlisted = {
    "fails": () => ({ status: 500, headers: {}, chunks: ["of-the-origin"] }),
    "answers an error": ({ message }) => json({ jsonrpc: "2.0", id: message.id, error: { code: -32601, message: "of-the-origin" } }, { status: 404 }),
    "answers no list": ({ message }) => json({ jsonrpc: "2.0", id: message.id, result: { tools: "of-the-origin" } }),
    "answers no JSON": () => json("{"),
    "redirects": () => ({ status: 307, headers: { location: "http://127.0.0.1:1/of-the-origin" }, chunks: [] }),
  };
  for (const [what, script] of Object.entries(unlisted)) {
    test(`where the origin ${what}, nothing is called unchecked`, async (t) => {
      const { origin, agent } = await setUp(t, { policy: METERED });
      origin.next("tools/list", script);
      const answer = await callIt(agent, { id: "an id" });
      assertError(answer, { status: 502, code: -32603, id: "an id" });
      assert.doesNotMatch(answer.text, /of-the-origin/);
      assert.deepEqual(methodsOf(origin), ["tools/list"]);
      for (let n = 0; n < 2; n += 1) assert.equal((await callIt(agent, {})).result.isError, false, "and nothing was charged");
    });
  }

  test("a list without an end is given up", async (t) => {
    const { origin, agent } = await setUp(t);
    for (let n = 0; n < 200; n += 1) {
      origin.next("tools/list", ({ message }) => json({ jsonrpc: "2.0", id: message.id, result: { tools: [], nextCursor: `more-${n}` } }));
    }
    assertError(await callIt(agent, { id: 7 }), { status: 502, code: -32603, id: 7 });
    assert.ok(origin.received.length < 200);
    assert.equal(origin.calls().length, 0);
  });
});

describe("«an origin's -32020 (refused, nothing ran) refreshes it and retries once»", { concurrency: true }, () => {
  /** The tool as it was before it wanted anything mirrored. */
  const YOUNGER = tool("weather", { city: of("string") });
  const args = { city: "Bonn" };
  const refusal = ({ message }) => json({ jsonrpc: "2.0", id: message.id, error: { code: HEADER_MISMATCH, message: "of-the-origin" } }, { status: 400 });

  test("a schema that changes: the call is run exactly once, and charged once", async (t) => {
    const { origin, agent } = await setUp(t, { tools: [YOUNGER], policy: METERED });
    await agent.list("tools", { era: "modern" });
    origin.tools = [WEATHER];
    const answer = await callIt(agent, { args, id: 7 });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.message.id, 7);
    assert.equal(answer.result.isError, false);
    assert.match(answer.headers.ratelimit, /;r=1;/);
    assert.deepEqual(methodsOf(origin), ["tools/list", "tools/call", "tools/list", "tools/call"]);
    assert.deepEqual(origin.ran, ["weather"]);
    // What was learnt is known from now on.
    assert.equal((await callIt(agent, { args })).result.isError, false, "one was charged, not two");
    assert.equal(origin.received.length, 5);
    assertDenied(await callIt(agent, { args }), "modern", { reason_code: "rate_limited" });
    assert.deepEqual(origin.ran, ["weather", "weather"]);
  });

  test("an agent that does not know the new schema is told so, that it lists anew", async (t) => {
    const { origin, agent } = await setUp(t, { tools: [YOUNGER] });
    await agent.list("tools", { era: "modern" });
    origin.tools = [WEATHER];
    assertError(await callIt(agent, { args, headers: {}, id: 7 }), { status: 400, code: HEADER_MISMATCH, id: 7 });
    assert.deepEqual(origin.ran, []);
  });

  test("a schema that wants nothing mirrored any more", async (t) => {
    const { origin, agent } = await setUp(t, { tools: [WEATHER] });
    await agent.list("tools", { era: "modern" });
    origin.tools = [YOUNGER];
    await agent.list("tools", { era: "modern" });
    assert.equal((await callIt(agent, { args, headers: {} })).result.isError, false);
    assert.deepEqual(paramsOf(origin.last), {});
  });

  test("once: an origin that refuses again has the last word, and has not been asked thrice", async (t) => {
    const { origin, agent } = await setUp(t);
    await agent.list("tools", { era: "modern" });
    for (let n = 0; n < 3; n += 1) origin.next("tools/call", refusal);
    const answer = await callIt(agent, { args, id: 7 });
    assertError(answer, { status: answer.status === 400 ? 400 : 502, code: [HEADER_MISMATCH, -32603], id: 7 });
    assert.deepEqual(methodsOf(origin), ["tools/list", "tools/call", "tools/list", "tools/call"]);
  });

  test("an origin that does not list then is an error, and is not called again", async (t) => {
    const { origin, agent } = await setUp(t);
    await agent.list("tools", { era: "modern" });
    origin.next("tools/call", refusal);
    origin.next("tools/list", { status: 500, headers: {}, chunks: [] });
    assertError(await callIt(agent, { args, id: 7 }), { status: 502, code: -32603, id: 7 });
    assert.equal(origin.calls().length, 1);
  });

  test("another error of the origin's is the answer: nothing is tried again", async (t) => {
    const { origin, agent } = await setUp(t);
    await agent.list("tools", { era: "modern" });
    const error = { code: -32602, message: "no such argument" };
    origin.next("tools/call", ({ message }) => json({ jsonrpc: "2.0", id: message.id, error }, { status: 400 }));
    assert.deepEqual((await callIt(agent, { args })).message.error, error);
    assert.equal(origin.calls().length, 1);
  });
});

test("«kept in KV»: what was learnt is known to a runtime that has just begun", async (t) => {
  const { origin, agent } = await setUp(t);
  const args = { city: "Bonn" };
  assert.equal((await callIt(agent, { args })).status, 200);
  await gateway.end("SIGTERM");
  await gateway.start();
  assert.equal((await callIt(agent, { args })).status, 200);
  assert.deepEqual(methodsOf(origin), ["tools/list", "tools/call", "tools/call"]);
  assertError(await callIt(agent, { args, headers: {} }), { status: 400, code: HEADER_MISMATCH });
});
