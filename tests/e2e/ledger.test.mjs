// What ledgers and heads write down, and that they know it again: decisions, checkpoints, and the tables of the release before.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { lastingGateway } from "./support/lasting.mjs";
import { startOrigin } from "./support/origin.mjs";
import { assertDenied } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const limited = (max) => ({ version: "1", default: "deny", tools: { [TOOL]: { rate_limit: { max, window: 3600 } } } });

test("«a metered call's row is written in the transaction that charges it», refused calls are not charged and have none", async (t) => {
  const { gateway, agent, server, policy, stamp } = await start(t, limited(2));
  const first = await agent.call(TOOL, { code: "1", "z y": [1.0, { b: null, a: "é" }] });
  assert.equal(first.result.isError, false);
  assert.equal((await agent.call(TOOL, { "z y": [1, { a: "\u00e9", b: null }], code: "1" })).result.isError, false);
  assertDenied(await agent.call(TOOL), "legacy", { rule: `/tools/${TOOL}/rate_limit`, reason_code: "rate_limited" });
  await gateway.end("SIGTERM");
  const rows = await gateway.rowsOnDisk("Ledger", "SELECT * FROM decisions ORDER BY seq");
  assert.deepEqual(rows.map(({ seq }) => seq), [1, 2]);
  const [row, same] = rows;
  const { at, request_id, ...rest } = row;
  assert.ok(Math.abs(at - Date.now()) < 60_000);
  assert.match(request_id, /^[0-9a-f]{16}$/);
  assert.notEqual(same.request_id, request_id);
  assert.deepEqual({ ...rest }, {
    seq: 1,
    server,
    method: "tools/call",
    tool: TOOL,
    ruling: "allow",
    rule: `/tools/${TOOL}`,
    policy,
    stamp,
    argument_keys: '["code","z y"]',
    arguments_sha256: sha256('{"code":"1","z y":[1,{"a":"é","b":null}]}'),
    charges: `[{"counter":"rate:${TOOL}","window":3600,"max":2}]`,
  });
  assert.equal(same.arguments_sha256, row.arguments_sha256, "equal arguments, however they are spelled, have one hash");
  assert.equal(same.argument_keys, '["z y","code"]');
});

test("killed before and after checkpoints, a ledger counts every call once", async (t) => {
  const { gateway, agent, origin } = await start(t, limited(150));
  for (const calls of [10, 60, 64, 16]) {
    for (let n = 0; n < calls; n += 1) assert.equal((await agent.call(TOOL)).result.isError, false);
    await gateway.end("SIGKILL");
    await gateway.start();
  }
  assertDenied(await agent.call(TOOL), "legacy", { reason_code: "rate_limited" });
  assert.equal(origin.calls(TOOL).length, 150);
  await gateway.end("SIGTERM");
  assert.deepEqual({ ...(await gateway.rowsOnDisk("Ledger", "SELECT value FROM facts WHERE name = 'checkpoint'"))[0] }, { value: 128 });
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

test("a head from before schemas had numbers keeps its document", async (t) => {
  const { gateway, agent, policy, server, stamp } = await start(t, limited(5));
  await gateway.end("SIGTERM");
  // One for the policy, one for the server.
  await gateway.onDisk("Head", ["DROP TABLE facts", "DROP TABLE facts"]);
  await gateway.start();
  assert.equal((await gateway.must("GET", `policies/${policy}`)).stamp, stamp);
  assert.equal((await gateway.must("PUT", `policies/${policy}`, limited(6), { "If-Match": stamp })).name, policy);
  assert.equal((await gateway.must("GET", `servers/${server}`)).name, server);
  assert.equal((await agent.call(TOOL)).result.isError, false);
});

/** The database as the release before wrote it, after so many calls: the counter's grains are times and units, 64 bits each. */
function inSchema1({ calls, at }) {
  const grain = Buffer.alloc(16);
  grain.writeBigUInt64LE(BigInt(at), 0);
  grain.writeBigUInt64LE(BigInt(calls), 8);
  return `
    DROP TABLE decisions;
    DELETE FROM facts;
    INSERT INTO facts (name, value) VALUES ('schema', 1);
    DELETE FROM counters;
    INSERT INTO counters (identity, grains) VALUES ('rate:${TOOL} 3600s sliding calls', x'${grain.toString("hex")}');`;
}

async function start(t, policy) {
  const gateway = await lastingGateway();
  t.after(() => gateway.stop());
  const origin = await startOrigin(t);
  return { gateway, origin, ...(await gateway.register({ origin, policy })) };
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
