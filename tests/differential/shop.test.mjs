// The same hostile messages to the real mcp-django: alone, where many of them work, and behind the gateway, where none may.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { lastingGateway } from "../e2e/support/lasting.mjs";
import { rpc } from "../e2e/support/agent.mjs";
import { call, ERAS } from "../e2e/support/message.mjs";
import { pause } from "../e2e/support/patience.mjs";
import { readCorpus } from "./support/corpus.mjs";
import { GOOD } from "./support/message.mjs";
import { generated } from "./support/generated.mjs";
import { NARROW } from "./support/policies.mjs";
import { shared } from "./support/queue.mjs";
import { SEED } from "./support/random.mjs";
import { toldAll } from "./support/report.mjs";
import { startMarkedShop, Way } from "./support/shop.mjs";

/** How many messages are generated beside the corpus, and for how many seconds at most. */
const COUNT = Number(process.env.DIFFERENTIAL_COUNT ?? 8000) / 8;
const SECONDS = Number(process.env.DIFFERENTIAL_SECONDS ?? 40);
/** Whoever executes what it was sent does so within this time. */
const AFTERMATH = 500;

const [gateway, shop, corpus] = await Promise.all([lastingGateway(), startMarkedShop(), readCorpus()]);
after(() => Promise.all([gateway.stop(), shop.stop()]));
const { agent } = await gateway.register({ origin: shop, server: { preset: "mcp-django" }, policy: NARROW.document });
const alone = await new Way({ name: "alone", url: shop.url, folder: shop.folder }).begin();
const behind = await new Way({ name: "behind", url: agent.url, token: agent.token, folder: shop.folder }).begin();

function* messages() {
  for (let number = 0; number < COUNT; number += 1) yield generated(number, corpus);
}

/** Sends them all, one after the other, and counts what came of it. */
async function run(way, sent, until) {
  const counts = { sent: 0, executed: 0, leaked: 0, done: 0 };
  const reports = [];
  await shared([way], sent, async (_, message) => {
    const { executed, leaked, faults, done, report } = await way.try(message);
    counts.sent += 1;
    counts.executed += executed;
    counts.leaked += leaked;
    counts.done += done;
    const all = [...(executed ? ["it was EXECUTED"] : []), ...(leaked ? ["the secret LEAKED"] : []), ...faults];
    if (all.length > 0) reports.push({ ...report, faults: all });
  }, until);
  return { counts, reports };
}

const tell = (t, what, { sent, executed, leaked, done }) =>
  t.diagnostic(`${what}: ${sent} sent, ${executed} executed, ${leaked} leaked the secret, ${done} answers of tools`);

describe("No attack that works on mcp-django works through the gateway", () => {
  test("the corpus", async (t) => {
    // What names nothing hostile cannot show that an attack works.
    const hostile = corpus.filter(({ body }) => /\$BAD|\$CODE|SECRET|management_/.test(body));
    const [attack, defence] = await Promise.all([run(alone, hostile), run(behind, corpus)]);
    tell(t, "corpus, mcp-django alone", attack.counts);
    tell(t, "corpus, behind the gateway", defence.counts);
    assert.ok(attack.counts.executed > 0 && attack.counts.leaked > 0, "no attack works, so nothing was tested");
    assert.ok(defence.counts.done > 0, "nothing was let through, so nothing was tested");
    assert.equal(defence.reports.length, 0, toldAll(defence.reports));
  });

  test(`generated messages, seed ${SEED}`, async (t) => {
    const end = Date.now() + SECONDS * 1000;
    const late = () => Date.now() > end;
    const [attack, defence] = await Promise.all([run(alone, messages(), late), run(behind, messages(), late)]);
    tell(t, `generated, seed ${SEED}, mcp-django alone`, attack.counts);
    tell(t, `generated, seed ${SEED}, behind the gateway`, defence.counts);
    assert.equal(defence.reports.length, 0, toldAll(defence.reports));
  });

  test("nothing was executed late", async () => {
    await pause(AFTERMATH);
    assert.equal(await behind.marksMade(), 0);
  });

  for (const era of ERAS) {
    test(`both are still up, and the harmless call works, ${era}`, async () => {
      const session = era === "legacy" ? behind.values.SESSION : undefined;
      const answer = await rpc(behind.url, behind.token, call(GOOD), { era, session });
      assert.equal(answer.result.isError, false, answer.text);
    });
  }
});
