// Approvals where something fails: ledgers and heads that are unreachable, slow, or whose answers are lost; and calls that had their yes and never
// reached the origin, or reached it and failed there.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { answer, approve, assertHeld, historyOf } from "./support/approvals.mjs";
import { recordsOf, usedOf } from "./support/audit.mjs";
import { startGateway } from "./support/gateway.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { call, ERAS } from "./support/message.mjs";
import { DIE, json, SILENCE } from "./support/origin.mjs";
import { eventually } from "./support/patience.mjs";
import { assertDenied, assertError, assertOutage } from "./support/refusal.mjs";
import { callIt, HEADER_MISMATCH, tool, WEATHER, weatherAt } from "./support/weather.mjs";

const TOOL = "management_execute_command";
const asking = (...limits) => ({ version: "1", default: "deny", tools: { [TOOL]: { action: "require_approval", limits } } });
const mine = { counter: "mine", window: 3600, max: 100 };
const ours = { counter: "ours", window: 3600, max: 100, scope: "server" };
/** Whose ledger fails, and a policy whose calls need it. */
const WHOSE = {
  "the grant's ledger": { policy: asking(mine), nameOf: ({ agent }) => agent.id },
  "the server's ledger": { policy: asking(mine, ours), nameOf: ({ server }) => `server/${server}` },
};
const SAME = { command: "migrate" };

const [gateway, direct] = await Promise.all([
  startGateway({ faults: true }),
  // Reaches origins itself; the harness would do so through Node.
  lastingGateway({ vars: { FIRST_BYTE_MS: 1500, IDLE_MS: 3000 } }),
]);
after(() => Promise.all([gateway.stop(), direct.stop()]));

const passes = ({ status, result }) => status === 200 && result?.isError === false;
const statusOf = async (at, { id }) => (await at.must("GET", `approvals/${id}`)).status;
const atOnce = (many, act) => Promise.all(Array.from({ length: many }, act));
const setUp = (t, more) => gateway.withOrigin(t, { policy: asking(mine), ...more });
const ask = async (agent) => assertHeld(await agent.call(TOOL, SAME));

describe("Approvals under faults", { concurrency: true }, () => {
  for (const [whose, { policy, nameOf }] of Object.entries(WHOSE)) {
    test(`${whose} loses its answers: one question is asked, and of 20 calls at once one passes, charged once`, async (t) => {
      const made = await setUp(t, { policy });
      const { agent, origin } = made;
      // Each call's first order is carried out, and nobody hears of it.
      const fault = await gateway.faults.begin("LEDGER", nameOf(made), "loses", { once: true });
      const ids = new Set((await atOnce(20, () => agent.call(TOOL, SAME))).map((held) => assertHeld(held).id));
      assert.equal(ids.size, 1);
      const asked = { id: [...ids][0] };
      // A lost answer to a person's yes is not asked for again by itself: the person does.
      await eventually(async () => (await answer(gateway, asked, "approve")).status !== 503, { within: 5_000 });
      assert.equal(await statusOf(gateway, asked), "approved");
      const answers = await atOnce(20, () => agent.call(TOOL, SAME));
      await fault.end();
      assert.equal(answers.filter(passes).length, 1, "whoever has used it passes, though its answer was lost and others asked meanwhile");
      assert.equal(new Set(answers.filter((one) => !passes(one)).map((held) => assertHeld(held).id)).size, 1);
      assert.equal(origin.calls(TOOL).length, 1);
      assert.equal(await usedOf(gateway, agent.id, "mine"), 1);
      if (policy.tools[TOOL].limits.includes(ours)) assert.equal(await usedOf(gateway, agent.id, "ours"), 1);
      const steps = (await historyOf(gateway, agent)).filter(({ id }) => id === asked.id).map(({ status }) => status);
      assert.deepEqual(steps, ["pending", "approved", "used"]);
      assert.equal((await recordsOf(gateway, agent.id)).filter(({ ruling }) => ruling === "allow").length, 1);
    });

    for (const fault of ["unreachable", "overloaded"]) {
      test(`${whose} is ${fault}: no call passes, with a yes or without, and the yes is there afterwards`, async (t) => {
        const made = await setUp(t, { policy });
        const { agent, origin } = made;
        const asked = await ask(agent);
        await approve(gateway, asked);
        const failing = await gateway.faults.begin("LEDGER", nameOf(made), fault);
        for (const era of ERAS) {
          for (const given of await atOnce(3, () => agent.call(TOOL, SAME, { era }))) {
            if (fault === "overloaded") assertDenied(given, era, { reason_code: "ledger_overloaded" });
            else assertOutage(given);
          }
        }
        assert.equal(origin.calls(TOOL).length, 0);
        await failing.end();
        assert.equal(await statusOf(gateway, asked), "approved");
        assert.ok(passes(await agent.call(TOOL, SAME)));
        assert.ok(!passes(await agent.call(TOOL, SAME)));
        assert.equal(origin.calls(TOOL).length, 1);
      });
    }

    test(`${whose} is slow: of 20 calls at once one passes`, async (t) => {
      const made = await setUp(t, { policy });
      const { agent, origin } = made;
      await approve(gateway, await ask(agent));
      const fault = await gateway.faults.begin("LEDGER", nameOf(made), "slow", { ms: 500 });
      assert.equal((await atOnce(20, () => agent.call(TOOL, SAME))).filter(passes).length, 1);
      await fault.end();
      assert.equal(origin.calls(TOOL).length, 1);
    });
  }

  test("the answer that a call may pass is lost twice: it does not pass, and its yes is not handed to another call", async (t) => {
    const { agent, origin } = await setUp(t);
    const asked = await ask(agent);
    await approve(gateway, asked);
    const fault = await gateway.faults.begin("LEDGER", agent.id, "loses", { times: 2 });
    assertOutage(await agent.call(TOOL, SAME));
    await fault.end();
    assert.equal(await statusOf(gateway, asked), "used");
    for (const held of await atOnce(3, () => agent.call(TOOL, SAME))) assert.notEqual(assertHeld(held).id, asked.id);
    assert.equal(origin.calls(TOOL).length, 0);
    assert.equal(await usedOf(gateway, agent.id, "mine"), 1, "what is not known to be free is spent");
  });

  test("the head that lists what is pending is unreachable: calls are held, and the list catches up, both ways", async (t) => {
    const { agent, server } = await setUp(t);
    const listed = async () => (await gateway.must("GET", "approvals?limit=1000")).approvals.filter((one) => one.server === server).map(({ id }) => id);
    const first = await ask(agent);
    await eventually(async () => (await listed()).length === 1, { within: 5_000 });
    const head = `server/${server}`;
    /** Does something while the head is unreachable, and waits until the ledger has tried to tell it. */
    const without = async (act) => {
      const fault = await gateway.faults.begin("HEAD", head, "unreachable");
      const before = await gateway.faults.asked("HEAD", head);
      const done = await act();
      await eventually(async () => (await gateway.faults.asked("HEAD", head)) > before, { within: 5_000, every: 50 });
      await fault.end();
      return done;
    };
    // A call is judged without asking the head for 2 s after it was asked; what comes too late for that is refused.
    const second = await eventually(
      async () => {
        await ask(agent);
        const given = await without(() => agent.call(TOOL, { command: "other" }));
        return given.status === 200 && assertHeld(given);
      },
      { within: 10_000, every: 50 },
    );
    await eventually(async () => (await listed()).length === 2, { within: 15_000 });
    await approve(gateway, first);
    assert.equal((await without(() => answer(gateway, second, "deny"))).status, 200, "a no needs no head");
    await eventually(async () => (await listed()).length === 0, { within: 15_000 });
  });

  test("what is in force cannot be asked for: no yes is taken, and the question waits on", async (t) => {
    const { agent, policy, origin } = await setUp(t);
    const asked = await ask(agent);
    const fault = await gateway.faults.begin("HEAD", `policy/${policy}`, "unreachable");
    assert.equal((await answer(gateway, asked, "approve")).status, 503);
    await fault.end();
    assert.equal(await statusOf(gateway, asked), "pending");
    assert.equal((await ask(agent)).id, asked.id);
    await approve(gateway, asked);
    assert.ok(passes(await agent.call(TOOL, SAME)));
    assert.equal(origin.calls(TOOL).length, 1);
  });
});

describe("«only if the origin was never called is it given back»", { concurrency: true }, () => {
  test("a secret that a header field needs is not there: the yes is, also for the next call where others have asked anew", async (t) => {
    const { agent, origin, server } = await direct.withOrigin(t, { policy: asking(mine), server: { origin: { headers: { "x-key": { secret: "NOT_SET" } } } } });
    const asked = await ask(agent);
    await approve(direct, asked);
    for (const era of ERAS) {
      // The modern era asks for the list of tools before anything is charged, and that fails already.
      const given = await agent.call(TOOL, SAME, { era });
      assert.ok([502, 503].includes(given.status), given.text);
      assert.equal(await statusOf(direct, asked), "approved");
    }
    await atOnce(20, () => agent.call(TOOL, SAME));
    assert.equal(origin.received.length, 0);
    assert.equal(await statusOf(direct, asked), "approved");
    const steps = (await historyOf(direct, agent)).filter(({ id }) => id === asked.id).map(({ status }) => status);
    assert.deepEqual(steps.slice(0, 4), ["pending", "approved", "used", "approved"], "each time it was given back is in the audit");
    await direct.must("PUT", `servers/${server}`, { origin: { url: origin.url, headers: { "x-key": "set" } } });
    await eventually(async () => passes(await agent.call(TOOL, SAME)), { within: 5_000 });
    assert.equal(await statusOf(direct, asked), "used");
    assert.equal(origin.calls(TOOL).length, 1);
    assert.ok(!passes(await agent.call(TOOL, SAME)));
  });

  const refusal = ({ message }) => json({ jsonrpc: "2.0", id: message.id, error: { code: HEADER_MISMATCH, message: "of-the-origin" } }, { status: 400 });
  const HELD_WEATHER = { version: "1", default: "deny", tools: { weather: { action: "require_approval" } } };

  test("the origin refuses the header fields, and others cannot be computed: nothing has run, and the yes is there", async (t) => {
    const { origin, agent } = await weatherAt(direct, t, { policy: HELD_WEATHER });
    const args = { city: "Bonn" };
    const asked = assertHeld(await callIt(agent, { args }));
    await approve(direct, asked);
    origin.next("tools/call", refusal);
    // By now it wants another argument mirrored, which this agent does not.
    origin.tools = [tool("weather", { ...WEATHER.inputSchema.properties, city: { type: "string", "x-mcp-header": "Town" } })];
    assertError(await callIt(agent, { args, id: 7 }), { status: 400, code: HEADER_MISMATCH, id: 7 });
    assert.deepEqual(origin.ran, []);
    assert.equal(await statusOf(direct, asked), "approved");
    assert.ok(passes(await callIt(agent, { args, headers: { "Mcp-Param-Town": "Bonn" } })));
    assert.deepEqual(origin.ran, ["weather"]);
  });

  test("the origin refuses the header fields twice: it was called, and the yes is used", async (t) => {
    const { origin, agent } = await weatherAt(direct, t, { policy: HELD_WEATHER });
    const asked = assertHeld(await callIt(agent, { args: { city: "Bonn" } }));
    await approve(direct, asked);
    for (let n = 0; n < 2; n += 1) origin.next("tools/call", refusal);
    assert.ok((await callIt(agent, { args: { city: "Bonn" } })).status >= 400);
    assert.equal(await statusOf(direct, asked), "used");
  });

  const FAILS = {
    "breaks the connection before it says anything": () => ({ status: 200, headers: {}, chunks: [DIE] }),
    "answers 500": () => ({ status: 500, headers: { "content-type": "text/plain" }, chunks: ["Internal Server Error"] }),
    "does not answer in time": SILENCE,
    "answers what is none of MCP's": () => json("no"),
    "answers a JSON-RPC error": ({ message }) => json({ jsonrpc: "2.0", id: message.id, error: { code: -32000, message: "no" } }),
    "answers 401": () => ({ status: 401, headers: {}, chunks: [] }),
  };
  for (const [how, fails] of Object.entries(FAILS)) {
    test(`the origin was called and ${how}: the yes is used, since nobody knows what has run`, async (t) => {
      const { agent, origin } = await direct.withOrigin(t, { policy: asking() });
      const asked = await ask(agent);
      await approve(direct, asked);
      origin.next("tools/call", fails);
      const given = await agent.rpc(call(TOOL, SAME), { mayBreak: true });
      assert.ok(given.status === 200 || given.status >= 500, given.text);
      assert.doesNotMatch(given.text, /"isError":false/);
      assert.equal(origin.calls(TOOL).length, 1);
      assert.equal(await statusOf(direct, asked), "used");
      assert.notEqual((await ask(agent)).id, asked.id);
      assert.equal(origin.calls(TOOL).length, 1);
    });
  }

  test("an origin where nobody listens was called, as far as the gateway can know: the yes is used", async (t) => {
    const { agent, origin } = await direct.withOrigin(t, { policy: asking() });
    const asked = await ask(agent);
    await approve(direct, asked);
    await origin.stop();
    const sent = call(TOOL, SAME);
    assertError(await agent.rpc(sent), { status: 502, code: -32603, id: sent.id });
    assert.equal(await statusOf(direct, asked), "used");
  });
});
