// Shadow: what is only observed refuses nobody, takes nothing from what is enforced, and stands in the audit.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { recorded, usageOf } from "./support/audit.mjs";
import { passed, spend } from "./support/budget.mjs";
import { startGateway } from "./support/gateway.mjs";
import { ERAS } from "./support/message.mjs";
import { eventually } from "./support/patience.mjs";
import { assertDenied } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const OTHER = "project_list_apps";
const SHADOW = { mode: "shadow" };

const gateway = await startGateway();
after(() => gateway.stop());

const setUp = (t, tools, more = {}) => gateway.withOrigin(t, { policy: { version: "1", default: "deny", tools, ...more } });

const limit = (counter, max, more = {}) => ({ counter, window: 600, max, ...more });
const refused = (rule, reason_code = "rate_limited") => ({ rule, reason_code });

/** What would have been refused of each call, in the order of the calls: it stands with the decision, or with the outcome. */
async function observed(agent, calls) {
  const records = await recorded(gateway, agent.id, (all) => all.filter(({ outcome }) => outcome !== undefined).length >= calls);
  const shadows = new Map(records.map(({ request_id }) => [request_id, []]));
  for (const { request_id, shadow = [] } of records) shadows.get(request_id).push(...shadow);
  return [...shadows.values()];
}

for (const era of ERAS) {
  describe(`In shadow, ${era}`, { concurrency: true }, () => {
    const kinds = {
      "a limit": { [TOOL]: { limits: [limit("watched", 2, SHADOW)] } },
      "a rule's limits": { [TOOL]: { ...SHADOW, limits: [limit("watched", 2)] } },
      "a limit of scope server": { [TOOL]: { limits: [limit("watched", 2, { ...SHADOW, scope: "server" })] } },
      "a fixed limit": { [TOOL]: { limits: [limit("watched", 2, { ...SHADOW, window: "day", algorithm: "fixed" })] } },
    };
    for (const [what, tools] of Object.entries(kinds)) {
      test(`${what} never refuses; what it would have refused stands under \`shadow\`, and it goes no further than its max`, async (t) => {
        const { agent } = await setUp(t, tools);
        for (let n = 0; n < 4; n += 1) {
          const answer = await agent.call(TOOL, {}, { era });
          assert.ok(passed(answer), `call ${n + 1}`);
          assert.equal(answer.headers.ratelimit, undefined, "«Limits in shadow are not among them»");
        }
        const rule = refused(`/tools/${TOOL}/limits/0`);
        assert.deepEqual(await observed(agent, 4), [[], [], [rule], [rule]]);
        const { used, mode } = (await usageOf(gateway, agent.id)).get("watched");
        assert.deepEqual([used, mode], [2, "shadow"]);
      });
    }

    test("a policy in shadow: conditions, actions and limits are observed, each with its rule", async (t) => {
      const rules = { [TOOL]: { action: "deny", limits: [limit("c", 1)] }, [OTHER]: { deny_if: [{ path: "args.n", op: "eq", value: 1 }] } };
      const { agent } = await setUp(t, rules, SHADOW);
      const calls = [[TOOL, {}], [OTHER, { n: 1 }], [OTHER, { n: 2 }], ["management_list_commands", {}]];
      for (const [name, args] of calls) assert.ok(passed(await agent.call(name, args, { era })), name);
      assert.deepEqual(await observed(agent, 4), [
        [refused(`/tools/${TOOL}`, "denied_by_rule")],
        [refused(`/tools/${OTHER}/deny_if/0`, "condition_forbids")],
        [],
        [refused("(default deny)", "default_deny")],
      ]);
    });
  });
}

describe("Beside what is enforced", { concurrency: true }, () => {
  test("«Shadow limits count in counters of their own»: neither takes anything from the other", async (t) => {
    const { agent } = await setUp(t, { [TOOL]: { limits: [limit("enforced", 5), limit("watched", 2, SHADOW)] } });
    assert.equal(await spend(7, agent, TOOL), 5);
    const usage = await usageOf(gateway, agent.id);
    assert.deepEqual([usage.get("enforced").used, usage.get("watched").used], [5, 2]);
    assertDenied(await agent.call(TOOL), "legacy", { rule: `/tools/${TOOL}/limits/0` });
  });

  test("«when you enforce it, it begins at zero»; observed again, it goes on where it was", async (t) => {
    const { agent, policy } = await setUp(t, { [TOOL]: { limits: [limit("c", 3, SHADOW)] } });
    assert.equal(await spend(3, agent, TOOL), 3);
    const edit = async (one) => {
      const { stamp } = await gateway.must("PUT", `policies/${policy}`, { version: "1", default: "deny", tools: { [TOOL]: { limits: [one] } } });
      await eventually(async () => assertDenied(await agent.call(OTHER), "legacy").denial.policy.stamp === stamp);
    };
    await edit(limit("c", 3));
    assert.equal(await spend(4, agent, TOOL), 3);
    await edit(limit("c", 3, SHADOW));
    assert.ok(passed(await agent.call(TOOL)));
    assert.equal((await usageOf(gateway, agent.id)).get("c").used, 3);
  });

  test("«a second set, charged if all of it has room, else not at all», over grant and server", async (t) => {
    for (const scope of ["grant", "server"]) {
      const { agent } = await setUp(t, { [TOOL]: { limits: [limit("few", 1, SHADOW), limit("many", 9, { ...SHADOW, scope: "grant" }), limit("all", 9, { scope })] } });
      assert.equal(await spend(4, agent, TOOL), 4);
      const usage = await usageOf(gateway, agent.id);
      assert.deepEqual(["few", "many", "all"].map((name) => usage.get(name).used), [1, 1, 4], scope);
    }
  });

  test("what an enforced limit refuses is not counted in shadow, and costs nothing there", async (t) => {
    const { agent } = await setUp(t, { [TOOL]: { limits: [limit("enforced", 2), limit("watched", 9, SHADOW)] } });
    assert.equal(await spend(5, agent, TOOL), 2);
    assert.equal((await usageOf(gateway, agent.id)).get("watched").used, 2);
  });

  test("a rule in shadow is no refuge: `all_tools` and other limits hold", async (t) => {
    const { agent } = await setUp(t, { [TOOL]: { ...SHADOW, action: "deny" } }, { all_tools: { limits: [limit("all", 2)] } });
    assert.equal(await spend(4, agent, TOOL), 2);
    const [first] = await observed(agent, 2);
    assert.deepEqual(first, [refused(`/tools/${TOOL}`, "denied_by_rule")]);
  });

  test("a cost in shadow that cannot be read, or is above `max`, passes and is observed", async (t) => {
    const { agent } = await setUp(t, { [TOOL]: { limits: [limit("money", 10, { ...SHADOW, cost_from: "args.amount" })] } });
    for (const args of [{ amount: "5" }, { amount: 11 }, { amount: 10 }, { amount: 1 }]) assert.ok(passed(await agent.call(TOOL, args)));
    const rule = `/tools/${TOOL}/limits/0`;
    const seen = await observed(agent, 4);
    assert.deepEqual(seen, [[refused(rule, "cost_unreadable")], [refused(rule, "cost_exceeds_limit")], [], [refused(rule)]]);
  });
});
