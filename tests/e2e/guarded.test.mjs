// The origin locked: the real mcp-django behind the guard of integrations/django answers to its gateway, and to nobody else.
// workerd reaches it with a key that is a Worker secret; each test that changes a key starts that side anew, as a deployment does.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { startShop } from "../../scripts/lib/shop.mjs";
import { converse } from "./clients/typescript.mjs";
import { rpc } from "./support/agent.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { call, ERAS, initialize } from "./support/message.mjs";
import { assertError } from "./support/refusal.mjs";

const newKey = () => randomBytes(32).toString("base64url");
const [OLD, NEW] = [newKey(), newKey()];

const folder = await mkdtemp(path.join(tmpdir(), "tollgate-guarded-"));
const gateway = await lastingGateway({ vars: { ORIGIN_KEY: OLD } });
let shop = await startShop({ keys: OLD, state: path.join(folder, "shop") });
after(async () => {
  await Promise.all([gateway.stop(), shop.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const HEADERS = { "tollgate-key": { secret: "ORIGIN_KEY" } };
const register = (headers = HEADERS) => gateway.register({ origin: shop, server: { origin: { headers }, preset: "mcp-django" } });

/** A call that leaves a mark where it runs; `ran` looks for that. */
function marking() {
  const mark = path.join(folder, newKey());
  return { message: () => call("shell_execute", { code: `open(${JSON.stringify(mark)}, "w").close()` }), ran: () => existsSync(mark) };
}

/** The gateway with another key, as after `wrangler secret put`. */
async function gatewayShows(key) {
  await gateway.end("SIGTERM");
  await gateway.set(key === undefined ? {} : { ORIGIN_KEY: key });
  await gateway.start();
}

/** The shop with other keys, at the same address. */
async function shopTakes(keys) {
  await shop.stop();
  shop = await startShop({ keys, port: shop.port, state: path.join(folder, "shop") });
}

async function assertPasses(agent, era) {
  const { message, ran } = marking();
  const answer = await agent.rpc(message(), { era, session: era === "legacy" ? await agent.begin() : undefined });
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.text, /"isError":false/);
  assert.ok(ran());
  return answer;
}

async function assertLocked(era, headers = {}) {
  const { message, ran } = marking();
  for (const sent of [initialize(), message()]) {
    const answer = await rpc(shop.url, undefined, sent, { era, headers });
    assert.equal(answer.status, 403, answer.text);
    assert.equal(answer.headers["www-authenticate"], undefined);
    assert.match(answer.text, /gateway/);
  }
  assert.ok(!ran(), "what was refused has run");
}

for (const era of ERAS) {
  describe(`A locked origin, ${era}`, () => {
    test("a call through the gateway passes, and the agent reads nothing of the key", async () => {
      const { agent } = await register();
      const answer = await assertPasses(agent, era);
      assert.ok(!`${answer.text}${JSON.stringify(answer.headers)}`.includes(OLD));
    });

    test("straight to the origin nothing passes and nothing runs: not without a key, not with another, not with two", async () => {
      await assertLocked(era);
      for (const shown of [newKey(), `${OLD}x`, [OLD, OLD], [OLD, newKey()], `Bearer ${OLD}`]) await assertLocked(era, { "tollgate-key": shown });
      await assertLocked(era, { authorization: `Bearer ${OLD}` });
    });

    test("an agent that shows a key of its own through the gateway changes nothing: the gateway's is shown, and alone", async () => {
      const { message, ran } = marking();
      const { agent } = await register();
      const session = era === "legacy" ? await agent.begin() : undefined;
      const answer = await agent.rpc(message(), { era, session, headers: { "tollgate-key": newKey() } });
      assert.equal(answer.status, 200, answer.text);
      assert.ok(ran());
      const keyless = (await register({})).agent;
      const other = marking();
      for (const sent of [other.message(), ...(era === "legacy" ? [initialize()] : [])]) {
        const refused = await keyless.rpc(sent, { era, headers: { "tollgate-key": OLD } });
        assertError(refused, { status: 502, code: -32603, id: sent.id });
      }
      assert.ok(!other.ran(), "an agent that knows the key is let in no more for it");
    });
  });
}

for (const [what, key] of Object.entries({ "a key that is not live": newKey(), "no key, as the Worker has no such secret": undefined })) {
  describe(`A gateway with ${what}`, () => {
    before(() => gatewayShows(key));
    after(() => gatewayShows(OLD));

    for (const era of ERAS) {
      test(`is refused, and the agent is told so in one well-formed error that is no call to sign in, ${era}`, async () => {
        const { agent } = await register();
        const { message, ran } = marking();
        for (const sent of [message(), ...(era === "legacy" ? [initialize()] : [])]) {
          const answer = await agent.rpc(sent, { era });
          // 502, or 503 where the gateway knows itself that it lacks the key. In the modern era it asks for the list of tools before
          // the call, and it is this that the origin refuses.
          assert.ok([502, 503].includes(answer.status), `HTTP ${answer.status}`);
          const { message: said } = assertError(answer, { status: answer.status, code: -32603, id: sent.id });
          assert.match(said, /The origin refuses this gateway|Nothing was forwarded/);
          assert.equal(answer.headers["www-authenticate"], undefined);
          for (const secret of [OLD, key ?? OLD, "tollgate-key", "ORIGIN_KEY"]) assert.ok(!answer.text.includes(secret), answer.text);
        }
        assert.ok(!ran());
      });

      test(`a real client says what is wrong and opens no browser, ${era}`, async () => {
        const { agent } = await register();
        await assert.rejects(converse({ url: agent.url, token: agent.token, era, calls: [] }), (error) => {
          assert.doesNotMatch(`${error.name} ${error.message}`, /unauthorized|sign|oauth/i);
          return true;
        });
      });
    }
  });
}

test("a key is changed with a call passing after each step: the origin takes both, the gateway shows the new one, the old one goes", async () => {
  const { agent } = await register();
  const both = async () => {
    for (const era of ERAS) await assertPasses(agent, era);
  };
  await both();
  await shopTakes(`${NEW},${OLD}`);
  await both();
  await gatewayShows(NEW);
  await both();
  await shopTakes(NEW);
  await both();
  for (const era of ERAS) await assertLocked(era, { "tollgate-key": OLD });
});
