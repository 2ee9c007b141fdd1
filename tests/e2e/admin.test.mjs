// The admin API: who may use it, and what servers, policies and grants are to it. Contracts: architecture.md.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, describe, test } from "node:test";
import { exchange } from "./support/exchange.mjs";
import { ADMIN_TOKEN, ALLOW_ALL, DENY_ALL, SEED, startGateway } from "./support/gateway.mjs";
import { startOrigin } from "./support/origin.mjs";
import { assertComplaint, assertErrors } from "./support/refusal.mjs";

const ORIGIN = { origin: { url: "http://127.0.0.1:9/mcp" } };
const BAD_NAMES = ["Shop", "-shop", "shop_1", "sh%20op", "a".repeat(64), "api", "healthz", "console", "approve", "oauth"];
const KINDS = { servers: ORIGIN, policies: DENY_ALL };

const gateway = await startGateway();
after(() => gateway.stop());

describe("Who may use the admin API", () => {
  const tokens = {
    "no token": undefined,
    "an empty token": "Bearer ",
    "another token": `Bearer ${"x".repeat(ADMIN_TOKEN.length)}`,
    "the token's beginning": `Bearer ${ADMIN_TOKEN.slice(0, -1)}`,
    "the token and more": `Bearer ${ADMIN_TOKEN}0`,
    "another scheme": `Basic ${ADMIN_TOKEN}`,
  };
  for (const [what, authorization] of Object.entries(tokens)) {
    test(`«Admin API, \`Authorization: Bearer $ADMIN_TOKEN\`»: ${what} gets 401`, async () => {
      for (const path of ["servers", "policies/none", "grants"]) {
        assertComplaint(await gateway.admin("GET", path, undefined, { Authorization: authorization }), 401);
      }
    });
  }

  test("a grant is not an operator's token", async (t) => {
    const { agent } = await gateway.register({ origin: await startOrigin(t) });
    assertComplaint(await gateway.admin("GET", "grants", undefined, { Authorization: `Bearer ${agent.token}` }), 401);
  });

  const offs = {
    unset: [undefined, ADMIN_TOKEN],
    "unset, and an empty token is shown": [undefined, ""],
    "shorter than 32 characters": ["too-short-to-be-a-token-0123456", "too-short-to-be-a-token-0123456"],
  };
  for (const [what, [configured, shown]] of Object.entries(offs)) {
    test(`«unset means the API is off, not open»; a secret of at least 32 characters: ${what}`, async () => {
      const closed = await startGateway({ secrets: { ADMIN_TOKEN: configured } });
      try {
        const answer = await closed.admin("PUT", "policies/door", DENY_ALL, { Authorization: `Bearer ${shown}` });
        assertComplaint(answer, [401, 403, 404, 503]);
        assert.equal((await closed.admin("GET", "grants", undefined, { Authorization: undefined })).status, answer.status);
      } finally {
        await closed.stop();
      }
    });
  }
});

describe("Servers and policies alike", () => {
  for (const [kind, document] of Object.entries(KINDS)) {
    test(`«Names of servers and policies»: ${kind} refuse names outside the grammar, and the reserved ones`, async () => {
      for (const name of BAD_NAMES) {
        const answer = await gateway.admin("PUT", `${kind}/${name}`, document);
        assert.ok([400, 404, 422].includes(answer.status), `${name}: HTTP ${answer.status} ${answer.text}`);
      }
      for (const name of ["0", "a", "a".repeat(63), "api-1"]) await gateway.must("PUT", `${kind}/${name}`, document);
    });

    test(`\`PUT|GET|DELETE /api/v1/${kind}/{name}\`: what is put can be read, is gone when deleted`, async () => {
      const name = gateway.name("life");
      assertComplaint(await gateway.admin("GET", `${kind}/${name}`), 404);
      await gateway.must("PUT", `${kind}/${name}`, document);
      const read = await gateway.must("GET", `${kind}/${name}`);
      assert.equal(read.name, name);
      await gateway.must("DELETE", `${kind}/${name}`);
      assertComplaint(await gateway.admin("GET", `${kind}/${name}`), 404);
      assertComplaint(await gateway.admin("DELETE", `${kind}/${name}`), 404);
    });

    test(`«\`GET\` of each, listed (paged) and single»: each of the ${kind} is on one page, once`, async () => {
      const names = [1, 2, 3, 4, 5].map(() => gateway.name("paged"));
      for (const name of names) await gateway.must("PUT", `${kind}/${name}`, document);
      const seen = (await everyPage(kind, 2)).map((item) => item.name);
      assert.equal(new Set(seen).size, seen.length, "nothing twice");
      for (const name of names) assert.ok(seen.includes(name), `${name} is in no page`);
    });

    test(`«DELETE of what is used → 409»: ${kind}`, async () => {
      const made = await gateway.register({ origin: { url: ORIGIN.origin.url } });
      const name = kind === "servers" ? made.server : made.policy;
      assertComplaint(await gateway.admin("DELETE", `${kind}/${name}`), 409);
      await gateway.must("GET", `${kind}/${name}`);
      await gateway.must("DELETE", `grants/${made.agent.id}`);
      await gateway.must("DELETE", `${kind}/${name}`);
    });

    test(`a body of ${kind} is strict JSON: duplicate keys and unknown fields are refused`, async () => {
      const name = gateway.name("strict");
      const text = JSON.stringify(document);
      const [first] = Object.keys(document);
      const twice = `{"${first}":${JSON.stringify(document[first])},${text.slice(1)}`;
      for (const body of [twice, text.replace("{", '{"unheard_of":1,'), "{", "", "[]", `${text}x`]) {
        const answer = await gateway.admin("PUT", `${kind}/${name}`, body);
        assert.ok([400, 422].includes(answer.status), `${body}: HTTP ${answer.status} ${answer.text}`);
      }
      assertComplaint(await gateway.admin("GET", `${kind}/${name}`), 404);
    });
  }

  test("unknown paths of the API are 404, other methods 405", async () => {
    assertComplaint(await gateway.admin("GET", "nothing"), 404);
    assertComplaint(await gateway.admin("GET", "servers/a/b/c"), 404);
    assertComplaint(await gateway.admin("PATCH", "policies/p", "{}"), 405);
  });
});

describe("Policies", () => {
  test("«the document → 200 {\"name\",\"stamp\",\"warnings\":[]}»", async () => {
    const put = await gateway.must("PUT", "policies/answered", SEED);
    assert.deepEqual(Object.keys(put).sort(), ["name", "stamp", "warnings"]);
    assert.equal(put.name, "answered");
    assert.ok(Array.isArray(put.warnings));
    const read = await gateway.must("GET", "policies/answered");
    assert.equal(read.stamp, put.stamp);
    assert.deepEqual(read.document, JSON.parse(SEED));
  });

  test("«stamp: the SHA-256 that names one version of a document»: same document, same stamp; another, another", async () => {
    const first = await gateway.must("PUT", "policies/stamped", DENY_ALL);
    const other = await gateway.must("PUT", "policies/stamped", ALLOW_ALL);
    const again = await gateway.must("PUT", "policies/stamped", DENY_ALL);
    assert.notEqual(first.stamp, other.stamp);
    assert.equal(first.stamp, again.stamp);
    // 256 bits, as hex or base64url
    assert.match(first.stamp, /^([0-9a-f]{64}|[A-Za-z0-9_-]{43})$/);
  });

  test("«honours `If-Match` with the stamp»: 412 on a mismatch, and nothing is written", async () => {
    const { stamp } = await gateway.must("PUT", "policies/matched", DENY_ALL);
    const wrong = stamp.replace(/^./, (first) => (first === "0" ? "1" : "0"));
    for (const match of [wrong, `"${wrong}"`]) {
      assertComplaint(await gateway.admin("PUT", "policies/matched", ALLOW_ALL, { "If-Match": match }), 412);
    }
    assert.equal((await gateway.must("GET", "policies/matched")).stamp, stamp);
    // HTTP quotes an entity tag; who pastes the bare stamp means the same.
    const { stamp: second } = await gateway.must("PUT", "policies/matched", ALLOW_ALL, { "If-Match": `"${stamp}"` });
    await gateway.must("PUT", "policies/matched", DENY_ALL, { "If-Match": second });
    assertComplaint(await gateway.admin("PUT", "policies/never-was", DENY_ALL, { "If-Match": `"${stamp}"` }), 412);
  });

  test("«An invalid document is refused by the admin API, so that the previous one stays»", async () => {
    const { stamp } = await gateway.must("PUT", "policies/kept", DENY_ALL);
    assertErrors(await gateway.admin("PUT", "policies/kept", { version: "1", default: "maybe" }));
    assert.equal((await gateway.must("GET", "policies/kept")).stamp, stamp);
  });
});

describe("Grants", () => {
  test("`POST /api/v1/grants` → 201 {\"id\",\"token\",\"url\"}; «the token is shown once»", async () => {
    await gateway.must("PUT", "servers/granted", ORIGIN);
    await gateway.must("PUT", "policies/granted", DENY_ALL);
    const request = { label: "Ana’s laptop", server: "granted", policy: "granted", expires_at: "2099-01-02T03:04:05Z" };
    const answer = await gateway.admin("POST", "grants", request);
    assert.equal(answer.status, 201, answer.text);
    const made = answer.json;
    assert.deepEqual(Object.keys(made).sort(), ["id", "token", "url"]);
    assert.equal(new URL(made.url).pathname, "/granted/mcp");

    const single = await gateway.admin("GET", `grants/${made.id}`);
    assert.equal(single.status, 200, single.text);
    assert.equal(single.json.label, request.label);
    assert.equal(single.json.server, "granted");
    assert.equal(single.json.policy, "granted");
    assert.equal(new Date(single.json.expires_at).getTime(), new Date(request.expires_at).getTime());
    assert.ok(!single.text.includes(made.token));

    const listed = await everyPage("grants", 1);
    assert.equal(listed.filter((grant) => grant.id === made.id).length, 1);
    assert.ok(!JSON.stringify(listed).includes(made.token));
  });

  test("`PATCH` (label, policy, expires_at) changes these and leaves the rest", async () => {
    const { agent, server } = await gateway.register({ origin: ORIGIN.origin });
    await gateway.must("PUT", "policies/patched", DENY_ALL);
    await gateway.must("PATCH", `grants/${agent.id}`, { label: "renamed" });
    await gateway.must("PATCH", `grants/${agent.id}`, { policy: "patched", expires_at: "2098-01-01T00:00:00Z" });
    const read = await gateway.must("GET", `grants/${agent.id}`);
    assert.equal(read.label, "renamed");
    assert.equal(read.policy, "patched");
    assert.equal(read.server, server);
    assert.match(JSON.stringify(read.expires_at), /2098|4039372800/);
    for (const body of [{ server }, { token: "tg_x" }, { policy: "never-was" }, { label: 1 }, { expires_at: "soon" }]) {
      assertRefused(await gateway.admin("PATCH", `grants/${agent.id}`, body));
    }
    assertComplaint(await gateway.admin("PATCH", "grants/never-was", { label: "x" }), 404);
  });

  test("a grant needs a label, a server and a policy that exist", async () => {
    const { server, policy } = await gateway.register({ origin: ORIGIN.origin });
    const good = { label: "x", server, policy };
    for (const change of [
      { label: undefined },
      { server: undefined },
      { policy: undefined },
      { server: "never-was" },
      { policy: "never-was" },
      { expires_at: "soon" },
      { unheard_of: 1 },
    ]) {
      assertRefused(await gateway.admin("POST", "grants", { ...good, ...change }));
    }
  });

  test("`DELETE /api/v1/grants/{id}` revokes; there is nothing to revoke under an unknown id", async () => {
    const { agent } = await gateway.register({ origin: ORIGIN.origin });
    await gateway.must("DELETE", `grants/${agent.id}`);
    assertComplaint(await gateway.admin("DELETE", "grants/never-was"), 404);
    assertComplaint(await gateway.admin("GET", "grants/never-was"), 404);
  });
});

describe("`GET /healthz`, and paths that are nothing", () => {
  test("`GET /policy.schema.json` is the committed schema, for editors and pages everywhere", async () => {
    const answer = await exchange(`${gateway.url}/policy.schema.json`, { headers: { Origin: "https://editor.example" } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers["content-type"], "application/schema+json");
    assert.equal(answer.headers["access-control-allow-origin"], "*");
    assert.equal(answer.text, await readFile(new URL("../../docs/policy.schema.json", import.meta.url), "utf8"));
  });

  test("`GET /healthz` answers without a token", async () => {
    assert.equal((await exchange(`${gateway.url}/healthz`)).status, 200);
  });

  test("unknown paths are 404", async () => {
    for (const path of ["/", "/shop", "/shop/mcp/", "/shop/mcp/more", "/shop/sse", "/api", "/api/v2/servers"]) {
      assert.equal((await exchange(`${gateway.url}${path}`)).status, 404, path);
    }
  });
});

/** All items of a list, read in pages of `limit`. */
async function everyPage(kind, limit) {
  const items = [];
  let query = `limit=${limit}`;
  for (let page = 0; page < 1000; page += 1) {
    const read = await gateway.must("GET", `${kind}?${query}`);
    assert.ok(read[kind].length <= limit, `a page of ${read[kind].length}`);
    items.push(...read[kind]);
    if (read.cursor === null) return items;
    query = `limit=${limit}&cursor=${encodeURIComponent(read.cursor)}`;
  }
  throw new Error(`the pages of ${kind} do not end`);
}

function assertRefused(answer) {
  assert.ok([400, 404, 422].includes(answer.status), `HTTP ${answer.status}: ${answer.text}`);
}
