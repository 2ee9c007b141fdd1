// Agents that go away: the origin is told at once, in both eras (in the modern one a disconnect means cancel).
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertNoGaps, recorded } from "./support/audit.mjs";
import { messagesOf } from "./support/events.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { call, ERAS, notification } from "./support/message.mjs";
import { event, HANG, json, SILENCE, sse, startOrigin } from "./support/origin.mjs";
import { eventually, leaving, pause } from "./support/patience.mjs";

/** How long after the agent the origin's connection may be gone, and still have been ended by that and nothing else. */
const PROMPT_MS = 1200;

const gateway = await lastingGateway();
after(() => gateway.stop());
/** One whose ledgers are slow where a test says so. */
const slow = await lastingGateway({ faults: true });
after(() => slow.stop());

async function setUp(t) {
  const origin = await startOrigin(t);
  return { origin, ...(await gateway.register({ origin })) };
}

const progress = notification("notifications/progress", { progressToken: 1, progress: 1 });

for (const era of ERAS) {
  const modern = era === "modern";
  describe(`«The agent's disconnect is passed to the origin at once», ${era}`, { concurrency: true }, () => {
    test("before the head of the answer", async (t) => {
      const { origin, agent } = await setUp(t);
      await agent.list("tools", { era });
      origin.next("tools/call", SILENCE);
      const leave = new AbortController();
      const waiting = assert.rejects(agent.stream(call("shell_execute"), { era, signal: leave.signal }));
      await eventually(() => origin.calls().length === 1, { within: 3000, every: 10 });
      leave.abort();
      await waiting;
      await leaving(origin.last, PROMPT_MS);
    });

    for (const [when, chunks] of Object.entries({ "before the first event": [], "in mid-stream": [event(progress)], "in mid-event": [event(progress), 'data: {"half'] })) {
      test(when, async (t) => {
        const { origin, agent } = await setUp(t);
        origin.next("tools/call", sse([...chunks, HANG]));
        const stream = await agent.stream(call("shell_execute"), { era });
        if (chunks.length > 0) await messagesOf(stream).next();
        stream.close();
        await leaving(origin.last, PROMPT_MS);
      });
    }

    test("while an answer passes unread", async (t) => {
      const { origin, agent } = await setUp(t);
      await agent.list("tools", { era });
      origin.next("tools/call", { ...json(""), chunks: ['{"jsonrpc":"2.0",', HANG] });
      const stream = await agent.stream(call("shell_execute"), { era });
      stream.close();
      await leaving(origin.last, PROMPT_MS);
    });

    if (!modern) {
      test("on the GET stream", async (t) => {
        const { origin, agent } = await setUp(t);
        const session = await agent.begin();
        const stream = await agent.listen(session);
        await eventually(() => origin.hasStream(origin.sessions[0]), { within: 3000, every: 10 });
        stream.close();
        await leaving(origin.last, PROMPT_MS);
      });
    }
  });
}

describe("«Every request that shows a live grant leaves a record»: of an agent that goes away while its ledger is asked", { concurrency: true }, () => {
  const FREE = "project_list_apps";
  const METERED = "shell_execute";

  for (const [ruling, max] of [["deny", 1], ["allow", 2]]) {
    test(`the call that it left (${ruling}), and what waited to be written down with it`, async (t) => {
      const policy = { version: "1", default: "allow", tools: { [METERED]: { limits: [{ counter: "mine", window: 3600, max }] } } };
      const { agent } = await slow.withOrigin(t, { policy });
      await agent.call(METERED);
      await slow.faults.begin("LEDGER", agent.id, "slow", { ms: 500 });
      for (let n = 0; n < 5; n += 1) await agent.call(FREE);
      const leave = new AbortController();
      const waiting = assert.rejects(agent.stream(call(METERED), { signal: leave.signal }));
      await pause(100);
      leave.abort();
      await waiting;
      const of = (records, name) => records.filter((record) => record.name === name).map((record) => record.ruling);
      const records = await recorded(slow, agent.id, (records) => of(records, FREE).length === 5 && of(records, METERED).length === 2);
      assert.deepEqual(of(records, METERED).sort(), ["allow", ruling].sort());
      assertNoGaps(records);
    });
  }
});
