// «Fail closed. KV unreachable, ledger or head unreachable, policy unreadable …: refused, said so, nothing forwarded.»
// What cannot be reached is played by what cannot be read: the stores are real, and spoilt.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startGateway } from "./support/gateway.mjs";
import { call, ERAS, request } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { assertError, assertUnauthorized } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const METERED = { version: "1", default: "allow", tools: { [TOOL]: { rate_limit: { max: 10, window: 60 } } } };

const gateway = await startGateway();
after(() => gateway.stop());

for (const era of ERAS) {
  describe(`Fail closed, ${era}`, { concurrency: true }, () => {
    test("a ledger that cannot be read admits nothing; what needs no ledger goes on", async (t) => {
      const origin = await startOrigin(t);
      const { agent } = await gateway.register({ origin, policy: METERED });
      assert.equal((await agent.call(TOOL, {}, { era })).result.isError, false);
      const ledger = await gateway.ledger(agent.id);
      const tables = await ledger.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'");
      assert.ok(tables.length > 0);
      for (const { name } of tables) await ledger.exec(`DROP TABLE "${name}"`);
      for (let n = 0; n < 3; n += 1) assertOutage(await agent.call(TOOL, {}, { era }));
      assert.equal(origin.calls().length, 1);
      assert.equal((await agent.call("project_list_apps", {}, { era })).result.isError, false);
    });

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

async function setUp(t) {
  const origin = await startOrigin(t);
  return { origin, kv: await gateway.kv(), ...(await gateway.register({ origin })) };
}

function assertOutage(answer) {
  assertError(answer, { status: 503, code: -32603 });
  assert.doesNotMatch(answer.text, /sqlite|SQL|no such table|expected|line \d|\.rs/i);
}
