// «`"consistency": "strict"` on a server: every message asks the ledger first, denials too.» What an operator has changed holds
// for the very next message, of whatever kind, in another isolate, to which KV tells nothing.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startGateway } from "./support/gateway.mjs";
import { elsewhere, keysOf } from "./support/faults.mjs";
import { call, ERAS, initialize, request } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { assertDenied, assertForbidden, assertUnauthorized } from "./support/refusal.mjs";

const METERED = "shell_execute";
const FREE = "project_list_apps";
const DENIED = "shell_export_history";
const LIMIT = { rate_limit: { max: 1000, window: 3600 } };
const BEFORE = { version: "1", default: "allow", tools: { [METERED]: LIMIT, [DENIED]: { action: "deny" } } };
/** What was open is shut, and the other way round. */
const AFTER = { version: "1", default: "deny", tools: { [DENIED]: {} } };
const STRICT = { consistency: "strict" };
const STOPPED = { rule: "(server stopped)", reason_code: "server_stopped" };

const isRun = (answer) => assert.equal(answer.result.isError, false, answer.text);
const isDenied = (reason) => (answer, era) => assertDenied(answer, era, { reason_code: reason });
const lists = (isListed) => (answer) => assert.equal(answer.result.tools.some(({ name }) => name === FREE), isListed, answer.text);
const isRead = (answer) => assert.ok(answer.result.contents.length > 0, answer.text);
// Which of the era's not-found errors, lists.test.mjs and call.test.mjs say.
const isNotFound = (answer) => assert.ok("error" in answer.message, answer.text);

/** Each kind of message, and what becomes of it under each policy. */
const KINDS = {
  "a metered call": { message: () => call(METERED), before: isRun, after: isDenied("default_deny") },
  "a call without limits": { message: () => call(FREE), before: isRun, after: isDenied("default_deny") },
  "a call that is denied": { message: () => call(DENIED), before: isDenied("denied_by_rule"), after: isRun },
  "a list": { message: () => request("tools/list"), before: lists(true), after: lists(false) },
  "a resource": { message: () => request("resources/read", { uri: "django://project/apps" }), before: isRead, after: isNotFound },
};
/** What no policy judges. */
const GREETINGS = { legacy: ["initialize", initialize], modern: ["server/discover", () => request("server/discover")] };

const gateway = await startGateway({ faults: true });
after(() => gateway.stop());

describe("Strict", { concurrency: true }, () => {
  test("a server says whether it is strict; another word than `strict` is refused", async (t) => {
    const { server, origin } = await setUp(t);
    assert.equal((await gateway.must("GET", `servers/${server}`)).consistency, "strict");
    const wrong = { origin: { url: origin.url }, consistency: "sometimes" };
    assert.equal((await gateway.admin("PUT", `servers/${server}`, wrong)).status, 422);
  });

  for (const era of ERAS) {
    for (const [kind, { message, before, after: afterwards }] of Object.entries(KINDS)) {
      const twice = async ({ agent }) => {
        for (let n = 0; n < 2; n += 1) before(await agent.rpc(message(), { era }), era);
      };

      test(`${kind} is judged by the policy as it was edited the moment before (${era})`, async (t) => {
        const made = await setUp(t, twice);
        const { stamp } = await gateway.must("PUT", `policies/${made.policy}`, AFTER);
        afterwards(await made.agent.rpc(message(), { era }), era);
        assertDenied(await made.agent.call(FREE, {}, { era }), era, { policy: { name: made.policy, stamp } });
      });

      test(`${kind} is judged by the policy that its grant was given the moment before (${era})`, async (t) => {
        const made = await setUp(t, twice);
        const policy = gateway.name("policy");
        await gateway.must("PUT", `policies/${policy}`, AFTER);
        await gateway.must("PATCH", `grants/${made.agent.id}`, { policy });
        afterwards(await made.agent.rpc(message(), { era }), era);
      });
    }

    const [greeting, greet] = GREETINGS[era];
    const kinds = [...Object.entries(KINDS).map(([kind, { message }]) => [kind, message]), [greeting, greet]];
    for (const [kind, message] of kinds) {
      const once = ({ agent }) => agent.rpc(message(), { era });

      test(`${kind} meets a server that was stopped the moment before, and one that was started (${era})`, async (t) => {
        const { agent, server, origin } = await setUp(t, once);
        const received = origin.received.length;
        await gateway.must("POST", `servers/${server}/stop`);
        const sent = message();
        const answer = await agent.rpc(sent, { era });
        if (sent.method === "tools/call") assertDenied(answer, era, STOPPED);
        else assertForbidden(answer, { id: sent.id, ...STOPPED });
        assert.equal(origin.received.length, received, "nothing forwarded");
        await gateway.must("POST", `servers/${server}/start`);
        KINDS[kind]?.before(await agent.rpc(message(), { era }), era);
      });

      test(`${kind} under a grant that was revoked the moment before gets a 401 (${era})`, async (t) => {
        const { agent, origin } = await setUp(t, once);
        const received = origin.received.length;
        await gateway.must("DELETE", `grants/${agent.id}`);
        assertUnauthorized(await agent.rpc(message(), { era }));
        assert.equal(origin.received.length, received, "nothing forwarded");
      });

      test(`${kind} goes to the URL that the server was given the moment before (${era})`, async (t) => {
        const { agent, server, origin } = await setUp(t, once);
        const [received, other] = [origin.received.length, await startOrigin(t)];
        await gateway.must("PUT", `servers/${server}`, { origin: { url: other.url }, ...STRICT });
        await agent.rpc(message(), { era });
        assert.equal(origin.received.length, received);
        assert.equal(other.received.length, message().params?.name === DENIED ? 0 : 1);
      });
    }
  }
});

/** An agent of a strict server, elsewhere. What it does first makes everybody remember; from then on KV stands still there. */
async function setUp(t, first = () => {}) {
  const origin = await startOrigin(t);
  const registered = await gateway.register({ origin, server: STRICT, policy: BEFORE });
  const made = { ...registered, origin, agent: elsewhere(registered.agent) };
  await first(made);
  await gateway.faults.begin("CONFIG", keysOf(made), "freezes", { elsewhere: true });
  return made;
}
