// What ledgers and heads write down, and that they know it again: decisions, checkpoints, and the tables of each release before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { approve, assertHeld } from "./support/approvals.mjs";
import { exportOf, hashOf, recorded, steady, usedOf } from "./support/audit.mjs";
import { verify } from "./support/chain.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually } from "./support/patience.mjs";
import { assertDenied } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const limited = (max) => ({ version: "1", default: "deny", tools: { [TOOL]: { rate_limit: { max, window: 3600 } } } });

test("«a metered call's row is written in the transaction that charges it»; a refused call charges nothing, and is written without", async (t) => {
  const { gateway, agent, server, policy, stamp } = await start(t, limited(2));
  assert.equal((await agent.call(TOOL, { code: "1", "z y": [1.0, { b: null, a: "é" }] })).result.isError, false);
  assert.equal((await agent.call(TOOL, { code: "2" })).result.isError, false);
  assertDenied(await agent.call(TOOL), "legacy", { rule: `/tools/${TOOL}/rate_limit`, reason_code: "rate_limited" });
  await recorded(gateway, agent.id, (records) => records.some(({ ruling }) => ruling === "deny"));
  await gateway.end("SIGTERM");
  const rows = await gateway.rowsOnDisk("Ledger", "SELECT seq, at, entry, link FROM entries ORDER BY seq");
  assert.deepEqual(rows.map(({ seq }) => seq), rows.map((_, n) => n + 1));
  const entries = rows.map(({ entry }) => JSON.parse(entry));
  for (const [n, { seq, at, link }] of rows.entries()) {
    assert.deepEqual([entries[n].seq, entries[n].at], [seq, at]);
    assert.match(link, /^e2e\.[0-9a-f]{64}$/);
  }
  const charging = entries.filter(({ charges }) => charges !== undefined);
  assert.equal(charging.length, 2);
  const { at, records, reservation, ...rest } = charging[0];
  const counter = `rate:${TOOL} 3600s sliding calls`;
  assert.deepEqual(rest, { seq: 1, charges: [{ counter, units: 1, limits: [0] }] });
  assert.ok(Math.abs(at - Date.now()) < 60_000);
  assert.equal(records.length, 1);
  assert.equal(records[0].request_id, reservation, "who asks again with the same one is not charged again");
  assert.deepEqual(steady(records[0]), {
    server,
    method: "tools/call",
    name: TOOL,
    ruling: "allow",
    rule: `/tools/${TOOL}`,
    policy,
    stamp,
    argument_keys: ["code", "z y"],
    arguments_sha256: hashOf({ code: "1", "z y": [1, { b: null, a: "é" }] }),
  });
});

test("killed before and after checkpoints, a ledger counts every call once", async (t) => {
  const { gateway, agent, origin } = await start(t, limited(150));
  for (const calls of [10, 60, 64, 16]) {
    for (let n = 0; n < calls; n += 1) assert.equal((await agent.call(TOOL)).result.isError, false);
    await gateway.end("SIGKILL");
    await gateway.start();
    assert.equal(await usedOf(gateway, agent.id, `rate:${TOOL}`), origin.calls(TOOL).length);
  }
  assertDenied(await agent.call(TOOL), "legacy", { reason_code: "rate_limited" });
  assert.equal(origin.calls(TOOL).length, 150);
  await gateway.end("SIGTERM");
  assert.ok((await unwritten(gateway)) < 64, "a ledger that wakes up has few entries to read");
});

test("a ledger that charges nothing writes checkpoints too: it wakes up without reading all of a long night", async (t) => {
  const { gateway, agent } = await start(t, { version: "1", default: "allow" });
  const record = async (many) => {
    await agent.call(TOOL, {}, { era: "modern" });
    await recorded(gateway, agent.id, (records) => records.length === many);
    await gateway.end("SIGTERM");
  };
  await record(1);
  await gateway.onDisk("Ledger", [
    `WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
      INSERT INTO entries SELECT i, at, json_object('seq', i, 'at', at), link FROM n, entries WHERE seq = 1`,
  ]);
  await gateway.start();
  await record(2);
  assert.equal(await unwritten(gateway), 0);
});

test("what the server's limit has refused costs nothing at the grant, whatever was written down meanwhile", async (t) => {
  const limits = [{ counter: "own", window: 3600, max: 300 }, { counter: "shared", window: 3600, max: 200, scope: "server" }];
  const { gateway, agent } = await start(t, { version: "1", default: "deny", tools: { [TOOL]: { limits } } });
  const answers = [];
  for (let n = 0; n < 8; n += 1) answers.push(...(await Promise.all(Array.from({ length: 40 }, () => agent.call(TOOL)))));
  assert.equal(answers.filter(({ result }) => result.isError === false).length, 200);
  assert.equal(await usedOf(gateway, agent.id, "own"), 200);
  await gateway.end("SIGTERM");
  await gateway.start();
  assert.equal(await usedOf(gateway, agent.id, "own"), 200);
  assert.equal(await usedOf(gateway, agent.id, "shared"), 200);
});

test("a ledger of schema 1 keeps what it has counted", async (t) => {
  const { gateway, agent } = await start(t, limited(5));
  assert.equal((await agent.call(TOOL)).result.isError, false);
  await gateway.end("SIGTERM");
  await gateway.onDisk("Ledger", [inSchema1({ calls: 3, at: Date.now() })]);
  await gateway.start();
  for (let n = 3; n < 5; n += 1) assert.equal((await agent.call(TOOL)).result.isError, false);
  assertDenied(await agent.call(TOOL), "legacy", { reason_code: "rate_limited" });
});

test("a ledger of schema 2 keeps what it has counted: at its checkpoint, and in the rows after it", async (t) => {
  const { gateway, agent } = await start(t, limited(10));
  assert.equal((await agent.call(TOOL)).result.isError, false);
  await gateway.end("SIGTERM");
  await gateway.onDisk("Ledger", [inSchema2({ counted: 4, checkpoint: 2, rows: 5, at: Date.now() })]);
  await gateway.start();
  // Four at the checkpoint, and the rows 3, 4 and 5.
  assert.equal(await usedOf(gateway, agent.id, `rate:${TOOL}`), 7);
  for (let n = 7; n < 10; n += 1) assert.equal((await agent.call(TOOL)).result.isError, false);
  assertDenied(await agent.call(TOOL), "legacy", { reason_code: "rate_limited" });
});

test("the rows of schema 2 are exported as entries that are older than the chain, and read as rows", async (t) => {
  const { gateway, agent } = await start(t, limited(10));
  assert.equal((await agent.call(TOOL)).result.isError, false);
  await gateway.end("SIGTERM");
  const at = Date.now();
  await gateway.onDisk("Ledger", [inSchema2({ counted: 0, checkpoint: 0, rows: 2, at })]);
  await gateway.start();
  assert.equal((await agent.call(TOOL)).result.isError, false);
  const [begin, ...lines] = (await exportOf(gateway, agent.id)).trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(begin.begin.seq, 0);
  assert.deepEqual(lines.slice(0, 2).map(({ mac, entry }) => [mac, entry.seq]), [[undefined, 1], [undefined, 2]]);
  assert.match(lines[2].mac, /^e2e\.[0-9a-f]{64}$/);
  assert.equal(lines[2].entry.seq, 3);
  const record = {
    request_id: "0000000000000001",
    at,
    server: "shop",
    method: "tools/call",
    name: TOOL,
    ruling: "allow",
    rule: `/tools/${TOOL}`,
    policy: "seed",
    stamp: "0f",
    argument_keys: ["code"],
    arguments_sha256: "1e",
  };
  const charges = [{ units: 1, counter: `rate:${TOOL} 3600s sliding calls` }];
  assert.deepEqual(lines[0].entry, { seq: 1, at, charges, reservation: record.request_id, records: [record] });
  const { rows } = await gateway.must("GET", `audit?grant=${agent.id}&limit=1`);
  assert.deepEqual(rows, [{ seq: 1, ...record }]);
  const { status, said } = await verify(t, await exportOf(gateway, agent.id));
  assert.equal(status, 0, JSON.stringify(said));
  assert.equal(said.uncovered_to, 2, "they have no mac");
});

test("a ledger of schema 3 keeps its entries and its counters, goes on with its chain, and asks people from then on", async (t) => {
  const asking = { ...limited(5), tools: { [TOOL]: { ...limited(5).tools[TOOL], action: "require_approval" } } };
  const { gateway, agent, origin, policy } = await start(t, limited(5));
  assert.equal((await agent.call(TOOL, { code: "1" })).result.isError, false);
  await recorded(gateway, agent.id, (records) => records.some(({ ruling }) => ruling === "outcome"));
  const before = await exportOf(gateway, agent.id);
  await gateway.end("SIGTERM");
  await gateway.onDisk("Ledger", [IN_SCHEMA_3]);
  await gateway.start();
  assert.equal(await usedOf(gateway, agent.id, `rate:${TOOL}`), 1);
  await gateway.must("PUT", `policies/${policy}`, asking);
  const asked = await eventually(async () => {
    const given = await agent.call(TOOL, { code: "2" });
    return given.result.isError && assertHeld(given);
  });
  await approve(gateway, asked);
  assert.equal((await agent.call(TOOL, { code: "2" })).result.isError, false);
  assert.notEqual(assertHeld(await agent.call(TOOL, { code: "2" })).id, asked.id);
  const ran = origin.calls(TOOL).length;
  assert.equal(await usedOf(gateway, agent.id, `rate:${TOOL}`), ran);
  const after = await exportOf(gateway, agent.id);
  const entries = (text) => text.trimEnd().split("\n").slice(1, -1);
  assert.deepEqual(entries(after).slice(0, entries(before).length), entries(before), "what was written is what is read");
  const { status, said } = await verify(t, after);
  assert.equal(status, 0, JSON.stringify(said));
  assert.equal((await gateway.must("GET", `approvals/${asked.id}`)).status, "used");
});

const HEADS = {
  "from before schemas had numbers": "DROP TABLE facts; DROP TABLE listed",
  "of schema 1": "DROP TABLE listed; UPDATE facts SET value = 1 WHERE name = 'schema'",
};
for (const [which, statements] of Object.entries(HEADS)) {
  test(`a head ${which} keeps its document, and lists what is asked from then on`, async (t) => {
    const { gateway, agent, policy, server, stamp } = await start(t, limited(5));
    await gateway.end("SIGTERM");
    // One for the policy, one for the server.
    await gateway.onDisk("Head", [statements, statements]);
    await gateway.start();
    assert.equal((await gateway.must("GET", `policies/${policy}`)).stamp, stamp);
    assert.equal((await gateway.must("PUT", `policies/${policy}`, limited(6), { "If-Match": stamp })).name, policy);
    assert.equal((await gateway.must("GET", `servers/${server}`)).name, server);
    assert.equal((await agent.call(TOOL)).result.isError, false);
    await gateway.must("PUT", `policies/${policy}`, { version: "1", default: "deny", tools: { [TOOL]: { action: "require_approval" } } });
    const { id } = await eventually(async () => {
      const given = await agent.call(TOOL);
      return given.result.isError && assertHeld(given);
    });
    await eventually(async () => (await gateway.must("GET", "approvals")).approvals.some((listed) => listed.id === id), { within: 5_000 });
  });
}

/** How many entries there are after the last checkpoint. */
async function unwritten(gateway) {
  const checkpoint = "(SELECT value FROM facts WHERE name = 'checkpoint')";
  const [{ many }] = await gateway.rowsOnDisk("Ledger", `SELECT count(*) AS many FROM entries WHERE seq > coalesce(${checkpoint}, 0)`);
  return many;
}

/** The database as release 3 wrote it. */
const IN_SCHEMA_3 = "DROP TABLE approvals; DROP TABLE deliveries; UPDATE facts SET value = 3 WHERE name = 'schema';";

/** Takes away what schemas 3 and 4 have, down to a database of so many schemas, which has counted so many calls. */
const downTo = (schema, { calls, at }) => `
  ${IN_SCHEMA_3}
  DROP TABLE entries; DROP TABLE refundable; DROP TABLE texts;
  DELETE FROM facts;
  INSERT INTO facts (name, value) VALUES ('schema', ${schema});
  DELETE FROM counters;
  ${calls === 0 ? "" : `INSERT INTO counters (identity, grains) VALUES ('rate:${TOOL} 3600s sliding calls', x'${grain(at, calls)}');`}`;

/** A counter's grain: its time and its units, 64 bits each. */
function grain(at, units) {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(BigInt(at), 0);
  bytes.writeBigUInt64LE(BigInt(units), 8);
  return bytes.toString("hex");
}

/** The database as release 1 wrote it, after so many calls. */
const inSchema1 = ({ calls, at }) => downTo(1, { calls, at });

/** The database as release 2 wrote it: what was counted at its checkpoint, and so many decisions in all. */
function inSchema2({ counted, checkpoint, rows, at }) {
  const decision = (seq) => `INSERT INTO decisions VALUES (${seq}, ${at}, '${String(seq).padStart(16, "0")}', 'shop', 'tools/call', '${TOOL}',
    'allow', '/tools/${TOOL}', 'seed', '0f', '["code"]', '1e', '[{"counter":"rate:${TOOL}","window":3600,"max":10}]');`;
  return `${downTo(2, { calls: counted, at })}
    INSERT INTO facts (name, value) VALUES ('checkpoint', ${checkpoint});
    CREATE TABLE decisions (
        seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, request_id TEXT NOT NULL, server TEXT NOT NULL, method TEXT NOT NULL,
        tool TEXT NOT NULL, ruling TEXT NOT NULL, rule TEXT NOT NULL, policy TEXT NOT NULL, stamp TEXT NOT NULL,
        argument_keys TEXT NOT NULL, arguments_sha256 TEXT NOT NULL, charges TEXT NOT NULL);
    ${Array.from({ length: rows }, (_, n) => decision(n + 1)).join("\n")}`;
}

async function start(t, policy) {
  const gateway = await lastingGateway();
  t.after(() => gateway.stop());
  const origin = await startOrigin(t);
  return { gateway, origin, ...(await gateway.register({ origin, policy })) };
}
