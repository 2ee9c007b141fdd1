// `tollgate approvals` and `tollgate operators` on the real thing: what an agent asks is read, answered and used.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { assertHeld } from "./support/approvals.mjs";
import { ADMIN_TOKEN, startGateway } from "./support/gateway.mjs";
import { peoplesCommandLine } from "./support/cli.mjs";
import { eventually } from "./support/patience.mjs";

const TOOL = "management_execute_command";
const ASK = { version: "1", default: "deny", tools: { [TOOL]: { action: "require_approval", reason: "Migrations are looked at." } } };
const MIGRATE = { command: "migrate", args: ["shop"] };

const gateway = await startGateway();
after(() => gateway.stop());
const as = await peoplesCommandLine(gateway);
const admin = as(ADMIN_TOKEN);

const passes = ({ status, result }) => status === 200 && result?.isError === false;

/** An operator of a name of his own, made by the command line. */
async function operator() {
  const name = gateway.name("ada");
  const { status, stdout, stderr } = await admin.run("operators", "add", name);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^to_[A-Za-z0-9_-]{43}\n$/, "the token alone, so that it may go into a file");
  return { name, ...as(stdout.trim()) };
}

describe("The command line", { concurrency: true }, () => {
  test("an agent's call is held, listed, shown, approved by an operator, and passes once", async (t) => {
    const { agent, server, origin } = await gateway.withOrigin(t, { policy: ASK, grant: { label: "nightly bot" } });
    const ada = await operator();
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    const listed = await eventually(
      async () => (await ada.json("approvals", "list")).approvals.find(({ id }) => id === asked.id),
      { within: 5_000 },
    );
    assert.deepEqual([listed.server, listed.label, listed.name], [server, "nightly bot", TOOL]);
    const table = (await ada.run("approvals", "list")).stdout;
    assert.match(table, /^ID +ASKED BY +WHAT +SERVER +ASKED +STATUS\n/);
    const row = table.split("\n").find((line) => line.startsWith(asked.id));
    assert.match(row, new RegExp(`  nightly bot +${TOOL}  ${server} +less than a minute ago +waits, 1\\d minutes left$`));
    const shown = await ada.run("approvals", "show", asked.url);
    assert.equal(shown.status, 0, shown.stderr);
    assert.ok(shown.stdout.includes(`${TOOL} with\n{\n  "command": "migrate",\n  "args": [\n    "shop"\n  ]\n}\n`), shown.stdout);
    assert.match(shown.stdout, /its author says +Migrations are looked at\./);
    const approved = await ada.run("approvals", "approve", asked.id, "--yes", "--reason", "Seen, go on.");
    assert.equal(approved.status, 0, approved.stderr);
    assert.match(approved.stdout, new RegExp(`^approved: ${TOOL} of nightly bot on ${server} may pass once, until .* UTC \\(1\\d minutes left\\)\\.\n$`));
    assert.match(approved.stderr, /Exactly this would run:/);
    assert.ok(passes(await agent.call(TOOL, MIGRATE)));
    assert.deepEqual(origin.calls(TOOL).map(({ params }) => params.arguments), [MIGRATE]);
    const { status, decision } = await ada.json("approvals", "show", asked.id);
    assert.deepEqual([status, decision.yes, decision.by, decision.reason], ["used", true, ada.name, "Seen, go on."]);
    const again = await ada.run("approvals", "approve", asked.id, "--yes");
    assert.deepEqual([again.status, again.stderr], [1, "error: The gateway answers: it was approved, and the call has passed.\n"]);
  });

  test("a no, with its reason, reaches the agent", async (t) => {
    const { agent, origin } = await gateway.withOrigin(t, { policy: ASK });
    const ada = await operator();
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    const denied = await ada.json("approvals", "deny", asked.id, "--yes", "--reason", "Not on a Friday.");
    assert.deepEqual([denied.status, denied.decision.by], ["denied", ada.name]);
    assertHeld(await agent.call(TOOL, MIGRATE), { status: "denied", words: "Not on a Friday." });
    assert.equal(origin.calls(TOOL).length, 0);
    const { approvals } = await ada.json("approvals", "list", "--grant", agent.id, "--status", "denied");
    assert.deepEqual(approvals.map(({ id }) => id), [asked.id]);
    assert.match((await ada.run("approvals", "list", "--grant", agent.id)).stdout, /denied, 1\d minutes left\n$/);
    assert.deepEqual((await ada.json("approvals", "list", "--grant", agent.id, "--status", "used")).approvals, []);
  });

  test("at a terminal it shows what would run and asks; only a yes is one", async (t) => {
    const { agent, origin } = await gateway.withOrigin(t, { policy: ASK });
    const ada = await operator();
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    for (const typed of ["", "n", "yess", "no"]) {
      const { status, stdout } = await ada.atTerminal(typed, "approvals", "approve", asked.id);
      assert.equal(status, 1, stdout);
      assert.match(stdout, /Exactly this would run:[^]*"migrate"[^]*Approve it once\?.* \[y\/N\] [^]*Nothing was decided\./);
    }
    const { status, stdout } = await ada.run("approvals", "approve", asked.id);
    assert.deepEqual([status, stdout], [2, ""], "nobody sits there");
    assertHeld(await agent.call(TOOL, MIGRATE));
    const yes = await ada.atTerminal("y", "approvals", "approve", asked.id);
    assert.equal(yes.status, 0, yes.stdout);
    assert.match(yes.stdout, /approved:.* may pass once/);
    assert.ok(passes(await agent.call(TOOL, MIGRATE)));
    assert.equal(origin.calls(TOOL).length, 1);
    const over = await ada.atTerminal("y", "approvals", "deny", asked.id);
    assert.equal(over.status, 1);
    assert.doesNotMatch(over.stdout, /\[y\/N\]/, "what is over is not asked about");
  });

  test("what an agent has chosen does nothing to the terminal, and numbers stand as they were sent", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: ASK, grant: { label: "bot" } });
    const ada = await operator();
    const hostile = "\u001b[2J\u001b]8;;https://evil.example\u0007x\u001b]8;;\u0007\r\u009b31m\u202e\u200b\u{e0041}";
    const sent = `{"command":${JSON.stringify(hostile)},"amount":1.0,"big":12345678901234567890123}`;
    const held = await agent.rpc(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"${TOOL}","arguments":${sent}}}`);
    const asked = assertHeld(held);
    const { stdout } = await ada.run("approvals", "show", asked.id);
    assert.match(stdout, /^[\n -~]*$/, "nothing but visible ASCII");
    const command = String.raw`"\u001b[2J\u001b]8;;https://evil.example\u0007x\u001b]8;;\u0007\r\u{9b}31m\u{202e}\u{200b}\u{e0041}"`;
    assert.ok(stdout.includes(`{\n  "command": ${command},\n  "amount": 1.0,\n  "big": 12345678901234567890123\n}`), stdout);
    const json = await ada.run("approvals", "show", asked.id, "--json");
    assert.match(json.stdout, /^[\n -~]*$/);
    assert.ok(json.stdout.includes('"amount":1.0,"big":12345678901234567890123'), json.stdout);
    assert.equal(JSON.parse(json.stdout).arguments.command, hostile);
    const { stdout: atTerminal } = await ada.atTerminal("n", "approvals", "approve", asked.id);
    assert.match(atTerminal.replaceAll(/\u001b\[[0-9;]*m/g, ""), /^[\r\n -~]*$/, "but for our own colours");
  });

  test("a watch prints what waits, and what is asked from then on, once", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: ASK });
    const ada = await operator();
    const ids = [assertHeld(await agent.call(TOOL, { command: "a" })).id];
    const watched = ada.watch(t, "approvals", "list", "--grant", agent.id, "--watch", "--every", "1", "--json");
    const told = () => watched.lines().map((line) => JSON.parse(line).id);
    await eventually(() => told().length === 1, { within: 10_000 });
    ids.push(assertHeld(await agent.call(TOOL, { command: "b" })).id);
    await eventually(() => told().length === 2, { within: 10_000 });
    await ada.json("approvals", "deny", ids[0], "--yes");
    ids.push(assertHeld(await agent.call(TOOL, { command: "c" })).id);
    await eventually(() => told().length === 3, { within: 10_000 });
    assert.deepEqual(told(), ids);
  });

  test("operators are listed and taken out; a token is good for approvals alone, and out at once", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: ASK });
    const ada = await operator();
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    const { operators } = await admin.json("operators", "list");
    assert.ok(Math.abs(Date.parse(operators.find(({ name }) => name === ada.name).created_at) - Date.now()) < 60_000);
    assert.match((await admin.run("operators", "list")).stdout, new RegExp(`^${ada.name} +20`, "m"));
    const twice = await admin.run("operators", "add", ada.name);
    assert.equal(twice.status, 1);
    assert.match(twice.stderr, /there is an operator `.*` already/);
    const other = await ada.run("operators", "list");
    assert.equal(other.status, 2);
    assert.match(other.stderr, /It wants the admin secret/);
    assert.equal((await admin.run("operators", "remove", ada.name)).status, 0);
    const out = await ada.run("approvals", "show", asked.id);
    assert.equal(out.status, 2);
    assert.match(out.stderr, /does not take this token/);
    assert.equal((await admin.run("operators", "remove", ada.name)).status, 1);
  });

  test("a question that never was, and one whose policy has changed, end with 1 and say so", async (t) => {
    const { agent, policy } = await gateway.withOrigin(t, { policy: ASK });
    const ada = await operator();
    const never = await ada.run("approvals", "show", `ap_${"0".repeat(32)}_${"0".repeat(16)}`);
    assert.deepEqual([never.status, never.stderr], [1, "error: The gateway answers: there is no such approval.\n"]);
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    await gateway.must("PUT", `policies/${policy}`, { ...ASK, all_tools: { deny_if: [{ path: "args.command", op: "eq", value: "z" }] } });
    const over = await ada.run("approvals", "approve", asked.id, "--yes");
    assert.equal(over.status, 1);
    assert.match(over.stderr, /has changed since it was asked: the agent has to ask again/);
    const { status, stderr } = await ada.run("approvals", "deny", asked.id, "--yes", "--reason", "x".repeat(1001));
    assert.equal(status, 1);
    assert.match(stderr, /\/reason: has at most 1000 characters/);
  });
});
