// The official conformance suites, against the fixture origin directly and through the gateway: the one as the other.
// CONFORMANCE_SAVE=1 writes the table of the run into docs/conformance.md.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { say } from "../../scripts/lib/terminal.mjs";
import { asMarkdown, asText, document, documented, tableOf } from "./support/page.mjs";
import { GATES, mayFail, PINNED } from "./support/scenarios.mjs";
import { startStage } from "./support/stage.mjs";
import { runSuite, SUITES, versionOf } from "./support/suite.mjs";
import { failures, passes, passesWholly, worse } from "./support/verdict.mjs";

const runs = await runAll();
const shown = tableOf(runs);
say(`\n${asText(shown)}\n`);

/** One after another: they share an origin, and some time what it does. */
async function runAll() {
  const stage = await startStage();
  try {
    const done = [];
    for (const [name, suite] of Object.entries(SUITES)) {
      const title = `${await versionOf(suite)} ${suite.selection.at(-1)}`;
      const direct = await runSuite(suite, stage.direct);
      const through = await runSuite(suite, stage.through);
      done.push({ name, title, direct, through });
    }
    return done;
  } finally {
    await stage.stop();
  }
}

for (const { name, title, direct, through } of runs) {
  describe(`Conformance ${title}`, () => {
    test("the suite runs the scenarios that are pinned, no fewer and no others, both ways", () => {
      const pinned = [...PINNED[name]].sort();
      assert.deepEqual([...direct.keys()].sort(), pinned);
      assert.deepEqual([...through.keys()].sort(), pinned);
    });

    test("directly, every scenario passes but those of tasks", () => {
      const failed = PINNED[name].filter((scenario) => !mayFail(scenario) && !passes(direct.get(scenario) ?? []));
      assert.deepEqual(failed.map((scenario) => [scenario, ...failures(direct.get(scenario) ?? [])]), []);
    });

    test("«passes through the gateway in front of a fixture origin, everything that it passes against that origin directly», check by check", () => {
      const compared = PINNED[name].map((scenario) => [scenario, ...worse(direct.get(scenario) ?? [], through.get(scenario) ?? [])]);
      assert.deepEqual(compared.filter(([, ...lines]) => lines.length > 0), []);
    });
  });
}

describe("«its two unscored header-validation scenarios»", () => {
  const modern = runs.find(({ name }) => name === "0.2, 2026-07-28");
  for (const gate of GATES) {
    test(`${gate}: run through the gateway, it passes in every check`, () => {
      const checks = modern.through.get(gate) ?? [];
      assert.ok(passesWholly(checks), `${JSON.stringify(checks.filter((check) => check.status !== "SUCCESS"), null, 1)} of ${checks.length}`);
    });
  }
});

test("docs/conformance.md shows what this run has measured", async () => {
  if (process.env.CONFORMANCE_SAVE) await document(asMarkdown(shown));
  const advice = "The table is out of date. If what was measured is as it should be: CONFORMANCE_SAVE=1 npm test conformance/suites writes it anew.";
  assert.equal(await documented(), asMarkdown(shown), advice);
});
