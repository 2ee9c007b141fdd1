// tools/call in both eras: what is let through, what is refused, and in which words.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { ALLOW_ALL, DENY_ALL, SEED, startGateway } from "./support/gateway.mjs";
import { call, ERAS, inEra, META, notification, request } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually } from "./support/patience.mjs";
import { assertDenial, assertDenied, assertError, assertUnknownTool } from "./support/refusal.mjs";

const PRESET = { preset: "mcp-django" };
const TOOLS = {
  management_execute_command: {},
  shell_execute: { action: "deny", reason: "Nobody runs code here; ask Ana." },
  shell_export_history: {},
};
const MIXED = { version: "1", default: "deny", hide: ["*_history", "list_apps"], tools: TOOLS };

const gateway = await startGateway();
after(() => gateway.stop());

/** Registers a fresh trio before a fresh origin. */
async function setUp(t, more = {}) {
  const origin = await startOrigin(t);
  return { origin, ...(await gateway.register({ origin, server: PRESET, policy: MIXED, ...more })) };
}

for (const era of ERAS) {
  describe(`tools/call, ${era}`, { concurrency: true }, () => {
    test("an allowed call reaches the origin, and its answer the agent", async (t) => {
      const { origin, agent } = await setUp(t);
      const answer = await agent.rpc(call("management_execute_command", { command: "check" }, "an id"), { era });
      assert.equal(answer.status, 200);
      assert.equal(answer.message.id, "an id");
      assert.equal(answer.result.isError, false);
      assert.match(answer.result.content[0].text, /ran with {"command":"check"}/);
      assert.equal(origin.calls("management_execute_command").length, 1);
    });

    test("«no rule names the tool and `default` is deny → denied, rule `(default deny)`»", async (t) => {
      const { origin, agent, policy, stamp } = await setUp(t);
      const answer = await agent.call("project_get_setting", { key: "SECRET_KEY" }, { era });
      const { denial, text } = assertDenied(answer, era, {
        rule: "(default deny)",
        reason_code: "default_deny",
        policy: { name: policy, stamp },
      });
      assert.equal(denial.retry_after, undefined, "waiting does not help");
      assert.match(text, /project_get_setting/);
      assert.equal(origin.received.length, 0);
    });

    test("«`action: deny`» is denied by its rule, and the agent is told the `reason`", async (t) => {
      const { origin, agent } = await setUp(t);
      const { text } = assertDenied(await agent.call("shell_execute", { code: "1" }, { era }), era, {
        rule: /^\/tools\/shell_execute(\/action)?$/,
        reason_code: "denied_by_rule",
      });
      assert.ok(text.includes(TOOLS.shell_execute.reason), text);
      assert.equal(origin.received.length, 0);
    });

    test("«hidden → refused as unknown», by live name or alias, glob or name, a rule of its own or none", async (t) => {
      const { origin, agent } = await setUp(t);
      for (const name of ["shell_export_history", "shell_clear_history", "project_list_apps", "list_apps", "export_history"]) {
        assertUnknownTool(await agent.call(name, {}, { era }), era, name);
      }
      assert.equal(origin.received.length, 0);
    });

    test("«A call *by* an alias is denied, uncharged, with the live name in its text»", async (t) => {
      const { origin, agent } = await setUp(t);
      const { text } = assertDenied(await agent.call("execute_command", { command: "check" }, { era }), era, {
        rule: "/tools/management_execute_command",
        reason_code: "called_by_alias",
      });
      assert.match(text, /management_execute_command/);
      assertDenied(await agent.call("get_setting", {}, { era }), era, {
        rule: "(default deny)",
        reason_code: "called_by_alias",
      });
      assert.equal(origin.received.length, 0);
    });

    test("«A tool is looked up by its live name; failing that, by the alias of the server's record»", async (t) => {
      const { origin, agent } = await setUp(t, {
        policy: { version: "1", default: "allow", tools: { execute_command: { action: "deny" }, execute: {} } },
      });
      assertDenied(await agent.call("management_execute_command", {}, { era }), era, {
        rule: /^\/tools\/execute_command(\/action)?$/,
        reason_code: "denied_by_rule",
      });
      assert.equal((await agent.call("shell_execute", {}, { era })).result.isError, false);
      assert.equal(origin.calls().length, 1);
    });

    test("«Names compare as decoded strings, byte for byte: no case folding, no normalisation»", async (t) => {
      const { origin, agent } = await setUp(t, {
        policy: { version: "1", default: "allow", tools: { shell_execute: { action: "deny" } } },
      });
      const about = call("shell_execute");
      const escaped = JSON.stringify(inEra(era, about)).replace('"shell_execute"', '"\\u0073hell_execute"');
      assertDenied(await agent.rpc(escaped, { era, about }), era, { reason_code: "denied_by_rule" });
      assert.equal(origin.received.length, 0);
      assert.match((await agent.call("Shell_execute", {}, { era })).result.content[0].text, /^Unknown tool/);
      assert.equal(origin.calls("Shell_execute").length, 1, "another name is another tool");
    });

    test("«The bytes forwarded are the bytes judged»: byte for byte, spelling, order and white space", async (t) => {
      const { origin, agent } = await setUp(t);
      const meta = era === "modern" ? `, "_meta" : ${JSON.stringify(META)}` : "";
      const body = Buffer.from(
        ` {"params" :\t{ "arguments":{"b":1.0e2,"a":12345678901234567890, "\\u0063":"\\/ü😀","n":-0.0},` +
          ` "name":"management\\u005fexecute_command"${meta}},` +
          `\r\n "id": "\\u0031", "method":"tools/call","jsonrpc":"2.0" }\n`,
      );
      const answer = await agent.rpc(body, { era, about: call("management_execute_command") });
      assert.equal(answer.status, 200, answer.text);
      assert.ok(origin.last.body.equals(body), origin.last.text);
    });

    test("nothing is forwarded on refusal, whatever is sent beside it", async (t) => {
      const { origin, agent } = await setUp(t, { policy: DENY_ALL });
      for (const message of [
        call("shell_execute"),
        request("tools/call", { name: "shell_execute" }),
        request("tools/call", { name: "shell_execute", arguments: {}, task: { ttl: 1 } }),
        request("foo/bar"),
        request("resources/read", { uri: "django://project/apps" }),
        request("prompts/get", { name: "review" }),
        request("completion/complete", { ref: { type: "ref/prompt", name: "review" }, argument: { name: "a", value: "" } }),
      ]) {
        await agent.rpc(message, { era });
      }
      assert.deepEqual(origin.received.map((received) => received.text), []);
    });

    test("ids come back as they were, whatever their type", async (t) => {
      const { agent } = await setUp(t);
      for (const id of [0, -1, 9007199254740991, "", "7", 'a"\\\u00e9\u2028', "x".repeat(200)]) {
        const denied = await agent.rpc(call("project_get_setting", {}, id), { era });
        assert.strictEqual(denied.message.id, id);
        const allowed = await agent.rpc(call("management_execute_command", {}, id), { era });
        assert.strictEqual(allowed.message.id, id);
      }
    });

    test("each denial has a `request_id` of its own", async (t) => {
      const { agent } = await setUp(t);
      const denials = await Promise.all([1, 2, 3].map(() => agent.call("project_get_setting", {}, { era })));
      const ids = denials.map((answer) => assertDenied(answer, era).denial.request_id);
      assert.equal(new Set(ids).size, ids.length);
    });

    test("«Every method is in one table, by revision; a method that is not in it is refused»", async (t) => {
      const { origin, agent } = await setUp(t, { policy: ALLOW_ALL });
      const unknown = ["foo/bar", "tools/Call", "rpc.discover", era === "modern" ? "ping" : "server/discover"];
      for (const method of unknown) {
        const sent = request(method, {});
        assertError(await agent.rpc(sent, { era }), { status: era === "modern" ? 404 : 200, code: -32601, id: sent.id });
      }
      assert.equal(origin.received.length, 0);
    });

    test("«a resource that no rule names: the era's own not-found error»", async (t) => {
      const { origin, agent } = await setUp(t);
      const sent = request("resources/read", { uri: "django://project/setting/SECRET_KEY" });
      const answer = await agent.rpc(sent, { era });
      const error = assertError(answer, {
        status: era === "modern" ? 400 : 200,
        // -32002 until 2025-11-25, where mcp-django says -32602 as well
        code: era === "modern" ? -32602 : [-32002, -32602],
        id: sent.id,
      });
      assert.doesNotMatch(JSON.stringify(error), /tollgate|rule|reason_code/);
      assert.equal(origin.received.length, 0);
    });

    test("«any other denied method: HTTP 200, JSON-RPC error 4030 with the denial as `data`»", async (t) => {
      const { origin, agent, policy, stamp } = await setUp(t);
      const sent = request("prompts/get", { name: "review", arguments: {} });
      const error = assertError(await agent.rpc(sent, { era }), { status: 200, code: 4030, id: sent.id });
      assertDenial(error.data, { rule: "(default deny)", reason_code: "default_deny", policy: { name: policy, stamp } });
      assert.equal(origin.received.length, 0);
    });

    test("«Other methods that read data follow the policy's `default`»: allowed, they reach the origin", async (t) => {
      const { origin, agent } = await setUp(t, { policy: ALLOW_ALL });
      const read = await agent.rpc(request("resources/read", { uri: "django://project/apps" }), { era });
      assert.match(read.result.contents[0].text, /django:\/\/project\/apps/);
      const prompt = await agent.rpc(request("prompts/get", { name: "review" }), { era });
      assert.match(prompt.result.messages[0].content.text, /review/);
      const ref = { type: "ref/prompt", name: "review" };
      const complete = request("completion/complete", { ref, argument: { name: "model", value: "P" } });
      assert.deepEqual((await agent.rpc(complete, { era })).result.completion.values, ["Product"]);
      assert.equal(origin.received.length, 3);
    });

    test("«a hidden prompt … the era's own not-found error»", async (t) => {
      const { origin, agent } = await setUp(t, { policy: { version: "1", default: "allow", hide: ["draft_*"] } });
      const sent = request("prompts/get", { name: "draft_mail" });
      const answer = await agent.rpc(sent, { era });
      const error = assertError(answer, { status: era === "modern" ? 400 : 200, code: -32602, id: sent.id });
      assert.equal(error.data?.rule, undefined);
      assert.doesNotMatch(answer.text, /tollgate|hidden/);
      assert.equal(origin.received.length, 0);
    });
  });

  describe(`Documents in KV, ${era}`, { concurrency: true }, () => {
    const put = async (key, document) => (await gateway.kv()).put(key, typeof document === "string" ? document : JSON.stringify(document));

    test("«`wrangler kv key put` of a policy or server is honoured for a name that has no head»", async (t) => {
      const origin = await startOrigin(t);
      const name = gateway.name(`by-hand-${era}`);
      await put(`policy/${name}`, SEED);
      await put(`server/${name}`, { origin: { url: origin.url }, preset: "mcp-django" });
      const agent = await gateway.grant({ server: name, policy: name });
      assert.equal((await agent.call("management_execute_command", {}, { era })).result.isError, false);
      assertDenied(await agent.call("shell_execute", {}, { era }), era, { rule: "(default deny)" });
      assert.equal(origin.calls().length, 1);
    });

    const broken = {
      "not JSON": "{",
      "an unknown field": { version: "1", default: "allow", tolls: {} },
      "a duplicate key": '{"version":"1","default":"deny","default":"allow"}',
      "a word that is none": { version: "1", default: "allow", mode: "dark" },
    };
    for (const [what, document] of Object.entries(broken)) {
      test(`«An invalid document … found in KV, it denies everything»: ${what}`, async (t) => {
        const origin = await startOrigin(t);
        const name = gateway.name(`broken-${era}`);
        await put(`policy/${name}`, ALLOW_ALL);
        await gateway.must("PUT", `servers/${name}`, { origin: { url: origin.url } });
        const agent = await gateway.grant({ server: name, policy: name });
        await put(`policy/${name}`, document);
        const answer = await eventually(() => refusedCall(agent, era));
        assertDenied(answer, era, { rule: "(invalid policy)", reason_code: "invalid_policy" });
        const before = origin.received.length;
        await agent.rpc(request("resources/read", { uri: "django://project/apps" }), { era });
        await agent.rpc(request("prompts/get", { name: "review" }), { era });
        assert.equal(origin.received.length, before);
      });
    }

    test("a policy that is gone denies everything, rule `(no policy)`", async (t) => {
      const origin = await startOrigin(t);
      const name = gateway.name(`gone-${era}`);
      await put(`policy/${name}`, ALLOW_ALL);
      await gateway.must("PUT", `servers/${name}`, { origin: { url: origin.url } });
      const agent = await gateway.grant({ server: name, policy: name });
      await (await gateway.kv()).delete(`policy/${name}`);
      const answer = await eventually(() => refusedCall(agent, era));
      assertDenied(answer, era, { rule: "(no policy)", reason_code: "no_policy" });
    });

    test("«met at run time, that tool alone is denied»: two rules for one tool, `(ambiguous alias)`", async (t) => {
      const origin = await startOrigin(t);
      const name = gateway.name(`torn-${era}`);
      await put(`policy/${name}`, ALLOW_ALL);
      await gateway.must("PUT", `servers/${name}`, { origin: { url: origin.url }, ...PRESET });
      const agent = await gateway.grant({ server: name, policy: name });
      await put(`policy/${name}`, { version: "1", default: "allow", tools: { execute_command: {}, management_execute_command: {} } });
      const answer = await eventually(async () => {
        const seen = await agent.call("management_execute_command", {}, { era });
        return seen.result.isError && seen;
      });
      assertDenied(answer, era, { rule: "(ambiguous alias)", reason_code: "ambiguous_alias" });
      assert.equal((await agent.call("shell_execute", {}, { era })).result.isError, false);
    });
  });
}

test("a notification that the origin may have is forwarded, and answered 202 without a body", async (t) => {
  const { origin, agent } = await setUp(t);
  const answer = await agent.rpc(notification("notifications/initialized"));
  assert.equal(answer.status, 202);
  assert.equal(answer.text, "");
  assert.equal(origin.last.message.method, "notifications/initialized");
});

/** The answer to a call that the first policy allowed, once it is no longer allowed. */
async function refusedCall(agent, era) {
  const answer = await agent.call("shell_execute", {}, { era });
  return answer.result.isError && answer;
}
