// «require_approval»: a call that needs a person is not held open; it is asked about, and passes once after a yes.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { answer, approve, assertHeld } from "./support/approvals.mjs";
import { entriesOf, exportOf, recorded, usedOf } from "./support/audit.mjs";
import { startGateway } from "./support/gateway.mjs";
import { ERAS, request } from "./support/message.mjs";
import { eventually } from "./support/patience.mjs";
import { assertDenied } from "./support/refusal.mjs";

const TOOL = "management_execute_command";
const ASK = { version: "1", default: "deny", tools: { [TOOL]: { action: "require_approval", reason: "Migrations are looked at." } } };
const MIGRATE = { command: "migrate", args: ["shop"] };

const gateway = await startGateway();
after(() => gateway.stop());

const passes = ({ status, result }) => status === 200 && result?.isError === false;
const approvalsOf = async (agent) => (await gateway.must("GET", `approvals?grant=${agent.id}`)).approvals;
/** What has become of a grant's questions, as its chained audit tells it. */
const history = async (agent) => entriesOf(await exportOf(gateway, agent.id)).flatMap(({ approval }) => approval ?? []);
const limited = (limits) => ({ ...ASK, tools: { [TOOL]: { ...ASK.tools[TOOL], limits } } });

describe("Approvals", { concurrency: true }, () => {
  for (const era of ERAS) {
    test(`a call is held, asked about once, and passes once after a yes, ${era}`, async (t) => {
      const { agent, origin } = await gateway.withOrigin(t, { policy: ASK });
      const asked = assertHeld(await agent.call(TOOL, MIGRATE, { era }), { gateway, words: "Migrations are looked at." });
      const again = assertHeld(await agent.call(TOOL, MIGRATE, { era }), { gateway });
      assert.deepEqual({ ...again, request_id: 0 }, { ...asked, request_id: 0 }, "repeating changes nothing");
      assert.equal(origin.calls(TOOL).length, 0);
      const shown = await approve(gateway, asked, "go on");
      assert.equal(shown.status, "approved");
      assert.ok(passes(await agent.call(TOOL, MIGRATE, { era })));
      assert.deepEqual(origin.calls(TOOL).map(({ params }) => params.arguments), [MIGRATE]);
      const next = assertHeld(await agent.call(TOOL, MIGRATE, { era }), { gateway });
      assert.notEqual(next.id, asked.id, "it was for one call");
      assert.equal(origin.calls(TOOL).length, 1);
    });
  }

  test("what a person is shown: the call, the rule, who asks", async (t) => {
    const { agent, server, policy, stamp } = await gateway.withOrigin(t, { policy: ASK, grant: { label: "nightly <b>bot</b>" } });
    const odd = { command: "migrate", amount: 1.0, big: 12345678901234567890n, text: "a\u202eb" };
    const sent = `{"command":"migrate","amount":1.0,"big":12345678901234567890,"text":"a\\u202eb"}`;
    const message = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"${TOOL}","arguments":${sent}}}`;
    const approval = assertHeld(await agent.rpc(message));
    const { text, json } = await gateway.admin("GET", `approvals/${approval.id}`);
    assert.ok(text.includes(`"arguments":${sent}`), "in the spelling of the agent");
    assert.equal(Object.keys(json.arguments).join(), Object.keys(odd).join());
    const { arguments: _, asked_at, expires_at, ...rest } = json;
    assert.deepEqual(rest, {
      id: approval.id,
      status: "pending",
      url: approval.url,
      grant: { id: agent.id, label: "nightly <b>bot</b>" },
      server,
      method: "tools/call",
      name: TOOL,
      rule: `/tools/${TOOL}`,
      reason: "Migrations are looked at.",
      by: "operator",
      policy: { name: policy, stamp },
      decision: null,
      used_by: null,
      request_id: approval.request_id,
    });
    assert.equal(Date.parse(expires_at) - Date.parse(asked_at), 15 * 60_000, "the usual time");
  });

  test("the same arguments in another order or spelling are the same call; others need another yes", async (t) => {
    const { agent, origin } = await gateway.withOrigin(t, { policy: ASK });
    const asked = assertHeld(await agent.call(TOOL, { command: "migrate", n: 10 }));
    await approve(gateway, asked);
    for (const other of [{ command: "migrate", n: 11 }, { command: "migrate" }, { command: "migrate", n: "10" }]) {
      assert.notEqual(assertHeld(await agent.call(TOOL, other)).id, asked.id);
    }
    const spelled = `{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"arguments":{"n":1e1,"command":"migr\\u0061te"},"name":"${TOOL}"}}`;
    assert.ok(passes(await agent.rpc(spelled)));
    assert.equal(origin.calls(TOOL).length, 1);
  });

  test("another grant with the same call needs a yes of its own", async (t) => {
    const { agent, server, policy, origin } = await gateway.withOrigin(t, { policy: ASK });
    const other = await gateway.grant({ server, policy });
    await approve(gateway, assertHeld(await agent.call(TOOL, MIGRATE)));
    assertHeld(await other.call(TOOL, MIGRATE));
    assert.equal(origin.calls(TOOL).length, 0);
    assert.ok(passes(await agent.call(TOOL, MIGRATE)));
  });

  test("a hundred calls at once ask one question; after the yes, of a hundred one passes", async (t) => {
    const { agent, origin } = await gateway.withOrigin(t, { policy: ASK });
    const calls = () => Promise.all(Array.from({ length: 100 }, () => agent.call(TOOL, MIGRATE)));
    const ids = new Set((await calls()).map((held) => assertHeld(held).id));
    assert.equal(ids.size, 1);
    await approve(gateway, { id: [...ids][0] });
    const after = await calls();
    assert.equal(after.filter(passes).length, 1);
    assert.equal(new Set(after.filter((answer) => !passes(answer)).map((held) => assertHeld(held).id)).size, 1, "the rest asks once more");
    assert.equal(origin.calls(TOOL).length, 1);
  });

  test("a no is told with its reason, and holds for the time of the question", async (t) => {
    const { agent, origin } = await gateway.withOrigin(t, { policy: ASK });
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    assert.equal((await answer(gateway, asked, "deny", "Not on a \"Friday\".")).json.status, "denied");
    for (const era of ERAS) {
      const said = assertHeld(await agent.call(TOOL, MIGRATE, { era }), { status: "denied", words: String.raw`Not on a \"Friday\".` });
      assert.equal(said.id, asked.id);
    }
    assert.equal(origin.calls(TOOL).length, 0);
  });

  test("an answer is final: a second one is refused, and changes nothing", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: ASK });
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    await approve(gateway, asked);
    for (const what of ["approve", "deny"]) {
      const { status, json } = await answer(gateway, asked, what);
      assert.deepEqual([status, json.error.code, json.error.message], [409, "over", "it is approved already"]);
    }
    assert.ok(passes(await agent.call(TOOL, MIGRATE)));
    assert.equal((await answer(gateway, asked, "deny")).json.error.message, "it was approved, and the call has passed");
  });

  test("limits are charged when the call passes, not when it is asked; a yes outlives a limit without room", async (t) => {
    const limit = { counter: "c", window: 3, max: 1 };
    const { agent, origin } = await gateway.withOrigin(t, { policy: limited([limit]) });
    const asked = [assertHeld(await agent.call(TOOL, { command: "a" })), assertHeld(await agent.call(TOOL, { command: "b" }))];
    assert.equal(await usedOf(gateway, agent.id, "c"), 0);
    for (const approval of asked) await approve(gateway, approval);
    const first = await agent.call(TOOL, { command: "a" });
    assert.ok(passes(first));
    assert.match(first.headers.ratelimit, /^"c";r=0;t=/);
    const refused = await agent.call(TOOL, { command: "b" });
    assertDenied(refused, "legacy", { reason_code: "rate_limited" });
    await eventually(async () => passes(await agent.call(TOOL, { command: "b" })), { within: 6_000, every: 500 });
    assert.equal(origin.calls(TOOL).length, 2);
  });

  test("with a limit of scope server too: asked first, charged once, used once", async (t) => {
    const { agent, server, policy, origin } = await gateway.withOrigin(t, {
      policy: limited([{ counter: "s", window: 3600, max: 1, scope: "server" }]),
    });
    const other = await gateway.grant({ server, policy });
    const asked = [assertHeld(await agent.call(TOOL, MIGRATE)), assertHeld(await other.call(TOOL, MIGRATE))];
    for (const approval of asked) await approve(gateway, approval);
    const answers = await Promise.all([agent, agent, other, other].map((agent) => agent.call(TOOL, MIGRATE)));
    assert.equal(answers.filter(passes).length, 1);
    assert.equal(origin.calls(TOOL).length, 1);
  });

  test("`when` asks only for some arguments", async (t) => {
    const tools = { [TOOL]: { action: "require_approval", approval: { when: [{ path: "args.command", op: "eq", value: "migrate" }] } } };
    const { agent } = await gateway.withOrigin(t, { policy: { ...ASK, tools } });
    assert.ok(passes(await agent.call(TOOL, { command: "check" })));
    assertHeld(await agent.call(TOOL, MIGRATE));
  });

  test("an edit that changes the rules voids a yes, and a question; another edit does not", async (t) => {
    const { agent, policy, origin } = await gateway.withOrigin(t, { policy: ASK });
    const asked = [assertHeld(await agent.call(TOOL, { command: "a" })), assertHeld(await agent.call(TOOL, { command: "b" }))];
    await approve(gateway, asked[0]);
    await gateway.must("PUT", `policies/${policy}`, { ...ASK, tools: { ...ASK.tools, other: {} } });
    assert.equal(assertHeld(await agent.call(TOOL, { command: "b" })).id, asked[1].id);
    await gateway.must("PUT", `policies/${policy}`, { ...ASK, all_tools: { deny_if: [{ path: "args.command", op: "eq", value: "z" }] } });
    await eventually(async () => assertHeld(await agent.call(TOOL, { command: "a" })).id !== asked[0].id, { within: 5_000 });
    const { status, json } = await answer(gateway, asked[1], "approve");
    assert.deepEqual([status, json.error.code], [409, "over"]);
    assert.match(json.error.message, /has changed since it was asked/);
    assert.equal((await gateway.must("GET", `approvals/${asked[1].id}`)).status, "voided");
    assert.equal(origin.calls(TOOL).length, 0);
  });

  test("a yes is refused for a grant that is revoked", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: ASK });
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    await gateway.must("DELETE", `grants/${agent.id}`);
    assert.equal((await answer(gateway, asked, "approve")).status, 409);
  });

  test("prompts and resources are held in their own words", async (t) => {
    const rule = { action: "require_approval" };
    const policy = { version: "1", default: "deny", prompts: { review: rule }, resources: { "django://project/apps": rule } };
    const { agent, origin } = await gateway.withOrigin(t, { policy });
    for (const message of [request("prompts/get", { name: "review", arguments: { model: "Order" } }), request("resources/read", { uri: "django://project/apps" })]) {
      const held = await agent.rpc(message);
      const { error } = held.message;
      assert.deepEqual([held.status, error.code, error.data.reason_code], [200, 4030, "approval_pending"]);
      assert.equal(error.data.approval.status, "pending");
      const before = origin.received.length;
      await approve(gateway, error.data.approval);
      const passed = await agent.rpc(message);
      assert.ok("result" in passed.message, passed.text);
      assert.equal(origin.received.length, before + 1);
    }
  });

  test("what is no call, or more than anybody would read, is not asked about", async (t) => {
    const rule = { action: "require_approval" };
    const { agent } = await gateway.withOrigin(t, { policy: { ...ASK, prompts: { review: rule } } });
    const completion = { ref: { type: "ref/prompt", name: "review" }, argument: { name: "model", value: "a" } };
    const { error } = (await agent.rpc(request("completion/complete", completion))).message;
    assert.equal(error.data.reason_code, "needs_approval");
    assertDenied(await agent.call(TOOL, { command: "x".repeat(65 * 1024) }), "legacy", { reason_code: "needs_approval" });
    assert.deepEqual(await approvalsOf(agent), []);
  });

  test("«at most 100 pending for a grant, a clear denial past that»", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: ASK });
    const held = await Promise.all(Array.from({ length: 100 }, (_, n) => agent.call(TOOL, { command: `c${n}` })));
    for (const one of held) assertHeld(one);
    const refused = await agent.call(TOOL, { command: "one more" });
    assertDenied(refused, "legacy", { reason_code: "too_many_approvals" });
    assert.match(refused.result.content[0].text, /100 calls of this grant wait/);
    await approve(gateway, assertHeld(held[0]));
    assertHeld(await agent.call(TOOL, { command: "one more" }));
  });

  test("`GET /api/v1/approvals` lists what is pending across grants; one's own shows what has become of each", async (t) => {
    const { agent, server, policy } = await gateway.withOrigin(t, { policy: ASK });
    const other = await gateway.grant({ server, policy, label: "other" });
    const [mine, theirs] = [assertHeld(await agent.call(TOOL, MIGRATE)), assertHeld(await other.call(TOOL, MIGRATE))];
    const listed = async () => (await gateway.must("GET", "approvals?status=pending&limit=1000")).approvals.filter((one) => one.server === server);
    const both = await eventually(async () => (await listed()).length === 2 && listed(), { within: 5_000 });
    assert.deepEqual(new Set(both.map(({ id }) => id)), new Set([mine.id, theirs.id]));
    assert.deepEqual(Object.keys(both[0]), ["id", "grant", "label", "server", "method", "name", "by", "asked_at", "expires_at"].sort());
    await approve(gateway, mine);
    await eventually(async () => (await listed()).length === 1, { within: 5_000 });
    assert.deepEqual((await approvalsOf(agent)).map(({ id, status }) => ({ id, status })), [{ id: mine.id, status: "approved" }]);
    const { status, json } = await gateway.admin("GET", "approvals?status=used");
    assert.equal(status, 422);
    assert.match(json.errors[0].message, /add `grant=ID`/);
  });

  test("operators of one's own: made, named in the decision, good for approvals alone, out at once", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: ASK });
    const name = gateway.name("ada");
    const { token } = await gateway.must("POST", "operators", { name });
    assert.match(token, /^to_[A-Za-z0-9_-]{43}$/);
    const as = { Authorization: `Bearer ${token}` };
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    const approved = await gateway.must("POST", `approvals/${asked.id}/approve`, { reason: "seen" }, as);
    assert.deepEqual([approved.decision.by, approved.decision.reason, approved.decision.yes], [name, "seen", true]);
    for (const path of ["grants", "operators", "policies"]) assert.equal((await gateway.admin("GET", path, undefined, as)).status, 401);
    assert.equal((await gateway.admin("POST", "operators", { name })).status, 409);
    assert.equal((await gateway.admin("POST", "operators", { name: "admin" })).status, 422);
    assert.ok((await gateway.must("GET", "operators")).operators.some((operator) => operator.name === name));
    await gateway.must("DELETE", `operators/${name}`);
    assert.equal((await gateway.admin("GET", `approvals/${asked.id}`, undefined, as)).status, 401);
    assert.equal((await gateway.admin("DELETE", `operators/${name}`)).status, 404);
  });

  test("«who decided, when, from where, with what words, in the hash-chained audit, beside the call that used it»", async (t) => {
    const { agent } = await gateway.withOrigin(t, { policy: ASK });
    const asked = assertHeld(await agent.call(TOOL, MIGRATE));
    await approve(gateway, asked, "go on");
    const passed = await agent.call(TOOL, MIGRATE);
    assert.ok(passes(passed));
    const [pending, approved, used] = await history(agent);
    assert.deepEqual([pending.status, approved.status, used.status], ["pending", "approved", "used"]);
    assert.deepEqual([approved.decision.by, approved.decision.reason], ["admin", "go on"]);
    assert.ok(Math.abs(Date.parse(approved.decision.at) - Date.now()) < 60_000);
    const entries = entriesOf(await exportOf(gateway, agent.id));
    const using = entries.find(({ approval }) => approval?.status === "used");
    assert.equal(using.records.at(-1).request_id, using.approval.used_by);
    assert.equal(using.records.at(-1).ruling, "allow");
    const records = await recorded(gateway, agent.id, (records) => records.some(({ ruling }) => ruling === "hold"));
    const holding = records.find(({ ruling }) => ruling === "hold");
    assert.deepEqual([holding.reason_code, holding.rule], ["approval_pending", `/tools/${TOOL}`]);
  });

  test("nothing that is not an id of a question finds one", async () => {
    for (const id of ["ap_1", `ap_${"0".repeat(32)}_${"0".repeat(16)}`, `ap_${"G".repeat(32)}_${"0".repeat(16)}`, "g_1"]) {
      assert.equal((await gateway.admin("GET", `approvals/${id}`)).status, 404);
      assert.equal((await gateway.admin("POST", `approvals/${id}/approve`)).status, 404);
    }
    assert.equal((await gateway.admin("GET", "approvals/x/approve")).status, 405);
  });
});
