// The catalogue: which arguments a tool wants mirrored in header fields (`x-mcp-header`, modern era), where the gateway knows
// it from, and what it makes of what agents send.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { lastingGateway } from "./support/lasting.mjs";
import { call, META, MODERN, request } from "./support/message.mjs";
import { mirrored, sentinel } from "./support/mirror.mjs";
import { json, sse, event, startOrigin } from "./support/origin.mjs";
import { assertDenied, assertError, assertUnknownTool } from "./support/refusal.mjs";

const HEADER_MISMATCH = -32020;
const of = (type, header, more = {}) => ({ type, ...(header === undefined ? {} : { "x-mcp-header": header }), ...more });
const tool = (name, properties) => ({ name, inputSchema: { type: "object", properties } });

/** A tool that mirrors arguments of each type, also of those further in. */
const WEATHER = tool("weather", {
  city: of("string", "City"),
  days: of("integer", "Days"),
  metric: of("boolean", "Metric"),
  place: of("object", undefined, { properties: { region: of("string", "Region"), grid: of("object", undefined, { properties: { row: of("integer", "Row") } }) } }),
  note: of("string"),
});
const PLAIN = tool("plain", { city: of("string") });
const METERED = { version: "1", default: "allow", tools: { weather: { rate_limit: { max: 2, window: 60 } } } };

const gateway = await lastingGateway();
after(() => gateway.stop());

async function setUp(t, { tools = [PLAIN, WEATHER], ...more } = {}) {
  const origin = await startOrigin(t);
  origin.tools = tools;
  return { origin, ...(await gateway.register({ origin, ...more })) };
}

/** A modern call, with the header fields that a client computes, or with others. */
function callIt(agent, { name, args = {}, id, headers = mirrored(WEATHER, args) }) {
  return agent.rpc(call(name ?? "weather", args, id), { era: "modern", headers });
}

const methodsOf = (origin) => origin.received.map((record) => record.message?.method ?? record.method);
/** The `Mcp-Param-*` fields of a request. */
const paramsOf = ({ headers }) => Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("mcp-param-")));
const lowerCased = (fields) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));

describe("«`Mcp-Param-*` headers checked and computed from it»", { concurrency: true }, () => {
  const good = {
    "a string": { city: "Bonn" },
    "a string with spaces in it, and commas": { city: "a b, c" },
    "an integer": { days: 42 },
    "a negative integer": { days: -7 },
    "zero": { days: 0 },
    "true": { metric: true },
    "false": { metric: false },
    "further in": { place: { region: "NRW", grid: { row: 3 } } },
    "all of them, beside one that is not mirrored": { city: "Bonn", days: 1, metric: true, place: { region: "x", grid: { row: 0 } }, note: "n" },
    "non-ASCII, in the sentinel's base64": { city: "Zürich 🏔", place: { region: "Ελλάς" } },
    "a space at an edge, in base64": { city: " x" },
    "a control character, in base64": { city: "a\nb" },
    "what looks like the sentinel, in base64": { city: "=?base64?eA==?=" },
    "null, which is not mirrored": { city: null, days: 1 },
    "none": {},
  };
  for (const [what, args] of Object.entries(good)) {
    test(`an argument that is ${what} reaches the origin, mirrored`, async (t) => {
      const { origin, agent } = await setUp(t);
      const answer = await callIt(agent, { args });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.result.isError, false);
      assert.deepEqual(paramsOf(origin.last), lowerCased(mirrored(WEATHER, args)));
      assert.deepEqual(origin.ran, ["weather"]);
    });
  }

  test("«computed, never copied»: another spelling of the same value reaches the origin as the gateway spells it", async (t) => {
    const { origin, agent } = await setUp(t);
    const args = { city: "Bonn", days: 42, metric: true };
    const headers = { "mcp-param-CITY": sentinel("Bonn"), "Mcp-Param-Days": "42.0", "Mcp-Param-Metric": ` ${sentinel("true")} ` };
    assert.equal((await callIt(agent, { args, headers })).status, 200);
    assert.deepEqual(paramsOf(origin.last), { "mcp-param-city": "Bonn", "mcp-param-days": "42", "mcp-param-metric": "true" });
  });

  test("integers compare as numbers: `42.0` agrees with 42, on either side", async (t) => {
    const { origin, agent } = await setUp(t);
    for (const [written, header] of [["42", "42.0"], ["42", "42.00"], ["42.0", "42"], ["-1", "-1.0"], ["42", sentinel("42.0")]]) {
      const body = JSON.stringify({ ...call("weather", { days: "§" }), params: { name: "weather", arguments: { days: "§" }, _meta: META } });
      const answer = await agent.rpc(body.replace('"§"', written), { era: "modern", about: call("weather"), headers: { "Mcp-Param-Days": header } });
      assert.equal(answer.status, 200, `${written}, ${header}: ${answer.text}`);
      assert.equal(Number(origin.last.headers["mcp-param-days"]), Number(written));
    }
    assert.equal(origin.ran.length, 5);
  });

  test("«computed, never copied»: a field that no argument of the tool asks for does not reach the origin", async (t) => {
    const { origin, agent } = await setUp(t);
    const headers = { "Mcp-Param-City": "Bonn", "Mcp-Param-Unheard": "x", "Mcp-Param-Note": "n" };
    assert.equal((await callIt(agent, { args: { city: "Bonn", note: "n" }, headers })).status, 200);
    assert.deepEqual(paramsOf(origin.last), { "mcp-param-city": "Bonn" });
    assert.equal((await callIt(agent, { name: "plain", args: { city: "Bonn" }, headers })).status, 200);
    assert.deepEqual(paramsOf(origin.last), {});
  });

  const args = { city: "Bonn", days: 42, metric: true, place: { region: "NRW" } };
  const fields = mirrored(WEATHER, args);
  const bad = {
    "all missing": [args, {}],
    "one missing": [args, { ...fields, "Mcp-Param-City": undefined }],
    "one further in missing": [args, { ...fields, "Mcp-Param-Region": undefined }],
    "another string": [args, { ...fields, "Mcp-Param-City": "Köln".replace("ö", "oe") }],
    "another case": [args, { ...fields, "Mcp-Param-City": "bonn" }],
    "another string in base64": [args, { ...fields, "Mcp-Param-City": sentinel("Berlin") }],
    "another integer": [args, { ...fields, "Mcp-Param-Days": "43" }],
    "a fraction": [args, { ...fields, "Mcp-Param-Days": "42.5" }],
    "an integer with something behind": [args, { ...fields, "Mcp-Param-Days": "42x" }],
    "another truth": [args, { ...fields, "Mcp-Param-Metric": "false" }],
    "a truth in another case": [args, { ...fields, "Mcp-Param-Metric": "True" }],
    "empty": [args, { ...fields, "Mcp-Param-City": "" }],
    "sent twice": [args, { ...fields, "Mcp-Param-City": ["Bonn", "Bonn"] }],
    "sent twice, one of them another": [args, { ...fields, "Mcp-Param-City": ["Bonn", "Berlin"] }],
    "base64 outside the alphabet": [args, { ...fields, "Mcp-Param-City": "=?base64?%%%?=" }],
    "base64 without its padding": [{ city: "x" }, { "Mcp-Param-City": "=?base64?eA?=" }],
    "base64 that is not canonical": [{ city: "x" }, { "Mcp-Param-City": "=?base64?eB==?=" }],
    "base64 of what is not UTF-8": [{ city: "\ufffd" }, { "Mcp-Param-City": "=?base64?/w==?=" }],
    "base64 of nothing": [args, { ...fields, "Mcp-Param-City": "=?base64??=" }],
    "the sentinel in another case": [{ city: "x" }, { "Mcp-Param-City": "=?BASE64?eA==?=" }],
    "bytes outside ASCII": [{ city: "Zürich" }, { "Mcp-Param-City": Buffer.from("Zürich").toString("latin1") }],
    "extra: the argument is absent": [{}, { "Mcp-Param-City": "Bonn" }],
    "extra: the argument is null": [{ city: null }, { "Mcp-Param-City": "null" }],
    "extra: what it stands in is absent": [{}, { "Mcp-Param-Region": "NRW" }],
    "extra: what it stands in is no object": [{ place: "x" }, { "Mcp-Param-Region": "NRW" }],
  };
  for (const [what, [given, headers]] of Object.entries(bad)) {
    test(`«a missing, repeated or malformed mirrored header, or one that disagrees with the body → 400, -32020»: ${what}`, async (t) => {
      const { origin, agent } = await setUp(t, { policy: METERED });
      await agent.list("tools", { era: "modern" });
      const before = origin.received.length;
      for (const id of ["an id", 7]) {
        const answer = await callIt(agent, { args: given, headers, id });
        assertError(answer, { status: 400, code: HEADER_MISMATCH, id });
      }
      assert.equal(origin.received.length, before, "nothing forwarded");
      for (let n = 0; n < 2; n += 1) assert.equal((await callIt(agent, { args })).result.isError, false, "and nothing charged");
    });
  }

  test("legacy: nothing is mirrored, and nothing is checked", async (t) => {
    const { origin, agent } = await setUp(t);
    await agent.list("tools");
    const answer = await agent.rpc(call("weather", { city: "Bonn" }), { headers: { "Mcp-Param-City": "Berlin" } });
    assert.equal(answer.result.isError, false);
    assert.deepEqual(paramsOf(origin.last), {});
    assert.deepEqual(methodsOf(origin), ["tools/list", "tools/call"]);
  });

  const wrong = {
    "on an object": { city: of("object", "City") },
    "on a number": { city: of("number", "City") },
    "without a type": { city: { "x-mcp-header": "City" } },
    "with no token for a name": { city: of("string", "Ci ty") },
    "with an empty name": { city: of("string", "") },
    "with a name that is no string": { city: of("string", 1) },
    "one name for two arguments": { city: of("string", "City"), place: of("string", "CITY") },
    "one of them wrong": { city: of("string", "City"), days: of("array", "Days") },
  };
  for (const [what, properties] of Object.entries(wrong)) {
    test(`a tool with an annotation that is not valid mirrors nothing: ${what}`, async (t) => {
      const { origin, agent } = await setUp(t, { tools: [tool("wrong", properties)] });
      // The fixture would check what it wrongly asks for; an origin need not.
      for (const headers of [{}, { "Mcp-Param-City": "Berlin" }]) {
        const sent = call("wrong", { city: "Bonn" });
        origin.next("tools/call", json({ jsonrpc: "2.0", id: sent.id, result: { content: [], isError: false, resultType: "complete" } }));
        assert.equal((await agent.rpc(sent, { era: "modern", headers })).status, 200);
        assert.deepEqual(paramsOf(origin.last), {});
      }
    });
  }
});

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
