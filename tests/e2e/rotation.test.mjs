// Rotation: a grant gets a new token, the old one is worth something for a while, and the counts go on. «The ledger is named by
// the grant's id, so rotation keeps the counts.»
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Agent } from "./support/agent.mjs";
import { startGateway } from "./support/gateway.mjs";
import { elsewhere, keysOf, LATE } from "./support/faults.mjs";
import { ERAS } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually, pause } from "./support/patience.mjs";
import { assertDenied, assertUnauthorized } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const FREE = "project_list_apps";
const metered = (max) => ({ version: "1", default: "allow", tools: { [TOOL]: { rate_limit: { max, window: 3600 } } } });
const MINUTE = 60_000;

const gateway = await startGateway({ faults: true });
after(() => gateway.stop());

async function setUp(t, max = 10_000) {
  const origin = await startOrigin(t);
  const made = { origin, ...(await gateway.register({ origin, policy: metered(max) })) };
  for (const tool of [TOOL, FREE]) await assertPasses(made.agent, tool);
  return made;
}

/** Gives a grant a new token; `old` and `agent` hold the old and the new one, and `until` is when the old one ends. */
async function rotate(agent, body) {
  const { token, url, old_token_until: until, ...rest } = await gateway.must("POST", `grants/${agent.id}/rotate`, body);
  assert.deepEqual(rest, { id: agent.id });
  assert.equal(url, agent.url.replace("/__elsewhere", ""));
  assert.match(token, /^tg_[A-Za-z0-9_-]{43}$/);
  assert.notEqual(token, agent.token);
  assert.match(until, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, "RFC 3339");
  return { old: agent, agent: new Agent(agent.url, { id: agent.id, token }), until: Date.parse(until) };
}

async function assertPasses(agent, tool, era = "legacy") {
  const answer = await agent.call(tool, {}, { era });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.result.isError, false, answer.text);
}

describe("Rotation", { concurrency: true }, () => {
  test("both tokens work for the ten minutes that are usual, on every path; the API shows neither", async (t) => {
    const { agent } = await setUp(t);
    const begun = Date.now();
    const { old, agent: renewed, until } = await rotate(agent);
    assert.ok(until >= begun + 10 * MINUTE && until <= Date.now() + 10 * MINUTE, new Date(until).toISOString());
    for (const one of [old, renewed]) for (const era of ERAS) for (const tool of [TOOL, FREE]) await assertPasses(one, tool, era);
    const shown = await gateway.admin("GET", `grants/${agent.id}`);
    for (const { token } of [old, renewed]) assert.ok(!shown.text.includes(token), shown.text);
  });

  test("the counts are kept, and both tokens spend from one budget", async (t) => {
    const { agent } = await setUp(t, 4);
    const { old, agent: renewed } = await rotate(agent);
    await assertPasses(old, TOOL);
    await assertPasses(renewed, TOOL);
    await assertPasses(old, TOOL);
    for (const one of [old, renewed]) assertDenied(await one.call(TOOL), "legacy", { reason_code: "rate_limited" });
  });

  test("a session that was begun with the old token goes on with the new one", async (t) => {
    const { agent } = await setUp(t);
    const session = await agent.begin();
    const { agent: renewed } = await rotate(agent, { grace: "0s" });
    for (const tool of [TOOL, FREE]) assert.equal((await renewed.call(tool, {}, { session })).result.isError, false);
  });

  const kinds = { "a metered call": TOOL, "a call without limits": FREE };
  for (const [kind, tool] of Object.entries(kinds)) {
    test(`the old token works until its time is over, to the moment, and not after: ${kind}`, async (t) => {
      const { agent, origin } = await setUp(t);
      const { old, agent: renewed, until } = await rotate(agent, { grace: "2s" });
      let passed = 1;
      let refused = 0;
      while (Date.now() < until + 1000) {
        const began = Date.now();
        const answer = await old.call(tool);
        if (answer.status === 200) {
          passed += 1;
          assert.ok(began <= until, `passed ${began - until} ms too late`);
        } else {
          refused += 1;
          assertUnauthorized(answer);
          assert.ok(Date.now() >= until, `refused ${until - Date.now()} ms too early`);
        }
        await pause(10);
      }
      assert.ok(passed > 1 && refused > 0, `${passed} passed, ${refused} refused`);
      assert.equal(origin.calls(tool).length, passed);
      await assertPasses(renewed, tool);
    });
  }

  for (const [what, [fault, how]] of Object.entries(LATE)) {
    /** An agent to which KV is late from now on. */
    const setUpLate = async (t) => {
      const made = await setUp(t);
      const agent = how.elsewhere ? elsewhere(made.agent) : made.agent;
      for (const tool of [TOOL, FREE]) await assertPasses(agent, tool);
      await gateway.faults.begin("CONFIG", keysOf(made), fault, how);
      return { ...made, agent };
    };

    test(`grace «0s»: the old token is refused from the next metered call on, with ${what}`, async (t) => {
      const { agent, origin } = await setUpLate(t);
      const { old, agent: renewed } = await rotate(agent, { grace: "0s" });
      const before = origin.calls(TOOL).length;
      for (const era of ERAS) assertUnauthorized(await old.call(TOOL, {}, { era }));
      assert.equal(origin.calls(TOOL).length, before);
      await assertPasses(renewed, TOOL);
    });

    test(`grace «2s»: the old token is refused on metered calls after it, with ${what}`, async (t) => {
      const { agent } = await setUpLate(t);
      const { old, until } = await rotate(agent, { grace: "2s" });
      await assertPasses(old, TOOL);
      await pause(until - Date.now() + 1);
      assertUnauthorized(await old.call(TOOL));
    });
  }

  test("grace «0s»: without limits the old token is refused within 30 s", async (t) => {
    const { agent } = await setUp(t);
    const { old } = await rotate(agent, { grace: "0s" });
    await eventually(async () => (await old.call(FREE)).status === 401);
  });

  test("who rotates twice ends the oldest token, whatever its grace was", async (t) => {
    const { agent } = await setUp(t);
    const first = await rotate(agent, { grace: "7d" });
    const second = await rotate(first.agent);
    assertUnauthorized(await first.old.call(TOOL));
    await eventually(async () => (await first.old.call(FREE)).status === 401);
    for (const one of [second.old, second.agent]) for (const tool of [TOOL, FREE]) await assertPasses(one, tool);
  });

  test("two rotations at once leave one new token, or one of them is told to come again", async (t) => {
    const { agent } = await setUp(t);
    const answers = await Promise.all([1, 2].map(() => gateway.admin("POST", `grants/${agent.id}/rotate`)));
    const made = answers.filter(({ status }) => status === 200).map(({ json }) => new Agent(agent.url, json));
    assert.ok(made.length > 0);
    for (const { status, text } of answers) assert.ok([200, 409, 412].includes(status), `HTTP ${status}: ${text}`);
    const held = [agent, ...made];
    const worth = await Promise.all(held.map(async (one) => (await one.call(TOOL)).status === 200));
    // The newest, and the one before it.
    assert.equal(worth.filter(Boolean).length, 2, `${worth}`);
  });

  test("a revocation ends both tokens; a revoked grant, or none, is not rotated", async (t) => {
    const made = await setUp(t);
    const { old, agent: renewed } = await rotate(made.agent);
    for (const one of [old, renewed]) await assertPasses(one, TOOL);
    await gateway.must("DELETE", `grants/${old.id}`);
    for (const one of [old, renewed]) {
      assertUnauthorized(await one.call(TOOL));
      await eventually(async () => (await one.call(FREE)).status === 401);
    }
    assert.equal((await gateway.admin("POST", `grants/${old.id}/rotate`)).status, 409);
    assert.equal((await gateway.admin("POST", "grants/g_never-was/rotate")).status, 404);
  });

  test("a policy that the grant is given after a rotation rules both tokens", async (t) => {
    const { agent } = await setUp(t);
    const { old, agent: renewed } = await rotate(agent);
    const policy = gateway.name("policy");
    await gateway.must("PUT", `policies/${policy}`, { version: "1", default: "deny" });
    await gateway.must("PATCH", `grants/${agent.id}`, { policy });
    for (const one of [old, renewed]) assertDenied(await one.call(TOOL), "legacy", { reason_code: "default_deny" });
  });

  test("«a whole number and s, m, h or d; 0s to 7d»", async (t) => {
    const { agent } = await setUp(t);
    for (const grace of ["", "10", "m", "1.5h", "-1s", "+1s", "10 m", "10M", "1w", "8d", "169h", "604801s", "99999999999999999999s", 600, null, {}]) {
      const answer = await gateway.admin("POST", `grants/${agent.id}/rotate`, { grace });
      assert.ok([400, 422].includes(answer.status), `${JSON.stringify(grace)}: HTTP ${answer.status} ${answer.text}`);
    }
    assert.ok([400, 422].includes((await gateway.admin("POST", `grants/${agent.id}/rotate`, { grce: "1s" })).status));
    await assertPasses(agent, TOOL);
    const lengths = { "7d": 7 * 1440 * MINUTE, "168h": 7 * 1440 * MINUTE, "90m": 90 * MINUTE, "5s": 5000, "0d": 0 };
    for (const [grace, length] of Object.entries(lengths)) {
      const begun = Date.now();
      const { until } = await rotate(agent, { grace });
      assert.ok(until >= begun + length && until <= Date.now() + length, `${grace}: ${until - begun}`);
    }
  });
});
