// Durability of approvals: a runtime that is killed again and again while calls ask, people answer and callers use what they got. No yes lets
// two calls pass, none is lost before a call has used it, and what an agent or an operator was told is so after the restart.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { answer, assertHeld, historyOf } from "./support/approvals.mjs";
import { exportOf, recordsOf } from "./support/audit.mjs";
import { verify } from "./support/chain.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { startOrigin } from "./support/origin.mjs";
import { gate, pause } from "./support/patience.mjs";

const TOOL = "management_execute_command";
const POLICY = {
  version: "1",
  default: "deny",
  tools: { [TOOL]: { action: "require_approval", limits: [{ counter: "c", window: "day", max: 9_999 }] } },
};
const KILLS = 8;
const GRANTS = 3;
/** New questions of a life, and callers who try to use one yes at once. */
const QUESTIONS = 6;
const CALLERS = 6;
/** Milliseconds over which what is done in a life begins, and within which the runtime is killed once anything has been answered. */
const BEGINS = 250;
const ENDS = 600;

const passes = ({ status, result }) => status === 200 && result?.isError === false;

test(`over ${KILLS} SIGKILLs between ask, yes and use, and amid each: a yes is used once at most, and never lost before`, async (t) => {
  const gateway = await lastingGateway();
  t.after(() => gateway.stop());
  const origin = await startOrigin(t);
  const { agent, server, policy } = await gateway.register({ origin, policy: POLICY });
  const agents = [agent];
  while (agents.length < GRANTS) agents.push(await gateway.grant({ server, policy }));

  /** Every question whose id an agent has heard: what it was told, and what is known to be so. */
  const questions = [];
  const asked = { heard: 0, lost: 0 };
  const amid = { answers: 0, uses: 0 };
  const runs = (question) => origin.calls(TOOL).filter(({ params }) => params.arguments.n === question.n).length;

  for (let life = 0; life <= KILLS; life += 1) {
    const last = life === KILLS;
    const waiting = questions.filter(({ status }) => status === "pending");
    const approved = questions.filter(({ status }) => status === "approved");
    const first = gate();
    const end = last ? undefined : first.opened.then(() => pause(randomInt(ENDS))).then(() => gateway.end("SIGKILL"));
    /** What comes of it, or nothing if the runtime is gone before. */
    const tried = async (act) => {
      await pause(randomInt(BEGINS));
      return act().then((given) => (first.open(), given), () => undefined);
    };

    const asks = Array.from({ length: last ? 0 : QUESTIONS }, async (_, k) => {
      const n = `${life}-${k}`;
      const owner = agents[k % GRANTS];
      const given = await tried(() => owner.call(TOOL, { n }));
      if (given === undefined) return (asked.lost += 1);
      asked.heard += 1;
      return questions.push({ n, owner, id: assertHeld(given).id, status: "pending", told: 0 });
    });
    const yeses = (last ? [] : waiting).map(async (question) => {
      const given = await tried(() => answer(gateway, question, "approve"));
      question.yes = given?.status;
      if (given === undefined) amid.answers += 1;
      else assert.equal(given.status, 200, given.text);
    });
    const uses = approved.flatMap((question) =>
      Array.from({ length: CALLERS }, async () => {
        const given = await tried(() => question.owner.call(TOOL, { n: question.n }));
        if (given === undefined) return (amid.uses += 1);
        if (passes(given)) return (question.told += 1);
        return assert.notEqual(assertHeld(given).id, question.id, "what is approved is not held");
      }),
    );
    await Promise.all([...asks, ...yeses, ...uses, end]);
    if (!last) await gateway.start();

    for (const question of questions) {
      const now = (await gateway.must("GET", `approvals/${question.id}`)).status;
      const ran = runs(question);
      assert.ok(ran <= 1, `${question.n} ran ${ran} times after one yes`);
      assert.ok(question.told <= ran, `${question.n}: whoever was told that it passed, it did`);
      if (question.status === "pending") {
        // A yes may have been written though its giver never heard so; one that he heard of is.
        const may = question.yes === 200 ? ["approved"] : question.yes === undefined ? ["pending", "approved"] : [];
        assert.ok(may.includes(now), `${question.n} was pending, is ${now}, and the answer to the yes was ${question.yes}`);
        assert.equal(ran, 0);
      } else if (question.status === "approved") {
        // Whoever was killed between the ledger and the origin has used it up, and nobody else may.
        assert.ok(now === "used" || (now === "approved" && ran === 0), `${question.n} was approved, is ${now}, and ran ${ran} times`);
      } else {
        assert.equal(now, question.status);
      }
      question.yes = undefined;
      question.status = now;
    }
  }

  const used = questions.filter(({ status }) => status === "used");
  assert.equal(questions.filter(({ status }) => status === "approved").length, 0, "in the last life, in which nobody is killed, each yes is used");
  assert.ok(used.length >= QUESTIONS, `${used.length} were used`);
  let entries = 0;
  for (const owner of agents) {
    const text = await exportOf(gateway, owner.id);
    const { status, said } = await verify(t, text);
    assert.equal(status, 0, JSON.stringify(said.findings));
    const history = await historyOf(gateway, owner);
    entries += said.entries;
    const records = new Map((await recordsOf(gateway, owner.id)).filter(({ ruling }) => ruling === "allow").map((record) => [record.request_id, record]));
    for (const question of used.filter((one) => one.owner === owner)) {
      const steps = history.filter(({ id }) => id === question.id);
      assert.deepEqual(steps.map(({ status }) => status), ["pending", "approved", "used"], `${question.n}: each step once, in this order`);
      assert.equal(records.get(steps[2].used_by)?.name, TOOL, "the record of the call that used it is there");
    }
  }
  const unforwarded = used.filter((question) => runs(question) === 0).length;
  t.diagnostic(
    `${asked.heard} questions heard, ${asked.lost} not; ${used.length} yeses used, ${unforwarded} of them by a call that was killed on its way; ` +
      `${amid.answers} answers and ${amid.uses} calls cut off; ${origin.calls(TOOL).length} runs; ${entries} entries`,
  );
});
