// «Fail closed. KV unreachable, ledger or head unreachable …: refused, said so, nothing forwarded.» The stores are real; the
// platform between them and the gateway fails as it is told (support/faults.mjs).
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { recordsOf, usedOf } from "./support/audit.mjs";
import { keysOf } from "./support/faults.mjs";
import { startGateway } from "./support/gateway.mjs";
import { call, ERAS, initialize, notification, request } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually, lasted, pause } from "./support/patience.mjs";
import { assertDenied, assertOutage } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const FREE = "project_list_apps";
const DENIED = "shell_export_history";
const OVERLOADED = { rule: "(ledger)", reason_code: "ledger_overloaded" };
/** Milliseconds that a machine that has much else to do adds to what is promised. */
const TOLERANCE = 300;

const limited = (...limits) => ({ version: "1", default: "allow", tools: { [TOOL]: { limits }, [DENIED]: { action: "deny" } } });
const mine = (max) => ({ counter: "mine", window: 3600, max });
const ours = (max) => ({ counter: "ours", window: 3600, max, scope: "server" });
/** Whose ledger fails, and a policy whose calls need it. */
const WHOSE = {
  "the grant's ledger": { policy: (max) => limited(mine(max)), nameOf: ({ agent }) => agent.id },
  "the server's ledger": { policy: (max) => limited(mine(max), ours(max)), nameOf: ({ server }) => `server/${server}` },
};

const gateway = await startGateway({ faults: true });
after(() => gateway.stop());

/** An agent that has made a call without limits, and none of the others. */
async function setUp(t, more) {
  const origin = await startOrigin(t);
  const made = { origin, ...(await gateway.register({ origin, policy: limited(mine(10_000)), ...more })) };
  assert.ok(passes(await made.agent.call(FREE)));
  return made;
}

const passes = (answer) => answer.status === 200 && answer.result.isError === false;

describe("Faults", { concurrency: true }, () => {
  for (const [whose, { policy, nameOf }] of Object.entries(WHOSE)) {
    describe(whose, () => {
      test("unreachable: metered calls are refused and not forwarded; what needs no ledger goes on", async (t) => {
        const made = await setUp(t, { policy: policy(100) });
        const { agent, origin } = made;
        assert.ok(passes(await agent.call(TOOL)));
        const fault = await gateway.faults.begin("LEDGER", nameOf(made), "unreachable");
        for (const era of ERAS) {
          const sent = call(TOOL);
          assertOutage(await agent.rpc(sent, { era }), sent.id);
          assert.ok(passes(await agent.call(FREE, {}, { era })));
          assertDenied(await agent.call(DENIED, {}, { era }), era, { reason_code: "denied_by_rule" });
        }
        assert.equal(origin.calls(TOOL).length, 1, "nothing forwarded");
        await fault.end();
        assert.ok(passes(await agent.call(TOOL)));
      });

      test("overloaded: a denial that says when to come again; it is asked once", async (t) => {
        const made = await setUp(t, { policy: policy(100) });
        const { agent, origin } = made;
        assert.ok(passes(await agent.call(TOOL)));
        const fault = await gateway.faults.begin("LEDGER", nameOf(made), "overloaded");
        for (const era of ERAS) {
          const before = await gateway.faults.asked("LEDGER", nameOf(made));
          const began = Date.now();
          const { denial } = assertDenied(await agent.call(TOOL, {}, { era }), era, OVERLOADED);
          assert.ok(denial.retry_after >= 1, `retry_after ${denial.retry_after}`);
          assert.ok(Date.now() - began < 1000, "at once");
          assert.equal((await gateway.faults.asked("LEDGER", nameOf(made))) - before, 1);
        }
        assert.equal(origin.calls(TOOL).length, 1, "nothing forwarded");
        await fault.end();
        assert.ok(passes(await agent.call(TOOL)));
      });

      for (const [how, callers] of [["one after the other", 1], ["at once", 100]]) {
        test(`its answers are lost: it is asked once more with the same reservation; of 100 calls ${how} on a budget of 50 exactly 50 pass`, async (t) => {
          const made = await setUp(t, { policy: policy(50) });
          const { agent, origin } = made;
          // Each call's first order is carried out, and nobody hears of it.
          const fault = await gateway.faults.begin("LEDGER", nameOf(made), "loses", { once: true });
          let [sent, passed] = [0, 0];
          const caller = async () => {
            while ((sent += 1) <= 100) {
              const answer = await agent.call(TOOL, { sent });
              if (passes(answer)) passed += 1;
              else assertDenied(answer, "legacy", { reason_code: "rate_limited" });
            }
          };
          await Promise.all(Array.from({ length: callers }, caller));
          await fault.end();
          assert.equal(passed, 50);
          assert.equal(origin.calls(TOOL).length, 50);
          assert.equal(await usedOf(gateway, agent.id, "mine"), 50, "none is charged twice");
          const records = (await recordsOf(gateway, agent.id)).filter(({ ruling, name }) => ruling === "allow" && name === TOOL);
          assert.equal(records.length, 50);
          assert.equal(new Set(records.map((record) => record.request_id)).size, 50);
        });
      }

      test("its answer is lost twice: refused, not forwarded, and charged once", async (t) => {
        const made = await setUp(t, { policy: policy(50) });
        const { agent, origin } = made;
        const before = await gateway.faults.asked("LEDGER", nameOf(made));
        const fault = await gateway.faults.begin("LEDGER", nameOf(made), "loses");
        assertOutage(await agent.call(TOOL));
        assert.equal(origin.calls(TOOL).length, 0);
        assert.equal((await gateway.faults.asked("LEDGER", nameOf(made))) - before, 2, "asked twice, and no third time");
        await fault.end();
        assert.ok((await usedOf(gateway, agent.id, "mine")) <= 1);
        assert.ok(passes(await agent.call(TOOL)));
      });

      test("slow: a call waits for it, and is charged once", async (t) => {
        const made = await setUp(t, { policy: policy(2) });
        await gateway.faults.begin("LEDGER", nameOf(made), "slow", { ms: 700 });
        const began = Date.now();
        const answers = await Promise.all([1, 2, 3].map(() => made.agent.call(TOOL)));
        assert.equal(answers.filter(passes).length, 2);
        assert.ok(Date.now() - began >= 700);
        assert.equal(made.origin.calls(TOOL).length, 2);
      });
    });
  }

  for (const kind of ["policy", "server"]) {
    test(`the ${kind}'s head unreachable: metered calls go on for 2 s at most, and are refused then; what needs no ledger goes on`, async (t) => {
      const made = await setUp(t);
      const { agent, origin } = made;
      assert.ok(passes(await agent.call(TOOL)));
      const fault = await gateway.faults.begin("HEAD", `${kind}/${made[kind]}`, "unreachable");
      let passed = 1;
      const last = await lasted(
        async () => {
          const answer = await agent.call(TOOL);
          if (passes(answer)) return (passed += 1);
          assertOutage(answer);
          return false;
        },
        { within: 4000 },
      );
      assert.ok(last < 2000 + TOLERANCE, `a call passed that began after ${last} ms`);
      assert.equal(origin.calls(TOOL).length, passed, "who was refused was not forwarded");
      for (const era of ERAS) {
        assertOutage(await agent.call(TOOL, {}, { era }));
        assert.ok(passes(await agent.call(FREE, {}, { era })));
      }
      await fault.end();
      await eventually(async () => passes(await agent.call(TOOL)), { within: 5000 });
    });
  }

  test("a head that answers slowly: metered calls pass", async (t) => {
    const made = await setUp(t);
    assert.ok(passes(await made.agent.call(TOOL)));
    await gateway.faults.begin("HEAD", [`policy/${made.policy}`, `server/${made.server}`], "slow", { ms: 500 });
    for (const end = Date.now() + 4000; Date.now() < end; await pause(20)) assert.ok(passes(await made.agent.call(TOOL)));
  });

  describe("a strict server: every message is refused", () => {
    const stores = {
      "the grant's ledger": ["LEDGER", ({ agent }) => agent.id],
      "the policy's head": ["HEAD", ({ policy }) => `policy/${policy}`],
      "the server's head": ["HEAD", ({ server }) => `server/${server}`],
    };
    for (const [what, [store, nameOf]] of Object.entries(stores)) {
      test(`${what} unreachable`, async (t) => {
        const made = await setUp(t, { server: { consistency: "strict" } });
        const { agent, origin } = made;
        // In the modern era the gateway asks once which tools there are.
        for (const era of ERAS) assert.ok(passes(await agent.call(TOOL, {}, { era })));
        const received = origin.received.length;
        const fault = await gateway.faults.begin(store, nameOf(made), "unreachable");
        for (const era of ERAS) {
          const greeting = era === "legacy" ? initialize() : request("server/discover");
          const others = [request("tools/list"), request("resources/read", { uri: "django://project/apps" }), greeting];
          for (const sent of [call(TOOL), call(FREE), call(DENIED), ...others]) assertOutage(await agent.rpc(sent, { era }), sent.id);
        }
        assert.equal((await agent.rpc(notification("notifications/initialized"))).status, 503);
        assert.equal(origin.received.length, received, "nothing forwarded");
        await fault.end();
        await eventually(async () => passes(await agent.call(FREE)), { within: 5000 });
      });
    }
  });

  test("KV unreachable: what an isolate remembers is used for 30 s, and everything is refused then", async (t) => {
    const made = await setUp(t);
    const { agent, origin } = made;
    assert.ok(passes(await agent.call(TOOL)));
    const fault = await gateway.faults.begin("CONFIG", keysOf(made), "unreachable");
    let passed = 0;
    const look = (tool) => async () => {
      const answer = await agent.call(tool);
      if (passes(answer)) return (passed += 1);
      assertOutage(answer);
      return false;
    };
    const lasts = await Promise.all([TOOL, FREE].map((tool) => lasted(look(tool), { within: 32_000, every: 500 })));
    for (const last of lasts) assert.ok(last < 30_000 + TOLERANCE, `a call passed that began after ${last} ms`);
    assert.equal(origin.calls().length, passed + 2, "who was refused was not forwarded");
    assertOutage(await agent.list("tools"));
    await fault.end();
    for (const tool of [TOOL, FREE]) assert.ok(passes(await agent.call(tool)));
    t.diagnostic(`the last calls that passed began after ${lasts.join(" and ")} ms`);
  });
});
