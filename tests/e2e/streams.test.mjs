// Streams, and what origins do to them: silence, breaks, wrong types, lies.
// The waits are those of `FIRST_BYTE_MS` and `IDLE_MS`, made short; a keep-alive comes after 20 s or half of `IDLE_MS`, whichever is less.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { after, describe, test } from "node:test";
import { lastingGateway } from "./support/lasting.mjs";
import { answered, call, ERAS, log, notification, request } from "./support/message.mjs";
import { DIE, event, HANG, json, SILENCE, sse, startOrigin } from "./support/origin.mjs";
import { leaving } from "./support/patience.mjs";
import { assertEnded, assertError } from "./support/refusal.mjs";

const FIRST_BYTE_MS = 4000;
const IDLE_MS = 1500;
/** How long after the agent the origin's connection may be gone, and still have been ended by that and nothing else. */
const PROMPT_MS = 1200;

const gateway = await lastingGateway({ vars: { FIRST_BYTE_MS, IDLE_MS } });
after(() => gateway.stop());

async function setUp(t, more = {}) {
  const origin = await startOrigin(t);
  return { origin, ...(await gateway.register({ origin, ...more })) };
}

const progress = notification("notifications/progress", { progressToken: 1, progress: 1 });

describe("An origin that is silent", { concurrency: true }, () => {
  for (const era of ERAS) {
    test(`«One timeout for the first byte»: an origin that never answers is given up, 504 with the request's id, ${era}`, async (t) => {
      const { origin, agent } = await setUp(t);
      await agent.list("tools", { era });
      const waits = [call("shell_execute", {}, "my id"), request("tools/list"), request("prompts/list")].map(async (sent) => {
        origin.next(sent.method, SILENCE);
        const began = Date.now();
        assertError(await agent.rpc(sent, { era }), { status: 504, code: -32603, id: sent.id });
        const waited = Date.now() - began;
        assert.ok(waited > FIRST_BYTE_MS - 50 && waited < FIRST_BYTE_MS + 3000, `${waited} ms`);
      });
      await Promise.all(waits);
      for (const record of origin.received.slice(1)) await leaving(record, 500);
    });

    for (const [when, said] of Object.entries({ "from the start": [], "after an event": [progress] })) {
      test(`«pass or make keep-alive comments»: while the origin says nothing the agent hears comments, ${when}, ${era}`, async (t) => {
        const { origin, agent } = await setUp(t);
        const sent = call("shell_execute");
        origin.next("tools/call", sse([...said.map(event), IDLE_MS - 300, event(answered(sent))]));
        const answer = await agent.rpc(sent, { era });
        assert.match(answer.text, /(?<=^|\n\n)(:[^\n]*\n\n)+event: message\ndata: [^\n]+\n\n$/);
        assert.deepEqual(answer.messages, [...said, answered(sent)]);
      });
    }

    test(`«pass … keep-alive comments»: an origin that makes some is not silent, ${era}`, async (t) => {
      const { origin, agent } = await setUp(t);
      const sent = call("shell_execute");
      const breaths = Array.from({ length: 6 }, () => [700, ": still here\r\n\r\n"]).flat();
      origin.next("tools/call", sse([...breaths, event(answered(sent))]));
      const answer = await agent.rpc(sent, { era });
      assert.deepEqual(answer.messages, [answered(sent)]);
      assert.match(answer.text, /^(:[^\n]*\n\n){6,}event/);
      assert.doesNotMatch(answer.text, /still here/, "a comment's text is nothing that a policy has judged");
    });

    test(`«one for idleness»: an origin that falls silent in mid-stream: one well-formed error, the end, and it is let go, ${era}`, async (t) => {
      const { origin, agent } = await setUp(t);
      const sent = call("shell_execute");
      origin.next("tools/call", sse([event(progress), 'data: {"half":', HANG]));
      const began = Date.now();
      const answer = await agent.rpc(sent, { era, timeout: 2 * IDLE_MS + 3000 });
      const waited = Date.now() - began;
      assertEnded(answer, sent);
      assert.deepEqual(answer.messages[0], progress);
      assert.doesNotMatch(answer.text, /half/);
      assert.ok(waited > IDLE_MS && waited < 2 * IDLE_MS + 3000, `${waited} ms`);
      await leaving(origin.last, 500);
    });

    const read = { "a list": [request("tools/list"), 200], "an error": [call("shell_execute"), 400] };
    for (const [what, [sent, status]] of Object.entries(read)) {
      test(`«one for idleness»: an origin that falls silent in the middle of ${what} in JSON, which is read as a whole, ${era}`, async (t) => {
        const { origin, agent } = await setUp(t);
        await agent.list("tools", { era });
        origin.next(sent.method, { ...json("", { status }), chunks: ['{"jsonrpc":"2.0",', HANG] });
        const answer = await agent.rpc(sent, { era, timeout: 2 * IDLE_MS + 3000 });
        assertError(answer, { status: answer.status === 504 ? 504 : 502, code: -32603, id: sent.id });
        await leaving(origin.last, 500);
      });
    }
  }

  for (const [what, chunks] of Object.entries({ "has no head": undefined, "stops in the middle": ['{"jsonrpc":"2.0",', HANG] })) {
    test(`the list that the gateway asks for itself ${what}: one well-formed error, and nothing is called`, async (t) => {
      const { origin, agent } = await setUp(t);
      origin.next("tools/list", chunks === undefined ? SILENCE : { ...json(""), chunks });
      const sent = call("shell_execute");
      const answer = await agent.rpc(sent, { era: "modern", timeout: FIRST_BYTE_MS + 3000 });
      assertError(answer, { status: answer.status === 504 ? 504 : 502, code: -32603, id: sent.id });
      assert.equal(origin.received.length, 1);
      await leaving(origin.last, 500);
    });
  }
});

for (const era of ERAS) {
  const modern = era === "modern";

  describe(`An origin that breaks off, ${era}`, { concurrency: true }, () => {
    const whole = event(progress);
    const ends = {
      "dies before the first event": [DIE],
      "ends before the first event": [],
      "«dies in mid-event»": [whole, 'event: message\r\ndata: {"jsonrpc":"2.0","half":', DIE],
      "dies between two lines of an event": [whole, 'data: {"jsonrpc":"2.0","half":\r\n', DIE],
      "dies between two bytes of a character": [whole, Buffer.from("data: ü").subarray(0, -1), DIE],
      "ends in mid-event": [whole, 'data: {"jsonrpc":"2.0","half":1}\n'],
      "ends after an event, without the answer": [whole],
    };
    for (const [what, chunks] of Object.entries(ends)) {
      test(`«always one well-formed answer to the agent»: it ${what}`, async (t) => {
        const { origin, agent } = await setUp(t);
        const sent = call("shell_execute", {}, what);
        origin.next("tools/call", sse(chunks));
        const answer = await agent.rpc(sent, { era });
        assertEnded(answer, sent);
        assert.doesNotMatch(answer.text, /half|\ufffd/);
        assert.deepEqual(answer.messages.slice(0, -1), chunks[0] === whole ? [progress] : []);
      });
    }

    test("it dies before the head", async (t) => {
      const { origin, agent } = await setUp(t);
      await agent.list("tools", { era });
      const sent = call("shell_execute");
      origin.next("tools/call", () => Promise.reject(new Error("dead")));
      assertError(await agent.rpc(sent, { era }), { status: 502, code: -32603, id: sent.id });
    });

    const read = { "a list": [request("tools/list"), 200], "an error": [call("shell_execute"), 400] };
    for (const [what, [sent, status]] of Object.entries(read)) {
      test(`it dies in the middle of ${what} in JSON: what it has done is not known, and nobody says that nothing was forwarded`, async (t) => {
        const { origin, agent } = await setUp(t);
        await agent.list("tools", { era });
        origin.next(sent.method, { ...json("", { status }), chunks: ['{"jsonrpc":"2.0","half":', DIE] });
        const answer = await agent.rpc(sent, { era });
        assertError(answer, { status: 502, code: -32603, id: sent.id });
        assert.doesNotMatch(answer.text, /half|[Nn]othing was forwarded/);
      });
    }
  });

  describe(`An origin of other types, ${era}`, { concurrency: true }, () => {
    const typed = (type, body, status = 200) => ({ status, headers: type === undefined ? {} : { "content-type": type }, chunks: [body] });
    const others = {
      "text/plain": (text) => typed("text/plain", text),
      "text/html": () => typed("text/html", "<h1>of-the-origin</h1>"),
      "no type": (text) => typed(undefined, text),
      "application/octet-stream": (text) => typed("application/octet-stream", text),
      "application/json-seq": (text) => typed("application/json-seq", text),
      "text/event-stream-ish": (text) => typed("text/event-streams", event(text)),
      "no content": () => ({ status: 204, headers: {}, chunks: [] }),
      "«any status but 200» (201)": (text) => typed("application/json", text, 201),
      "«any status but 200» (206)": (text) => typed("application/json", text, 206),
      "«any status but 200» (202, which answers no request)": () => typed("application/json", "", 202),
      "a stream that is no 200": (text) => typed("text/event-stream", event(text), 500),
      "«401 and 403 are for authentication only» (401)": (text) => typed("application/json", text, 401),
      "«401 and 403 are for authentication only» (403)": () => json({ jsonrpc: "2.0", id: null, error: { code: 1, message: "of-the-origin" } }, { status: 403 }),
      "an error that answers another": () => json({ jsonrpc: "2.0", id: "another", error: { code: 1, message: "of-the-origin" } }, { status: 400 }),
      "a result under an error's status": (text) => typed("application/json", text, 400),
    };
    for (const [what, script] of Object.entries(others)) {
      test(`«What is read and is not a well-formed answer becomes one well-formed error»: ${what}`, async (t) => {
        const { origin, agent } = await setUp(t);
        await agent.list("tools", { era });
        const sent = call("shell_execute");
        origin.next("tools/call", script(JSON.stringify(answered(sent, "of-the-origin"))));
        const answer = await agent.rpc(sent, { era });
        assertError(answer, { status: 502, code: -32603, id: sent.id });
        assert.doesNotMatch(answer.text, /of-the-origin/);
      });
    }

    test("«Body and content type may disagree»: bare JSON that is said to be a stream, a stream that is said to be JSON", async (t) => {
      const { origin, agent } = await setUp(t);
      await agent.list("tools", { era });
      const [called, listed] = [call("shell_execute"), request("tools/list")];
      origin.next("tools/call", typed("text/event-stream", JSON.stringify(answered(called))));
      assertEnded(await agent.rpc(called, { era }), called);
      origin.next("tools/list", typed("application/json", event({ jsonrpc: "2.0", id: listed.id, result: { tools: [] } })));
      assertError(await agent.rpc(listed, { era }), { status: 502, code: -32603, id: listed.id });
    });

    test("«nothing leaked»: of the origin's header fields none reaches the agent", async (t) => {
      const { origin, agent } = await setUp(t);
      await agent.list("tools", { era });
      const named = ["set-cookie", "server", "www-authenticate", "location", "mcp-session-id", "x-of-the-origin", "etag", "refresh", "link", "access-control-allow-origin", "ratelimit"];
      const headers = Object.fromEntries(named.map((name) => [name, "of-the-origin"]));
      const error = { code: -32602, message: "no" };
      const scripts = [
        (sent) => json(answered(sent), { headers }),
        (sent) => sse(event(answered(sent)), { headers }),
        (sent) => json({ jsonrpc: "2.0", id: sent.id, error }, { status: 400, headers }),
        () => ({ status: 401, headers, chunks: ["of-the-origin"] }),
        () => ({ status: 500, headers, chunks: ["of-the-origin"] }),
      ];
      for (const script of scripts) {
        const sent = call("shell_execute");
        origin.next("tools/call", script(sent));
        const answer = await agent.rpc(sent, { era });
        assert.equal(answer.message.id, sent.id);
        assert.doesNotMatch(JSON.stringify(answer.headers) + answer.text, /of-the-origin/);
      }
    });

    test("types are read as types are: any case, any parameter, and compressed", async (t) => {
      const { origin, agent } = await setUp(t);
      for (const [type, written] of [["Text/Event-Stream ;charset=UTF-8", event], ["Application/JSON; charset=utf-8", JSON.stringify]]) {
        const sent = request("tools/list");
        const body = gzipSync(written({ jsonrpc: "2.0", id: sent.id, result: { tools: [], cacheScope: "public" } }));
        origin.next("tools/list", { ...typed(type, body), headers: { "content-type": type, "content-encoding": "gzip" } });
        const answer = await agent.rpc(sent, { era });
        assert.deepEqual(answer.result, { tools: [], cacheScope: "private" }, type);
        assert.equal(answer.headers["content-encoding"], undefined);
      }
    });
  });

  describe(`An origin that «lies about ids», ${era}`, { concurrency: true }, () => {
    test("«a response is matched to its request by the id's type and value»: answers to others are dropped", async (t) => {
      const { origin, agent } = await setUp(t);
      for (const [id, lies] of [[7, ["7", 8, 7.5, null, [7]]], ["7", [7, "07", " 7", "7 "]]]) {
        const sent = call("shell_execute", {}, id);
        origin.next("tools/call", sse([...lies.map((lie) => event(answered({ id: lie }, "a lie"))), event(answered(sent))]));
        assert.deepEqual((await agent.rpc(sent, { era })).messages, [answered(sent)]);
      }
    });

    test("events of another type are no messages, and what they hold does not pass", async (t) => {
      const { origin, agent } = await setUp(t);
      const sent = request("tools/list");
      const others = ["endpoint", "Message", "message ", "error"].map((type) => `event: ${type}\ndata: ${JSON.stringify(answered(sent, "a-lie"))}\n\n`);
      const result = { jsonrpc: "2.0", id: sent.id, result: { tools: [] } };
      origin.next("tools/list", sse([...others, event(result)]));
      const answer = await agent.rpc(sent, { era });
      assert.deepEqual(answer.messages, [result]);
      assert.doesNotMatch(answer.text, /a-lie/);
    });

    test("nothing but lies: one well-formed error", async (t) => {
      const { origin, agent } = await setUp(t);
      const sent = request("tools/list");
      origin.next("tools/list", sse(event({ jsonrpc: "2.0", id: String(sent.id), result: { tools: [{ name: "a-lie" }] } })));
      const answer = await agent.rpc(sent, { era });
      assertEnded(answer, sent);
      assert.doesNotMatch(answer.text, /a-lie/);
    });

    test("after the answer the stream ends, and whatever the origin still says does not pass", async (t) => {
      const { origin, agent } = await setUp(t);
      const sent = call("shell_execute");
      const more = [answered(sent, "another"), log("more"), request("ping", undefined, 1)].map(event);
      origin.next("tools/call", sse([event(progress) + event(answered(sent)) + more.join(""), ...more, HANG]));
      const answer = await agent.rpc(sent, { era, timeout: IDLE_MS });
      assert.deepEqual(answer.messages, [progress, answered(sent)]);
      await leaving(origin.last, PROMPT_MS);
    });
  });
}
