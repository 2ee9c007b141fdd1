// Attacks on a real mcp-django that leave something behind. Each is tried under the developer policy first, which must leave
// nothing, and then where no rule looks at arguments.
import assert from "node:assert/strict";
import { access, readFile, writeFile } from "node:fs/promises";
import { after, describe, test } from "node:test";
import { run } from "../../scripts/lib/processes.mjs";
import { agentsBefore, asCommand, assertShut, call, COMMAND, command, startVictim } from "./support/attack.mjs";
import { startGateway } from "./support/gateway.mjs";
import { ERAS } from "./support/message.mjs";

const gateway = await startGateway();
after(() => gateway.stop());

/** dbshell starts the program that belongs to the database; without it, it fails. */
const sqlite = await run(null, "sqlite3", ["--version"]).then(() => true, () => false);

for (const era of ERAS) {
  describe(`Attacks that write, ${era}`, async () => {
    const victim = await startVictim();
    after(() => victim.stop());
    const { open, shut } = await agentsBefore(gateway, victim);

    const isThere = (...names) => () => access(victim.place(...names)).then(() => true, () => false);
    /** How many customers there are; null where there is no table for them. */
    const customers = async () => {
      const { status, stdout } = await command(open, era, "dumpdata", "shop.customer");
      return status === "success" ? JSON.parse(stdout).length : null;
    };

    const tries = (what, tool, args, happened, options = {}) =>
      test(what, options, async () => {
        assert.equal(await happened(), false, "nothing has happened yet");
        assertShut(await call(shut, era, tool, args), era, tool);
        assert.equal(await happened(), false, "the denied call has done it");
        await call(open, era, tool, args);
        assert.equal(await happened(), true, "the attack works no more");
      });
    const runs = (what, args, happened, options) => tries(what, COMMAND, asCommand(args), happened, options);

    // They build on one another, in this order.
    runs("any program of the origin's machine, by dbshell", ["dbshell", "--", "-cmd", `.shell touch ${victim.place("touched")}`], isThere("touched"), {
      skip: sqlite ? false : "sqlite3 is not installed here",
    });
    test("a module with something to do is in the project", () =>
      writeFile(victim.place("planted.py"), 'open("imported", "w").close()\n'));
    runs("any module, by diffsettings --default", ["diffsettings", "--default=planted"], isThere("imported"));
    runs("an administrator, by createsuperuser", ["createsuperuser", "--noinput", "--username=planted", "--email=planted@example.com"], async () =>
      /planted@example\.com/.test((await command(open, era, "dumpdata", "auth.user")).stdout));
    runs("rows into a file, by dumpdata", ["dumpdata", "shop.customer", "--output=customers.json"], isThere("customers.json"));
    runs("an empty database, by flush", ["flush", "--noinput"], async () => (await customers()) === 0);
    runs("rows from a file, by loaddata", ["loaddata", "customers.json"], async () => (await customers()) > 0);
    runs("no table at all, by migrate", ["migrate", "shop", "zero"], async () => (await customers()) === null);
    runs("code, by startapp", ["startapp", "started"], isThere("started", "models.py"));
    runs("code among the migrations, by makemigrations", ["makemigrations", "shop", "--empty", "--name=planted"], isThere("shop", "migrations", "0003_planted.py"));

    test("the shell has a history", () => call(open, era, "shell_execute", { code: "planted = True" }));
    tries("a file beside the project, by export_history", "shell_export_history", { filename: "../beside" }, isThere("..", "beside.py"));
    tries("the project's own code, by export_history", "shell_export_history", { filename: "shop/views" }, async () =>
      /planted = True/.test(await readFile(victim.place("shop", "views.py"), "utf8")));
  });
}
