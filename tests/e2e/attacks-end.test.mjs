// Attacks on a real mcp-django after which it serves nobody. Each is tried under the developer policy first, and then where no
// rule looks at arguments.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { agentsBefore, asCommand, assertShut, call, COMMAND, command, startVictim } from "./support/attack.mjs";
import { startGateway } from "./support/gateway.mjs";
import { ERAS } from "./support/message.mjs";
import { inTime } from "./support/patience.mjs";

const gateway = await startGateway();
after(() => gateway.stop());

/** What ends the origin's process: Django says SystemExit, which mcp-django does not catch. In which eras it is tried, since each costs a start. */
const ENDS = {
  "check --help": [ERAS, COMMAND, asCommand(["check", "--help"])],
  "check --version": [ERAS, COMMAND, asCommand(["check", "--version"])],
  "check --he, abbreviated": [["modern"], COMMAND, asCommand(["check", "--he"])],
  "showmigrations -lh, two flags in one": [["legacy"], COMMAND, asCommand(["showmigrations", "-lh"])],
  "showmigrations of an app that is not there": [ERAS, COMMAND, asCommand(["showmigrations", "no_such_app"])],
  "makemigrations of an app that is not there": [["modern"], COMMAND, asCommand(["makemigrations", "no_such_app"])],
  "raise SystemExit in the shell": [["legacy"], "shell_execute", { code: "raise SystemExit" }],
};

describe("Ends the origin's process", () => {
  for (const [what, [eras, tool, args]] of Object.entries(ENDS)) {
    for (const era of eras) {
      test(`${what}, ${era}`, async (t) => {
        const { victim, open, shut } = await before(t);
        assertShut(await call(shut, era, tool, args), era, tool);
        assert.equal((await command(open, era, "check")).status, "success", "the denied call has ended it");
        await call(open, era, tool, args).catch(() => {});
        await inTime(victim.ended, 30_000, "the attack works no more: it lives on");
      });
    }
  }
});

test("runserver never ends, and no other agent's command is run before it does", async (t) => {
  const era = "modern";
  const { open, shut } = await before(t);
  const args = asCommand(["runserver", "--noreload", "127.0.0.1:0"]);
  assertShut(await call(shut, era, COMMAND, args), era, COMMAND);
  assert.equal((await command(open, era, "check")).status, "success");
  await assert.rejects(call(open, era, COMMAND, args, { timeout: 2_000 }), /no answer/);
  await assert.rejects(call(shut, era, COMMAND, asCommand(["check"]), { timeout: 2_000 }), /no answer/);
  assert.equal((await call(shut, era, "management_list_commands", {})).result.isError, false, "what runs in no thread is answered");
});

async function before(t) {
  const victim = await startVictim();
  t.after(() => victim.stop());
  return { victim, ...(await agentsBefore(gateway, victim)) };
}
