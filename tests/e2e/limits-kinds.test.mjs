// The kinds of limits: where a window begins, and whose calls count together.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { usageOf, usedOf } from "./support/audit.mjs";
import { middleOf, passed, rateLimitOf, spend, until } from "./support/budget.mjs";
import { startGateway } from "./support/gateway.mjs";
import { ERAS } from "./support/message.mjs";
import { pause } from "./support/patience.mjs";
import { assertDenied, assertErrors } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const OTHER = "management_execute_command";

const gateway = await startGateway();
after(() => gateway.stop());

const limited = (...limits) => ({ version: "1", default: "deny", tools: { [TOOL]: { limits } } });
const rule = (n) => ({ rule: `/tools/${TOOL}/limits/${n}`, reason_code: "rate_limited" });

const setUp = (t, policy) => gateway.withOrigin(t, { policy });

for (const era of ERAS) {
  describe(`A fixed window, ${era}`, { concurrency: true }, () => {
    test("«windows are multiples of their length since the Unix epoch»: `retry_after` and `t` say when the next one begins", async (t) => {
      const { agent } = await setUp(t, limited({ counter: "c", window: 20, max: 2, algorithm: "fixed" }));
      const end = await middleOf(20);
      const { headers } = await agent.call(TOOL, {}, { era });
      const seen = Date.now();
      const { r, t: left } = rateLimitOf(headers).c;
      assert.equal(r, 1);
      assert.ok(seen + left * 1000 >= end && left * 1000 <= end - seen + 2000, `${left} s, ${end - seen} ms before the border`);
      assert.ok(passed(await agent.call(TOOL, {}, { era })));
      const { denial } = assertDenied(await agent.call(TOOL, {}, { era }), era, rule(0));
      const after = end - Date.now();
      assert.ok(denial.retry_after * 1000 >= after && denial.retry_after * 1000 <= after + 2000, `${denial.retry_after} s, ${after} ms`);
      const counter = (await usageOf(gateway, agent.id)).get("c");
      assert.ok(Math.abs(Date.parse(counter.resets_at) - end) < 5, `${counter.resets_at} is ${end}`);
    });

    test("exact at the border: nothing before it, all of `max` after it, so that «2×max can straddle a border»", async (t) => {
      const { agent, origin } = await setUp(t, limited({ counter: "c", window: 5, max: 3, algorithm: "fixed" }));
      const border = await middleOf(5);
      assert.equal(await spend(4, agent, TOOL, { era }), 3);
      let refused = 0;
      for (;;) {
        const sent = Date.now();
        const answer = await agent.call(TOOL, {}, { era });
        if (passed(answer)) {
          assert.ok(Date.now() >= border, "before the border there is no room");
          break;
        }
        // A refusal that was asked for after the border would be one too many.
        assert.ok(sent <= border, `refused ${sent - border} ms after the border`);
        refused += 1;
        await pause(10);
      }
      assert.ok(refused > 0, "the border was waited for");
      assert.equal(await spend(3, agent, TOOL, { era }), 2);
      assert.equal(origin.calls(TOOL).length, 6, "twice the most, around one border");
    });
  });
}

describe("Sliding and fixed", { concurrency: true }, () => {
  test("«whole number of seconds, 1 to 31 days»: the longest window counts, sliding and fixed, and a longer one is an error", async (t) => {
    const month = 31 * 86_400;
    for (const algorithm of ["sliding", "fixed"]) {
      const { agent } = await setUp(t, limited({ counter: "c", window: month, max: 2, algorithm }));
      const { headers } = await agent.call(TOOL);
      assert.equal(headers["ratelimit-policy"], `"c";q=2;w=${month}`);
      assert.ok(passed(await agent.call(TOOL)));
      const { denial } = assertDenied(await agent.call(TOOL), "legacy", rule(0));
      const longest = algorithm === "fixed" ? until(month) / 1000 + 2 : month + month / 64 + 2;
      assert.ok(denial.retry_after > (algorithm === "fixed" ? 0 : month - 60) && denial.retry_after <= longest, `${denial.retry_after}`);
    }
    for (const window of [0, month + 1, 1.5, "month", -1]) {
      assertErrors(await gateway.admin("PUT", `policies/${gateway.name("policy")}`, limited({ counter: "c", window, max: 2 })));
    }
  });

  test("«A call charges one counter once», and each limit that names it compares with its own `max`", async (t) => {
    const { agent } = await setUp(t, {
      version: "1",
      default: "deny",
      all_tools: { limits: [{ counter: "c", window: 60, max: 4 }] },
      tools: { [TOOL]: { limits: [{ counter: "c", window: 60, max: 2 }] }, [OTHER]: {} },
    });
    assert.equal(await spend(3, agent, TOOL), 2);
    assertDenied(await agent.call(TOOL), "legacy", rule(0));
    assert.equal((await gateway.must("GET", `grants/${agent.id}/usage`)).counters[0].used, 2, "once for each call");
    assert.equal(await spend(4, agent, OTHER), 2);
    assertDenied(await agent.call(OTHER), "legacy", { rule: "/all_tools/limits/0" });
  });

  test("«one name with two identities is an error»", async () => {
    const first = { counter: "c", window: 60, max: 2 };
    const others = [{ window: 61 }, { algorithm: "fixed" }, { scope: "server" }, { scope: "session", sessions: 2 }, { cost_from: "args.cost" }];
    for (const other of others) {
      assertErrors(await gateway.admin("PUT", `policies/${gateway.name("policy")}`, limited(first, { ...first, ...other })));
    }
    await gateway.must("PUT", `policies/${gateway.name("policy")}`, limited(first, { ...first, max: 3 }));
  });
});

describe("Scope session", { concurrency: true }, () => {
  const perSession = (sessions, max = 2) => limited({ counter: "c", window: 60, max, scope: "session", sessions });

  test("each legacy session has a budget of its own, and so has everything that is in none", async (t) => {
    const { agent } = await setUp(t, perSession(3));
    const [one, other] = [await agent.begin(), await agent.begin()];
    assert.equal(await spend(3, agent, TOOL, { session: one }), 2);
    assertDenied(await agent.call(TOOL, {}, { session: one }), "legacy", rule(0));
    assert.equal(await spend(3, agent, TOOL, { session: other }), 2);
    assert.equal(await spend(3, agent, TOOL), 2);
  });

  test("«at most `sessions` of them have a budget of their own within a window, a further one shares the fullest»", async (t) => {
    const { agent, origin } = await setUp(t, perSession(2, 4));
    const [full, fuller, further] = [await agent.begin(), await agent.begin(), await agent.begin()];
    assert.equal(await spend(1, agent, TOOL, { session: full }), 1);
    assert.equal(await spend(3, agent, TOOL, { session: fuller }), 3);
    assert.equal(await spend(3, agent, TOOL, { session: further }), 1, "one is left of the fullest");
    assert.equal(await spend(1, agent, TOOL, { session: fuller }), 0, "that one was it");
    assert.equal(await spend(4, agent, TOOL, { session: full }), 3);
    for (let n = 0; n < 5; n += 1) assert.equal(await spend(1, agent, TOOL, { session: await agent.begin() }), 0);
    assert.equal(await spend(6, agent, TOOL), 4);
    assert.equal(origin.calls(TOOL).length, 12, "«(`sessions` + 1) × `max`»");
  });

  test("a further session has a budget again when the uses of another one are a window old", async (t) => {
    const { agent } = await setUp(t, limited({ counter: "c", window: 3, max: 1, scope: "session", sessions: 1 }));
    const [one, other] = [await agent.begin(), await agent.begin()];
    assert.ok(passed(await agent.call(TOOL, {}, { session: one })));
    const { denial } = assertDenied(await agent.call(TOOL, {}, { session: other }), "legacy", rule(0));
    await pause(denial.retry_after * 1000);
    assert.ok(passed(await agent.call(TOOL, {}, { session: other })));
    assertDenied(await agent.call(TOOL, {}, { session: one }), "legacy", rule(0));
  });

  test("«Where the protocol has no sessions, `session` is `grant`»: modern calls and sessionless ones share one budget", async (t) => {
    const { agent } = await setUp(t, perSession(3, 4));
    const session = await agent.begin();
    assert.equal(await spend(2, agent, TOOL, { era: "modern" }), 2);
    assert.equal(await spend(2, agent, TOOL), 2);
    assertDenied(await agent.call(TOOL, {}, { era: "modern" }), "modern", rule(0));
    // A modern call has no session, whatever it shows.
    assertDenied(await agent.call(TOOL, {}, { era: "modern", session }), "modern", rule(0));
    assertDenied(await agent.call(TOOL), "legacy", rule(0));
    assert.equal(await spend(4, agent, TOOL, { session }), 4);
  });

  test("«everything else counts at the grant»: an origin without sessions", async (t) => {
    const made = await setUp(t, perSession(3));
    made.origin.sessionless = true;
    assert.equal(await made.agent.begin(), undefined);
    assert.equal(await spend(3, made.agent, TOOL), 2);
  });

  test("«counts only sessions that the gateway issued to this grant»: a made-up or foreign id is 404, without a budget", async (t) => {
    const { agent, server, policy, origin } = await setUp(t, perSession(9));
    const foreign = await (await gateway.grant({ server, policy })).begin();
    assert.equal(await spend(2, agent, TOOL), 2);
    const before = origin.received.length;
    for (const session of ["made-up", foreign, foreign.slice(0, -1), origin.sessions[0]]) {
      assert.equal((await agent.call(TOOL, {}, { session })).status, 404);
    }
    assert.equal(origin.received.length, before);
    const { counters } = await gateway.must("GET", `grants/${agent.id}/usage`);
    assert.deepEqual(counters.map(({ used, session }) => [used, session]), [[2, undefined]]);
  });
});

describe("Scope server", { concurrency: true }, () => {
  const shared = (max, more = {}) => ({ counter: "shared", window: 60, max, scope: "server", ...more });
  const own = (max, more = {}) => ({ counter: "own", window: 60, max, ...more });

  /** A server, and so many agents that have a grant of their own for it. */
  async function company(t, count, policy) {
    const made = await setUp(t, policy);
    const agents = [made.agent];
    while (agents.length < count) agents.push(await gateway.grant({ server: made.server, policy: made.policy }));
    return { ...made, agents };
  }

  test("«one budget for all grants of that server»: 100 parallel calls of 3 grants in both eras on a budget of 20 admit exactly 20", async (t) => {
    const { agents, origin } = await company(t, 3, limited(shared(20), own(15)));
    const calls = Array.from({ length: 100 }, (_, n) => agents[n % 3].call(TOOL, { n }, { era: ERAS[n % 2] }));
    const answers = await Promise.all(calls);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(answers.filter(passed).length, 20);
    assert.equal(origin.calls(TOOL).length, 20);
    const used = await Promise.all(agents.map(({ id }) => usedOf(gateway, id, "own")));
    assert.equal(used.reduce((sum, one) => sum + one), 20, "what the server's limit has refused has cost nothing at the grants");
    for (const { id } of agents) assert.equal(await usedOf(gateway, id, "shared"), 20);
  });

  test("a further grant shares the budget under another policy too, and another server has its own", async (t) => {
    const { agents: [one, other], server, origin } = await company(t, 2, limited(shared(4)));
    const policy = gateway.name("policy");
    await gateway.must("PUT", `policies/${policy}`, limited(shared(3)));
    const third = await gateway.grant({ server, policy });
    assert.equal(await spend(1, one, TOOL), 1);
    assert.equal(await spend(1, other, TOOL), 1);
    assert.equal(await spend(3, third, TOOL), 1, "each limit compares with its own `max`");
    assert.equal(await spend(3, one, TOOL), 1);
    const { agent: elsewhere } = await gateway.register({ origin, policy: limited(shared(4)) });
    assert.equal(await spend(5, elsewhere, TOOL), 4);
  });

  for (const order of [[0, 1], [1, 0]]) {
    const named = order[0] === 0 ? "the server's limit first" : "the grant's limit first";
    const at = (limit) => order.indexOf(limit);
    const policyOf = (...limits) => limited(...order.map((n) => limits[n]));

    test(`«all of them or none»: a refusal by the server's limit costs nothing at the grant, ${named}`, async (t) => {
      const { agents: [one, other] } = await company(t, 2, policyOf(shared(2), own(2)));
      assert.equal(await spend(2, one, TOOL), 2);
      for (let n = 0; n < 4; n += 1) assertDenied(await other.call(TOOL), "legacy", rule(at(0)));
      assert.equal(await usedOf(gateway, other.id, "own"), 0);
    });

    test(`«all of them or none»: a refusal by the grant's limit costs nothing at the server, ${named}`, async (t) => {
      const { agents: [one, other] } = await company(t, 2, policyOf(shared(4), own(2)));
      assert.equal(await spend(2, one, TOOL), 2);
      for (let n = 0; n < 4; n += 1) assertDenied(await one.call(TOOL), "legacy", rule(at(1)));
      assert.equal(await spend(3, other, TOOL), 2);
      assert.equal(await usedOf(gateway, one.id, "shared"), 4);
    });

    for (const [longer, windows] of Object.entries({ "the server's": [12, 6], "the grant's": [6, 12] })) {
      test(`«the largest over all refusing limits; after it, the same cost … is admitted»: ${longer} is longer, ${named}`, async (t) => {
        const { agents: [agent] } = await company(t, 1, policyOf(shared(1, { window: windows[0] }), own(1, { window: windows[1] })));
        assert.ok(passed(await agent.call(TOOL)));
        const { denial } = assertDenied(await agent.call(TOOL), "legacy", rule(0));
        assert.ok(denial.retry_after > 6, `${denial.retry_after}`);
        await pause(denial.retry_after * 1000);
        assert.ok(passed(await agent.call(TOOL)));
      });
    }
  }

  test("the agent is told of both budgets, in the order of the limits, and that one is shared", async (t) => {
    const { agent, server, policy } = await setUp(t, limited(own(5), shared(2), own(2, { counter: "last", window: 30 })));
    const { headers } = await agent.call(TOOL);
    assert.equal(headers["ratelimit-policy"], '"own";q=5;w=60, "shared";q=2;w=60, "last";q=2;w=30');
    assert.deepEqual(Object.entries(rateLimitOf(headers)).map(([name, { r }]) => [name, r]), [["own", 4], ["shared", 1], ["last", 1]]);
    assert.equal(await spend(2, agent, TOOL), 1);
    const { text } = assertDenied(await (await gateway.grant({ server, policy })).call(TOOL), "legacy", rule(1));
    assert.match(text, /all grants of this server|shared/);
  });
});
