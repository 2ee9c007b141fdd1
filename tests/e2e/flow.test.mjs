// How what an origin sends flows on: nothing is held back, nothing piles up, and what has no end is given up.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { messagesOf } from "./support/events.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { answered, call, ERAS, log, request } from "./support/message.mjs";
import { event, flood, HANG, json, sse, startOrigin } from "./support/origin.mjs";
import { eventually, gate, leaving, pause } from "./support/patience.mjs";
import { assertEnded, assertError } from "./support/refusal.mjs";

const FIRST_BYTE_MS = 4000;
const IDLE_MS = 1500;
/** How long after the agent the origin's connection may be gone, and still have been ended by that and nothing else. */
const PROMPT_MS = 1200;
const MIB = 1024 * 1024;
/** 100 MB, piece by piece. */
const hundredMegabytes = () => flood("x".repeat(64 * 1024), 1600);
/** What may be on its way, in buffers of the system's and the runtime's, when the gateway has had enough. */
const ON_ITS_WAY = 32 * MIB;

const gateway = await lastingGateway({ vars: { FIRST_BYTE_MS, IDLE_MS } });
after(() => gateway.stop());

async function setUp(t) {
  const origin = await startOrigin(t);
  return { origin, ...(await gateway.register({ origin })) };
}

for (const era of ERAS) {
  const modern = era === "modern";

  describe(`An origin that «sends 100 MB», ${era}`, { concurrency: false }, () => {
    const heads = {
      "one event": ["tools/call", (many) => sse(["data: ", many])],
      "one event of a list": ["tools/list", (many) => sse(['data: {"jsonrpc":"2.0","result":{"tools":[],"x":"', many])],
      "one event in many lines": ["tools/call", (many) => sse(["data: \n", many]), "data: xxxxxxxx\n".repeat(4096)],
      "a list": ["tools/list", (many) => ({ ...json(""), chunks: ['{"jsonrpc":"2.0","result":{"tools":[],"x":"', many] })],
      "an error": ["tools/call", (many) => ({ ...json("", { status: 400 }), chunks: ['{"jsonrpc":"2.0","error":{"x":"', many] })],
    };
    for (const [what, [method, script, part]] of Object.entries(heads)) {
      test(`${what}: one well-formed error, long before the end`, async (t) => {
        const { origin, agent } = await setUp(t);
        await agent.list("tools", { era });
        const many = part === undefined ? hundredMegabytes() : flood(part, 1700);
        const sent = method === "tools/call" ? call("shell_execute") : request(method);
        origin.next(method, script(many));
        const answer = await agent.rpc(sent, { era });
        if (answer.isStream) assertEnded(answer, sent);
        else assertError(answer, { status: 502, code: -32603, id: sent.id });
        assert.ok(answer.bytes.length < 1000, `${answer.bytes.length} bytes`);
        await leaving(origin.last, 2000);
        assert.ok(many.taken < ON_ITS_WAY, `${many.taken} bytes were taken`);
      });
    }

    if (modern) {
      test("the list that the gateway asks for itself: one well-formed error, long before the end, and nothing is called", async (t) => {
        const { origin, agent } = await setUp(t);
        const many = hundredMegabytes();
        origin.next("tools/list", { ...json(""), chunks: ['{"jsonrpc":"2.0","result":{"tools":[],"x":"', many] });
        const sent = call("shell_execute");
        assertError(await agent.rpc(sent, { era }), { status: 502, code: -32603, id: sent.id });
        assert.equal(origin.received.length, 1);
        await leaving(origin.last, 2000);
        assert.ok(many.taken < ON_ITS_WAY, `${many.taken} bytes were taken`);
      });
    }

    test("«A 200 `application/json` answer that nothing must rewrite or settle passes through unread», byte for byte", async (t) => {
      const { origin, agent } = await setUp(t);
      await agent.list("tools", { era });
      const sent = call("shell_execute");
      const text = JSON.stringify(answered(sent, "ü".repeat(4 * MIB))).replace('"isError":false', '"isError" :false,"isError":1e0');
      origin.next("tools/call", json(text));
      const answer = await agent.rpc(sent, { era });
      assert.equal(answer.status, 200);
      assert.ok(answer.bytes.equals(Buffer.from(text)));
    });
  });

  describe(`«Stream.», ${era}`, { concurrency: true }, () => {
    test("«Never buffer server-sent events»: each is there before the origin says the next", async (t) => {
      const { origin, agent } = await setUp(t);
      const gates = Array.from({ length: 5 }, gate);
      const sent = call("shell_execute");
      origin.next("tools/call", sse([...gates.flatMap((each, n) => [each.opened, event(log(n))]), event(answered(sent))]));
      const messages = messagesOf(await agent.stream(sent, { era, timeout: 3000 }));
      for (const [n, each] of gates.entries()) {
        each.open();
        assert.deepEqual((await messages.next()).value, log(n));
      }
      assert.deepEqual((await messages.next()).value, answered(sent));
    });

    test("«back-pressure»: of what an agent does not read the origin cannot send more than buffers hold", async (t) => {
      const { origin, agent } = await setUp(t);
      const many = flood(event(log("x".repeat(64 * 1024))));
      origin.next("tools/call", sse([many, HANG]));
      const stream = await agent.stream(call("shell_execute"), { era });
      const held = await eventually(async () => {
        const before = many.taken;
        await pause(400);
        return before > 0 && many.taken === before && before;
      }, { within: 8000, every: 1 });
      assert.ok(held < ON_ITS_WAY, `${held} bytes`);
      const messages = messagesOf(stream);
      for (let n = 0; many.taken === held; n += 1) {
        assert.ok(n < 1000, "what is read makes room");
        assert.equal((await messages.next()).value.method, "notifications/message");
      }
      stream.close();
      await leaving(origin.last, PROMPT_MS);
    });
  });
}
