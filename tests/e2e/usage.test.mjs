// `GET /api/v1/grants/{id}/usage`: what is used of each counter, of how much, and when it is there again.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { usageOf, usedOf } from "./support/audit.mjs";
import { spend, until } from "./support/budget.mjs";
import { startGateway } from "./support/gateway.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually, pause } from "./support/patience.mjs";
import { assertComplaint } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const OTHER = "project_list_apps";

const gateway = await startGateway();
after(() => gateway.stop());

const OWN = { counter: "own", window: 600, max: 9 };
const DAY = { counter: "day", window: "day", max: 8, algorithm: "fixed" };
const SHARED = { counter: "shared", window: 60, max: 7, scope: "server" };
const SESSION = { counter: "session", window: 300, max: 3, scope: "session", sessions: 2 };
const MONEY = { counter: "money", window: "hour", max: 100, cost_from: "args.amount" };
const WATCHED = { counter: "watched", window: 60, max: 1, mode: "shadow" };

const setUp = (t, limits, more = {}) => gateway.withOrigin(t, { policy: { version: "1", default: "deny", tools: { [TOOL]: { limits, ...more } } } });

const shown = ({ counter, window, max, scope = "grant", algorithm = "sliding", cost_from: unit = "calls", mode = "enforce" }, used, more = {}) => ({
  counter,
  scope,
  window: { day: 86_400, hour: 3600 }[window] ?? window,
  algorithm,
  unit,
  mode,
  used,
  max,
  remaining: Math.max(0, max - used),
  ...more,
});
/** The counters without the instants, which are looked at: there where something is used, and a window off at most. */
const steady = (counters) =>
  counters.map(({ resets_at: at, ...counter }) => {
    if (counter.used === 0) assert.equal(at, null, JSON.stringify(counter));
    else {
      const off = Date.parse(at) - Date.now();
      assert.ok(off > 0 && off <= counter.window * 1000 * (65 / 64) + 1000, `${counter.counter}: ${at}`);
    }
    return counter;
  });

describe("Usage", { concurrency: true }, () => {
  test("«used, max, resets at, per counter»: of each scope, algorithm and unit; none is used of a grant that has not called", async (t) => {
    const limits = [OWN, DAY, SHARED, MONEY, WATCHED];
    const { agent, server, policy, stamp } = await setUp(t, limits);
    const asked = async (id) => gateway.must("GET", `grants/${id}/usage`);
    const { counters: unused, ...head } = await asked(agent.id);
    assert.deepEqual(head, { grant: agent.id, server, policy: { name: policy, stamp } });
    assert.deepEqual(steady(unused), limits.map((limit) => shown(limit, 0)));
    for (const amount of [2.5, 0.25, 0]) await agent.call(TOOL, { amount });
    assert.deepEqual(steady((await asked(agent.id)).counters), [shown(OWN, 3), shown(DAY, 3), shown(SHARED, 3), shown(MONEY, 2.75), shown(WATCHED, 1)]);
    const other = await gateway.grant({ server, policy });
    assert.deepEqual(steady((await asked(other.id)).counters), [shown(OWN, 0), shown(DAY, 0), shown(SHARED, 3), shown(MONEY, 0), shown(WATCHED, 0)]);
  });

  test("`resets_at`: of a fixed window the border, of a sliding one when the last use is a window old", async (t) => {
    const { agent } = await setUp(t, [OWN, DAY]);
    await agent.call(TOOL);
    await pause(1000);
    const before = Date.now();
    await agent.call(TOOL);
    const after = Date.now();
    const usage = await usageOf(gateway, agent.id);
    const midnight = Date.now() + until(86_400);
    assert.ok(Math.abs(Date.parse(usage.get("day").resets_at) - midnight) < 1000, usage.get("day").resets_at);
    const resets = Date.parse(usage.get("own").resets_at);
    assert.ok(resets >= before + 600_000 - 50 && resets <= after + 600_000 + 600_000 / 64 + 50, usage.get("own").resets_at);
  });

  test("what is a window old is used no more, and has nothing to reset", async (t) => {
    const { agent } = await setUp(t, [{ ...OWN, window: 2 }]);
    assert.equal(await spend(2, agent, TOOL), 2);
    await eventually(async () => (await usedOf(gateway, agent.id, "own")) === 0, { within: 6000 });
    assert.equal((await usageOf(gateway, agent.id)).get("own").resets_at, null);
  });

  test("of scope session: what belongs to none, and each session's share", async (t) => {
    const { agent } = await setUp(t, [SESSION]);
    const sessions = [await agent.begin(), await agent.begin(), await agent.begin()];
    await spend(1, agent, TOOL);
    for (const [n, session] of sessions.entries()) assert.equal(await spend(2, agent, TOOL, { session }), n < 2 ? 2 : 1);
    const { counters } = await gateway.must("GET", `grants/${agent.id}/usage`);
    const [none, ...shares] = steady(counters);
    assert.deepEqual(none, shown(SESSION, 1));
    const names = shares.map(({ session }) => session);
    for (const name of names) assert.match(name, /^[0-9a-f]{16}$/);
    assert.equal(new Set(names).size, 2);
    assert.deepEqual(shares.map(({ used }) => used).sort(), [2, 3]);
    for (const name of sessions) assert.ok(!JSON.stringify(counters).includes(name), "the session's own id opens it");
  });

  test("a refund is seen; so is another `max`, which keeps the count, and a limit that was lowered under it", async (t) => {
    const { agent, origin, policy } = await setUp(t, [OWN], { refund_on: ["error"] });
    assert.equal(await spend(4, agent, TOOL), 4);
    origin.next("tools/call", { status: 500, headers: {}, chunks: ["no"] });
    await agent.call(TOOL);
    await eventually(async () => (await usedOf(gateway, agent.id, "own")) === 4, { every: 50 });
    for (const max of [20, 3]) {
      await gateway.must("PUT", `policies/${policy}`, { version: "1", default: "deny", tools: { [TOOL]: { limits: [{ ...OWN, max }] } } });
      const { used, remaining, max: shownMax } = (await usageOf(gateway, agent.id)).get("own");
      assert.deepEqual([used, remaining, shownMax], [4, Math.max(0, max - 4), max]);
    }
  });

  test("a policy without limits has no counters; two rules that share one show it once each `max`", async (t) => {
    const { agent } = await setUp(t, []);
    assert.deepEqual((await gateway.must("GET", `grants/${agent.id}/usage`)).counters, []);
    const origin = await startOrigin(t);
    const policy = { version: "1", default: "deny", tools: { [TOOL]: { limits: [OWN] }, [OTHER]: { limits: [OWN] } } };
    const { agent: both } = await gateway.register({ origin, policy });
    await both.call(TOOL);
    await both.call(OTHER);
    assert.equal(await usedOf(gateway, both.id, "own"), 2);
  });

  test("a grant that is revoked still shows it; one that never was is 404", async (t) => {
    const { agent } = await setUp(t, [OWN]);
    await spend(2, agent, TOOL);
    await gateway.must("DELETE", `grants/${agent.id}`);
    assert.equal(await usedOf(gateway, agent.id, "own"), 2);
    assertComplaint(await gateway.admin("GET", "grants/g_never-was/usage"), 404);
    assert.equal((await gateway.admin("POST", `grants/${agent.id}/usage`)).status, 405);
  });
});
