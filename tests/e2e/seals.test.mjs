// Session ids under seal: they open for the grant and the server that they were made for, and for nobody else; and the
// keys that seal them: none, bad ones, new ones.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { SEAL_KEY, startGateway } from "./support/gateway.mjs";
import { messagesOf } from "./support/events.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { call, initialize, LEGACY, notification, request } from "./support/message.mjs";
import { event, HANG, sse, startOrigin } from "./support/origin.mjs";
import { assertError } from "./support/refusal.mjs";

const NEW_KEY = "next.Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA";

const gateway = await lastingGateway();
after(() => gateway.stop());

async function setUp(t) {
  const origin = await startOrigin(t);
  const made = await gateway.register({ origin });
  const session = await made.agent.begin();
  return { origin, ...made, session };
}

const sessionHeaders = (session) => ({ "MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": session });

/** Everything that can be sent on a session, with one id, so that the answers can be compared. */
const WAYS = {
  "a call": (agent, session) => agent.rpc(call("shell_execute", {}, 1), { session }),
  "a list": (agent, session) => agent.rpc(request("tools/list", {}, 1), { session }),
  "a ping": (agent, session) => agent.rpc(request("ping", undefined, 1), { session }),
  "a notification": (agent, session) => agent.rpc(notification("notifications/initialized"), { session }),
  "an answer": (agent, session) => agent.rpc({ jsonrpc: "2.0", id: "1", result: {} }, { session }),
  "the GET stream": (agent, session) => agent.send("GET", { ...sessionHeaders(session), Accept: "text/event-stream" }),
  "its DELETE": (agent, session) => agent.send("DELETE", sessionHeaders(session)),
};

describe("«A session id given to an agent is AEAD(origin's id, grant id, server, time) under `SEAL_KEY`»", () => {
  test("the id is one header value, and the origin's own cannot be read in it", async (t) => {
    const { origin, session } = await setUp(t);
    const [own] = origin.sessions;
    assert.match(session, /^[\x21-\x2b\x2d-\x7e]+$/, "visible ASCII, no comma");
    assert.ok(!session.includes(own));
    for (const part of session.split(/[^A-Za-z0-9_-]/)) {
      assert.ok(!Buffer.from(part, "base64url").toString("latin1").includes(own), "in base64, not under a seal");
    }
  });

  test("«another grant that shows it gets the same 404 as for one that never was», whatever it sends, and nothing is forwarded", async (t) => {
    const { origin, agent, server, policy, session } = await setUp(t);
    const stranger = await gateway.grant({ server, policy });
    const { agent: elsewhere } = await gateway.register({ origin });
    const [key, sealed] = session.split(".");
    const flipped = `${sealed.slice(0, 40)}${sealed[40] === "A" ? "B" : "A"}${sealed.slice(41)}`;
    const shown = {
      "another grant": [stranger, session],
      "another server": [elsewhere, session],
      "the origin's own id": [agent, origin.sessions[0]],
      "one bit off": [agent, `${key}.${flipped}`],
      "cut short": [agent, session.slice(0, -4)],
      "longer": [agent, `${session}AAAA`],
      "another key's id": [agent, `other.${sealed}`],
      "no key's id": [agent, sealed],
      "nothing behind the key's id": [agent, `${key}.`],
      "shown twice": [agent, [session, session]],
      "with another one": [agent, [session, "never-was"]],
    };
    const before = origin.received.length;
    for (const [how, send] of Object.entries(WAYS)) {
      const never = await send(agent, "never-was");
      assert.equal(never.status, 404, how);
      for (const [what, [who, id]] of Object.entries(shown)) {
        const answer = await send(who, id);
        assert.equal(answer.status, 404, `${how}, ${what}: HTTP ${answer.status} ${answer.text}`);
        assert.equal(answer.text, never.text, `${how}, ${what}`);
        assert.deepEqual(Object.keys(answer.headers), Object.keys(never.headers), `${how}, ${what}`);
      }
    }
    assert.equal(origin.received.length, before, "nothing forwarded");
    assertError(await WAYS["a call"](stranger, session), { status: 404, code: -32600, id: 1 });
  });

  test("a DELETE by another grant ends nothing", async (t) => {
    const { origin, agent, server, policy, session } = await setUp(t);
    const stranger = await gateway.grant({ server, policy });
    assert.equal((await stranger.send("DELETE", sessionHeaders(session))).status, 404);
    assert.equal(origin.sessions.length, 1);
    assert.equal((await agent.rpc(request("ping"), { session })).status, 200);
  });

  test("the seal of a request is no session: each seal opens for what it was made for", async (t) => {
    const { origin, agent, session } = await setUp(t);
    origin.next("tools/call", sse([event(request("ping", undefined, origin.sessions[0])), HANG]));
    const stream = await agent.stream(call("shell_execute"), { session });
    const { value: asked } = await messagesOf(stream).next();
    stream.close();
    assert.equal((await agent.rpc(request("ping"), { session: asked.id })).status, 404);
  });
});

test("«`SEAL_KEY` (key id inside, two live …)»: a new key before the old one, then alone; sessions outlive the runtime", async (t) => {
  const { origin, agent, session: old } = await setUp(t);
  await gateway.set({ SEAL_KEY: `${NEW_KEY},${SEAL_KEY}` });
  await gateway.end("SIGKILL");
  await gateway.start();
  assert.equal((await agent.rpc(request("ping"), { session: old })).status, 200, "an old session still opens");
  assert.equal(origin.last.headers["mcp-session-id"], origin.sessions[0]);
  const young = await agent.begin();
  assert.equal(young.split(".")[0], "next", "the first key seals");

  await gateway.set({ SEAL_KEY: NEW_KEY });
  await gateway.end("SIGKILL");
  await gateway.start();
  assert.equal((await agent.rpc(request("ping"), { session: young })).status, 200, "it outlived the runtime");
  const before = origin.received.length;
  assert.equal((await agent.rpc(request("ping"), { session: old })).status, 404, "its key is gone");
  assert.equal(origin.received.length, before);
});

test("«without it no session is begun»: a malformed `SEAL_KEY`", async (t) => {
  const { origin, agent, session } = await setUp(t);
  await gateway.set({ SEAL_KEY: "e2e.dG9vIHNob3J0" });
  await gateway.end("SIGTERM");
  await gateway.start();
  await assertNoSessions(origin, agent, session);
});

test("«without it no session is begun»: no `SEAL_KEY` at all", async (t) => {
  const bare = await startGateway({ secrets: { SEAL_KEY: undefined } });
  t.after(() => bare.stop());
  const origin = await startOrigin(t);
  const { agent } = await bare.register({ origin });
  await assertNoSessions(origin, agent, "never-was");
});

/** `initialize` is refused and no session opens, but the modern era, which has none, goes on. */
async function assertNoSessions(origin, agent, session) {
  const before = origin.received.length;
  const hello = initialize();
  const answer = await agent.rpc(hello);
  assertError(answer, { status: 503, code: -32603, id: hello.id });
  assert.equal(answer.headers["mcp-session-id"], undefined);
  for (const [how, send] of Object.entries(WAYS)) {
    const refused = await send(agent, session);
    assert.ok([404, 503].includes(refused.status), `${how}: HTTP ${refused.status} ${refused.text}`);
  }
  assert.equal(origin.received.length, before, "nothing forwarded");
  assert.equal((await agent.call("shell_execute", {}, { era: "modern" })).result.isError, false);
}
