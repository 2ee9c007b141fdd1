// How soon a change holds: «on the metered path a revocation holds from the next call on, a policy edit or a server's stop
// within 2 s, everywhere; on the unmetered path within 30 s plus KV's propagation».
// The operator's edit and the agent's calls meet in one isolate, which forgets what it edits, so KV is made late; or in two.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startGateway } from "./support/gateway.mjs";
import { elsewhere, keysOf, LATE } from "./support/faults.mjs";
import { ERAS, initialize, notification, request } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually, lasted, pause } from "./support/patience.mjs";
import { assertDenied, assertForbidden, assertUnauthorized } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const FREE = "project_list_apps";
const LIMIT = { rate_limit: { max: 100_000, window: 3600 } };
const METERED = { version: "1", default: "allow", tools: { [TOOL]: LIMIT } };
const SHUT = { version: "1", default: "deny", tools: { [TOOL]: { action: "deny" } } };
const BY_RULE = { rule: `/tools/${TOOL}`, reason_code: "denied_by_rule" };
const STOPPED = { rule: "(server stopped)", reason_code: "server_stopped" };
/** Milliseconds: what is promised, and what a machine that has much else to do adds to it. */
const SOON = 2_000 + 300;
const LAG = 5_000;
const LATER = 30_000 + LAG + 1_000;

const gateway = await startGateway({ faults: true });
after(() => gateway.stop());

/**
 * An agent that has made a metered call and a free one, so that everybody knows what he needs to know. From now on KV is late;
 * `arrive` ends that.
 */
async function setUp(t, { late: [fault, how] = [] } = {}) {
  const origin = await startOrigin(t);
  const made = { origin, ...(await gateway.register({ origin, policy: METERED })) };
  const agent = how?.elsewhere ? elsewhere(made.agent) : made.agent;
  for (const tool of [TOOL, FREE]) assert.ok(passes(await agent.call(tool)));
  if (fault === undefined) return made;
  const { end } = await gateway.faults.begin("CONFIG", keysOf(made), fault, how);
  return { ...made, agent, arrive: end };
}

/** Whether a call passed; if not, it was denied for this. */
function passes(answer, denial) {
  if (answer.status === 200 && answer.result.isError === false) return true;
  assertDenied(answer, "legacy", denial);
  return false;
}

describe("Immediate", { concurrency: true }, () => {
  for (const [what, late] of Object.entries(LATE)) {
    describe(`metered calls, with ${what}`, () => {
      test("«a revocation holds from the next call on»", async (t) => {
        const { agent, origin } = await setUp(t, { late });
        await gateway.must("DELETE", `grants/${agent.id}`);
        for (const era of ERAS) assertUnauthorized(await agent.call(TOOL, {}, { era }));
        assert.equal(origin.calls(TOOL).length, 1);
      });

      test("a grant's other policy holds from the next call on", async (t) => {
        const { agent, origin } = await setUp(t, { late });
        const policy = gateway.name("policy");
        const { stamp } = await gateway.must("PUT", `policies/${policy}`, SHUT);
        await gateway.must("PATCH", `grants/${agent.id}`, { policy });
        for (const era of ERAS) assertDenied(await agent.call(TOOL, {}, { era }), era, { ...BY_RULE, policy: { name: policy, stamp } });
        assert.equal(origin.calls(TOOL).length, 1);
      });

      test("a policy edit holds within 2 s", async (t) => {
        const { agent, policy, origin } = await setUp(t, { late });
        const { stamp } = await gateway.must("PUT", `policies/${policy}`, SHUT);
        let passed = 1;
        const denial = { ...BY_RULE, policy: { name: policy, stamp } };
        const look = async () => passes(await agent.call(TOOL), denial) && (passed += 1);
        assertSoon(await lasted(look, { within: 4000 }));
        assert.equal(origin.calls(TOOL).length, passed, "who was denied was not forwarded");
      });

      test("a tighter limit holds within 2 s, and keeps the count", async (t) => {
        const { agent, policy } = await setUp(t, { late });
        const tight = { ...METERED, tools: { [TOOL]: { rate_limit: { ...LIMIT.rate_limit, max: 1 } } } };
        await gateway.must("PUT", `policies/${policy}`, tight);
        const look = async () => passes(await agent.call(TOOL), { rule: `/tools/${TOOL}/rate_limit`, reason_code: "rate_limited" });
        assertSoon(await lasted(look, { within: 4000 }));
      });

      test("a server's stop holds within 2 s, and so does its start", async (t) => {
        const { agent, server, origin } = await setUp(t, { late });
        const stop = await gateway.must("POST", `servers/${server}/stop`);
        let passed = 1;
        const look = async () => passes(await agent.call(TOOL), STOPPED) && (passed += 1);
        assertSoon(await lasted(look, { within: 4000 }));
        assert.equal(origin.calls(TOOL).length, passed, "who was denied was not forwarded");
        const shown = await gateway.must("GET", `servers/${server}`);
        assert.deepEqual([stop, shown.stopped], [{ name: server, stamp: shown.stamp, stopped: true }, true]);
        const start = await gateway.must("POST", `servers/${server}/start`);
        assertSoon(await lasted(async () => !(await look()), { within: 4000 }));
        assert.equal((await gateway.must("GET", `servers/${server}`)).stopped, false);
        assert.deepEqual([start.name, start.stopped], [server, false]);
      });

      test("a server's new URL is used within 2 s", async (t) => {
        const { agent, server, origin } = await setUp(t, { late });
        const other = await startOrigin(t);
        await gateway.must("PUT", `servers/${server}`, { origin: { url: other.url } });
        const look = async () => {
          const before = origin.calls().length;
          assert.ok(passes(await agent.call(TOOL)));
          return origin.calls().length > before;
        };
        assertSoon(await lasted(look, { within: 4000 }));
        assert.ok(other.calls(TOOL).length > 0);
      });
    });
  }

  describe(`unmetered calls, with a KV that takes ${LAG} ms: «within 30 s plus KV's propagation»`, () => {
    /** Each change: how it is made, and whether a call was judged as before it. */
    const changes = {
      "a policy edit": {
        make: ({ policy }) => gateway.must("PUT", `policies/${policy}`, SHUT),
        isAsBefore: (answer) => passes(answer, { rule: "(default deny)" }),
      },
      "a server's stop": {
        make: ({ server }) => gateway.must("POST", `servers/${server}/stop`),
        isAsBefore: (answer) => passes(answer, STOPPED),
      },
      "a revocation": {
        make: ({ agent }) => gateway.must("DELETE", `grants/${agent.id}`),
        isAsBefore: (answer) => answer.status === 200 || assertUnauthorized(answer),
      },
    };
    const places = { "who calls here": ["lags", { ms: LAG }], "who calls another isolate": ["freezes", { elsewhere: true }] };
    for (const [what, { make, isAsBefore }] of Object.entries(changes)) {
      for (const [who, late] of Object.entries(places)) {
        test(`${what}, to an agent ${who}, busy or idle`, async (t) => {
          const [busy, idle] = [await setUp(t, { late }), await setUp(t, { late })];
          await Promise.all([make(busy), make(idle)]);
          const arriving = pause(LAG).then(() => late[0] === "freezes" && Promise.all([busy.arrive(), idle.arrive()]));
          const asBefore = async ({ agent }) => isAsBefore(await agent.call(FREE));
          const watched = lasted(() => asBefore(busy), { within: LATER + 1_000, every: 500 });
          const [last] = await Promise.all([watched, asBefore(idle), arriving]);
          assert.ok(last < LATER, `after ${last} ms still as before`);
          assert.ok(!(await asBefore(idle)), "who has called at once, and then not for long");
          t.diagnostic(`the last call that was judged as before began after ${last} ms`);
        });
      }
    }
  });

  describe("A stopped server", () => {
    for (const era of ERAS) {
      test(`nothing reaches it; each request is told so in its own form (${era})`, async (t) => {
        const { agent, server, origin, policy, stamp } = await setUp(t);
        const session = era === "legacy" ? await agent.begin() : undefined;
        await gateway.must("POST", `servers/${server}/stop`);
        const options = { era, session };
        await eventually(async () => !passes(await agent.call(FREE), STOPPED));
        const received = origin.received.length;
        const told = { ...STOPPED, policy: { name: policy, stamp } };
        for (const tool of [TOOL, FREE]) assertDenied(await agent.call(tool, {}, options), era, told);
        const asked = [
          ...["tools/list", "prompts/list", "resources/list", "resources/templates/list"].map((method) => request(method)),
          request("resources/read", { uri: "django://project/apps" }),
          request("prompts/get", { name: "review" }),
          ...(era === "legacy" ? [request("ping"), initialize()] : [request("server/discover")]),
        ];
        for (const message of asked) {
          const how = message.method === "initialize" ? { era } : options;
          assertForbidden(await agent.rpc(message, how), { id: message.id, ...told });
        }
        if (session !== undefined) {
          await agent.rpc(notification("notifications/cancelled", { requestId: 1 }), options);
          for (const method of ["GET", "DELETE"]) await agent.send(method, { "Mcp-Session-Id": session, Accept: "text/event-stream" });
        }
        assert.equal(origin.received.length, received, "nothing reaches the origin");
      });
    }

    test("stop and start may be said twice; a server that is none cannot be stopped; a PUT does not start it", async (t) => {
      const { server, origin } = await setUp(t);
      for (const [order, stopped] of [["stop", true], ["stop", true], ["start", false], ["start", false], ["stop", true]]) {
        const told = await gateway.must("POST", `servers/${server}/${order}`);
        const { stamp } = await gateway.must("GET", `servers/${server}`);
        assert.deepEqual(told, { name: server, stamp, stopped });
      }
      await gateway.must("PUT", `servers/${server}`, { origin: { url: origin.url } });
      assert.equal((await gateway.must("GET", `servers/${server}`)).stopped, true);
      for (const order of ["stop", "start"]) assert.equal((await gateway.admin("POST", `servers/never-was/${order}`)).status, 404);
    });
  });

  describe("«`wrangler kv key put` of a policy or server is honoured for a name that has no head»", () => {
    test("a policy and a server that only KV has", async (t) => {
      const origin = await startOrigin(t);
      const names = { server: gateway.name("server"), policy: gateway.name("policy") };
      const kv = await gateway.kv();
      await kv.put(`server/${names.server}`, JSON.stringify({ origin: { url: origin.url } }));
      await kv.put(`policy/${names.policy}`, JSON.stringify(METERED));
      const agent = await gateway.grant(names);
      for (const era of ERAS) for (const tool of [TOOL, FREE]) assert.ok((await agent.call(tool, {}, { era })).result.isError === false);
      await kv.put(`policy/${names.policy}`, JSON.stringify(SHUT));
      await eventually(async () => !passes(await agent.call(TOOL), BY_RULE));
    });

    test("where there is a head, metered calls are judged by what it says", async (t) => {
      const { agent, policy } = await setUp(t);
      await gateway.must("PUT", `policies/${policy}`, SHUT);
      await (await gateway.kv()).put(`policy/${policy}`, JSON.stringify(METERED));
      const look = async () => passes(await agent.call(TOOL), BY_RULE);
      assertSoon(await lasted(look, { within: 4000 }));
    });
  });
});

function assertSoon(last) {
  assert.ok(last < SOON, `${last} ms after the edit a call was still judged as before`);
}
