// The door, before any grant is looked at: hosts and origins on every route, methods, and the shield before unknown bearers.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, describe, test } from "node:test";
import { rpc } from "./support/agent.mjs";
import { exchange, open } from "./support/exchange.mjs";
import { ADMIN_TOKEN, ORIGINS } from "./support/gateway.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { call, ERAS } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { assertError, assertUnauthorized } from "./support/refusal.mjs";

/** How many unknown grants an address may show in a minute. */
const SHIELD = 6;

const gateway = await lastingGateway({ vars: { ORIGINS: `${ORIGINS}, https://other.example:8443` }, shield: SHIELD });
after(() => gateway.stop());
const { port } = new URL(gateway.url);

let addresses = 0;
/** An address of its own, as the platform tells it: those of other tests have no part in this one's count. */
const address = () => ({ "CF-Connecting-IP": `203.0.113.${(addresses += 1)}` });
/** The head of an answer, which may have no end. */
async function head(url, options) {
  const stream = await open(url, options);
  stream.close();
  return stream;
}
const guess = () => `tg_${randomBytes(32).toString("base64url")}`;

async function setUp(t, grant) {
  const origin = await startOrigin(t);
  return { origin, ...(await gateway.register({ origin, grant })) };
}

const FOREIGN_HOSTS = ["evil.example", `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, `127.0.0.1:${Number(port) + 1}`, "127.0.0.1", `127.0.0.1@evil.example:${port}`];
const FOREIGN_ORIGINS = ["https://evil.example", "null", "http://console.example", "https://console.example:8443", "https://console.example.evil.example", "https://other.example", `${ORIGINS}, https://other.example:8443`];

describe("«`Host` and `Origin` are checked against `HOSTS` and `ORIGINS` (a present, unlisted `Origin` → 403)», on every route", () => {
  const admin = { Authorization: `Bearer ${ADMIN_TOKEN}` };
  const routes = {
    "a server's URL": [(agent) => agent.url, (agent) => ({ Authorization: `Bearer ${agent.token}` })],
    "a server that is none": [() => gateway.endpoint("never-was"), () => ({})],
    "the admin API": [(agent) => `${gateway.url}/api/v1/grants/${agent.id}`, () => admin],
    "the admin API, unasked": [() => `${gateway.url}/api/v1/servers`, () => ({})],
    "a path of the admin API that is none": [() => `${gateway.url}/api/v1/nothing`, () => admin],
    "a path that is nothing": [() => `${gateway.url}/nothing/at/all`, () => ({})],
    "the root": [() => `${gateway.url}/`, () => ({})],
  };
  for (const [what, [url, headers]] of Object.entries(routes)) {
    test(what, async (t) => {
      const { origin, agent } = await setUp(t);
      for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
        const knock = (more) => head(url(agent), { method, headers: { ...headers(agent), ...more } });
        for (const Host of FOREIGN_HOSTS) assert.equal((await knock({ Host })).status, 421, `${method}, host ${Host}`);
        for (const Origin of FOREIGN_ORIGINS) assert.equal((await knock({ Origin })).status, 403, `${method}, origin ${Origin}`);
      }
      assert.equal(origin.received.length, 0);
      const alive = await agent.rpc(call("shell_execute"), { headers: address() });
      assert.equal(alive.status, 200, "nothing was revoked");
    });
  }

  for (const era of ERAS) {
    test(`those that are listed pass, in any case, ${era}`, async (t) => {
      const { agent } = await setUp(t);
      for (const headers of [{ Host: `LOCALHOST:${port}` }, { Host: `[::1]:${port}` }, { Origin: "https://console.example" }, { Origin: "https://other.example:8443" }]) {
        const answer = await agent.rpc(call("shell_execute"), { era, headers: { ...address(), ...headers } });
        assert.equal(answer.status, 200, `${JSON.stringify(headers)}: ${answer.text}`);
      }
    });
  }
});

describe("«`OPTIONS`, `HEAD`, other methods → 405 with `Allow`»", () => {
  const methods = ["OPTIONS", "HEAD", "PUT", "PATCH", "TRACE", "PROPFIND", "QUERY"];

  test("at a server's URL, with a grant, without one, or where there is no server", async (t) => {
    const { origin, agent } = await setUp(t);
    for (const method of methods) {
      const knocks = [
        [agent.url, { Authorization: `Bearer ${agent.token}` }],
        [agent.url, {}],
        [agent.url, { Authorization: `Bearer ${guess()}` }],
        [gateway.endpoint("never-was"), {}],
        [agent.url, { "Access-Control-Request-Method": "POST", "X-HTTP-Method-Override": "POST", "Access-Control-Request-Headers": "authorization" }],
      ];
      for (const [url, headers] of knocks) {
        const answer = await head(url, { method, headers });
        assert.equal(answer.status, 405, `${method} ${JSON.stringify(headers)}`);
        assert.deepEqual((answer.headers.allow ?? "").split(/, ?/).sort(), ["DELETE", "GET", "POST"]);
        assert.deepEqual(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-")), []);
      }
    }
    assert.equal(origin.received.length, 0);
  });

  test("in the admin API, which deletes and writes by no other method than it says", async () => {
    const allowed = { servers: "GET", "servers/shop": "DELETE, GET, PUT", "policies/shop": "DELETE, GET, PUT", grants: "GET, POST" };
    for (const [path, expected] of Object.entries(allowed)) {
      for (const method of ["OPTIONS", "HEAD", "TRACE", "PROPFIND"]) {
        const answer = await gateway.admin(method, path);
        assert.equal(answer.status, 405, `${method} ${path}`);
        assert.equal((answer.headers.allow ?? "none").split(/, ?/).sort().join(", "), expected, `${method} ${path}`);
      }
    }
  });
});

describe("«Before KV is asked for an unknown bearer stands the platform's rate-limit binding, keyed by client address»", () => {
  /** Shows grants that nobody has, until one is refused unread; says how many were read. */
  async function floodFrom(from, { url }, method = "POST") {
    for (let n = 0; n < 4 * SHIELD; n += 1) {
      const headers = { ...from, Authorization: `Bearer ${guess()}` };
      const answer = method === "POST" ? await rpc(url, undefined, call("shell_execute"), { headers }) : await exchange(url, { method, headers });
      if (answer.status !== 401) return { answer, read: n };
      assertUnauthorized(answer);
    }
    throw new Error("no flood is refused");
  }

  for (const method of ["POST", "GET", "DELETE"]) {
    test(`a flood of unknown bearers gets 429 with \`Retry-After\`, and 401 again elsewhere: ${method}`, async (t) => {
      const { agent } = await setUp(t);
      const from = address();
      const { answer, read } = await floodFrom(from, agent, method);
      assert.equal(read, SHIELD);
      assertError(answer, { status: 429, code: -32600, id: null });
      assert.match(answer.headers["retry-after"], /^[1-9]\d*$/);
      assert.equal(answer.headers["www-authenticate"], undefined, "this is no invitation to sign in");
      assertUnauthorized(await rpc(agent.url, guess(), call("shell_execute"), { headers: address() }));
    });
  }

  for (const era of ERAS) {
    test(`a grant that is known still passes, from the address of the flood as well, ${era}`, async (t) => {
      const { origin, agent } = await setUp(t);
      const from = address();
      assert.equal((await agent.rpc(call("shell_execute"), { era, headers: from })).status, 200);
      await floodFrom(from, agent);
      const before = origin.received.length;
      for (let n = 0; n < SHIELD; n += 1) assert.equal((await agent.rpc(call("shell_execute"), { era, headers: from })).status, 200);
      assert.equal(origin.received.length, before + SHIELD);
    });
  }

  test("what is no bearer is refused without asking anybody, and so is no part of a flood", async (t) => {
    const { agent } = await setUp(t);
    const from = address();
    for (let n = 0; n < 3 * SHIELD; n += 1) {
      assertUnauthorized(await rpc(agent.url, undefined, call("shell_execute"), { headers: from }));
      assertUnauthorized(await rpc(agent.url, "tg_too-short", call("shell_execute"), { headers: from }));
    }
    assert.equal((await floodFrom(from, agent)).read, SHIELD);
  });

  test("one unknown bearer shown again and again is a flood, too", async (t) => {
    const { agent } = await setUp(t);
    const headers = address();
    const token = guess();
    const statuses = [];
    for (let n = 0; n < 3 * SHIELD; n += 1) statuses.push((await rpc(agent.url, token, call("shell_execute"), { headers })).status);
    assert.ok(statuses.every((status) => [401, 429].includes(status)));
    assert.equal(statuses[0], 401);
  });
});
