// Attacks on a real mcp-django that work where no rule looks at arguments, and what the preset's developer policy makes of
// them: what runs Python and what gives out secrets. What leaves damage behind is in attacks-write and attacks-end.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { after, describe, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { agentsBefore, assertShut, call, COMMAND, SECRETS, sessionOf, startVictim } from "./support/attack.mjs";
import { startGateway } from "./support/gateway.mjs";
import { ERAS, request } from "./support/message.mjs";
import { assertDenial, assertDenied, assertError } from "./support/refusal.mjs";

const CATALOGUE = JSON.parse(await readFile(inRoot("presets", "mcp-django", "catalogue.json"), "utf8"));
const SETTING = "django://project/setting/{key}";

/** Python whose output stands in no answer by chance, nor in itself. */
const PYTHON = "print('py' + 3 * 'thon')";
const RAN = /pythonthonthon/;

/** Commands, and what shows that they have worked. */
const COMMANDS = {
  "Python by options": [{ command: "shell", options: { command: PYTHON } }, RAN],
  "Python by args": [{ command: "shell", args: ["-c", PYTHON] }, RAN],
  "Python glued to its flag": [{ command: "shell", args: [`-c${PYTHON}`] }, RAN],
  "Python by the long flag": [{ command: "shell", args: [`--command=${PYTHON}`] }, RAN],
  "Python by an abbreviated flag": [{ command: "shell", args: [`--comm=${PYTHON}`] }, RAN],
  "Python behind a harmless flag": [{ command: "shell", args: ["-v0", "-c", PYTHON] }, RAN],
  "Secrets by diffsettings": [{ command: "diffsettings" }, new RegExp(SECRETS.SECRET_KEY)],
  "Customers by dumpdata": [{ command: "dumpdata", args: ["shop.customer"] }, /ada@example\.com/],
};

/** URIs, and the secret that they give out. */
const READS = {
  ...Object.fromEntries(Object.keys(SECRETS).map((key) => [`django://project/setting/${key}`, SECRETS[key]])),
  "django://project/setting/SECRET%5FKEY": SECRETS.SECRET_KEY,
  "django://project/setting/%53ECRET_KEY": SECRETS.SECRET_KEY,
};

const [gateway, victim] = await Promise.all([startGateway(), startVictim()]);
after(() => Promise.all([gateway.stop(), victim.stop()]));

const { open, shut } = await agentsBefore(gateway, victim);

for (const era of ERAS) {
  describe(`Works where no rule looks at arguments, and is denied by the developer policy, ${era}`, () => {
    for (const [what, [args, works]] of Object.entries(COMMANDS)) {
      test(what, async () => {
        assert.match((await call(open, era, COMMAND, args)).text, works);
        const refused = await call(shut, era, COMMAND, args);
        assertShut(refused, era, COMMAND);
        assert.doesNotMatch(refused.text, works);
      });
    }

    for (const [key, secret] of Object.entries(SECRETS)) {
      test(`${key} through the tool`, async () => {
        assert.match((await call(open, era, "project_get_setting", { key })).text, new RegExp(secret));
        const refused = await call(shut, era, "project_get_setting", { key });
        assertDenied(refused, era, { rule: "/tools/project_get_setting/require/0", reason_code: "condition_not_met" });
        assert.doesNotMatch(refused.text, new RegExp(secret));
      });
    }

    for (const [uri, secret] of Object.entries(READS)) {
      test(uri, async () => {
        const read = async (agent) => agent.rpc(request("resources/read", { uri }), { era, session: await sessionOf(agent, era) });
        assert.match((await read(open)).text, new RegExp(secret));
        const error = assertError(await read(shut), { status: 200, code: 4030 });
        assertDenial(error.data, { rule: `/resources/${SETTING.replaceAll("/", "~1")}/require/0`, reason_code: "condition_not_met" });
      });
    }

    test("The shell's history: what one agent has run another reads and clears", async () => {
      const { open: other } = await agentsBefore(gateway, victim);
      const mark = new RegExp(`mark_${era}`);
      const exported = async (agent) => (await call(agent, era, "shell_export_history", {})).text;
      await call(open, era, "shell_execute", { code: `mark_${era} = 6 * 7` });
      assert.match(await exported(other), mark);
      for (const [tool, args] of [["shell_execute", { code: "1" }], ["shell_export_history", {}], ["shell_clear_history", {}]]) {
        assertShut(await call(shut, era, tool, args), era, tool);
      }
      assert.match(await exported(other), mark, "what the policy hides has cleared it");
      await call(other, era, "shell_clear_history", {});
      assert.doesNotMatch(await exported(open), mark);
    });
  });

  test(`A slug that climbs out of its URL, ${era}`, async (t) => {
    const asked = await packagesHere(t);
    for (const [tool, folder] of [["djangopackages_get_package", "packages"], ["djangopackages_get_grid", "grids"]]) {
      for (const slug of ["../../../accounts/login", "x?format=api#"]) {
        const refused = await call(shut, era, tool, { slug });
        assertDenied(refused, era, { rule: `/tools/${tool}/require/0`, reason_code: "condition_not_met" });
      }
      assert.deepEqual(asked.splice(0), [], "a refused slug was asked for");
      await call(open, era, tool, { slug: "../../../accounts/login" });
      await call(open, era, tool, { slug: "x?format=api#" });
      await call(shut, era, tool, { slug: "django-ninja" });
      assert.deepEqual(asked.splice(0), ["/accounts/login/", `/api/v3/${folder}/x?format=api`, `/api/v3/${folder}/django-ninja/`]);
    }
  });

  test(`What is open works, ${era}`, async () => {
    const commands = [
      ["check"], ["check", "--deploy"], ["check", "shop", "--tag=models", "--fail-level=CRITICAL"], ["check", "--list-tags"],
      ["showmigrations", "--plan"], ["showmigrations", "--list"],
      ["sqlmigrate", "shop", "0001"], ["sqlmigrate", "shop", "0001", "--backwards"],
    ];
    // Ten commands in all, which is what a grant may run in a minute.
    const { shut: fresh } = await agentsBefore(gateway, victim);
    for (const [name, ...args] of commands) {
      const { result, text } = await call(fresh, era, COMMAND, { command: name, args });
      assert.equal(result.structuredContent?.status, "success", text);
    }
    // No app, no migration, no tag of that name: the origin says so, and lives on.
    for (const [name, ...args] of [["check", "no_such_app", "--tag=no_such_tag"], ["sqlmigrate", "no_such_app", "0001"]]) {
      const { result, text } = await call(fresh, era, COMMAND, { command: name, args });
      assert.equal(result.structuredContent?.status, "error", text);
    }
    assert.equal((await call(shut, era, "project_get_setting", { key: "DEBUG" })).result.isError, false);
    const uri = "django://project/setting/DEB%55G";
    const read = await shut.rpc(request("resources/read", { uri }), { era, session: await sessionOf(shut, era) });
    assert.match(read.text, /DEBUG/);
  });

  test(`Lists show what the developer policy lets use, and nothing else, ${era}`, async () => {
    const session = await sessionOf(shut, era);
    const names = async (list, kind, key) => (await shut.list(list, { era, session })).result[kind].map((item) => item[key]).sort();
    const written = (kind, key) => CATALOGUE[kind].map((item) => item[key]).sort();
    assert.deepEqual(await names("tools", "tools", "name"), written("tools", "name").filter((name) => !name.startsWith("shell_")));
    assert.deepEqual(await names("resources", "resources", "uri"), written("resources", "uri"));
    assert.deepEqual(await names("resources/templates", "resourceTemplates", "uriTemplate"), written("resourceTemplates", "uriTemplate"));
  });
}

test("The preset's catalogue is what mcp-django offers", async () => {
  const session = await open.begin();
  const byName = (one, other) => (one.name < other.name ? -1 : 1);
  const shown = (tools) => tools.map(({ name, annotations, inputSchema }) => ({ name, annotations, inputSchema })).sort(byName);
  assert.deepEqual(shown(CATALOGUE.tools), shown((await open.list("tools", { session })).result.tools));
  const resources = (await open.list("resources", { session })).result.resources.map(({ uri }) => uri);
  assert.deepEqual(CATALOGUE.resources.map(({ uri }) => uri), resources);
  const templates = (await open.list("resources/templates", { session })).result.resourceTemplates.map(({ uriTemplate }) => uriTemplate);
  assert.deepEqual(CATALOGUE.resourceTemplates.map(({ uriTemplate }) => uriTemplate), templates);
});

/** Has the victim look for djangopackages.org on this machine; gives what it asks for, as it comes. */
async function packagesHere(t) {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const code = `import os
from mcp_django.packages.client import DjangoPackagesClient
DjangoPackagesClient.BASE_URL_V3 = "http://127.0.0.1:${server.address().port}/api/v3"
os.environ["NO_PROXY"] = "127.0.0.1"`;
  const { result, text } = await call(open, "modern", "shell_execute", { code });
  assert.equal(result.isError, false, text);
  return asked;
}
