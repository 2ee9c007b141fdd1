// What is durable is durable, though the runtime ends or is killed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SEED } from "./support/gateway.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually } from "./support/patience.mjs";
import { assertDenied, assertUnauthorized } from "./support/refusal.mjs";

const TOOL = "management_execute_command";
const PRESET = { preset: "mcp-django" };

for (const signal of ["SIGTERM", "SIGKILL"]) {
  test(`«a restart of the runtime in mid-window does not give the budget back»: ${signal}`, async (t) => {
    const gateway = await start(t);
    const origin = await startOrigin(t);
    const { agent, server, policy } = await gateway.register({ origin, server: PRESET, policy: SEED });
    for (let n = 0; n < 6; n += 1) assert.equal((await agent.call(TOOL)).result.isError, false);
    await gateway.end(signal);
    await gateway.start();
    for (let n = 6; n < 10; n += 1) assert.equal((await agent.call(TOOL)).result.isError, false, `call ${n + 1}`);
    assertDenied(await agent.call(TOOL), "legacy", { rule: "/tools/execute_command/limits/0", reason_code: "rate_limited" });
    assert.equal(origin.calls(TOOL).length, 10);
    // What operators wrote has outlived the runtime as well.
    assert.equal((await gateway.must("GET", `policies/${policy}`)).name, policy);
    assert.equal((await gateway.must("GET", `servers/${server}`)).name, server);
  });
}

test("killed under load: what was admitted before and after is no more than the budget", async (t) => {
  const gateway = await start(t);
  const origin = await startOrigin(t);
  const { agent } = await gateway.register({ origin, server: PRESET, policy: SEED });
  const knock = () => agent.call(TOOL).catch(() => "the gateway was gone");
  const first = Array.from({ length: 40 }, knock);
  // By now some have been judged and some have not; what was charged and not forwarded is spent.
  await eventually(() => origin.calls(TOOL).length >= 3, { every: 1 });
  await gateway.end("SIGKILL");
  await Promise.all(first);
  await gateway.start();
  await Promise.all(Array.from({ length: 40 }, knock));
  assert.ok(origin.calls(TOOL).length <= 10, `${origin.calls(TOOL).length} calls ran`);
});

test("a revoked grant stays revoked over a restart", async (t) => {
  const gateway = await start(t);
  const { agent } = await gateway.register({ origin: await startOrigin(t) });
  await gateway.must("DELETE", `grants/${agent.id}`);
  await gateway.end("SIGKILL");
  await gateway.start();
  assertUnauthorized(await agent.call(TOOL));
});

async function start(t) {
  const gateway = await lastingGateway();
  t.after(() => gateway.stop());
  return gateway;
}
