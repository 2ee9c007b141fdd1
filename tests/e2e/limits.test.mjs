// Limits, as an agent meets them: how many pass, what the refused one is told, and whose budget it was.
// The arithmetic has its property tests on the host; here the Durable Object counts.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { SEED, startGateway } from "./support/gateway.mjs";
import { ERAS } from "./support/message.mjs";
import { json } from "./support/origin.mjs";
import { eventually, pause } from "./support/patience.mjs";
import { assertDenied } from "./support/refusal.mjs";

const PRESET = { preset: "mcp-django" };
const TOOL = "management_execute_command";

const gateway = await startGateway();
after(() => gateway.stop());

const setUp = (t, policy = SEED) => gateway.withOrigin(t, { server: PRESET, policy });

const ruled = (rule, more = {}) => ({ version: "1", default: "deny", tools: { execute_command: rule, ...more } });
const limited = (...limits) => ruled({ limits });
const passed = (answer) => answer.result.isError === false;

/** Calls so often, one after the other; says how many passed. */
async function times(count, agent, tool = TOOL) {
  let through = 0;
  for (let n = 0; n < count; n += 1) if (passed(await agent.call(tool))) through += 1;
  return through;
}

for (const era of ERAS) {
  describe(`A limit, ${era}`, { concurrency: true }, () => {
    test("of eleven calls under the seed's policy ten pass; the eleventh is told its rule and when to come again", async (t) => {
      const { origin, agent, policy, stamp } = await setUp(t);
      for (let n = 1; n <= 10; n += 1) assert.ok(passed(await agent.call(TOOL, { n }, { era })), `call ${n}`);
      const { denial, text } = assertDenied(await agent.call(TOOL, { n: 11 }, { era }), era, {
        rule: "/tools/execute_command/limits/0",
        reason_code: "rate_limited",
        policy: { name: policy, stamp },
      });
      assert.ok(denial.retry_after >= 1 && denial.retry_after <= 61, `retry_after ${denial.retry_after}`);
      assert.ok(text.includes(String(denial.retry_after)), "the model is told when to come again");
      assert.equal(origin.calls(TOOL).length, 10);
    });

    test("«A metered answer carries the `RateLimit` and `RateLimit-Policy` header fields (remaining, reset)»", async (t) => {
      const { agent } = await setUp(t);
      for (const remaining of [9, 8]) {
        const { headers } = await agent.call(TOOL, {}, { era });
        assert.equal(headers["ratelimit-policy"], '"execute_command_rate";q=10;w=60');
        const [, r, reset] = headers.ratelimit.match(/^"execute_command_rate";r=(\d+);t=(\d+)$/);
        assert.equal(Number(r), remaining);
        assert.ok(Number(reset) >= 1 && Number(reset) <= 61, headers.ratelimit);
      }
      const unmetered = await agent.list("tools", { era });
      assert.equal(unmetered.headers.ratelimit, undefined);
    });

    test("the shorthand `rate_limit`: «one limit, scope grant, sliding», denied by `/tools/X/rate_limit`", async (t) => {
      const { agent } = await setUp(t, ruled({ rate_limit: { max: 2, window: 60 } }));
      assert.equal(await times(2, agent), 2);
      assertDenied(await agent.call(TOOL, {}, { era }), era, {
        rule: "/tools/execute_command/rate_limit",
        reason_code: "rate_limited",
      });
    });
  });
}

describe("How many", { concurrency: true }, () => {
  test("«200 parallel calls on a budget of 10 admit exactly 10»", async (t) => {
    const { origin, agent } = await setUp(t);
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => agent.call(TOOL, { n }, { era: ERAS[n % 2] })));
    assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
    assert.equal(answers.filter(passed).length, 10);
    assert.equal(origin.calls(TOOL).length, 10);
  });

  test("«`retry_after` is whole seconds …; after it, the same cost … is admitted»", async (t) => {
    // Long enough for four calls on a machine that has much else to do.
    const window = 5;
    const { agent } = await setUp(t, limited({ counter: "c", window, max: 3 }));
    assert.equal(await times(3, agent), 3);
    for (let round = 0; round < 2; round += 1) {
      const { denial } = assertDenied(await agent.call(TOOL), "legacy", { reason_code: "rate_limited" });
      assert.ok(denial.retry_after >= 1 && denial.retry_after <= window + 1, `retry_after ${denial.retry_after}`);
      await pause(denial.retry_after * 1000);
      assert.ok(passed(await agent.call(TOOL)), `round ${round}`);
      while (passed(await agent.call(TOOL)));
    }
  });

  test("«in **any** interval as long as the window, never more than `max`»: over six seconds of knocking", async (t) => {
    const { origin, agent } = await setUp(t, limited({ counter: "c", window: "second", max: 3 }));
    const admitted = [];
    // The gateway decides between these two instants; the earliest and the latest that it can have been bound each call.
    for (const end = Date.now() + 6000; Date.now() < end; await pause(20)) {
      const sent = Date.now();
      if (passed(await agent.call(TOOL))) admitted.push({ sent, answered: Date.now() });
    }
    assert.equal(origin.calls().length, admitted.length);
    for (let n = 3; n < admitted.length; n += 1) {
      const widest = admitted[n].answered - admitted[n - 3].sent;
      assert.ok(widest >= 1000, `four calls within ${widest} ms`);
    }
    assert.ok(admitted.length >= 12, `only ${admitted.length} in six seconds`);
  });

  test("«What was refused earlier has cost nothing»: denials, calls by alias and lists are free", async (t) => {
    const { agent } = await setUp(t, {
      ...limited({ counter: "c", window: 60, max: 2 }),
      hide: ["shell_*"],
    });
    for (let n = 0; n < 5; n += 1) {
      await agent.call("execute_command");
      await agent.call("project_list_apps");
      await agent.call("shell_execute");
      await agent.list("tools");
      await agent.rpc('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"management_execute_command","name":"x"}}');
    }
    assert.equal(await times(4, agent), 2);
  });

  test("«Budget is spent when the call is forwarded, and stays spent»: an origin that fails gives nothing back", async (t) => {
    const { origin, agent } = await setUp(t, limited({ counter: "c", window: 60, max: 3 }));
    origin.next("tools/call", { status: 500, headers: {}, chunks: ["no"] });
    await agent.call(TOOL);
    origin.next("tools/call", json({ jsonrpc: "2.0", id: 0, error: { code: 1, message: "no" } }));
    await agent.call(TOOL);
    assert.equal(await times(3, agent), 1);
  });
});

describe("Whose budget", { concurrency: true }, () => {
  const short = { counter: "short", window: 5, max: 2 };
  const long = { counter: "long", window: 60, max: 3 };
  for (const limits of [[short, long], [long, short]]) {
    test(`«\`limits\`: all of them or none», ${limits[0].counter} first`, async (t) => {
      const { agent } = await setUp(t, limited(...limits));
      const rule = (limit) => `/tools/execute_command/limits/${limits.indexOf(limit)}`;
      assert.equal(await times(2, agent), 2);
      const { denial } = assertDenied(await agent.call(TOOL), "legacy", { rule: rule(short) });
      for (let n = 0; n < 5; n += 1) assert.ok(!passed(await agent.call(TOOL)));
      await pause(denial.retry_after * 1000);
      // Had the refused ones been charged to the long limit, this one would not pass.
      assert.ok(passed(await agent.call(TOOL)));
      const { denial: last } = assertDenied(await agent.call(TOOL), "legacy", { rule: rule(long) });
      assert.ok(last.retry_after > 30, `retry_after ${last.retry_after}`);
    });
  }

  test("«scope grant»: grants of one server and policy have separate budgets", async (t) => {
    const { agent, server, policy } = await setUp(t, limited({ counter: "c", window: 60, max: 2 }));
    const other = await gateway.grant({ server, policy });
    assert.equal(await times(3, agent), 2);
    assert.equal(await times(3, other), 2);
  });

  test("a counter is known by its name: two tools that name one counter share it", async (t) => {
    const limits = [{ counter: "c", window: 60, max: 3 }];
    const { agent } = await setUp(t, ruled({ limits }, { execute: { limits } }));
    assert.equal(await times(2, agent), 2);
    assert.equal(await times(3, agent, "shell_execute"), 1);
  });

  /** Puts another limit into the policy, and waits until it rules: a denial names its stamp, and costs nothing. */
  async function edit({ agent, policy }, limit) {
    const put = await gateway.must("PUT", `policies/${policy}`, limited(limit));
    await eventually(async () => {
      const { denial } = assertDenied(await agent.call("project_list_apps"), "legacy");
      return denial.policy.stamp === put.stamp;
    });
    return put.warnings;
  }

  test("«Editing `max` keeps the count»", async (t) => {
    const made = await setUp(t, limited({ counter: "c", window: 60, max: 10 }));
    assert.equal(await times(4, made.agent), 4);
    assert.deepEqual(await edit(made, { counter: "c", window: 60, max: 5 }), []);
    assert.equal(await times(3, made.agent), 1);
    assert.deepEqual(await edit(made, { counter: "c", window: 60, max: 7 }), []);
    assert.equal(await times(3, made.agent), 2);
  });

  test("«changing the identity starts a new counter, and the PUT warns»", async (t) => {
    const made = await setUp(t, limited({ counter: "c", window: 60, max: 2 }));
    assert.equal(await times(3, made.agent), 2);
    const warnings = await edit(made, { counter: "c", window: 61, max: 3 });
    assert.equal(await times(4, made.agent), 3);
    assert.equal(warnings.length, 1, "a warning of the new counter");
  });
});
