// The main job, on the real thing: real clients, in both eras, call a real mcp-django through the gateway.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, describe, test } from "node:test";
import { startShop } from "../../scripts/lib/shop.mjs";
import * as python from "../clients/python-mcp.mjs";
import * as typescript from "../clients/typescript.mjs";
import { ALLOW_ALL, SEED, startGateway } from "./support/gateway.mjs";
import { ERAS, initialize, LEGACY, MODERN, notification, request } from "./support/message.mjs";
import { assertUnknownTool } from "./support/refusal.mjs";

const CLIENTS = { TypeScript: typescript, Python: python };
const CHECK = ["management_execute_command", { command: "check" }];
const TOOLS = [
  "djangopackages_get_grid",
  "djangopackages_get_package",
  "djangopackages_search",
  "management_execute_command",
  "management_list_commands",
  "project_get_project_info",
  "project_list_apps",
  "project_list_models",
  "project_list_routes",
  "project_get_setting",
  "shell_execute",
  "shell_export_history",
  "shell_clear_history",
];

const [gateway, shop] = await Promise.all([startGateway(), startShop()]);
after(() => Promise.all([gateway.stop(), shop.stop()]));

const register = (policy) => gateway.register({ origin: shop, server: { preset: "mcp-django" }, policy });

test("the preset's ready policy is the seed's document, byte for byte", async () => {
  const ready = await readFile(new URL("../../presets/mcp-django/seed.json", import.meta.url), "utf8");
  assert.equal(ready.trimEnd(), SEED);
});

for (const [language, { connect }] of Object.entries(CLIENTS)) {
  for (const era of ERAS) {
    describe(`The ${language} client, ${era}`, () => {
      test("under the seed's policy: one tool in the list, ten calls of it, the eleventh refused, everything else refused", async () => {
        const { agent, policy, stamp } = await register(SEED);
        const calls = [...Array(11).fill(CHECK), ["shell_execute", { code: "print(6 * 7)" }]];
        const seen = await converse(connect, agent, era, calls);
        assert.equal(seen.protocol, era === "modern" ? MODERN : LEGACY);
        assert.deepEqual(seen.tools, ["management_execute_command"]);
        for (const call of seen.calls.slice(0, 10)) {
          assert.equal(call.isError, false, call.text);
          assert.match(call.text, /System check identified no issues/);
        }
        const eleventh = seen.calls[10];
        assert.equal(eleventh.isError, true);
        assert.equal(eleventh.denial.rule, "/tools/execute_command/limits/0");
        assert.equal(eleventh.denial.reason_code, "rate_limited");
        assert.ok(eleventh.denial.retry_after >= 1 && eleventh.denial.retry_after <= 61, eleventh.text);
        const shell = seen.calls[11];
        assert.equal(shell.isError, true);
        assert.equal(shell.denial.rule, "(default deny)");
        assert.deepEqual(shell.denial.policy, { name: policy, stamp });
        assert.doesNotMatch(shell.text, /42/);
      });

      test('under {"version":"1","default":"allow"}: all 13 tools, and resources', async () => {
        const { agent } = await register(ALLOW_ALL);
        const calls = [["shell_execute", { code: "print(6 * 7)" }], ["project_list_apps", {}], ["nope", {}]];
        const seen = await converse(connect, agent, era, calls, "django://project/apps");
        assert.deepEqual(seen.tools, TOOLS);
        assert.match(seen.calls[0].text, /42/);
        assert.equal(seen.calls[1].isError, false);
        assert.deepEqual(seen.calls[2], { isError: true, text: "Unknown tool: 'nope'", denial: null });
        assert.deepEqual(seen.resources, ["django://project/apps", "django://project/models"]);
        assert.equal(seen.templates.length, 7);
        assert.deepEqual(seen.prompts, []);
        assert.match(seen.contents[0], /"name": ?"shop/);
      });
    });
  }
}

for (const era of ERAS) {
  test(`a hidden tool is refused in the very words of mcp-django for one that it does not have, ${era}`, async () => {
    const { agent } = await register({ version: "1", default: "allow", hide: ["shell_*"] });
    const session = era === "legacy" ? await begin(agent) : undefined;
    assertUnknownTool(await agent.call("shell_execute", { code: "1" }, { era, session }), era, "shell_execute");
    // The modern origin signs its answers in `_meta`; beside that the two cannot be told apart.
    const { _meta, ...missing } = (await agent.call("nothing", {}, { era, session })).result;
    const resultType = era === "modern" ? { resultType: "complete" } : {};
    assert.deepEqual(missing, { content: [{ type: "text", text: "Unknown tool: 'nothing'" }], isError: true, ...resultType });
  });
}

test("DELETE ends the session at mcp-django: what comes after it is 404, and the client begins anew", async () => {
  const { agent } = await register(SEED);
  const session = await begin(agent);
  assert.equal((await agent.rpc(request("ping"), { session })).status, 200);
  const ended = await agent.send("DELETE", { "Mcp-Session-Id": session, "MCP-Protocol-Version": LEGACY });
  assert.ok([200, 204].includes(ended.status), `HTTP ${ended.status}`);
  assert.equal((await agent.rpc(request("ping"), { session })).status, 404);
  assert.equal((await agent.rpc(request("ping"), { session: await begin(agent) })).status, 200);
});

test("the limit holds over sessions: a new one brings no new budget", async () => {
  const { agent } = await register(SEED);
  for (let n = 0; n < 11; n += 1) {
    const answer = await agent.call(...CHECK, { session: await begin(agent) });
    assert.equal(answer.result.isError, n === 10, `call ${n + 1}`);
  }
});

/** What a client sees that lists, makes those calls, and looks at what is there beside tools if it is told what to read. */
async function converse(connect, { url, token }, era, calls, read) {
  const session = await connect({ url, token, era });
  const seen = { protocol: session.protocol, tools: await session.list(), calls: [] };
  for (const [tool, args] of calls) seen.calls.push(await session.call(tool, args));
  if (read !== undefined) Object.assign(seen, await session.look(read));
  await session.close();
  return seen;
}

async function begin(agent) {
  const hello = await agent.rpc(initialize());
  const session = hello.headers["mcp-session-id"];
  await agent.rpc(notification("notifications/initialized"), { session });
  return session;
}
