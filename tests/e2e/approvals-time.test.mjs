// Time and approvals: questions and answers end at their instant, by the ledger's alarm, whoever asks or nobody, and over kills. The shortest
// time that the language has is a minute, so everything here waits through the same one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answer, approve, assertHeld, historyOf } from "./support/approvals.mjs";
import { entriesOf, exportOf } from "./support/audit.mjs";
import { verify } from "./support/chain.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { eventually, pause } from "./support/patience.mjs";
import { KEY, startReceiver } from "./support/receiver.mjs";

const TOOL = "management_execute_command";
const MINUTE = 60_000;
const BRIEF = { version: "1", default: "deny", tools: { [TOOL]: { action: "require_approval", approval: { ttl: "1m" } } } };
/** Milliseconds that the alarm may come late on a machine that has much else to do. */
const LATE = 6_000;
/** Calls around an instant, and milliseconds between two of them. */
const AROUND = 40;
const STEP = 60;

const passes = ({ status, result }) => status === 200 && result?.isError === false;
const until = (instant) => pause(Math.max(0, instant - Date.now()));
const call = (agent, command) => agent.call(TOOL, { command });
const shown = (gateway, { id }) => gateway.must("GET", `approvals/${id}`);
const listedOf = async (gateway, server) => (await gateway.must("GET", "approvals?limit=1000")).approvals.filter((one) => one.server === server).map(({ id }) => id);

/** Does something again and again around an instant; gives of each what came of it, and whether it was over before or begun after it. */
async function around(instant, act) {
  const begun = Array.from({ length: AROUND }, async (_, n) => {
    await until(instant + (n - AROUND / 2) * STEP);
    const from = Date.now();
    const outcome = await act(n);
    return { outcome, before: Date.now() < instant, after: from >= instant };
  });
  const all = await Promise.all(begun);
  assert.ok(all.some(({ before }) => before) && all.some(({ after }) => after), "calls on both sides of the instant");
  return all;
}

/** A question and its grant, answered or not. */
async function asking(gateway, made, command, what) {
  const asked = assertHeld(await call(made.agent, command));
  if (what !== undefined) assert.equal((await answer(gateway, asked, what)).status, 200);
  return { ...asked, ends: Date.parse((await shown(gateway, asked)).expires_at) };
}

/** Waits for the entry that ends a question, and asserts that the alarm has written it: in time, and not before. */
async function assertExpires(gateway, agent, { id, ends }, { within = LATE } = {}) {
  await until(ends);
  const ended = async () => (await historyOf(gateway, agent)).find((entry) => entry.id === id && entry.status === "expired");
  const expired = await eventually(ended, { within, every: 200 });
  const { at } = entriesOf(await exportOf(gateway, agent.id)).find(({ approval }) => approval?.id === id && approval.status === "expired");
  assert.ok(at >= ends && at <= ends + within, `${at - ends} ms after its end`);
  return expired;
}

describe("The time of approvals", { concurrency: true }, () => {
  test("questions and answers end by the alarm, and at the instant", async (t) => {
    const receiver = await startReceiver(t);
    const gateway = await lastingGateway({ vars: { WEBHOOK_URL: receiver.url, WEBHOOK_KEY: KEY } });
    t.after(() => gateway.stop());
    const set = (t) => gateway.withOrigin(t, { policy: BRIEF });

    const promises = {
      "a question that nobody answers: it is expired, listed no more, written down, and cannot be answered; the call asks anew": async (t) => {
        const made = await set(t);
        const asked = await asking(gateway, made, "a");
        assert.equal(asked.ends, Date.parse(asked.expires_at));
        await eventually(async () => (await listedOf(gateway, made.server)).includes(asked.id), { within: 5_000 });
        // Nobody asks that ledger anything meanwhile: it is the alarm that ends it.
        const expired = await assertExpires(gateway, made.agent, asked);
        assert.equal(expired.decision, undefined);
        assert.equal((await shown(gateway, asked)).status, "expired");
        assert.deepEqual(await listedOf(gateway, made.server), []);
        for (const what of ["approve", "deny"]) {
          const { status, json } = await answer(gateway, asked, what);
          assert.deepEqual([status, json.error.message], [409, "it has expired: the agent has to ask again"]);
        }
        const anew = assertHeld(await call(made.agent, "a"));
        assert.notEqual(anew.id, asked.id);
        await approve(gateway, anew);
        assert.ok(passes(await call(made.agent, "a")));
        assert.equal(made.origin.calls(TOOL).length, 1);
      },

      "a question at its instant: until then each call hears of it, and after it of another": async (t) => {
        const made = await set(t);
        const asked = await asking(gateway, made, "a");
        for (const { outcome, before, after } of await around(asked.ends, () => call(made.agent, "a"))) {
          const { id } = outcome.result._meta["tollgate/approval"];
          if (before) assert.equal(id, asked.id);
          if (after) assert.notEqual(id, asked.id);
        }
      },

      "an answer at the question's instant: until then it is taken, after it refused": async (t) => {
        const made = await set(t);
        const asked = [];
        for (let n = 0; n < AROUND; n += 1) asked.push(assertHeld(await call(made.agent, `c${n}`)));
        // Each has an instant of its own, a little after the one before.
        const ends = Date.parse(asked[AROUND / 2].expires_at);
        const all = await around(ends, async (n) => {
          const { status } = await answer(gateway, asked[n], "approve");
          const now = Date.now();
          return { status, ends: Date.parse(asked[n].expires_at), now };
        });
        for (const { outcome } of all) assert.ok(outcome.status === 200 || (outcome.status === 409 && outcome.now >= outcome.ends), JSON.stringify(outcome));
        const [late] = asked;
        await until(ends + 1_000);
        assert.equal((await answer(gateway, late, "approve")).status, 409);
      },

      "a yes holds for the time of the question, from when it was given: a call that is answered before its end passes, one that begins after it asks anew": async (t) => {
        const made = await set(t);
        const asked = [];
        for (let n = 0; n < AROUND; n += 1) asked.push(assertHeld(await call(made.agent, `c${n}`)));
        const decided = await Promise.all(asked.map((one) => approve(gateway, one)));
        for (const { decision, expires_at } of decided) assert.equal(Date.parse(expires_at) - Date.parse(decision.at), MINUTE);
        const ends = decided.map(({ expires_at }) => Date.parse(expires_at));
        const calls = Array.from({ length: AROUND }, async (_, n) => {
          await until(ends[n] + (n - AROUND / 2) * STEP);
          const from = Date.now();
          const outcome = await call(made.agent, `c${n}`);
          const passed = passes(outcome);
          if (!passed) assert.notEqual(assertHeld(outcome).id, asked[n].id);
          return { passed, n, before: Date.now() < ends[n], after: from >= ends[n] };
        });
        const all = await Promise.all(calls);
        assert.ok(all.some(({ before }) => before) && all.some(({ after }) => after), "calls on both sides of the instant");
        for (const { passed, n, before, after } of all) {
          if (before) assert.ok(passed, `c${n} was answered before its yes ended`);
          if (after) assert.ok(!passed, `c${n} began after its yes had ended`);
        }
        assert.equal(made.origin.calls(TOOL).length, all.filter(({ passed }) => passed).length);
      },

      "a yes that nobody uses expires, and the audit says so": async (t) => {
        const made = await set(t);
        const asked = await asking(gateway, made, "a", "approve");
        const expired = await assertExpires(gateway, made.agent, asked);
        assert.equal(expired.decision.yes, true);
        assert.equal(expired.used_by, undefined);
        assert.notEqual(assertHeld(await call(made.agent, "a")).id, asked.id);
        assert.equal(made.origin.calls(TOOL).length, 0);
      },

      "a no holds as long; then the call asks anew": async (t) => {
        const made = await set(t);
        const asked = await asking(gateway, made, "a", "deny");
        for (const { outcome, before, after } of await around(asked.ends, () => call(made.agent, "a"))) {
          const { id, status } = outcome.result._meta["tollgate/approval"];
          if (before) assert.deepEqual([id, status], [asked.id, "denied"]);
          if (after) assert.deepEqual([id === asked.id, status], [false, "pending"]);
        }
        assert.equal(made.origin.calls(TOOL).length, 0);
      },

      "nobody could be told of it until it was over: the audit counts the tries, and the log says it": async (t) => {
        const made = await set(t);
        receiver.script(`"server":"${made.server}"`, [500], { always: true });
        const asked = await asking(gateway, made, "a");
        const { untold } = await assertExpires(gateway, made.agent, asked);
        // At once, and 2, 6, 14 and 30 seconds after it.
        assert.ok(untold >= 4 && untold <= 5, `${untold} tries`);
        assert.equal(receiver.about(asked.id).length, untold);
        assert.match(gateway.complained, new RegExp(`nobody was told of ${asked.id}, which is over: ${untold} tries have failed`));
      },
    };
    await Promise.all(Object.entries(promises).map(([promise, keeps]) => t.test(promise, keeps)));
  });

  test("a ledger that was killed while its questions waited ends them all the same: by its alarm, or as soon as it is back", async (t) => {
    const gone = await startReceiver();
    await gone.stop();
    const gateway = await lastingGateway({ vars: { WEBHOOK_URL: gone.url, WEBHOOK_KEY: KEY } });
    t.after(() => gateway.stop());
    const made = await gateway.withOrigin(t, { policy: BRIEF });
    const over = await asking(gateway, made, "over while it is down");
    const unused = await asking(gateway, made, "a yes that is over while it is down", "approve");
    await gateway.end("SIGKILL");
    await gateway.start();
    const later = await asking(gateway, made, "over when it is back");
    await until(over.ends - 2_000);
    await gateway.end("SIGKILL");
    await until(unused.ends + 500);
    await gateway.start();
    // From here on nobody asks that ledger anything until it has had its time.
    await pause(LATE);
    const back = Date.now();
    const [expired] = await Promise.all([over, unused].map((question) => assertExpires(gateway, made.agent, question, { within: back - question.ends })));
    assert.ok(expired.untold >= 2, "that nobody was told is written down, though a try was due as well");
    await assertExpires(gateway, made.agent, later);
    assert.deepEqual(await listedOf(gateway, made.server), []);
    assert.equal((await historyOf(gateway, made.agent)).filter(({ status }) => status === "expired").length, 3, "each once");
    const { status, said } = await verify(t, await exportOf(gateway, made.agent.id));
    assert.equal(status, 0, JSON.stringify(said.findings));
  });

  test("AUDIT_KEEP=\"4s\": a question, with its arguments, is forgotten as well once its time is over for so long", async (t) => {
    const gateway = await lastingGateway({ vars: { AUDIT_KEEP: "4s" } });
    t.after(() => gateway.stop());
    const { agent } = await gateway.withOrigin(t, { policy: BRIEF });
    const asked = assertHeld(await call(agent, "a"));
    const ends = Date.parse((await approve(gateway, asked)).expires_at);
    assert.ok(passes(await call(agent, "a")));
    // The entries go first, and with them the last that the ledger would wake up for.
    await eventually(async () => entriesOf(await exportOf(gateway, agent.id)).length === 0, { within: 20_000 });
    assert.equal((await shown(gateway, asked)).status, "used");
    await until(ends + 4_000);
    await eventually(async () => (await gateway.admin("GET", `approvals/${asked.id}`)).status === 404, { within: LATE });
  });
});
