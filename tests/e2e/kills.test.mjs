// Durability: a gateway that is killed under load, again and again. Over the joined history of all its lives no budget is
// exceeded, what an agent was told is charged, and what the origin saw is in the audit.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { describe, test } from "node:test";
import { hashOf, recordsOf, usedOf } from "./support/audit.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { startOrigin } from "./support/origin.mjs";
import { gate, pause } from "./support/patience.mjs";
import { assertDenied } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const CALLERS = 16;
const GRANTS = 3;
/** Calls that are begun in one life, at most; it is ended somewhere among them. */
const LIFE = 500;
const DAY = 86_400_000;

/** Each way to end, and how often. */
const ENDS = { SIGKILL: 13, SIGTERM: 4 };

describe("Durability", () => {
  for (const [signal, times] of Object.entries(ENDS)) {
    test(`${times} times ${signal} under load give nothing back, and lose nothing`, async (t) => {
      const gateway = await lastingGateway();
      t.after(() => gateway.stop());
      const origin = await startOrigin(t);
      // What all lives but the last can spend, and a little more: the last one uses it up, first the server's, or a grant's own.
      const all = times * LIFE + 60;
      const each = Math.ceil(all / GRANTS) + 40;
      const budgets = [
        { counter: "hour", window: "hour", max: each + 20 },
        { counter: "day", window: "day", algorithm: "fixed", max: each },
        { counter: "server", window: "hour", max: all, scope: "server" },
      ];
      const policy = { version: "1", default: "deny", tools: { [TOOL]: { limits: budgets } } };
      const { agent, server, policy: named } = await gateway.register({ origin, policy });
      const agents = [agent];
      while (agents.length < GRANTS) agents.push(await gateway.grant({ server, policy: named }));
      const history = new History(agents);

      const began = Date.now();
      const endings = [];
      for (let n = 0; n < times; n += 1) {
        // Somewhere among the calls, and among what is done for one of them.
        const ending = randomInt(CALLERS, LIFE);
        endings.push(ending);
        await history.live({ most: LIFE, ending, end: () => pause(randomInt(5)).then(() => gateway.end(signal)) });
        await gateway.start();
      }
      await history.live({ most: all });
      const days = 1 + Math.floor(Date.now() / DAY) - Math.floor(began / DAY);

      const seen = tally(origin.calls(TOOL).map(({ params }) => params.arguments.call));
      assert.ok([...seen.values()].every((times) => times === 1), "no call reaches the origin twice");
      assert.ok(seen.size <= all, `the server's limit is ${all}, the origin saw ${seen.size}`);
      assert.ok(history.refused > 0, "the last life came to the end of the budgets");
      let rows = 0;
      let charged = 0;
      for (const [n, { id }] of agents.entries()) {
        const admitted = history.admitted[n];
        assert.ok(admitted.every((call) => seen.has(call)), "what was answered has been forwarded");
        const reached = [...seen.keys()].filter((call) => call.startsWith(`${n}-`));
        assert.ok(reached.length <= each * days, `a day's limit is ${each}, the origin saw ${reached.length}`);
        const used = await usedOf(gateway, id, "hour");
        charged += used;
        assert.ok(reached.length <= used && used <= each + 20, `${reached.length} forwarded, ${used} charged`);
        if (days === 1) assert.ok(reached.length <= (await usedOf(gateway, id, "day")), "the day's counter");
        const records = (await recordsOf(gateway, id)).filter(({ ruling }) => ruling === "allow");
        rows += records.length;
        assert.equal(new Set(records.map((record) => record.request_id)).size, records.length, "each decision once");
        const written = new Set(records.map((record) => record.arguments_sha256));
        for (const call of [...admitted, ...reached]) assert.ok(written.has(hashOf({ call })), `no record of the call ${call}`);
      }
      assert.ok(charged - seen.size <= CALLERS * times, `${charged} charged, ${seen.size} forwarded: an end costs what is under way, no more`);
      t.diagnostic(
        `${times} × ${signal}, at calls ${endings.join(", ")}; ${history.sent} sent, ${history.admitted.flat().length} answered as admitted, ` +
          `${history.refused} as refused, ${seen.size} seen by the origin, ${charged} charged, ${rows} rows`,
      );
    });
  }
});

/** What the callers did, and what they were told. */
class History {
  sent = 0;
  refused = 0;
  /** The names of the calls that were answered as admitted, by grant. */
  admitted;
  #agents;

  constructor(agents) {
    this.#agents = agents;
    this.admitted = agents.map(() => []);
  }

  /**
   * Calls from all sides, until the gateway is gone, each caller is refused, or so many have been sent. With the call number
   * `ending` the end begins.
   */
  async live({ most, ending, end }) {
    const last = this.sent + most;
    const middle = this.sent + ending;
    const { open, opened } = gate();
    const ended = end === undefined ? undefined : opened.then(end);
    const caller = async () => {
      while (this.sent < last) {
        this.sent += 1;
        if (this.sent === middle) open();
        const grant = this.sent % this.#agents.length;
        const name = `${grant}-${this.sent}`;
        const answer = await this.#agents[grant].call(TOOL, { call: name }).catch(() => undefined);
        if (answer === undefined) return;
        if (answer.status === 200 && answer.result.isError === false) {
          this.admitted[grant].push(name);
        } else {
          assertDenied(answer, "legacy", { reason_code: "rate_limited" });
          this.refused += 1;
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    open();
    await ended;
  }
}

/** How often each is there. */
function tally(names) {
  const times = new Map();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return times;
}
