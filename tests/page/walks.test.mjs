// The approval page as people walk through it, in a real browser: from the link to the call that passes, and every other way that may end.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertHeld } from "../e2e/support/approvals.mjs";
import { lastingGateway } from "../e2e/support/lasting.mjs";
import { eventually, pause } from "../e2e/support/patience.mjs";
import { asked, asking, operator, passes, statusOf, TOOL } from "./support/asking.mjs";
import { startBrowser } from "./support/browser.mjs";
import { person } from "./support/person.mjs";
import { sessionOf } from "./support/seal.mjs";

const HOUR = 3_600_000;

let gateway;
let browser;
before(async () => ([gateway, browser] = await Promise.all([lastingGateway(), startBrowser()])));
after(() => Promise.all([gateway?.stop(), browser?.close()]));

/** A question, and a person who reads it as an operator. */
async function reading(t, more) {
  const [question, as, one] = await Promise.all([asked(gateway, t, more), operator(gateway), person(t, browser)]);
  await one.signedInAt(question.approval.url, as.token);
  return { ...question, as, one };
}

describe("The approval page", { concurrency: 4 }, () => {
  test("one that waits a minute is open until that minute is over; who answers then is told, and nothing is decided", async (t) => {
    const { agent, approval, call, one } = await reading(t, { policy: asking({ approval: { ttl: "1m" } }) });
    assert.equal(await one.heading(), "Approve this call?");
    await eventually(async () => (await statusOf(gateway, approval)) === "expired", { within: 70_000, every: 500 });
    await one.answers(true);
    assert.equal(await one.heading(), "Expired");
    assert.match(await one.text(), /Nothing was decided|nobody answered in time/i);
    assert.equal(await one.page.getByRole("button", { name: "Approve once" }).count(), 0);
    assert.equal((await gateway.must("GET", `approvals/${approval.id}`)).decision, null);
    assert.notEqual(assertHeld(await call()).id, approval.id, agent.id);
  });

  test("link, sign-in, question, yes with words; the agent's next identical call passes, once", async (t) => {
    const { approval, call, origin } = await asked(gateway, t, { grant: { label: "nightly" } });
    const as = await operator(gateway);
    const one = await person(t, browser);
    await one.open(approval.url);
    assert.equal(await one.heading(), "An agent asks for approval");
    assert.doesNotMatch(await one.text(), /migrate|nightly|management/, "who is not signed in reads nothing of it");
    await one.signIn(as.token);
    assert.equal(await one.heading(), "Approve this call?");
    const text = await one.text();
    for (const part of [TOOL, '"0042_drop_orders"', "nightly", "Critical risk", "Migrations are looked at before they run.", `/tools/${TOOL}`]) {
      assert.ok(text.includes(part), part);
    }
    await one.answers(true, "Go on,\nbut only once.");
    assert.equal(await one.heading(), "Approved");
    assert.match(await one.text(), new RegExp(`Yes, said ${as.name}, .*\\s+Go on,\\s+but only once\\.`));
    const { decision } = await gateway.must("GET", `approvals/${approval.id}`);
    assert.deepEqual([decision.yes, decision.by, decision.reason], [true, as.name, "Go on,\r\nbut only once."]);
    assert.ok(passes(await call()));
    assertHeld(await call());
    assert.equal(origin.calls(TOOL).length, 1);
    await one.reload();
    assert.equal(await one.heading(), "Approved, and used");
    one.assertQuiet(gateway);
  });

  test("a no with words: the agent is told them, and the page shows them", async (t) => {
    const { approval, call, one, origin } = await reading(t);
    await one.answers(false, "Not on a Friday.");
    assert.equal(await one.heading(), "Denied");
    assert.match(await one.text(), /Not on a Friday\./);
    assertHeld(await call(), { status: "denied", words: "Not on a Friday." });
    assert.equal(await statusOf(gateway, approval), "denied");
    assert.equal(origin.calls(TOOL).length, 0);
  });

  test("what this grant has asked before is shown with what was said", async (t) => {
    const { agent, one } = await reading(t);
    await one.answers(false, "Ask me on Monday.");
    const next = assertHeld(await agent.call(TOOL, { command: "flush" }));
    await one.open(next.url);
    assert.match(await one.text(), /denied by ada-\d+, with other arguments \(“Ask me on Monday\.”\)/);
  });

  test("a question whose rules change while somebody reads it is void: the yes is not taken, and that is said", async (t) => {
    const { approval, call, one, policy, origin } = await reading(t);
    await gateway.must("PUT", `policies/${policy}`, asking({ require: [{ path: "args.command", op: "neq", value: "flush" }] }));
    await one.answers(true);
    assert.equal(await one.heading(), "Void");
    assert.equal(await statusOf(gateway, approval), "voided");
    assert.ok(!passes(await call()));
    assert.equal(origin.calls(TOOL).length, 0);
  });

  test("two people answer: the first one counts, the second one is told what was said", async (t) => {
    const { approval, one } = await reading(t);
    const other = await person(t, browser);
    await other.signedInAt(approval.url, (await operator(gateway)).token);
    await other.answers(false, "No.");
    await one.answers(true);
    assert.equal(await one.heading(), "Denied");
    assert.match(await one.page.getByRole("alert").innerText(), /denied/);
    assert.equal(await statusOf(gateway, approval), "denied");
  });

  test("a token that nobody has signs nobody in, and leaves no cookie", async (t) => {
    const { approval, agent } = await asked(gateway, t);
    const one = await person(t, browser);
    await one.open(approval.url);
    for (const token of [`to_${"A".repeat(43)}`, "to_", "x", agent.token, `${agent.token} `]) {
      await one.signIn(token);
      assert.match(await one.page.getByRole("alert").innerText(), /Nobody has this token here/);
      assert.equal(await one.cookie(), undefined);
    }
  });

  test("the session is a cookie that no script reads, for this host alone, over TLS, for twelve hours, and for no request of another site", async (t) => {
    const { one } = await reading(t);
    const { expires, value, ...cookie } = await one.cookie();
    assert.deepEqual(cookie, { name: "__Host-tollgate", domain: "127.0.0.1", path: "/", httpOnly: true, secure: true, sameSite: "Strict" });
    assert.ok(Math.abs(expires * 1000 - Date.now() - 12 * HOUR) < HOUR / 10);
    assert.match(value, /^e2e\.[\w-]+$/);
    assert.equal(await one.page.evaluate(() => document.cookie), "");
  });

  test("the page works by each name of the gateway, with a session for each", async (t) => {
    const { approval } = await asked(gateway, t);
    const { token } = await operator(gateway);
    const one = await person(t, browser);
    await one.signedInAt(approval.url, token);
    await one.open(approval.url.replace("127.0.0.1", "localhost"));
    assert.equal(await one.heading(), "An agent asks for approval");
    await one.signIn(token);
    await one.answers(false);
    assert.equal(await one.heading(), "Denied");
    assert.equal(new URL(one.page.url()).hostname, "localhost");
  });

  test("who signs out is out in this browser, and reads nothing any more", async (t) => {
    const { one } = await reading(t);
    await one.page.getByRole("button", { name: "Sign out" }).click();
    await one.page.getByLabel("Your token").waitFor();
    assert.equal(await one.cookie(), undefined);
    assert.equal(await one.heading(), "An agent asks for approval");
  });

  test("a session ends after twelve hours, though the browser may keep the cookie", async (t) => {
    const { approval } = await asked(gateway, t);
    const { name, token } = await operator(gateway);
    const one = await person(t, browser);
    await one.hasSession(gateway, sessionOf({ operator: name }, token, Date.now() + HOUR));
    await one.open(approval.url);
    assert.equal(await one.heading(), "Approve this call?", "a session as the test makes them is one");
    const end = Date.now() + 8_000;
    await one.hasSession(gateway, sessionOf({ operator: name }, token, end));
    await one.open(approval.url);
    assert.equal(await one.heading(), "Approve this call?");
    await pause(end - Date.now() + 100);
    await one.answers(true);
    assert.match(await one.page.getByRole("alert").innerText(), /Sign in again: nothing was decided/);
    await one.reload();
    assert.equal(await one.heading(), "An agent asks for approval");
    assert.equal(await statusOf(gateway, approval), "pending");
  });

  test("an operator who is taken out is out at once: his session shows nothing, and his yes is none", async (t) => {
    const { approval, as, one } = await reading(t);
    await gateway.must("DELETE", `operators/${as.name}`);
    await one.answers(true);
    assert.match(await one.text(), /no such question, or it is not yours/);
    assert.equal(await statusOf(gateway, approval), "pending");
    await one.open(approval.url);
    assert.doesNotMatch(await one.text(), /0042_drop_orders/);
    await operator(gateway, as.name);
    await one.open(approval.url);
    assert.doesNotMatch(await one.text(), /0042_drop_orders/, "nor by another token of his name");
  });

  test("«by: user»: whoever holds the grant signs in with its token, for a question of that grant and no other", async (t) => {
    const policy = asking({ approval: { by: "user" } });
    const mine = await asked(gateway, t, { policy });
    const theirs = await asked(gateway, t, { policy });
    const one = await person(t, browser);
    await one.signedInAt(mine.approval.url, mine.agent.token);
    assert.equal(await one.heading(), "Approve this call?");
    await one.open(theirs.approval.url);
    assert.match(await one.page.getByRole("alert").innerText(), /not yours to answer/);
    await one.signIn(mine.agent.token);
    assert.match(await one.page.getByRole("alert").innerText(), /Nobody has this token here/);
    await one.open(mine.approval.url);
    await one.answers(true, "It is me.");
    assert.equal((await gateway.must("GET", `approvals/${mine.approval.id}`)).decision.by, "user");
    assert.ok(passes(await mine.call()));
    assert.equal(await statusOf(gateway, theirs.approval), "pending");
  });

  test("«by: user»: the session ends with the grant, and an operator may answer as well", async (t) => {
    const policy = asking({ approval: { by: "user" } });
    const { agent, approval, server, policy: name } = await asked(gateway, t, { policy });
    const one = await person(t, browser);
    await one.signedInAt(approval.url, agent.token);
    await gateway.must("DELETE", `grants/${agent.id}`);
    await one.answers(true);
    assert.notEqual(await one.heading(), "Approved");
    const other = await gateway.grant({ server, policy: name });
    const next = assertHeld(await other.call(TOOL, {}));
    const operating = await person(t, browser);
    await operating.signedInAt(next.url, (await operator(gateway)).token);
    await operating.answers(true);
    assert.equal(await operating.heading(), "Approved");
  });

  test("a question that never was, and an id that is none, look alike", async (t) => {
    const { one } = await reading(t);
    const texts = [];
    for (const id of [`ap_${"0".repeat(32)}_${"0".repeat(16)}`, "ap_1", "%3Cscript%3E"]) {
      await one.open(`${gateway.url}/approve/${id}`);
      texts.push(await one.text());
    }
    assert.match(texts[0], /no such question/);
    assert.deepEqual(new Set(texts).size, 1);
  });
});
