// What an origin asks of an agent (legacy: sampling, elicitation, roots, ping), and what becomes of the agent's answers.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { messagesOf } from "./support/events.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { call, notification, request } from "./support/message.mjs";
import { event, HANG, sse, startOrigin } from "./support/origin.mjs";
import { eventually, gate } from "./support/patience.mjs";

/** What may be asked, with an answer to it. */
const ASKS = {
  "sampling/createMessage": [
    { messages: [{ role: "user", content: { type: "text", text: "ü?" } }], maxTokens: 10, _meta: { progressToken: 1 } },
    { role: "assistant", content: { type: "text", text: "ü!" }, model: "m" },
  ],
  "elicitation/create": [{ message: "Name?", requestedSchema: { type: "object", properties: {} } }, { action: "decline" }],
  "roots/list": [undefined, { roots: [{ uri: "file:///home" }] }],
  ping: [undefined, {}],
};
/** Ids that an origin may choose. */
const IDS = [7, "7", 0, "a \"quoted\" ü"];

const gateway = await lastingGateway();
after(() => gateway.stop());

async function setUp(t) {
  const origin = await startOrigin(t);
  const made = await gateway.register({ origin });
  const session = await made.agent.begin();
  const [own] = origin.sessions;
  return { origin, ...made, session, own };
}

/** Where an origin can ask: each opens a stream, and gives how the origin says something on it, and what the agent hears. */
const PLACES = {
  "the POST stream": async ({ origin, agent, session }, asked) => {
    const done = gate();
    const sent = call("shell_execute");
    const result = { jsonrpc: "2.0", id: sent.id, result: { content: [], isError: false } };
    origin.next("tools/call", sse([...asked.map(event), done.opened, event(result)]));
    const stream = await agent.stream(sent, { session, timeout: 5000 });
    const messages = messagesOf(stream);
    return {
      heard: messages,
      async end() {
        done.open();
        assert.deepEqual((await messages.next()).value, result, "the call is answered as well");
        assert.equal((await messages.next()).done, true);
      },
    };
  },
  "the GET stream": async ({ origin, agent, session, own }, asked) => {
    const stream = await agent.listen(session);
    await eventually(() => origin.hasStream(own), { within: 5000, every: 20 });
    for (const each of asked) origin.push(own, each);
    return { heard: messagesOf(stream), end: async () => stream.close() };
  },
};

const next = async (messages) => (await messages.next()).value;

for (const [place, open] of Object.entries(PLACES)) {
  describe(`«Legacy server→agent requests pass on the stream»: ${place}`, { concurrency: true }, () => {
    for (const [method, [params, result]] of Object.entries(ASKS)) {
      test(`${method}: asked under a sealed id, answered under the origin's own, by value and type`, async (t) => {
        const made = await setUp(t);
        const asked = IDS.map((id) => request(method, params, id));
        const { heard, end } = await open(made, asked);
        const seals = [];
        for (const each of asked) {
          const { id: seal, ...rest } = await next(heard);
          const { id, ...said } = each;
          assert.deepEqual(rest, said, "nothing but the id is another");
          assert.equal(typeof seal, "string");
          assert.notEqual(seal, id);
          seals.push(seal);
        }
        assert.equal(new Set(seals).size, seals.length, "7 and \"7\" are two");
        for (const [n, seal] of seals.entries()) {
          const answer = await made.agent.rpc({ jsonrpc: "2.0", id: seal, result }, { session: made.session });
          assert.equal(answer.status, 202, answer.text);
          assert.equal(answer.text, "");
          const { message, headers } = made.origin.last;
          assert.deepEqual(message, { jsonrpc: "2.0", id: IDS[n], result });
          assert.equal(headers["mcp-session-id"], made.own);
        }
        await end();
      });
    }

    test("an error is an answer, too, and passes as it was written", async (t) => {
      const made = await setUp(t);
      const { heard, end } = await open(made, [request("elicitation/create", {}, 7)]);
      const { id } = await next(heard);
      const error = '{"code":-1,"message":"User rejected \\u00fc","data":{"n":1.50}}';
      const answer = await made.agent.rpc(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${error}}`, { session: made.session });
      assert.equal(answer.status, 202, answer.text);
      assert.deepEqual(made.origin.last.message, { jsonrpc: "2.0", id: 7, error: JSON.parse(error) });
      assert.ok(made.origin.last.text.includes(error), made.origin.last.text);
      await end();
    });

    test("`notifications/cancelled` of the origin names its request by the same seal", async (t) => {
      const made = await setUp(t);
      const cancelled = (requestId) => notification("notifications/cancelled", { requestId, reason: "late" });
      const { heard, end } = await open(made, [request("ping", undefined, 7), cancelled("7"), cancelled(7)]);
      const { id: seal } = await next(heard);
      assert.notEqual((await next(heard)).params.requestId, seal, "\"7\" is another");
      assert.deepEqual(await next(heard), cancelled(seal));
      await end();
    });

    test("what is no method of origins does not pass, be it asked or told", async (t) => {
      const made = await setUp(t);
      const unheard = ["tasks/get", "tools/call", "sampling/CreateMessage", "foo/bar", "notifications/tasks/status", "notifications/foo"];
      const { heard, end } = await open(made, [
        ...unheard.flatMap((method) => [request(method, {}, 7), notification(method, {})]),
        notification("sampling/createMessage", {}),
        request("notifications/message", { level: "info", data: "x" }, 7),
        notification("notifications/progress", { progressToken: 1, progress: 1 }),
      ]);
      assert.deepEqual(await next(heard), notification("notifications/progress", { progressToken: 1, progress: 1 }));
      await end();
    });
  });
}

test("«the agent's answers pass back only for a request that was really asked on that session»", async (t) => {
  const made = await setUp(t);
  const { origin, agent, server, policy, session } = made;
  const { heard, end } = await PLACES["the POST stream"](made, [request("sampling/createMessage", {}, 7)]);
  const { id: seal } = await next(heard);
  const other = await agent.begin();
  const stranger = await gateway.grant({ server, policy });
  const strangers = await stranger.begin();
  const [key, sealed] = seal.split(".");
  const flipped = `${key}.${sealed.slice(0, 40)}${sealed[40] === "A" ? "B" : "A"}${sealed.slice(41)}`;
  const answer = (id, more = { result: { must: "not arrive" } }) => ({ jsonrpc: "2.0", id, ...more });
  const error = { code: 1, message: "must not arrive" };
  const refused = {
    "a made-up id": [agent, answer("made-up"), { session }],
    "the origin's own id": [agent, answer(7), { session }],
    "the origin's own id as a string": [agent, answer("7"), { session }],
    "the empty id": [agent, answer(""), { session }],
    "an id of null": [agent, answer(null), { session }],
    "no id": [agent, { jsonrpc: "2.0", result: { must: "not arrive" } }, { session }],
    "one bit off": [agent, answer(flipped), { session }],
    "the session's id": [agent, answer(session), { session }],
    "another session": [agent, answer(seal), { session: other }],
    "no session": [agent, answer(seal), {}],
    "another grant, on its own session": [stranger, answer(seal), { session: strangers }],
    "another grant, on this session": [stranger, answer(seal), { session }],
    "the modern era": [agent, answer(seal), { session, headers: { "MCP-Protocol-Version": "2026-07-28" } }],
    "result and error": [agent, answer(seal, { result: { must: "not arrive" }, error }), { session }],
    "a method beside it": [agent, answer(seal, { method: "tools/call", result: { must: "not arrive" } }), { session }],
    "params beside it": [agent, answer(seal, { params: {}, result: { must: "not arrive" } }), { session }],
    "a result that is no object": [agent, answer(seal, { result: "must not arrive" }), { session }],
  };
  const before = origin.received.length;
  for (const [what, [who, message, options]] of Object.entries(refused)) {
    const { status, json, text } = await who.rpc(message, options);
    assert.equal(status, what === "another grant, on this session" ? 404 : 400, `${what}: HTTP ${status} ${text}`);
    assert.ok(Number.isInteger(json.error.code), what);
  }
  assert.equal(origin.received.length, before, "nothing forwarded");
  assert.equal((await agent.rpc(answer(seal), { session })).status, 202, "the right answer still passes");
  await end();
});

test("«optional `Mcp-Session-Id`»: an origin without sessions asks under a seal as well, bound to grant and server", async (t) => {
  const origin = await startOrigin(t);
  origin.sessionless = true;
  const { agent, server, policy } = await gateway.register({ origin });
  assert.equal(await agent.begin(), undefined);
  const { heard, end } = await PLACES["the POST stream"]({ origin, agent }, [request("roots/list", undefined, 7)]);
  const asked = await next(heard);
  assert.equal(asked.method, "roots/list");
  assert.notEqual(asked.id, 7);
  const answer = { jsonrpc: "2.0", id: asked.id, result: { roots: [] } };
  const stranger = await gateway.grant({ server, policy });
  const before = origin.received.length;
  assert.equal((await stranger.rpc(answer)).status, 400);
  assert.equal(origin.received.length, before);
  assert.equal((await agent.rpc(answer)).status, 202);
  assert.deepEqual(origin.last.message, { jsonrpc: "2.0", id: 7, result: { roots: [] } });
  await end();
});

test("modern: nothing is asked, and what an origin asks all the same does not pass", async (t) => {
  const { origin, agent } = await setUp(t);
  const sent = call("shell_execute");
  const result = { jsonrpc: "2.0", id: sent.id, result: { content: [], isError: false, resultType: "complete" } };
  origin.next("tools/call", sse([...Object.keys(ASKS).map((method) => event(request(method, {}, 7))), event(result), HANG]));
  const answer = await agent.rpc(sent, { era: "modern" });
  assert.deepEqual(answer.messages, [result]);
});
