// Legacy sessions: one agent session, one origin session; GET stream and DELETE on the gateway URL.
// What belongs to issue 3 (sealed ids, foreign grants) is marked.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "./support/gateway.mjs";
import { call, initialize, LEGACY, MODERN, notification, request } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually } from "./support/patience.mjs";

const VERSIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

const gateway = await startGateway();
after(() => gateway.stop());

async function begin(t) {
  const origin = await startOrigin(t);
  const made = await gateway.register({ origin });
  const hello = await made.agent.rpc(initialize());
  assert.equal(hello.status, 200, hello.text);
  const session = hello.headers["mcp-session-id"];
  assert.match(session, /^[\x21-\x7e]+$/, "visible ASCII");
  return { origin, ...made, session };
}

for (const version of VERSIONS) {
  test(`«Legacy … \`initialize\`, optional \`Mcp-Session-Id\`»: a handshake of ${version}`, async (t) => {
    const origin = await startOrigin(t);
    const { agent } = await gateway.register({ origin });
    // A client that has not been told a version yet sends none.
    const hello = await agent.rpc(initialize(version), { headers: { "MCP-Protocol-Version": undefined } });
    assert.equal(hello.result.protocolVersion, version);
    const session = hello.headers["mcp-session-id"];
    const headers = { "MCP-Protocol-Version": version };
    assert.equal((await agent.rpc(notification("notifications/initialized"), { session, headers })).status, 202);
    assert.equal((await agent.rpc(call("shell_execute"), { session, headers })).result.isError, false);
    assert.equal(origin.last.headers["mcp-session-id"], origin.sessions[0]);
  });
}

test("«one origin session for one agent session»", async (t) => {
  const { origin, agent, session } = await begin(t);
  const other = (await agent.rpc(initialize())).headers["mcp-session-id"];
  assert.notEqual(session, other);
  assert.equal(origin.sessions.length, 2);
  await agent.rpc(request("ping"), { session });
  const first = origin.last.headers["mcp-session-id"];
  await agent.rpc(request("ping"), { session: other });
  assert.notEqual(origin.last.headers["mcp-session-id"], first);
});

test("«the origin's own 404 passes as 404, so that the client begins anew»", async (t) => {
  const { origin, agent, session } = await begin(t);
  origin.forgetSessions();
  assert.equal((await agent.rpc(request("ping"), { session })).status, 404);
});

test("a session that never was is 404", async (t) => {
  const { agent } = await begin(t);
  assert.equal((await agent.rpc(request("ping"), { session: "never-was" })).status, 404);
});

test("DELETE ends the session at the origin, and what comes after it is 404", async (t) => {
  const { origin, agent, session } = await begin(t);
  const headers = { "MCP-Protocol-Version": LEGACY, "Mcp-Session-Id": session };
  const ended = await agent.send("DELETE", headers);
  assert.ok([200, 204].includes(ended.status), `HTTP ${ended.status} ${ended.text}`);
  assert.deepEqual(origin.sessions, []);
  assert.equal((await agent.rpc(request("ping"), { session })).status, 404);
});

test("the GET stream carries what the origin says of itself, as it says it", async (t) => {
  const { origin, agent, session } = await begin(t);
  const stream = await agent.listen(session);
  assert.equal(stream.status, 200);
  assert.match(stream.headers["content-type"], /^text\/event-stream/);
  await eventually(() => origin.hasStream(origin.sessions[0]), { within: 5000, every: 20 });
  origin.push(origin.sessions[0], notification("notifications/tools/list_changed"));
  let text = "";
  for await (const chunk of stream.chunks) {
    text += chunk;
    if (text.includes("list_changed")) break;
  }
  stream.close();
  assert.match(text, /data: {.*notifications\/tools\/list_changed/);
});

// Issue 3.
test("a modern GET is 405: there is no such stream in that era", async (t) => {
  const { origin, agent } = await begin(t);
  const before = origin.received.length;
  const answer = await agent.send("GET", { "MCP-Protocol-Version": MODERN, Accept: "text/event-stream" });
  assert.equal(answer.status, 405);
  assert.match(answer.headers.allow ?? "", /POST/);
  assert.equal(origin.received.length, before);
});

// Issue 3.
test("«another grant that shows it gets the same 404 as for one that never was»", async (t) => {
  const { origin, agent, server, policy, session } = await begin(t);
  const stranger = await gateway.grant({ server, policy });
  const before = origin.received.length;
  const stolen = await stranger.rpc(call("shell_execute"), { session });
  const invented = await stranger.rpc(call("shell_execute"), { session: "never-was" });
  assert.equal(stolen.status, 404);
  assert.equal(invented.status, 404);
  assert.deepEqual(stolen.json.error, invented.json.error);
  assert.equal(origin.received.length, before);
  assert.equal((await agent.rpc(request("ping"), { session })).status, 200);
  assert.ok(!session.includes(origin.sessions[0]), "the origin's own id is sealed");
});
