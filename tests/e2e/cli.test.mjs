// The command line on the real thing: it scans a real mcp-django, and what it writes governs it through the gateway.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { startShop } from "../../scripts/lib/shop.mjs";
import { commandLine } from "./support/cli.mjs";
import { SEED, startGateway } from "./support/gateway.mjs";
import { ERAS, LEGACY, MODERN } from "./support/message.mjs";

const folder = await mkdtemp(path.join(tmpdir(), "tollgate-cli-"));
const [gateway, shop] = await Promise.all([startGateway(), startShop()]);
after(() => Promise.all([gateway.stop(), shop.stop(), rm(folder, { recursive: true, force: true })]));

const command = await commandLine(folder);
const tollgate = (...args) => command(args);

const FOUND = {
  djangopackages_get_grid: "Read, Low",
  djangopackages_get_package: "Read, Low",
  djangopackages_search: "Read, Low",
  management_execute_command: "Execute, High",
  management_list_commands: "Read, Low",
  project_get_project_info: "Read, Low",
  project_list_apps: "Read, Low",
  project_list_models: "Read, Low",
  project_list_routes: "Read, Low",
  project_get_setting: "Read, High",
  shell_execute: "Execute, High",
  shell_export_history: "Write, High",
  shell_clear_history: "Destructive, Critical",
};

for (const era of ERAS) {
  describe(`Before mcp-django, ${era}`, () => {
    const policy = `${era}.json`;
    const catalogue = `${era}.catalogue.json`;

    test("scan finds all it offers, and says how dangerous each is", async () => {
      const { status, said } = await tollgate("scan", shop.url, "--era", era, "--out", policy, "--catalogue-out", catalogue);
      assert.equal(status, 0);
      assert.equal(said.revision, era === "modern" ? MODERN : LEGACY);
      assert.deepEqual(Object.fromEntries(said.tools.map(({ name, category, risk }) => [name, `${category}, ${risk}`])), FOUND);
      const setting = said.resourceTemplates.find(({ name }) => name === "django://project/setting/{key}");
      assert.deepEqual([setting.category, setting.risk], ["Read", "High"]);
      assert.deepEqual([said.resources.length, said.resourceTemplates.length, said.prompts.length], [2, 7, 0]);
      assert.deepEqual(said.dropped, []);
    });

    test("check is told the same by the server as by the catalogue that scan wrote", async () => {
      const asked = await tollgate("check", policy, "--server", shop.url, "--era", era);
      const read = await tollgate("check", policy, "--catalogue", catalogue);
      assert.deepEqual(asked, read);
      assert.equal(asked.status, 0);
      assert.deepEqual(asked.said.warnings.map(({ pointer }) => pointer), ["/tools/management_execute_command", "/tools/shell_execute"]);
    });

    test("the gateway takes the policy, and under it nothing gives out a secret", async () => {
      const { agent } = await gateway.register({ origin: shop, policy: await readFile(path.join(folder, policy), "utf8") });
      const session = era === "legacy" ? await agent.begin() : undefined;
      const listed = await agent.list("tools", { era, session });
      const names = listed.result.tools.map(({ name }) => name);
      assert.deepEqual(names, Object.keys(FOUND).filter((name) => !["project_get_setting", "shell_clear_history"].includes(name)));
      const refused = await agent.call("project_get_setting", { key: "SECRET_KEY" }, { era, session });
      assert.equal(refused.result.isError, true);
      assert.match(refused.result.content[0].text, /It may expose secrets/);
      const allowed = await agent.call("project_list_apps", {}, { era, session });
      assert.equal(allowed.result.isError, false);
    });
  });
}

test("the seed's policy matches nothing on a live mcp-django without its preset, and check says so", async () => {
  const seed = inRoot("presets", "mcp-django", "seed.json");
  assert.equal((await readFile(seed, "utf8")).trimEnd(), SEED);
  const without = await tollgate("check", seed, "--server", shop.url);
  assert.match(without.said.warnings[0].message, /matches no tool of the server; did you mean "management_execute_command"/);
  const within = await tollgate("check", seed, "--server", shop.url, "--preset", "mcp-django");
  assert.deepEqual(within.said.warnings.map(({ message }) => message.includes("can run code")), [true]);
});

test("what explain says of a call is what the gateway does with it", async () => {
  const policy = { version: "1", default: "deny", tools: { execute_command: { require: [{ path: "args.command", op: "in", value: ["check"] }] } } };
  const { agent } = await gateway.register({ origin: shop, server: { preset: "mcp-django" }, policy });
  await writeFile(path.join(folder, "explained.json"), JSON.stringify(policy));
  for (const [command, ruling] of [["check", "allow"], ["shell", "deny"]]) {
    const args = { command };
    const explained = await tollgate(
      "explain", "explained.json", "--preset", "mcp-django", "--tool", "management_execute_command", "--args", JSON.stringify(args),
    );
    assert.equal(explained.said.ruling, ruling);
    const { result } = await agent.call("management_execute_command", args, { era: "modern" });
    assert.equal(result.isError, ruling === "deny", result.content[0].text);
    if (ruling === "deny") {
      const { rule, reason_code } = result._meta["tollgate/denial"];
      assert.deepEqual({ rule, reason_code }, { rule: explained.said.rule, reason_code: explained.said.reason_code });
    }
  }
});
