// «"by": "user"»: for a modern client that opens URLs, the protocol's own `input_required`; whoever answers must hold the grant.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { assertHeld } from "./support/approvals.mjs";
import { startGateway } from "./support/gateway.mjs";
import { call, META, request } from "./support/message.mjs";
import { Visitor } from "./support/page.mjs";
import { assertError } from "./support/refusal.mjs";

const TOOL = "management_execute_command";
const rule = { action: "require_approval", approval: { by: "user" } };
const BY_USER = { version: "1", default: "deny", tools: { [TOOL]: rule }, prompts: { review: rule }, resources: { "django://project/apps": rule } };
const MIGRATE = { command: "migrate" };
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

const gateway = await startGateway();
after(() => gateway.stop());

/** A modern message of a client that opens URLs, and what it comes back with. */
const opening = (message, more = {}) => ({
  ...message,
  params: { ...message.params, ...more, _meta: { ...META, [CAPABILITIES]: { elicitation: { url: {} } } } },
});
const ask = (agent, args = MIGRATE, more = {}) => agent.rpc(opening(call(TOOL, args), more), { era: "modern" });
const passes = ({ status, result }) => status === 200 && result?.isError === false;

/** Asserts that the user is asked by the protocol; gives the URL and the state. */
function assertAsked(answer) {
  assert.equal(answer.status, 200, answer.text);
  const { resultType, inputRequests, requestState, ...rest } = answer.message.result;
  assert.deepEqual([resultType, rest], ["input_required", {}]);
  const { method, params, ...others } = inputRequests["tollgate/approval"];
  assert.deepEqual([Object.keys(inputRequests), method, params.mode, others], [["tollgate/approval"], "elicitation/create", "url", {}]);
  assert.match(params.message, /Look at what would run/);
  assert.match(requestState, /^tollgate\./);
  return { url: params.url, requestState };
}

const accepted = (requestState, action = "accept") => ({ requestState, inputResponses: { "tollgate/approval": { action } } });

/** A TypeScript client whose user does `open` with each URL that it is asked to open. */
async function clientOf(agent, open) {
  const client = new Client({ name: "e2e", version: "1" }, { capabilities: { elicitation: { url: {} } }, versionNegotiation: { mode: { pin: "2026-07-28" } } });
  client.setRequestHandler("elicitation/create", async ({ params }) => ({ action: await open(params) }));
  await client.connect(new StreamableHTTPClientTransport(new URL(agent.url), { requestInit: { headers: { Authorization: `Bearer ${agent.token}` } } }));
  return client;
}

describe("Approvals by the user", { concurrency: true }, () => {
  test("a TypeScript client, unmodified, walks it from end to end in one call", async (t) => {
    const { agent, origin } = await gateway.withOrigin(t, { policy: BY_USER });
    const opened = [];
    const client = await clientOf(agent, async ({ mode, url, message }) => {
      opened.push({ mode, message });
      const visitor = new Visitor(url);
      const page = await visitor.signIn(agent.token);
      assert.match(page.text, /Exactly this would run/);
      assert.match((await visitor.answer("approve", "go on")).text, /Approved[\s\S]*The agent's next identical call passes, once\./);
      return "accept";
    });
    t.after(() => client.close());
    const result = await client.callTool({ name: TOOL, arguments: MIGRATE });
    assert.deepEqual([result.isError ?? false, opened.length, opened[0].mode], [false, 1, "url"]);
    assert.match(opened[0].message, new RegExp(`\`${TOOL}\``));
    assert.equal(origin.calls(TOOL).length, 1);
    const [{ decision, status }] = (await gateway.must("GET", `approvals?grant=${agent.id}`)).approvals;
    assert.deepEqual([status, decision.by, decision.reason], ["used", "user", "go on"]);
  });

  test("a user who declines in the client has said no", async (t) => {
    const { agent, origin } = await gateway.withOrigin(t, { policy: BY_USER });
    const client = await clientOf(agent, async () => "decline");
    t.after(() => client.close());
    const result = await client.callTool({ name: TOOL, arguments: MIGRATE });
    assert.equal(result.isError, true);
    assert.equal(result._meta["tollgate/approval"].status, "denied");
    assert.equal(origin.calls(TOOL).length, 0);
    const [{ decision }] = (await gateway.must("GET", `approvals?grant=${agent.id}`)).approvals;
    assert.deepEqual([decision.by, decision.yes], ["user", false]);
  });

  test("who comes back before there is an answer is told to repeat the call; the origin gets what was for it, and no more", async (t) => {
    const { agent, origin } = await gateway.withOrigin(t, { policy: BY_USER });
    const { url, requestState } = assertAsked(await ask(agent));
    const held = assertHeld(await ask(agent, MIGRATE, accepted(requestState)));
    assert.equal(held.url, url);
    const visitor = new Visitor(url);
    await visitor.signIn(agent.token);
    await visitor.answer("approve");
    assert.ok(passes(await ask(agent, MIGRATE, accepted(requestState))));
    const { params } = origin.calls(TOOL)[0];
    assert.deepEqual(Object.keys(params).sort(), ["_meta", "arguments", "name"]);
    assert.deepEqual(params.arguments, MIGRATE);
    assertAsked(await ask(agent, MIGRATE, accepted(requestState)).then((answer) => (assertHeld(answer), ask(agent))));
    assert.equal(origin.calls(TOOL).length, 1, "the yes was for one call");
  });

  test("a client that opens no URLs, and the legacy era, fall back to the operator's way", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: BY_USER });
    const ids = [
      assertHeld(await agent.call(TOOL, MIGRATE)),
      assertHeld(await agent.call(TOOL, MIGRATE, { era: "modern" })),
      assertHeld(await agent.rpc({ ...call(TOOL, MIGRATE), params: { name: TOOL, arguments: MIGRATE, _meta: { ...META, [CAPABILITIES]: { elicitation: { form: {} } } } } }, { era: "modern" })),
    ].map(({ id }) => id);
    assert.equal(new Set(ids).size, 1);
  });

  test("`requestState` holds for this grant, this call and this time alone", async (t) => {
    const { agent, server, policy, origin } = await gateway.withOrigin(t, { policy: BY_USER });
    const other = await gateway.grant({ server, policy });
    const { requestState } = assertAsked(await ask(agent));
    const foreign = [
      [other, MIGRATE, requestState],
      [agent, { command: "flush" }, requestState],
      [agent, MIGRATE, `${requestState.slice(0, -2)}AA`],
      [agent, MIGRATE, "tollgate."],
    ];
    for (const [who, args, state] of foreign) {
      const answer = await ask(who, args, accepted(state));
      assert.deepEqual([answer.status, answer.message.error.code], [400, -32602], answer.text);
    }
    assert.equal(origin.calls(TOOL).length, 0);
  });

  test("a state of the origin's own passes as it is", async (t) => {
    const { agent, origin } = await gateway.withOrigin(t, { policy: { version: "1", default: "allow" } });
    const more = { requestState: "origin's own", inputResponses: { name: { action: "accept", content: {} } } };
    assert.ok(passes(await ask(agent, MIGRATE, more)));
    const { params } = origin.calls(TOOL)[0];
    assert.deepEqual([params.requestState, params.inputResponses], [more.requestState, more.inputResponses]);
  });

  test("prompts and resources are asked for in the same way", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: BY_USER });
    for (const message of [request("prompts/get", { name: "review", arguments: { model: "Order" } }), request("resources/read", { uri: "django://project/apps" })]) {
      assertAsked(await agent.rpc(opening(message), { era: "modern" }));
    }
  });

  test("«verified that the one who opens it is the one who holds the grant»", async (t) => {
    const { agent, server, policy } = await gateway.withOrigin(t, { policy: BY_USER });
    const other = await gateway.grant({ server, policy });
    const { url } = assertAsked(await ask(agent));
    for (const token of [other.token, "tg_nonsense", ""]) {
      const page = await new Visitor(url).signIn(token);
      assert.equal(page.status, 403);
      assert.match(page.text, /Nobody has this token here/);
    }
    // An operator may as well.
    const { token } = await gateway.must("POST", "operators", { name: gateway.name("ada") });
    assert.match((await new Visitor(url).signIn(token)).text, /Exactly this would run/);
  });

  test("where an operator is asked, the holder of the grant may not answer", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: { ...BY_USER, tools: { [TOOL]: { action: "require_approval" } } } });
    const answer = await ask(agent);
    const page = await new Visitor(assertHeld(answer).url).signIn(agent.token);
    assert.equal(page.status, 403);
    assertError(await agent.rpc(request("tools/nonsense"), { era: "modern" }), { status: 404, code: -32601 });
  });
});
