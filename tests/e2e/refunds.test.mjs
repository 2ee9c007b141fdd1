// Refunds: which outcomes give a budget back, to whom, and that no other does.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { recordsOf, usedOf } from "./support/audit.mjs";
import { spend } from "./support/budget.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { call, ERAS } from "./support/message.mjs";
import { DIE, event, HANG, json, SILENCE, sse } from "./support/origin.mjs";
import { eventually, pause } from "./support/patience.mjs";
import { assertError } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const OTHER = "management_execute_command";
const MIB = 1024 * 1024;

// The harness would reach origins through Node, which answers for those that cannot be reached.
const gateway = await lastingGateway({ vars: { FIRST_BYTE_MS: 2000, IDLE_MS: 3000 } });
after(() => gateway.stop());

const LIMITS = [
  { counter: "own", window: 600, max: 9 },
  { counter: "shared", window: 600, max: 9, scope: "server" },
  { counter: "day", window: "day", max: 9, algorithm: "fixed" },
];
const giving = (refund_on, limits = LIMITS) => ({ version: "1", default: "deny", tools: { [TOOL]: { limits, refund_on } } });
const DECLINED = { path: "result.structuredContent.status", op: "eq", value: "declined" };

const setUp = (t, policy) => gateway.withOrigin(t, { policy });

/** What the origin answers: as one JSON text, or as a stream of which the answer is not the first event. */
const FORMS = {
  "JSON": (message) => json(message),
  "a stream": (message) => sse([": hello\r\n\r\n", event({ jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "x" } }), event(message)]),
};
const answering = (form, outcome) => ({ message: { id } }) => FORMS[form]({ jsonrpc: "2.0", id, ...outcome });
const result = (more) => ({ result: { content: [{ type: "text", text: "done" }], isError: false, ...more } });
const OUTCOMES = {
  "a JSON-RPC error": { error: { code: -32000, message: "no" } },
  "a result that says `isError`": result({ isError: true }),
  "a result that says so": result({ structuredContent: { status: "declined" } }),
  "a result": result({ structuredContent: { status: "done" } }),
};
const GIVES = { error: "a JSON-RPC error", tool_error: "a result that says `isError`", condition: "a result that says so" };
const ON = { error: "error", tool_error: "tool_error", condition: DECLINED };

/** How much of each counter is used, once the outcome of so many calls is written down: what is given back is by then. */
async function used(agent, outcomes) {
  await eventually(async () => (await recordsOf(gateway, agent.id)).filter(({ ruling }) => ruling === "outcome").length >= outcomes);
  // What is given back is on its way since before.
  await pause(250);
  return Promise.all(LIMITS.map(({ counter }) => usedOf(gateway, agent.id, counter)));
}

for (const era of ERAS) {
  describe(`What gives a budget back, ${era}`, { concurrency: true }, () => {
    for (const form of Object.keys(FORMS)) {
      for (const [kind, given] of Object.entries(GIVES)) {
        test(`\`${kind}\` gives it back, of all limits of the rule, after ${given} and no other outcome, as ${form}`, async (t) => {
          const { agent, origin } = await setUp(t, giving([ON[kind]]));
          for (const outcome of Object.values(OUTCOMES)) {
            origin.next("tools/call", answering(form, outcome));
            const answer = await agent.call(TOOL, {}, { era });
            assert.deepEqual({ error: answer.message.error, result: answer.message.result }, { error: undefined, result: undefined, ...outcome });
          }
          assert.deepEqual(await used(agent, 4), [3, 3, 3], "given back once, and never for another outcome");
        });
      }

      test(`several kinds: each gives back, as ${form}; without \`refund_on\` nothing does`, async (t) => {
        for (const [refundOn, left] of [[Object.values(ON), 1], [undefined, 4]]) {
          const { agent, origin } = await setUp(t, giving(refundOn));
          for (const outcome of Object.values(OUTCOMES)) {
            origin.next("tools/call", answering(form, outcome));
            await agent.call(TOOL, {}, { era });
          }
          assert.deepEqual(await used(agent, 4), [left, left, left]);
        }
      });
    }

    test("`error`: «transport fault, HTTP 5xx»", async (t) => {
      const { agent, origin } = await setUp(t, giving(["error"]));
      for (const status of [500, 502, 503]) {
        origin.next("tools/call", { status, headers: { "content-type": "text/html" }, chunks: ["<h1>no</h1>"] });
        assert.equal((await agent.call(TOOL, {}, { era })).status, 502);
      }
      assert.deepEqual(await used(agent, 3), [0, 0, 0]);
      await origin.stop();
      assert.equal((await agent.call(TOOL, {}, { era })).status, 502);
      assert.deepEqual(await used(agent, 4), [0, 0, 0]);
    });

    test("what nobody knows gives nothing back: silence, a stream without the answer, one that breaks off, another status", async (t) => {
      const { agent, origin } = await setUp(t, giving(Object.values(ON)));
      const unknown = [
        SILENCE,
        sse([event({ jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "x" } })]),
        sse([": hello\r\n\r\n", DIE]),
        sse([": hello\r\n\r\n", HANG]),
        { status: 302, headers: { location: "/" }, chunks: [] },
        { status: 401, headers: {}, chunks: [] },
        { status: 200, headers: { "content-type": "text/html" }, chunks: ["<h1>fine</h1>"] },
      ];
      for (const answer of unknown) {
        origin.next("tools/call", answer);
        await agent.call(TOOL, {}, { era, mayBreak: true });
      }
      const spent = unknown.length;
      assert.deepEqual(await used(agent, spent), [spent, spent, spent]);
    });

    for (const padding of [1, 5]) {
      test(`an answer of ${padding} MiB passes as it is, and ${padding > 4 ? "is too long to give anything" : "gives"} back`, async (t) => {
        const { agent, origin } = await setUp(t, giving(["tool_error"]));
        const outcome = result({ isError: true, padding: "x".repeat(padding * MIB) });
        origin.next("tools/call", answering("JSON", outcome));
        assert.equal((await agent.call(TOOL, {}, { era })).result.padding.length, padding * MIB);
        assert.equal((await used(agent, 1))[0], padding > 4 ? 1 : 0);
      });
    }

    const ends = { "breaks off": [DIE, 502], "falls silent in the middle": [HANG, 504] };
    for (const [what, [end, status]] of Object.entries(ends)) {
      test(`an answer in JSON that has to be looked at and ${what}: one well-formed error, and nothing is given back`, async (t) => {
        const { agent, origin } = await setUp(t, giving(Object.values(ON)));
        await agent.list("tools", { era });
        const sent = call(TOOL);
        origin.next("tools/call", { ...json(""), chunks: ['{"jsonrpc":"2.0","half":', end] });
        const answer = await agent.rpc(sent, { era });
        assertError(answer, { status, code: -32603, id: sent.id });
        assert.doesNotMatch(answer.text, /half|[Nn]othing was forwarded/);
        assert.deepEqual(await used(agent, 1), [1, 1, 1]);
      });
    }

    test("an agent that goes away before the answer has not made anything fail", async (t) => {
      const { agent, origin } = await setUp(t, giving(Object.values(ON)));
      origin.next("tools/call", sse([event({ jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "x" } }), HANG]));
      const stream = await agent.stream({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: TOOL, arguments: {} } }, { era });
      stream.close();
      await eventually(() => origin.calls(TOOL).length === 1);
      assert.equal((await agent.call(TOOL, {}, { era })).result.isError, false);
      assert.deepEqual(await used(agent, 1), [2, 2, 2]);
    });
  });
}

describe("Whose budget, and when", { concurrency: true }, () => {
  const FAILS = { status: 500, headers: {}, chunks: ["no"] };

  test("what was given back may be spent again, and no more than that", async (t) => {
    const { agent, origin } = await setUp(t, giving(["error"], [{ counter: "own", window: 600, max: 3 }]));
    assert.equal(await spend(2, agent, TOOL), 2);
    for (let n = 0; n < 4; n += 1) {
      origin.next("tools/call", FAILS);
      assert.equal((await agent.call(TOOL)).status, 502);
      await eventually(async () => (await usedOf(gateway, agent.id, "own")) === 2, { every: 50 });
    }
    assert.equal(await spend(3, agent, TOOL), 1);
  });

  test("«to the window charged»: an answer that comes in the next one takes nothing from it", async (t) => {
    const limit = { counter: "own", window: 2, max: 5, algorithm: "fixed" };
    const { agent, origin } = await setUp(t, giving(["tool_error"], [limit]));
    origin.next("tools/call", ({ message: { id } }) => ({ ...FORMS.JSON({ jsonrpc: "2.0", id, ...result({ isError: true }) }), late: true }));
    origin.next("tools/call", async ({ message: { id } }) => {
      await pause(2500);
      return json({ jsonrpc: "2.0", id, ...result({ isError: true }) });
    });
    await agent.call(TOOL);
    const late = agent.call(TOOL);
    await pause(2100 - (Date.now() % 2000));
    assert.equal(await spend(3, agent, TOOL), 3);
    const next = Date.now() + 2000 - (Date.now() % 2000);
    await late;
    if (Date.now() < next - 300) assert.equal(await usedOf(gateway, agent.id, "own"), 3);
  });

  test("of a cost: what was spent, not 1", async (t) => {
    const limit = { counter: "own", window: 600, max: 9, cost_from: "args.amount" };
    const { agent, origin } = await setUp(t, giving(["error"], [limit]));
    await agent.call(TOOL, { amount: 2.5 });
    origin.next("tools/call", FAILS);
    await agent.call(TOOL, { amount: 4.25 });
    await eventually(async () => (await usedOf(gateway, agent.id, "own")) === 2.5);
  });

  test("of a session's share: to the session that was charged", async (t) => {
    const { agent, origin } = await setUp(t, giving(["error"], [{ counter: "own", window: 600, max: 2, scope: "session", sessions: 1 }]));
    const session = await agent.begin();
    assert.equal(await spend(1, agent, TOOL, { session }), 1);
    origin.next("tools/call", FAILS);
    await agent.call(TOOL, {}, { session });
    const shares = async () => (await gateway.must("GET", `grants/${agent.id}/usage`)).counters.map(({ used }) => used);
    await eventually(async () => (await shares()).join() === "0,1");
  });

  test("«What `all_tools` limits, only `all_tools` gives back; a counter that limits of both share, only both together»", async (t) => {
    const [all, own, both] = ["all", "own", "both"].map((counter) => ({ counter, window: 600, max: 9 }));
    const cases = [
      { on: { tool: ["error"] }, left: { all: 1, own: 0, both: 1 } },
      { on: { all: ["error"] }, left: { all: 0, own: 1, both: 1 } },
      { on: { all: ["error"], tool: ["error"] }, left: { all: 0, own: 0, both: 0 } },
      { on: {}, left: { all: 1, own: 1, both: 1 } },
    ];
    for (const { on, left } of cases) {
      const policy = {
        version: "1",
        default: "deny",
        all_tools: { limits: [all, both], refund_on: on.all },
        tools: { [TOOL]: { limits: [own, both], refund_on: on.tool }, [OTHER]: {} },
      };
      const { agent, origin } = await setUp(t, policy);
      origin.next("tools/call", FAILS);
      await agent.call(TOOL);
      await eventually(async () => (await recordsOf(gateway, agent.id)).some(({ ruling }) => ruling === "outcome"));
      await pause(250);
      const { counters } = await gateway.must("GET", `grants/${agent.id}/usage`);
      assert.deepEqual(Object.fromEntries(counters.map(({ counter, used }) => [counter, used])), left, JSON.stringify(on));
    }
  });

  test("«once»: what is given back stands in the audit, once, beside the call that was charged", async (t) => {
    const { agent, origin } = await setUp(t, giving(["error"]));
    origin.next("tools/call", FAILS);
    await agent.call(TOOL);
    assert.equal((await used(agent, 1))[0], 0);
    const { rows } = await gateway.must("GET", `audit?grant=${agent.id}`);
    const given = rows.filter(({ ruling }) => ruling === "refund");
    const { request_id } = rows.find(({ ruling }) => ruling === "allow");
    assert.deepEqual(given.map(({ request_id, charges }) => ({ request_id, charges })), [
      { request_id, charges: [{ counter: "own 600s sliding calls", units: 1 }, { counter: "day 86400s fixed calls", units: 1 }] },
    ]);
  });
});
