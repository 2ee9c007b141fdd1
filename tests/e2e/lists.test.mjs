// Lists show exactly what the same grant could use, in JSON and in streams, and are otherwise as the origin wrote them.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { PROMPTS, RESOURCES, TEMPLATES, TOOLS } from "./support/catalogue.mjs";
import { ALLOW_ALL, DENY_ALL, SEED, startGateway } from "./support/gateway.mjs";
import { ERAS, initialize, MODERN, notification, request } from "./support/message.mjs";
import { DIE, event, json, sse, startOrigin } from "./support/origin.mjs";
import { assertError } from "./support/refusal.mjs";

const PRESET = { preset: "mcp-django" };
const NAMES = TOOLS.map((tool) => tool.name);
/** Allows the first, the third and the fifth tool of the fixture. */
const SOME = {
  version: "1",
  default: "deny",
  hide: ["shell_export_*"],
  tools: {
    execute_command: { rate_limit: { max: 1, window: 60 } },
    project_get_setting: {},
    project_list_apps: { action: "deny" },
    shell_execute: {},
    shell_export_history: {},
    not_offered: {},
  },
};
const SHOWN = ["management_execute_command", "project_get_setting", "shell_execute"];

const gateway = await startGateway();
after(() => gateway.stop());

async function setUp(t, policy = SOME) {
  const origin = await startOrigin(t);
  return { origin, ...(await gateway.register({ origin, server: PRESET, policy })) };
}

const namesOf = (answer) => answer.result.tools.map((tool) => tool.name);

/** A `tools/list` result of the fixture's tools, as a response to that request. */
const listed = (sent, more = {}) => ({ jsonrpc: "2.0", id: sent.id, result: { tools: TOOLS, ...more } });

for (const era of ERAS) {
  // The fixture answers legacy lists as streams and modern ones as JSON; what a script says holds in both.
  describe(`tools/list, ${era}`, { concurrency: true }, () => {
    test("«Lists show exactly what the same grant could use», under live names, in the origin's order", async (t) => {
      const { agent } = await setUp(t);
      assert.deepEqual(namesOf(await agent.list("tools", { era })), SHOWN);
      for (const name of NAMES) {
        const { isError } = (await agent.call(name, {}, { era })).result;
        assert.equal(isError, !SHOWN.includes(name), name);
      }
      assert.deepEqual(namesOf(await agent.list("tools", { era })), SHOWN, "a tool over its limit is shown");
    });

    test("the seed's policy shows the one tool that it names, `default: allow` shows all, `default: deny` none", async (t) => {
      const cases = [[SEED, ["management_execute_command"]], [ALLOW_ALL, NAMES], [DENY_ALL, []]];
      for (const [policy, expected] of cases) {
        const { agent } = await setUp(t, policy);
        assert.deepEqual(namesOf(await agent.list("tools", { era })), expected);
      }
    });

    test("«`hide` matches live name and alias»", async (t) => {
      const { agent } = await setUp(t, { version: "1", default: "allow", hide: ["execute*", "project_*"] });
      assert.deepEqual(namesOf(await agent.list("tools", { era })), ["management_list_commands", "shell_export_history"]);
    });

    test("«on every page»: pages keep their cursors, also one with nothing left on it", async (t) => {
      const { origin, agent } = await setUp(t, { version: "1", default: "deny", tools: { shell_execute: {} } });
      origin.pageSize = 2;
      const pages = [];
      let cursor;
      do {
        const answer = await agent.list("tools", { era }, cursor === undefined ? {} : { cursor });
        pages.push(namesOf(answer));
        cursor = answer.result.nextCursor;
      } while (cursor !== undefined);
      assert.deepEqual(pages, [[], [], ["shell_execute"]]);
    });

    test("«order, `nextCursor`, `_meta`, `ttlMs` and unknown fields stay; `cacheScope` becomes `private`»", async (t) => {
      const { origin, agent } = await setUp(t);
      const extras = { nextCursor: "", _meta: { a: 1 }, ttlMs: 60000, unheardOf: [{}], cacheScope: "public" };
      for (const [policy, kept] of [[SOME, SHOWN], [ALLOW_ALL, NAMES]]) {
        const { agent: reader } = policy === SOME ? { agent } : await gateway.register({ origin, policy });
        const sent = request("tools/list");
        origin.next("tools/list", json(listed(sent, extras)));
        const { result } = await reader.rpc(sent, { era });
        assert.deepEqual(result, {
          tools: TOOLS.filter((tool) => kept.includes(tool.name)),
          ...extras,
          cacheScope: "private",
        });
      }
    });

    test("«by editing the value»: numbers of what is kept stay as they are spelled", async (t) => {
      const { origin, agent } = await setUp(t);
      const schema = '{"type":"object","properties":{"n":{"minimum":1.50,"maximum":12345678901234567890,"multipleOf":1e-7}}}';
      const sent = request("tools/list");
      const tools = `[{"name":"shell_\\u0065xecute","description":"\\ud83d\\ude00","inputSchema":${schema}},{"name":"project_list_apps"}]`;
      origin.next("tools/list", json(`{"jsonrpc":"2.0","id":${sent.id},"result":{"tools":${tools}}}`));
      const answer = await agent.rpc(sent, { era });
      assert.deepEqual(namesOf(answer), ["shell_execute"]);
      assert.equal(answer.result.tools[0].description, "😀");
      assert.ok(answer.text.includes("12345678901234567890"), answer.text);
      assert.ok(answer.text.includes("1.50"), answer.text);
      assert.match(answer.text, /1e-0?7/);
    });

    test("the id of the answer is the request's, by value and type", async (t) => {
      const { agent } = await setUp(t);
      for (const id of ["7", 7, "a\"b"]) {
        assert.strictEqual((await agent.rpc({ ...request("tools/list"), id }, { era })).message.id, id);
      }
    });

    const spellings = {
      "as mcp-django writes it": (text) => [`event: message\r\ndata: ${text}\r\n\r\n`],
      "LF": (text) => [`event: message\ndata: ${text}\n\n`],
      "CR": (text) => [`event: message\rdata: ${text}\r\r`],
      "no event field, no space": (text) => [`data:${text}\n\n`],
      "fields and comments around": (text) => [`: hello\nid: 1\nretry: 10\nunknown\ndata: ${text}\nevent: message\n\n: bye\n\n`],
      "a BOM": (text) => [`\uFEFFevent: message\r\ndata: ${text}\r\n\r\n`],
      "several `data:` lines": (text) => [`event: message\r\n${text.split(/(?<=,)/).map((line) => `data: ${line}\r\n`).join("")}\r\n`],
      "a priming event before": (text) => [`id: 1\r\ndata: \r\n\r\nevent: message\r\ndata: ${text}\r\n\r\n`],
      "«UTF-8 split across chunks», and CR from LF": (text) => {
        const all = Buffer.from(`event: message\r\ndata: ${text}\r\n\r\n`);
        const cuts = [10, 15, all.indexOf("ü") + 1, all.indexOf("–") + 2, all.length - 3, all.length - 2, all.length - 1];
        const bounds = [0, ...cuts.sort((a, b) => a - b), all.length];
        return bounds.slice(1).flatMap((end, n) => [all.subarray(bounds[n], end), 15]);
      },
      "an event before and an unterminated one behind": (text) => [
        event(notification("notifications/message", { level: "info", data: "ü" })),
        `event: message\r\ndata: ${text}\r\n\r\n`,
        `event: message\r\ndata: ${text.replace(/"id":[^,]+/, '"id":"unterminated"')}`,
      ],
    };
    for (const [what, written] of Object.entries(spellings)) {
      test(`«Parse events by the WHATWG grammar»: a list in a stream is filtered, ${what}`, async (t) => {
        const { origin, agent } = await setUp(t);
        const sent = request("tools/list");
        origin.next("tools/list", sse(written(JSON.stringify(listed(sent)))));
        const answer = await agent.rpc(sent, { era });
        assert.deepEqual(answer.result.tools, TOOLS.filter((tool) => SHOWN.includes(tool.name)));
        assert.doesNotMatch(answer.text, /shell_export_history|unterminated/);
      });
    }

    const unreadable = {
      "no JSON": (text) => json(text.slice(0, -1)),
      "a duplicate key": (text) => json(text.replace('"name":"shell_exp', '"name":"shell_execute","name":"shell_exp')),
      "two lists": (text) => json(text.replace('"result":{', '"result":{"tools":[],')),
      "tools that are no array": (text) => json(text.replace(/"tools":\[.*\]/, '"tools":{"0":{"name":"shell_export_history"}}')),
      "tools without names": (text) => json(text.replace('"name":"shell_export_history"', '"nom":"shell_export_history"')),
      "a batch": (text) => json(`[${text}]`),
      "no JSON in a stream": (text) => sse(event(text.slice(0, -1))),
      "bytes outside UTF-8": (text) => json(Buffer.from(text.replace("–", "\u00ff"), "latin1")),
      // Issue 3: an origin that «dies in mid-event … always one well-formed answer to the agent».
      "a stream that ends before its event does": (text) => sse(`data: ${text}`),
      "a stream that dies": (text) => sse([`event: message\r\ndata: ${text.slice(0, 200)}`, DIE]),
      // Issue 3: «Body and content type may disagree».
      "plain text": () => ({ status: 200, headers: { "content-type": "text/plain" }, chunks: ["shell_export_history"] }),
      "result and error at once": (text) => json(text.replace(/}$/, ',"error":{"code":1,"message":"shell_export_history"}}')),
      "the answer to another request": (text) => json(text.replace(/"id":[^,]+/, '"id":"another"')),
    };
    for (const [what, script] of Object.entries(unreadable)) {
      test(`«A list that cannot be parsed is not passed on»: ${what}`, async (t) => {
        const { origin, agent } = await setUp(t);
        const sent = request("tools/list");
        origin.next("tools/list", script(JSON.stringify(listed(sent))));
        const answer = await agent.rpc(sent, { era });
        assert.doesNotMatch(answer.text, /shell_export_history|inputSchema/);
        // Over a stream the head is out before the fault is seen.
        assertError(answer, { status: answer.isStream ? 200 : 502, code: -32603, id: sent.id });
      });
    }

    test("the origin's own error to a list comes through", async (t) => {
      const { origin, agent } = await setUp(t);
      const sent = request("tools/list", { cursor: "nonsense" });
      const error = { code: -32602, message: "Invalid cursor" };
      origin.next("tools/list", json({ jsonrpc: "2.0", id: sent.id, error }, { status: era === "modern" ? 400 : 200 }));
      assert.deepEqual((await agent.rpc(sent, { era })).message.error, error);
    });
  });

  describe(`The other lists, ${era}`, { concurrency: true }, () => {
    const read = async (agent) => ({
      prompts: (await agent.list("prompts", { era })).result.prompts,
      resources: (await agent.list("resources", { era })).result.resources,
      resourceTemplates: (await agent.list("resources/templates", { era })).result.resourceTemplates,
    });

    test("«follow the policy's `default`»: allow shows all", async (t) => {
      const { agent } = await setUp(t, ALLOW_ALL);
      assert.deepEqual(await read(agent), { prompts: PROMPTS, resources: RESOURCES, resourceTemplates: TEMPLATES });
    });

    test("«follow the policy's `default`»: deny shows none", async (t) => {
      const { agent } = await setUp(t, SEED);
      assert.deepEqual(await read(agent), { prompts: [], resources: [], resourceTemplates: [] });
    });

    test("«`hide`: names or * globs of tools and prompts»: hidden prompts are left out, resources are not hidden so", async (t) => {
      const { agent } = await setUp(t, { version: "1", default: "allow", hide: ["draft_*", "apps", "django*"] });
      const [review] = PROMPTS;
      assert.deepEqual(await read(agent), { prompts: [review], resources: RESOURCES, resourceTemplates: TEMPLATES });
    });
  });
}

test("the handshake and `server/discover` are no lists: they pass with what the origin says of itself", async (t) => {
  const { agent } = await setUp(t, SEED);
  const hello = await agent.rpc(initialize());
  assert.equal(hello.result.serverInfo.name, "fixture");
  const found = await agent.rpc(request("server/discover"), { era: "modern" });
  assert.deepEqual(found.result.supportedVersions, [MODERN]);
});
