// Costs: what a call spends where its arguments say so.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { usageOf, usedOf } from "./support/audit.mjs";
import { passed, rateLimitOf } from "./support/budget.mjs";
import { startGateway } from "./support/gateway.mjs";
import { call, ERAS, inEra } from "./support/message.mjs";
import { assertDenied } from "./support/refusal.mjs";

const TOOL = "shell_execute";

const gateway = await startGateway();
after(() => gateway.stop());

const limited = (...limits) => ({ version: "1", default: "deny", tools: { [TOOL]: { limits } } });
const rule = (n) => ({ rule: `/tools/${TOOL}/limits/${n}`, reason_code: "rate_limited" });

const setUp = (t, policy) => gateway.withOrigin(t, { policy });

for (const era of ERAS) {
  describe(`Costs, ${era}`, { concurrency: true }, () => {
    const money = { counter: "money", window: 60, max: 10, cost_from: "args.amount" };
    const pay = (agent, amount) => agent.call(TOOL, amount === undefined ? {} : { amount }, { era });
    /** A call with the amount spelled as it stands: JavaScript would spell it otherwise. */
    const payRaw = (agent, amount) => {
      const message = inEra(era, call(TOOL, { amount: "?" }));
      return agent.rpc(JSON.stringify(message).replace('"?"', amount), { era, about: message });
    };

    test("«spend this much, not 1», exactly, in millionths", async (t) => {
      const { agent } = await setUp(t, limited(money));
      for (const amount of ["0.1", "0.2", "9.699999", "1e-6"]) assert.ok(passed(await payRaw(agent, amount)), amount);
      assertDenied(await payRaw(agent, "0.000001"), era, rule(0));
      const counter = (await usageOf(gateway, agent.id)).get("money");
      assert.deepEqual([counter.used, counter.remaining, counter.max, counter.unit], [10, 0, 10, "args.amount"]);
    });

    test("a cost of 0 passes where nothing is left; the agent is told what is left, in whole units", async (t) => {
      const { agent } = await setUp(t, limited(money));
      const { headers } = await pay(agent, 2.5);
      assert.equal(headers["ratelimit-policy"], '"money";q=10;w=60');
      assert.equal(rateLimitOf(headers).money.r, 7);
      assert.ok(passed(await pay(agent, 7.5)));
      assertDenied(await pay(agent, 0.5), era, rule(0));
      for (const amount of ["0", "0.0", "-0"]) assert.ok(passed(await payRaw(agent, amount)), amount);
    });

    test("«A cost above `max` is denied as `cost_exceeds_limit`, with no retry time»", async (t) => {
      const { agent, origin } = await setUp(t, limited(money));
      for (const amount of ["10.000001", "11", "1e300", "99999999999999999999999"]) {
        const { denial } = assertDenied(await payRaw(agent, amount), era, { rule: `/tools/${TOOL}/limits/0`, reason_code: "cost_exceeds_limit" });
        assert.equal(denial.retry_after, undefined);
      }
      assert.equal(origin.calls(TOOL).length, 0);
      assert.ok(passed(await pay(agent, 10)));
    });

    test("«absent, negative or not a number denies», and so does what is finer than a millionth", async (t) => {
      const { agent, origin } = await setUp(t, limited(money));
      for (const amount of ['"5"', "null", "[1]", "{}", "true", "-1", "-0.000001", "0.0000001", "1.2345678"]) {
        const { denial } = assertDenied(await payRaw(agent, amount), era, { rule: `/tools/${TOOL}/limits/0`, reason_code: "cost_unreadable" });
        assert.equal(denial.retry_after, undefined);
      }
      assertDenied(await pay(agent), era, { reason_code: "cost_unreadable" });
      assert.equal(origin.calls(TOOL).length, 0);
      assert.equal(await usedOf(gateway, agent.id, "money"), 0);
    });

    test("beside a limit of calls: all or none, and each says what is left in its own unit", async (t) => {
      const { agent } = await setUp(t, limited({ counter: "calls", window: 60, max: 3 }, money));
      const { r } = rateLimitOf((await pay(agent, 6)).headers).money;
      assert.equal(r, 4);
      for (let n = 0; n < 3; n += 1) assertDenied(await pay(agent, 5), era, rule(1));
      assert.equal(await usedOf(gateway, agent.id, "calls"), 1);
      assert.deepEqual(Object.values(rateLimitOf((await pay(agent, 4)).headers)).map(({ r }) => r), [1, 0]);
      assert.ok(passed(await pay(agent, 0)));
      assertDenied(await pay(agent, 0), era, rule(0));
    });

    test("of scope server: what one grant has spent another one cannot", async (t) => {
      const { agent, server, policy } = await setUp(t, limited({ ...money, scope: "server" }));
      const other = await gateway.grant({ server, policy });
      assert.ok(passed(await pay(agent, 7.5)));
      assertDenied(await pay(other, 2.6), era, rule(0));
      assert.ok(passed(await pay(other, 2.5)));
    });
  });
}
