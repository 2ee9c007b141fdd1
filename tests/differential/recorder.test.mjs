// Hostile messages to the gateway with a recording origin behind it: whatever reaches the origin, every reader must see in
// it the one message that was judged.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { lastingGateway } from "../e2e/support/lasting.mjs";
import { ERAS } from "../e2e/support/message.mjs";
import { readCorpus } from "./support/corpus.mjs";
import { GOOD } from "./support/message.mjs";
import { generated } from "./support/generated.mjs";
import { NARROW, WIDE } from "./support/policies.mjs";
import { shared } from "./support/queue.mjs";
import { SEED } from "./support/random.mjs";
import { startReaders } from "./support/readers.mjs";
import { startRecorder } from "./support/recorder.mjs";
import { toldAll } from "./support/report.mjs";

/** How many messages are generated, and for how many seconds at most. */
const COUNT = Number(process.env.DIFFERENTIAL_COUNT ?? 8000);
const SECONDS = Number(process.env.DIFFERENTIAL_SECONDS ?? 40);

const [gateway, readers, corpus] = await Promise.all([lastingGateway(), startReaders(), readCorpus()]);
const recorders = (policy, count) => Promise.all(Array.from({ length: count }, () => startRecorder({ gateway, policy, readers })));
const narrow = await recorders(NARROW, 3);
const wide = await recorders(WIDE, 3);
after(() => Promise.all([gateway.stop(), readers.stop(), ...[...narrow, ...wide].map(({ origin }) => origin.stop())]));

/** Sends them all, and fails with those that have faults; says in one line how many were forwarded. */
async function run(t, what, workers, messages, until) {
  const counts = { sent: 0, forwarded: 0, refused: 0 };
  const reports = [];
  await shared(workers, messages, async (recorder, message) => {
    const { forwarded, report } = await recorder.try(message);
    counts.sent += 1;
    counts[forwarded ? "forwarded" : "refused"] += 1;
    if (report !== undefined) reports.push(report);
  }, until);
  for (const recorder of workers) reports.push(...[await recorder.late()].filter(Boolean));
  t.diagnostic(`${what}: ${counts.sent} sent, ${counts.forwarded} forwarded, ${counts.refused} refused`);
  assert.ok(counts.forwarded > 0, "nothing was forwarded, so nothing was tested");
  assert.equal(reports.length, 0, reports.length > 0 ? toldAll(reports) : "");
}

function* numbers(remainder) {
  for (let number = 0; number < COUNT; number += 1) if ((number % 4 === 3) === remainder) yield number;
}
function* messages(remainder) {
  for (const number of numbers(remainder)) yield generated(number, corpus);
}

describe("Nothing reaches the origin as another message than the one judged", () => {
  test("the corpus, under a policy that allows one tool", (t) => run(t, "corpus, narrow", narrow, corpus));
  test("the corpus, under a policy that allows all but some", (t) => run(t, "corpus, wide", wide, corpus));

  test(`generated messages, seed ${SEED}`, async (t) => {
    const end = Date.now() + SECONDS * 1000;
    const late = () => Date.now() > end;
    // Both at once; each says what became of its own, and neither is left running if the other one fails.
    const both = await Promise.allSettled([
      run(t, `generated, seed ${SEED}, narrow`, narrow, messages(false), late),
      run(t, `generated, seed ${SEED}, wide`, wide, messages(true), late),
    ]);
    for (const { reason } of both) if (reason !== undefined) throw reason;
  });

  for (const era of ERAS) {
    test(`the gateway is still up, and lets the harmless call through, ${era}`, async () => {
      for (const { agent, origin } of narrow) {
        const answer = await agent.call(GOOD, {}, { era });
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.result.isError, false, answer.text);
        assert.equal(origin.last.message.params.name, GOOD);
      }
    });
  }

});
