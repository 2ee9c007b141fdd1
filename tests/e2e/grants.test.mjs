// Who may knock: grants, hosts, methods. Nothing of this reads a policy, and nothing of it reaches the origin.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, describe, test } from "node:test";
import { rpc } from "./support/agent.mjs";
import { exchange } from "./support/exchange.mjs";
import { startGateway } from "./support/gateway.mjs";
import { call, ERAS, initialize } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually, pause } from "./support/patience.mjs";
import { assertUnauthorized } from "./support/refusal.mjs";

const gateway = await startGateway();
after(() => gateway.stop());

const knock = (agent, authorization, era) =>
  rpc(agent.url, undefined, call("shell_execute"), { era, headers: { Authorization: authorization } });

describe("«401 only for a missing or bad grant», with «`WWW-Authenticate: Bearer`»", { concurrency: true }, () => {
  for (const era of ERAS) {
    test(`missing, malformed and unknown grants (${era})`, async (t) => {
      const origin = await startOrigin(t);
      const { agent } = await gateway.register({ origin });
      const { token } = agent;
      const shown = {
        missing: undefined,
        empty: "Bearer",
        "another scheme": `Basic ${token}`,
        "no scheme": token,
        "the prefix alone": "Bearer tg_",
        "too short": `Bearer ${token.slice(0, -1)}`,
        "too long": `Bearer ${token}A`,
        "another prefix": `Bearer TG_${token.slice(3)}`,
        "outside the alphabet": `Bearer tg_${"+".repeat(43)}`,
        unknown: `Bearer tg_${"A".repeat(43)}`,
        "one character off": `Bearer ${token.slice(0, 10)}${token[10] === "A" ? "B" : "A"}${token.slice(11)}`,
        "two grants": [`Bearer tg_${"A".repeat(43)}`, `Bearer ${token}`],
      };
      for (const [what, authorization] of Object.entries(shown)) {
        await t.test(what, async () => assertUnauthorized(await knock(agent, authorization, era)));
      }
      assert.equal(origin.received.length, 0, "nothing forwarded");
      assert.equal((await agent.call("shell_execute", {}, { era })).status, 200);
    });
  }

  test("a grant in the query string is none", async (t) => {
    const { agent } = await gateway.register({ origin: await startOrigin(t) });
    assertUnauthorized(await rpc(`${agent.url}?access_token=${agent.token}&token=${agent.token}`, undefined, initialize()));
  });

  test("«shown at another server's URL → 401 before any policy is read»; a server that is none looks the same", async (t) => {
    const [here, there] = [await startOrigin(t), await startOrigin(t)];
    const { agent } = await gateway.register({ origin: here });
    const other = await gateway.register({ origin: there });
    const message = call("shell_execute");
    const elsewhere = await rpc(other.agent.url, agent.token, message);
    assertUnauthorized(elsewhere);
    assert.equal(there.received.length, 0);
    const nowhere = await rpc(gateway.endpoint("never-was"), agent.token, message);
    assertUnauthorized(nowhere);
    assert.equal(nowhere.text, elsewhere.text);
    assertUnauthorized(await rpc(gateway.endpoint("never-was"), undefined, message));
  });

  test("401 holds for GET and DELETE as well", async (t) => {
    const origin = await startOrigin(t);
    const { agent } = await gateway.register({ origin });
    for (const method of ["GET", "DELETE"]) assertUnauthorized(await exchange(agent.url, { method }));
    assert.equal(origin.received.length, 0);
  });

  test("a revoked grant that was never used is refused at once", async (t) => {
    const { agent } = await gateway.register({ origin: await startOrigin(t) });
    await gateway.must("DELETE", `grants/${agent.id}`);
    assertUnauthorized(await agent.call("shell_execute"));
  });

  test("a revoked grant in use: «on the metered path a revocation holds from the next call on»", async (t) => {
    const limits = [{ counter: "c", window: 60, max: 100 }];
    const policy = { version: "1", default: "deny", tools: { shell_execute: { limits } } };
    const { agent } = await gateway.register({ origin: await startOrigin(t), policy });
    assert.equal((await agent.call("shell_execute")).status, 200);
    await gateway.must("DELETE", `grants/${agent.id}`);
    assertUnauthorized(await agent.call("shell_execute"));
  });

  test("a revoked grant in use is refused «on the unmetered path within 30 s»", async (t) => {
    const { agent } = await gateway.register({ origin: await startOrigin(t) });
    assert.equal((await agent.call("shell_execute")).status, 200);
    await gateway.must("DELETE", `grants/${agent.id}`);
    assertUnauthorized(await eventually(async () => {
      const answer = await agent.call("shell_execute");
      return answer.status !== 200 && answer;
    }));
  });

  test("an expired grant is refused, in use or not", async (t) => {
    const origin = await startOrigin(t);
    const expiry = new Date(Date.now() + 3000).toISOString();
    const { agent, server, policy } = await gateway.register({ origin, grant: { expires_at: expiry } });
    const unused = await gateway.grant({ server, policy, expires_at: expiry });
    assert.equal((await agent.call("shell_execute")).status, 200);
    await pause(Math.max(0, new Date(expiry).getTime() - Date.now()) + 100);
    const before = origin.received.length;
    assertUnauthorized(await agent.call("shell_execute"));
    assertUnauthorized(await unused.call("shell_execute"));
    assert.equal(origin.received.length, before);
  });
});

describe("The bearer", () => {
  test("«`tg_` + 43 base64url characters», no two alike; its `url` is the gateway URL", async (t) => {
    const origin = await startOrigin(t);
    const { server, policy } = await gateway.register({ origin });
    const made = await Promise.all(Array.from({ length: 20 }, () => gateway.must("POST", "grants", { label: "x", server, policy })));
    for (const { token } of made) assert.match(token, /^tg_[A-Za-z0-9_-]{43}$/);
    assert.equal(new Set(made.map((grant) => grant.token)).size, made.length);
    assert.equal((await rpc(made[0].url, made[0].token, call("shell_execute"))).status, 200);
  });

  test("«Stored only as SHA-256»: under `grant/{sha256 of token}` in KV, and nowhere in the clear", async (t) => {
    const { agent } = await gateway.register({ origin: await startOrigin(t) });
    await agent.call("shell_execute");
    const kv = await gateway.kv();
    const { keys } = await kv.list();
    const hash = createHash("sha256").update(agent.token);
    const names = [hash.copy().digest("hex"), hash.copy().digest("base64url")].map((digest) => `grant/${digest}`);
    assert.ok(keys.some((key) => names.includes(key.name)), "no key of that name");
    for (const key of keys) {
      const stored = `${JSON.stringify(key)} ${await kv.get(key.name)}`;
      assert.ok(!stored.includes(agent.token), key.name);
      assert.ok(!stored.includes(agent.token.slice(3)), key.name);
    }
  });
});

describe("At the door", () => {
  test("«`OPTIONS`, `HEAD`, other methods → 405 with `Allow`»", async (t) => {
    const origin = await startOrigin(t);
    const { agent } = await gateway.register({ origin });
    for (const method of ["OPTIONS", "HEAD", "PUT", "PATCH"]) {
      const answer = await agent.send(method);
      assert.equal(answer.status, 405, method);
      assert.deepEqual((answer.headers.allow ?? "").split(/, ?/).sort(), ["DELETE", "GET", "POST"], method);
    }
    assert.equal(origin.received.length, 0);
  });

  test("«`Host` … checked against `HOSTS`»: a host that is not listed gets 421, good grant or not", async (t) => {
    const origin = await startOrigin(t);
    const { agent } = await gateway.register({ origin });
    const { port } = new URL(gateway.url);
    for (const host of ["evil.example", `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, `xlocalhost:${port}`]) {
      const answer = await agent.rpc(call("shell_execute"), { headers: { Host: host } });
      assert.equal(answer.status, 421, `${host}: HTTP ${answer.status} ${answer.text}`);
    }
    assert.equal(origin.received.length, 0);
    assert.equal((await agent.rpc(call("shell_execute"), { headers: { Host: `localhost:${port}` } })).status, 200);
  });

  test("the admin API stands behind the same door", async () => {
    assert.equal((await gateway.admin("GET", "servers", undefined, { Host: "evil.example" })).status, 421);
    assert.equal((await gateway.admin("GET", "servers", undefined, { Origin: "https://evil.example" })).status, 403);
  });

  test("«empty `HOSTS` refuses»", async () => {
    const closed = await startGateway({ vars: { HOSTS: "" } });
    try {
      assert.equal((await rpc(closed.endpoint("shop"), `tg_${"A".repeat(43)}`, call("shell_execute"))).status, 421);
    } finally {
      await closed.stop();
    }
  });

  // Issue 3 («The door: Host, Origin …»).
  test("«a present, unlisted `Origin` → 403»; a listed one, or none, passes", async (t) => {
    const origin = await startOrigin(t);
    const { agent } = await gateway.register({ origin });
    for (const Origin of ["https://evil.example", "null", "https://console.example.evil.example", "http://console.example"]) {
      assert.equal((await agent.rpc(call("shell_execute"), { headers: { Origin } })).status, 403, Origin);
    }
    assert.equal(origin.received.length, 0);
    const listed = await agent.rpc(call("shell_execute"), { headers: { Origin: "https://console.example" } });
    assert.equal(listed.status, 200, listed.text);
  });
});
