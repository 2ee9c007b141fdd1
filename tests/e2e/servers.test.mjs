// The server's record: what of it is shown, what is kept, and the pairs of server and policy that grants bind.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { ALLOW_ALL, ORIGIN_KEY, SEED, startGateway } from "./support/gateway.mjs";
import { startOrigin } from "./support/origin.mjs";
import { assertDenied } from "./support/refusal.mjs";

const SECRET = "Bearer the-origins-own-secret";
/** Two rules for one tool, where the server says that execute_command is management_execute_command. */
const COLLIDING = {
  version: "1",
  default: "deny",
  tools: { execute_command: {}, management_execute_command: {} },
};
/** The 13 tools of mcp-django 0.14. Catalogues name them without what stands before the first underscore. */
const LIVE = [
  "djangopackages_get_grid", "djangopackages_get_package", "djangopackages_search", "management_execute_command",
  "management_list_commands", "project_get_project_info", "project_list_apps", "project_list_models",
  "project_list_routes", "project_get_setting", "shell_execute", "shell_export_history", "shell_clear_history",
];
const ALIASES = { execute_command: "management_execute_command" };

const gateway = await startGateway();
after(() => gateway.stop());

describe("Credentials of the origin", () => {
  test("«GET shows {\"set\":true}»: no answer of the API shows a header's value", async (t) => {
    const origin = await startOrigin(t);
    const headers = { Authorization: SECRET, "X-Origin-Key": { secret: "ORIGIN_KEY" } };
    const put = await gateway.admin("PUT", "servers/hush", { origin: { url: origin.url, headers } });
    const single = await gateway.admin("GET", "servers/hush");
    const list = await gateway.admin("GET", "servers");
    for (const answer of [put, single, list]) {
      assert.equal(answer.status, 200, answer.text);
      assert.ok(!answer.text.includes("the-origins-own-secret"), answer.text);
      assert.ok(!answer.text.includes(ORIGIN_KEY), answer.text);
    }
    const shown = lowerCased(single.json.origin.headers);
    assert.deepEqual(shown, { authorization: { set: true }, "x-origin-key": { set: true } });
    assert.equal(single.json.origin.url, origin.url);
  });

  test("«PUT without `headers` keeps them»", async (t) => {
    const [first, second] = [await startOrigin(t), await startOrigin(t)];
    const headers = { Authorization: SECRET, "X-Origin-Key": { secret: "ORIGIN_KEY" } };
    const { agent, server } = await gateway.register({ origin: first, server: { origin: { headers } } });
    await gateway.must("PUT", `servers/${server}`, { origin: { url: second.url } });
    const shown = await gateway.must("GET", `servers/${server}`);
    assert.deepEqual(lowerCased(shown.origin.headers), { authorization: { set: true }, "x-origin-key": { set: true } });
    await agent.call("shell_execute");
    assert.equal(second.last.headers.authorization, SECRET);
    assert.equal(second.last.headers["x-origin-key"], ORIGIN_KEY);
    await gateway.must("PUT", `servers/${server}`, { origin: { url: second.url, headers: {} } });
    assert.deepEqual((await gateway.must("GET", `servers/${server}`)).origin.headers ?? {}, {});
  });

  test("«Never a default on an error»: a secret that the Worker does not have is not sent as nothing", async (t) => {
    const origin = await startOrigin(t);
    const server = { origin: { url: origin.url, headers: { "X-Origin-Key": { secret: "NO_SUCH_SECRET" } } } };
    const put = await gateway.admin("PUT", "servers/unkept", server);
    if (put.status >= 300) return;
    await gateway.must("PUT", "policies/unkept", ALLOW_ALL);
    const agent = await gateway.grant({ server: "unkept", policy: "unkept" });
    const answer = await agent.call("shell_execute");
    assert.ok([502, 503].includes(answer.status), `HTTP ${answer.status}`);
    assert.equal(origin.received.length, 0);
  });
});

describe("The record's grammar", () => {
  const url = "http://127.0.0.1:9/mcp";
  const records = {
    "no origin": {},
    "no URL": { origin: {} },
    "a URL that is no URL": { origin: { url: "shop" } },
    "a URL that is not HTTP": { origin: { url: "ftp://127.0.0.1/mcp" } },
    "an unknown field": { origin: { url }, unheard_of: true },
    "an unknown field of the origin": { origin: { url, timeout: 1 } },
    "an unknown preset": { origin: { url }, preset: "mcp-flask" },
    "an alias that is no name": { origin: { url }, aliases: { "execute command": "management_execute_command" } },
    "aliases that share a live name": { origin: { url }, aliases: { a: "shell_execute", b: "shell_execute" } },
    "aliases that are no strings": { origin: { url }, aliases: { a: ["shell_execute"] } },
    "a header that cannot be one": { origin: { url, headers: { "X-Key": "a\r\nX-Other: b" } } },
    "a header's name that cannot be one": { origin: { url, headers: { "X Key": "a" } } },
    "a header value that is neither string nor secret": { origin: { url, headers: { "X-Key": { set: true } } } },
  };
  for (const [what, record] of Object.entries(records)) {
    test(`a server is refused for ${what}`, async () => {
      const answer = await gateway.admin("PUT", "servers/refused", record);
      assert.ok([400, 422].includes(answer.status), `HTTP ${answer.status}: ${answer.text}`);
      assert.equal((await gateway.admin("GET", "servers/refused")).status, 404);
    });
  }

  test("`\"preset\":\"mcp-django\"` brings the aliases of all 13 tools; `execute_command` rules the live tool", async (t) => {
    const origin = await startOrigin(t);
    const { agent, server } = await gateway.register({ origin, server: { preset: "mcp-django" }, policy: SEED });
    const answer = await agent.call("management_execute_command", { command: "check" });
    assert.equal(answer.result.isError, false);
    assert.equal((await gateway.must("GET", `servers/${server}`)).preset, "mcp-django");
    for (const live of LIVE) {
      const alias = live.replace(/^[a-z]+_/, "");
      const { text } = assertDenied(await agent.call(alias), "legacy", { reason_code: "called_by_alias" });
      assert.ok(text.includes(live), text);
    }
  });
});

describe("«a PUT of either, or a new grant, answers 422 if a bound pair has two rules for one tool»", () => {
  test("a new grant", async (t) => {
    const origin = await startOrigin(t);
    await gateway.must("PUT", "servers/pair-grant", { origin: { url: origin.url }, aliases: ALIASES });
    await gateway.must("PUT", "policies/pair-grant", COLLIDING);
    assertCollision(await gateway.admin("POST", "grants", { label: "x", server: "pair-grant", policy: "pair-grant" }));
  });

  test("a grant that moves to another policy", async (t) => {
    const { agent } = await gateway.register({ origin: await startOrigin(t), server: { aliases: ALIASES } });
    await gateway.must("PUT", "policies/pair-patch", COLLIDING);
    assertCollision(await gateway.admin("PATCH", `grants/${agent.id}`, { policy: "pair-patch" }));
  });

  test("a PUT of the policy; the previous one stays", async (t) => {
    const made = await gateway.register({ origin: await startOrigin(t), server: { aliases: ALIASES } });
    assertCollision(await gateway.admin("PUT", `policies/${made.policy}`, COLLIDING));
    assert.equal((await gateway.must("GET", `policies/${made.policy}`)).stamp, made.stamp);
  });

  test("a PUT of the server, by its own aliases or by a preset; the previous one stays", async (t) => {
    const origin = await startOrigin(t);
    const { server } = await gateway.register({ origin, policy: COLLIDING });
    for (const change of [{ aliases: ALIASES }, { preset: "mcp-django" }]) {
      assertCollision(await gateway.admin("PUT", `servers/${server}`, { origin: { url: origin.url }, ...change }));
    }
    const kept = await gateway.must("GET", `servers/${server}`);
    assert.deepEqual(kept.aliases ?? {}, {});
    assert.equal(kept.preset ?? null, null);
  });

  test("a pair that no grant binds, or binds no longer, collides with nobody", async (t) => {
    const { agent, policy } = await gateway.register({ origin: await startOrigin(t), server: { aliases: ALIASES } });
    await gateway.must("DELETE", `grants/${agent.id}`);
    await gateway.must("PUT", `policies/${policy}`, COLLIDING);
  });
});

function assertCollision(answer) {
  assert.equal(answer.status, 422, `HTTP ${answer.status}: ${answer.text}`);
  assert.match(answer.text, /execute_command/, "it names the tool");
}

function lowerCased(headers) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
