// The chain of the audit, from the ledger to `tollgate audit verify`: over kills, changes of keys and retention; and what a
// killed isolate takes with it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Agent } from "./support/agent.mjs";
import { entriesOf, exportOf, numbersOf, recorded, recordsOf, usageOf, usedOf } from "./support/audit.mjs";
import { spend } from "./support/budget.mjs";
import { verify } from "./support/chain.mjs";
import { SEAL_KEY, startGateway } from "./support/gateway.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually, pause } from "./support/patience.mjs";
import { assertUnauthorized } from "./support/refusal.mjs";

const FREE = "project_list_apps";
const METERED = "shell_execute";
const KEYS = ["k1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "k2.ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8", "k3.QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8"];

const policy = { version: "1", default: "allow", tools: { [METERED]: { limits: [{ counter: "c", window: "day", max: 999 }] } } };

async function start(t, vars = {}) {
  const gateway = await lastingGateway({ vars });
  t.after(() => gateway.stop());
  const origin = await startOrigin(t);
  return { gateway, origin, ...(await gateway.register({ origin, policy })) };
}

const fine = async (...args) => {
  const { status, said } = await verify(...args);
  assert.equal(status, 0, JSON.stringify(said.findings));
  return said;
};
const found = async (...args) => {
  const { status, said } = await verify(...args);
  assert.equal(status, 1, JSON.stringify(said));
  assert.equal(said.ok, false);
  return said.findings.map(({ kind }) => kind);
};
const kinds = (records) => records.filter(({ ruling }) => ruling !== "outcome").length;

describe("The chain", { concurrency: 2 }, () => {
  test("`tollgate audit verify` says that an export is whole, and shows an altered, removed or cut-off row", async (t) => {
    const { gateway, agent } = await start(t);
    for (let n = 0; n < 8; n += 1) await agent.call(METERED, { n });
    await agent.call(FREE, {}, { era: "modern" });
    await recorded(gateway, agent.id, (records) => records.length === 17);
    const text = await exportOf(gateway, agent.id);
    const said = await fine(t, text);
    const entries = entriesOf(text);
    assert.deepEqual([said.ledger, said.after, said.entries, said.records], [agent.id, 0, entries.length, 17]);
    assert.deepEqual(said.missing, []);

    const lines = text.split(/(?<=\n)/);
    const without = (n) => lines.filter((_, line) => line !== n).join("");
    assert.deepEqual(await found(t, text.replace('"ruling":"allow"', '"ruling":"deny"')), ["altered"]);
    assert.deepEqual(await found(t, text.replace(/"units":1/, '"units":2')), ["altered"]);
    assert.deepEqual(await found(t, without(3)), ["missing"]);
    assert.deepEqual(await found(t, without(lines.length - 2)), ["cut_off"]);
    assert.deepEqual(await found(t, without(lines.length - 1)), ["no_end"]);
    assert.deepEqual(await found(t, without(0)), ["no_beginning"]);
    assert.ok((await found(t, [lines[0], lines[2], lines[1], ...lines.slice(3)].join(""))).includes("out_of_order"));
    // Where the page after some entry begins, an export of its own begins too.
    const later = await exportOf(gateway, agent.id, 3);
    assert.deepEqual([(await fine(t, later)).after, entriesOf(later)[0].seq], [3, 4]);
    // Another gateway's key signs nothing here.
    assert.ok((await found(t, text, { keys: KEYS[0].replace("k1.", "e2e.").replace("AAEC", "BBBB") })).includes("forged_mark"));
  });

  test("an export of many pages is whole, and so is that of the door", async (t) => {
    const { gateway, agent } = await start(t);
    for (let n = 0; n < 20; n += 1) await Promise.all(Array.from({ length: 10 }, () => agent.call(METERED)));
    assertUnauthorized(await new Agent(agent.url, { token: "none" }).call(FREE));
    await recorded(gateway, "door", (records) => records.length === 1);
    const text = await exportOf(gateway, agent.id);
    const said = await fine(t, text);
    assert.ok(said.entries >= 200, `${said.entries} entries`);
    assert.equal((await fine(t, await exportOf(gateway, "door"))).ledger, "door");
  });

  test("over SIGKILLs the chain still verifies; «what a killed isolate had not handed over is lost»", async (t) => {
    const { gateway, agent } = await start(t);
    let told = 0;
    for (let life = 0; life < 3; life += 1) {
      told += await spend(5, agent, METERED);
      await recorded(gateway, agent.id, (records) => records.filter(({ ruling }) => ruling === "outcome").length === told);
      // This waits in the isolate, and goes with it.
      await agent.call(FREE, {}, { era: "modern" });
      await gateway.end("SIGKILL");
      await gateway.start();
      await fine(t, await exportOf(gateway, agent.id));
    }
    const records = await recordsOf(gateway, agent.id);
    assert.equal(records.filter(({ name }) => name === METERED).length, told, "what was charged is there");
    assert.equal(records.filter(({ name }) => name === FREE).length, 0, "what had not been handed over is not");
    const isolates = Object.keys(numbersOf(records));
    assert.equal(isolates.length, 3, "each life has a name of its own");
  });

  test("«per-isolate sequence numbers show the gap»: what is on its way is missing, until it is there", async (t) => {
    const gateway = await startGateway({ faults: true });
    t.after(() => gateway.stop());
    const { agent } = await gateway.register({ origin: await startOrigin(t), policy });
    await agent.call(METERED, {}, { era: "modern" });
    await recorded(gateway, agent.id, (records) => records.length === 2);
    await agent.call(FREE, {}, { era: "modern" });
    // The hand-over, a second later; the next order is that of the metered call.
    const fault = await gateway.faults.begin("LEDGER", agent.id, "slow", { ms: 4000, once: true });
    await pause(1500);
    await fault.end();
    await agent.call(METERED, {}, { era: "modern" });
    const text = await exportOf(gateway, agent.id);
    const { missing } = await fine(t, text);
    assert.deepEqual(missing.map(({ from, to }) => [from, to]), [[3, 3]]);
    await recorded(gateway, agent.id, (records) => records.length === 5);
    assert.deepEqual((await fine(t, await exportOf(gateway, agent.id))).missing, []);
  });

  test("SEAL_KEY changes, the new key first: one chain, verified with both keys, and with three after the next change", async (t) => {
    const { gateway, agent } = await start(t, { SEAL_KEY: KEYS[0] });
    const change = async (keys) => {
      await gateway.end("SIGTERM");
      await gateway.set({ SEAL_KEY: keys });
      await gateway.start();
      assert.equal(await spend(2, agent, METERED), 2);
    };
    assert.equal(await spend(2, agent, METERED), 2);
    await change(`${KEYS[1]},${KEYS[0]}`);
    let text = await exportOf(gateway, agent.id);
    assert.deepEqual((await fine(t, text, { keys: `${KEYS[1]},${KEYS[0]}` })).keys, ["k1", "k2"]);
    assert.ok((await found(t, text, { keys: KEYS[1] })).includes("unknown_key"));
    await change(`${KEYS[2]},${KEYS[1]}`);
    text = await exportOf(gateway, agent.id);
    assert.deepEqual((await fine(t, text, { keys: [...KEYS].reverse().join() })).keys, ["k1", "k2", "k3"]);
    assert.equal(await usedOf(gateway, agent.id, "c"), 6);
  });
});

describe("Retention", { concurrency: 2 }, () => {
  test("AUDIT_KEEP=\"4s\": rows go, the export begins with the signed mark of the last of them, and the counters are as they were", async (t) => {
    const { gateway, agent } = await start(t, { AUDIT_KEEP: "4s" });
    assert.equal(await spend(20, agent, METERED), 20);
    await recorded(gateway, agent.id, (records) => records.length === 40);
    const before = await exportOf(gateway, agent.id);
    await eventually(async () => entriesOf(await exportOf(gateway, agent.id)).length === 0, { within: 12_000 });
    const { resets_at: resets, ...counter } = (await usageOf(gateway, agent.id)).get("c");
    assert.deepEqual([counter.used, Date.parse(resets) > Date.now() + 80_000_000], [20, true]);
    const empty = await exportOf(gateway, agent.id);
    const marked = JSON.parse(empty.split("\n")[0]).begin.seq;
    assert.equal(marked, entriesOf(before).at(-1).seq);
    await fine(t, empty);
    assert.deepEqual(await gateway.must("GET", `audit?grant=${agent.id}`), { rows: [], next: null });
    // What comes after is the next entry, and the counts go on, over a kill too.
    assert.equal(await spend(2, agent, METERED), 2);
    await gateway.end("SIGKILL");
    await gateway.start();
    assert.equal(await usedOf(gateway, agent.id, "c"), 22);
    const text = await exportOf(gateway, agent.id);
    const said = await fine(t, text);
    assert.ok(said.after >= marked && said.after === JSON.parse(text.split("\n")[0]).begin.seq, `${said.after}`);
    // From before to now: the marks of the old export, or of the log, show that nothing else is missing.
    if (said.after === marked) assert.ok((await fine(t, text, { log: before })).marks.compared > 0);
  });

  test("AUDIT_KEEP=\"forever\" keeps them, and so does what is no time", async (t) => {
    for (const keep of ["forever", "4 parsecs"]) {
      const { gateway, agent } = await start(t, { AUDIT_KEEP: keep });
      await agent.call(METERED);
      await recorded(gateway, agent.id, (records) => records.length === 2);
      await pause(3000);
      assert.equal(kinds(await recordsOf(gateway, agent.id)), 1);
    }
  });

  test("«Idle session counters go by alarm»", async (t) => {
    const gateway = await lastingGateway({ vars: { AUDIT_KEEP: "4s" } });
    t.after(() => gateway.stop());
    const limits = [{ counter: "s", window: 2, max: 2, scope: "session", sessions: 5 }, { counter: "day", window: "day", max: 99 }];
    const { agent } = await gateway.register({ origin: await startOrigin(t), policy: { ...policy, tools: { [METERED]: { limits } } } });
    for (let n = 0; n < 5; n += 1) assert.equal(await spend(1, agent, METERED, { session: await agent.begin() }), 1);
    await pause(8000);
    await gateway.end("SIGTERM");
    const left = await gateway.rowsOnDisk("Ledger", "SELECT identity FROM counters");
    assert.deepEqual(left, [{ identity: "day 86400s sliding calls" }]);
  });
});

describe("The log", () => {
  test("AUDIT_LOG=\"on\" tells the log each entry; a mark stands in it each day, and `verify --head` finds an older export by it", async (t) => {
    // What passes for a day is a quarter of what is kept.
    const { gateway, agent } = await start(t, { AUDIT_LOG: "on", AUDIT_KEEP: "60s" });
    const lines = () => gateway.logged.split("\n").filter((line) => line.startsWith('{"event":"audit')).map((line) => JSON.parse(line));
    assert.equal(await spend(3, agent, METERED), 3);
    await recorded(gateway, agent.id, (records) => records.length === 6);
    const older = await exportOf(gateway, agent.id);
    assert.equal(await spend(3, agent, METERED), 3);
    await recorded(gateway, agent.id, (records) => records.length === 12);
    const head = await eventually(() => lines().find(({ event }) => event === "audit_head"), { within: 25_000 });
    const text = await exportOf(gateway, agent.id);
    const logged = lines().filter(({ event }) => event === "audit");
    const exported = text.trimEnd().split("\n").slice(1, -1).map((line) => JSON.parse(line));
    assert.deepEqual(logged.map(({ mac, entry }) => ({ mac, entry })), exported, "continuous export: the same, as it is written");
    assert.ok(logged.every(({ ledger }) => ledger === agent.id));
    const { ledger, seq, mac } = head.mark;
    assert.deepEqual([ledger, seq, mac], [agent.id, exported.at(-1).entry.seq, exported.at(-1).mac]);
    assert.equal((await fine(t, text, { log: gateway.logged })).marks.compared, 1);
    await fine(t, older);
    assert.deepEqual(await found(t, older, { log: gateway.logged }), ["head_later"]);
  });

  test("without AUDIT_LOG no entry goes to the log", async (t) => {
    const { gateway, agent } = await start(t);
    await agent.call(METERED, { secret: "in-no-log" });
    await recorded(gateway, agent.id, (records) => records.length === 2);
    assert.ok(!gateway.logged.includes('"event":"audit"'));
  });

  test("without SEAL_KEY no ledger writes anything, and so admits nothing", async (t) => {
    const { gateway, agent, origin } = await start(t);
    await gateway.end("SIGTERM");
    await gateway.set({ SEAL_KEY: "nonsense" });
    await gateway.start();
    assert.equal((await agent.call(METERED)).status, 503);
    assert.equal(origin.calls(METERED).length, 0);
    await gateway.end("SIGTERM");
    await gateway.set({ SEAL_KEY });
    await gateway.start();
    assert.equal(await spend(1, agent, METERED), 1);
  });
});
