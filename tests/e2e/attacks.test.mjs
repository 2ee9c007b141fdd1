// Attacks on a real mcp-django that work where no rule speaks of arguments, and what the preset's developer policy makes of them.
import assert from "node:assert/strict";
import { access, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { shop as shopFolder } from "../../scripts/lib/paths.mjs";
import { startShop } from "../../scripts/lib/shop.mjs";
import { ALLOW_ALL, startGateway } from "./support/gateway.mjs";
import { ERAS, initialize, notification, request } from "./support/message.mjs";
import { eventually } from "./support/patience.mjs";
import { assertDenial, assertDenied, assertError, assertUnknownTool } from "./support/refusal.mjs";

const COMMAND = "management_execute_command";
const SECRET = "example-only-not-a-secret";
const DEVELOPER = await readFile(new URL("../../presets/mcp-django/developer.json", import.meta.url), "utf8");
const CATALOGUE = JSON.parse(await readFile(new URL("../../presets/mcp-django/catalogue.json", import.meta.url), "utf8"));

const unfit = { rule: `/tools/${COMMAND}/arguments`, reason_code: "arguments_do_not_fit" };
const noSuchSetting = { rule: "/tools/project_get_setting/require/0", reason_code: "condition_not_met" };
const noSuchResource = { rule: "/resources/django:~1~1project~1setting~1{key}/require/0", reason_code: "condition_not_met" };

/** What is called, what shows that it has worked, and the denial. */
const CALLS = {
  "Python by options": [COMMAND, { command: "shell", options: { command: "print(6 * 7)" } }, /42/, unfit],
  "Python by args": [COMMAND, { command: "shell", args: ["-c", "print(6 * 7)"] }, /42/, unfit],
  "Python by a flag with its value": [COMMAND, { command: "shell", args: ["--command=print(6 * 7)"] }, /42/, unfit],
  "Python by an abbreviated flag": [COMMAND, { command: "shell", args: ["--comm=print(6 * 7)"] }, /42/, unfit],
  "diffsettings": [COMMAND, { command: "diffsettings" }, new RegExp(SECRET), unfit],
  "SECRET_KEY through the tool": ["project_get_setting", { key: "SECRET_KEY" }, new RegExp(SECRET), noSuchSetting],
  "DATABASES through the tool": ["project_get_setting", { key: "DATABASES" }, /ENGINE/, noSuchSetting],
};

/** What is read, and what shows that it has worked. */
const READS = {
  "SECRET_KEY through the resource": ["django://project/setting/SECRET_KEY", new RegExp(SECRET)],
  "SECRET_KEY, an escape for the underscore": ["django://project/setting/SECRET%5FKEY", new RegExp(SECRET)],
  "SECRET_KEY, an escape for a letter": ["django://project/setting/%53ECRET_KEY", new RegExp(SECRET)],
  "DATABASES through the resource": ["django://project/setting/DATABASES", /ENGINE/],
};

/** Calls that end the origin's process. */
const KILLS = {
  "check --help": { command: "check", args: ["--help"] },
  "check --version": { command: "check", args: ["--version"] },
  "showmigrations of no app": { command: "showmigrations", args: ["no_such_app"] },
};

const [gateway, shop] = await Promise.all([startGateway(), startShop()]);
after(() => Promise.all([gateway.stop(), shop.stop()]));

const { agent: open } = await register(ALLOW_ALL);
const { agent: shut } = await register(DEVELOPER);

for (const era of ERAS) {
  describe(`Calls, ${era}`, () => {
    for (const [what, [tool, args, works, denial]] of Object.entries(CALLS)) {
      test(`${what}: works where no rule looks at arguments, and is denied by the developer policy`, async () => {
        assert.match((await call(open, era, tool, args)).text, works);
        const refused = await call(shut, era, tool, args);
        assertDenied(refused, era, denial);
        assert.doesNotMatch(refused.text, new RegExp(SECRET));
      });
    }
  });

  describe(`Reads, ${era}`, () => {
    for (const [what, [uri, works]] of Object.entries(READS)) {
      test(`${what}: works, and is denied`, async () => {
        const read = async (agent) => agent.rpc(request("resources/read", { uri }), { era, session: await begin(agent, era) });
        assert.match((await read(open)).text, works);
        const error = assertError(await read(shut), { status: 200, code: 4030 });
        assertDenial(error.data, noSuchResource);
      });
    }
  });

  describe(`The shell's history, ${era}`, () => {
    test("what one agent has run another exports, and clears; the developer policy hides all three tools", async () => {
      const { agent: other } = await register(ALLOW_ALL);
      const mark = `mark_${era} = 6 * 7`;
      await call(open, era, "shell_execute", { code: mark });
      assert.match((await call(other, era, "shell_export_history", {})).text, new RegExp(`mark_${era}`));
      for (const [tool, args] of [["shell_execute", { code: "1" }], ["shell_export_history", {}], ["shell_clear_history", {}]]) {
        assertUnknownTool(await call(shut, era, tool, args), era, tool);
      }
      assert.match((await call(other, era, "shell_export_history", {})).text, new RegExp(`mark_${era}`), "a hidden clear_history cleared it");
      await call(other, era, "shell_clear_history", {});
      assert.doesNotMatch((await call(open, era, "shell_export_history", {})).text, new RegExp(`mark_${era}`));
    });

    test("export_history writes a file where `../` leads", async (t) => {
      const file = path.join(tmpdir(), `tollgate-attack-${process.pid}-${era}`);
      t.after(() => rm(`${file}.py`, { force: true }));
      const filename = path.relative(shopFolder, file);
      assertUnknownTool(await call(shut, era, "shell_export_history", { filename }), era, "shell_export_history");
      await assert.rejects(access(`${file}.py`), "the refused call has written");
      await call(open, era, "shell_execute", { code: "planted = True" });
      await call(open, era, "shell_export_history", { filename });
      assert.match(await readFile(`${file}.py`, "utf8"), /planted/);
    });
  });

  describe(`Ending the origin, ${era}`, () => {
    for (const [what, args] of Object.entries(KILLS)) {
      test(`${what}: ends its process, and is denied`, async (t) => {
        const victim = await startShop();
        t.after(() => victim.stop());
        const { agent } = await register(ALLOW_ALL, victim);
        await call(agent, era, COMMAND, args).catch(() => {});
        assert.ok(await Promise.race([victim.ended.then(() => true), eventually(() => false, { within: 15_000 }).catch(() => false)]), "it lives on");
        assertDenied(await call(shut, era, COMMAND, args), era, unfit);
        assert.match((await call(open, era, COMMAND, { command: "check" })).text, /no issues/, "the origin of the denied call is gone");
      });
    }
  });

  test(`The developer policy lets its own work through, ${era}`, async () => {
    for (const args of [{ command: "check" }, { command: "check", args: ["--deploy"] }, { command: "showmigrations", args: ["--plan"] }, { command: "sqlmigrate", args: ["shop", "0001"] }]) {
      const { result, text } = await call(shut, era, COMMAND, args);
      assert.equal(result.isError, false, text);
      assert.equal(result.structuredContent.status, "success", text);
    }
    assert.equal((await call(shut, era, "project_get_setting", { key: "DEBUG" })).result.isError, false);
  });

  test(`Lists show what the developer policy lets use, and nothing else, ${era}`, async () => {
    const session = await begin(shut, era);
    const names = async (list, kind, key) => (await shut.list(list, { era, session })).result[kind].map((item) => item[key]);
    const tools = CATALOGUE.tools.map(({ name }) => name).filter((name) => !name.startsWith("shell_"));
    assert.deepEqual((await names("tools", "tools", "name")).sort(), tools.sort());
    assert.deepEqual(await names("resources", "resources", "uri"), CATALOGUE.resources.map(({ uri }) => uri));
    assert.deepEqual((await names("resources/templates", "resourceTemplates", "uriTemplate")).sort(), CATALOGUE.resourceTemplates.map(({ uriTemplate }) => uriTemplate).sort());
  });
}

test("The preset's catalogue is what mcp-django offers", async () => {
  const session = await begin(open, "legacy");
  const live = (await open.list("tools", { session })).result.tools.map(({ name, annotations, inputSchema }) => ({ name, annotations, inputSchema }));
  const written = CATALOGUE.tools.map(({ name, annotations, inputSchema }) => ({ name, annotations, inputSchema }));
  const byName = (one, other) => (one.name < other.name ? -1 : 1);
  assert.deepEqual(written.sort(byName), live.sort(byName));
  const resources = (await open.list("resources", { session })).result.resources.map(({ uri }) => uri);
  assert.deepEqual(CATALOGUE.resources.map(({ uri }) => uri), resources);
  const templates = (await open.list("resources/templates", { session })).result.resourceTemplates.map(({ uriTemplate }) => uriTemplate);
  assert.deepEqual(CATALOGUE.resourceTemplates.map(({ uriTemplate }) => uriTemplate), templates);
});

function register(policy, origin = shop) {
  return gateway.register({ origin, server: { preset: "mcp-django" }, policy });
}

async function call(agent, era, tool, args) {
  return agent.call(tool, args, { era, session: await begin(agent, era) });
}

/** A session, where the era has sessions. */
async function begin(agent, era) {
  if (era === "modern") return undefined;
  const session = (await agent.rpc(initialize())).headers["mcp-session-id"];
  await agent.rpc(notification("notifications/initialized"), { session });
  return session;
}
