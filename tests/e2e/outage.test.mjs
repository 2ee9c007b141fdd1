// «Fail closed. KV unreachable, ledger or head unreachable, policy unreadable …: refused, said so, nothing forwarded.»
// What cannot be reached is played by what cannot be read: the stores are real, and spoilt.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startGateway } from "./support/gateway.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { call, ERAS, request } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { assertOutage, assertUnauthorized } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const METERED = { version: "1", default: "allow", tools: { [TOOL]: { rate_limit: { max: 10, window: 60 } } } };
/** What may have become of a ledger's database, in its schema 3. */
const SPOILT = [
  "UPDATE entries SET entry = 'ten'",
  `UPDATE entries SET entry = json_set(entry, '$.at', 'noon')`,
  `UPDATE entries SET entry = json_set(entry, '$.charges[0].counter', 'c')`,
  "UPDATE entries SET link = 'k1.00'",
  "DROP TABLE entries",
  "DROP TABLE texts",
  "UPDATE texts SET value = 'k1.00' WHERE name = 'anchor'",
  "INSERT INTO counters (identity, grains) VALUES ('c 60s sliding calls', x'0102')",
  "INSERT INTO counters (identity, grains) VALUES ('c 60s sliding calls', 'ten')",
  "DROP TABLE counters",
  "UPDATE facts SET value = 99 WHERE name = 'schema'",
];

const gateway = await startGateway();
after(() => gateway.stop());

for (const era of ERAS) {
  describe(`Fail closed, ${era}`, { concurrency: true }, () => {
    test("a server's record that cannot be read leads nowhere", async (t) => {
      const { origin, agent, kv, server } = await setUp(t);
      await kv.put(`server/${server}`, "{");
      for (const message of [call(TOOL), request("tools/list"), request("resources/read", { uri: "django://project/apps" })]) {
        assertOutage(await agent.rpc(message, { era }));
      }
      assert.equal(origin.received.length, 0);
    });

    test("a server's record that is gone leads nowhere", async (t) => {
      const { origin, agent, kv, server } = await setUp(t);
      await kv.delete(`server/${server}`);
      const answer = await agent.call(TOOL, {}, { era });
      assert.ok([401, 503].includes(answer.status), `HTTP ${answer.status}`);
      assert.equal(origin.received.length, 0);
    });

    test("a grant's record that cannot be read is no grant", async (t) => {
      const { origin, agent, kv } = await setUp(t);
      const { keys } = await kv.list({ prefix: "grant/" });
      for (const key of keys) if ((await kv.get(key.name)).includes(agent.id)) await kv.put(key.name, "{");
      const answer = await agent.call(TOOL, {}, { era });
      if (answer.status === 401) assertUnauthorized(answer);
      else assertOutage(answer);
      assert.equal(origin.received.length, 0);
    });
  });
}

test("a ledger that cannot be read admits nothing; what needs no ledger goes on", async (t) => {
  const lasting = await lastingGateway();
  t.after(() => lasting.stop());
  const origin = await startOrigin(t);
  const agents = [];
  for (const _ of SPOILT) {
    const { agent } = await lasting.register({ origin, policy: METERED });
    assert.equal((await agent.call(TOOL)).result.isError, false);
    agents.push(agent);
  }
  await lasting.end("SIGTERM");
  await lasting.onDisk("Ledger", SPOILT);
  await lasting.start();
  for (const agent of agents) {
    for (const era of ERAS) {
      const sent = call(TOOL);
      assertOutage(await agent.rpc(sent, { era }), sent.id);
      assert.equal((await agent.call("project_list_apps", {}, { era })).result.isError, false);
    }
  }
  assert.equal(origin.calls(TOOL).length, agents.length, "none but the first call of each");
});

async function setUp(t) {
  const origin = await startOrigin(t);
  return { origin, kv: await gateway.kv(), ...(await gateway.register({ origin })) };
}
