// The case files of the policy language, through the gateway: what the host's tests decide, agents meet over HTTP.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, describe, test } from "node:test";
import { Agent } from "./support/agent.mjs";
import { isLimited, isListed, itemOf, messagesOf, readCases } from "./support/cases.mjs";
import { DENY_ALL, startGateway } from "./support/gateway.mjs";
import { call, ERAS } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually } from "./support/patience.mjs";
import { assertDenial, assertDenied, assertError, assertErrors, assertUnknownTool } from "./support/refusal.mjs";

const gateway = await startGateway();
after(() => gateway.stop());

const cases = await readCases();
const ambiguous = (kase) => kase.calls.some((call) => call.rule === "(ambiguous alias)");

describe("What is wrong with a policy", () => {
  for (const { name, why, policy, errors } of cases.filter(({ errors }) => errors !== undefined)) {
    test(`${name}: ${why}`, async () => {
      assert.deepEqual(assertErrors(await gateway.admin("PUT", `policies/${gateway.name("wrong")}`, policy)), errors);
    });
  }
});

for (const era of ERAS) {
  describe(`What becomes of calls, ${era}`, { concurrency: 4 }, () => {
    for (const kase of cases.filter(({ errors }) => errors === undefined)) {
      test(`${kase.name}: ${kase.why}`, async (t) => {
        const origin = await startOrigin(t);
        offer(origin, kase);
        const agent = await (ambiguous(kase) ? bindByHand(origin, kase) : bind(origin, kase));
        for (const asked of kase.calls) {
          for (const message of messagesOf(asked, era)) {
            const answer = await agent.rpc(message.body, { era, about: message.about });
            within(asked, () => assertOutcome(asked, answer, era, message.id));
            const arrived = origin.received.filter((received) => received.message?.id === message.id).map(({ text }) => text);
            const forwarded = ["allow", "meter"].includes(asked.ruling);
            within(asked, () => assert.deepEqual(arrived, forwarded ? [message.body] : [], "what the origin saw"));
          }
        }
        await assertLists(kase, agent, era);
      });
    }
  });
}

/** Registers server and policy, and gives the agent with a grant that binds them. */
async function bind(origin, { server, policy }) {
  return (await gateway.register({ origin, server, policy })).agent;
}

/** The same for a pair that the admin API refuses to bind: the policy is put into KV behind its back. */
async function bindByHand(origin, { server: record, policy, calls: [{ tool }] }) {
  const [name, server] = [gateway.name("by-hand"), gateway.name("server")];
  const kv = await gateway.kv();
  await gateway.must("PUT", `servers/${server}`, { origin: { url: origin.url }, ...record });
  await kv.put(`policy/${name}`, policy);
  const refused = await gateway.admin("POST", "grants", { label: "e2e", server, policy: name });
  assert.match(assertErrors(refused)[0].message, /a rule for each: keep one/);
  const before = gateway.name("by-hand");
  await kv.put(`policy/${before}`, JSON.stringify(DENY_ALL));
  const agent = new Agent(gateway.endpoint(server), await gateway.must("POST", "grants", { label: "e2e", server, policy: before }));
  await kv.put(`policy/${before}`, policy);
  const stamp = createHash("sha256").update(policy).digest("hex");
  await eventually(async () => {
    const denial = (await agent.rpc(call(tool))).result._meta?.["tollgate/denial"];
    return denial === undefined || denial.policy.stamp === stamp;
  });
  return agent;
}

/** Has the origin list all that the case knows. */
function offer(origin, { calls, shadow }) {
  const offered = { tools: new Set(), prompts: new Set(), resources: new Set(), resourceTemplates: new Set() };
  for (const asked of calls.filter((asked) => isListed(asked, shadow) !== undefined && itemOf(asked) !== undefined)) {
    const [kind, name] = itemOf(asked);
    offered[kind].add(name);
  }
  origin.tools = [...offered.tools].map((name) => ({ name, inputSchema: { type: "object" } }));
  origin.prompts = [...offered.prompts].map((name) => ({ name }));
  origin.resources = [...offered.resources].map((uri) => ({ uri, name: uri }));
  origin.resourceTemplates = [...offered.resourceTemplates].map((uriTemplate) => ({ uriTemplate, name: uriTemplate }));
}

/** «Lists show exactly what the same grant could use». */
async function assertLists({ calls, shadow }, agent, era) {
  const lists = { tools: ["tools", "name"], prompts: ["prompts", "name"], resources: ["resources", "uri"], resourceTemplates: ["resources/templates", "uriTemplate"] };
  for (const [kind, [list, key]] of Object.entries(lists)) {
    const known = calls.filter((asked) => itemOf(asked)?.[0] === kind && isListed(asked, shadow));
    const expected = new Set(known.map((asked) => itemOf(asked)[1]));
    const shown = (await agent.list(list, { era })).result[kind].map((item) => item[key]);
    assert.deepEqual(shown.sort(), [...expected].sort(), `the list of ${kind}`);
  }
}

function assertOutcome(asked, answer, era, id) {
  const { ruling, rule, reason_code: reason, told = "" } = asked;
  const limits = [answer.headers["ratelimit-policy"], answer.headers.ratelimit];
  assert.deepEqual(limits.map((field) => field !== undefined), [isLimited(asked), isLimited(asked)], "`RateLimit` fields");
  if (ruling === "allow" || ruling === "meter") {
    assert.doesNotMatch(answer.text, /tollgate|4030/i);
    return;
  }
  // A person is asked about a call, not about what completes one, nor about a stream of many things.
  const isCall = [asked.tool, asked.prompt, asked.resource].some((name) => name !== undefined);
  const held = isCall ? "approval_pending" : "needs_approval";
  const denial = { rule, reason_code: ruling === "hold" ? held : reason };
  if (asked.tool !== undefined) {
    if (reason === "hidden") assertUnknownTool(answer, era, asked.tool);
    else assert.ok(assertDenied(answer, era, denial).text.includes(told), answer.text);
    return;
  }
  const isResource = asked.prompt === undefined && asked.completed_prompt === undefined;
  if (reason === "hidden" || (reason === "default_deny" && isResource)) {
    // Of a URI that is refused before any policy is read, the legacy era too says that the parameters are wrong.
    const unread = era === "modern" || (isResource && answer.status === 400);
    const code = isResource && !unread ? -32002 : -32602;
    const error = assertError(answer, { status: unread ? 400 : 200, code, id });
    assert.doesNotMatch(JSON.stringify(error), /tollgate|reason_code|hidden/i);
    return;
  }
  const error = assertError(answer, { status: 200, code: 4030, id });
  assertDenial(error.data, denial);
  assert.ok(error.message.includes(told), answer.text);
}

/** Says of which call of a case an assertion failed. */
function within(asked, assertion) {
  try {
    assertion();
  } catch (error) {
    const { ruling, rule, why, ...what } = asked;
    throw new Error(`${why} – ${JSON.stringify(what).slice(0, 300)} should be ${ruling} by ${rule}: ${error.message}`);
  }
}
