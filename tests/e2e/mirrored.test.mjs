// Mirrored arguments (`x-mcp-header`, modern era): what the gateway makes of what agents send, and what it sends on.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { lastingGateway } from "./support/lasting.mjs";
import { call, META } from "./support/message.mjs";
import { mirrored, sentinel } from "./support/mirror.mjs";
import { json } from "./support/origin.mjs";
import { assertError } from "./support/refusal.mjs";
import { callIt, HEADER_MISMATCH, METERED, methodsOf, of, paramsOf, tool, WEATHER, weatherAt } from "./support/weather.mjs";

const gateway = await lastingGateway();
after(() => gateway.stop());

const setUp = (t, more) => weatherAt(gateway, t, more);
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
