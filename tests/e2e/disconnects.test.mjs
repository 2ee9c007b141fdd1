// Agents that go away: the origin is told at once, in both eras (in the modern one a disconnect means cancel).
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { messagesOf } from "./support/events.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { call, ERAS, notification } from "./support/message.mjs";
import { event, HANG, json, SILENCE, sse, startOrigin } from "./support/origin.mjs";
import { eventually, leaving } from "./support/patience.mjs";

/** How long after the agent the origin's connection may be gone, and still have been ended by that and nothing else. */
const PROMPT_MS = 1200;

const gateway = await lastingGateway();
after(() => gateway.stop());

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
