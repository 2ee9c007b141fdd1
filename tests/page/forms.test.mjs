// The approval page over plain HTTP: forms that it has not made for whoever sends them, cookies that are none, and what every answer bears.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { lastingGateway } from "../e2e/support/lasting.mjs";
import { asked, asking, operator, passes, statusOf, TOOL } from "./support/asking.mjs";
import { Visitor } from "./support/visitor.mjs";

let gateway;
let as;
before(async () => {
  gateway = await lastingGateway();
  as = await operator(gateway);
});
after(() => gateway?.stop());

/** A question, and somebody signed in before it over plain HTTP. */
async function visited(t, more) {
  const question = await asked(gateway, t, more);
  const visitor = new Visitor(gateway, question.approval);
  await visitor.signIn(as.token);
  return { ...question, visitor, form: await visitor.form() };
}

const flipped = (text, at) => `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;

describe("Forged forms", { concurrency: 4 }, () => {
  test("a form is taken from the page's own origin alone, and with the mark of this session and this question", async (t) => {
    const { approval, visitor, form, call } = await visited(t);
    const elsewhere = await asked(gateway, t);
    const again = new Visitor(gateway, approval);
    await again.signIn(as.token);
    const other = new Visitor(gateway, approval);
    await other.signIn((await operator(gateway)).token);
    const yes = { do: "approve", form };
    const wrong = {
      "no Origin": [403, yes, { headers: { Origin: undefined } }],
      "Origin null": [403, yes, { headers: { Origin: "null" } }],
      "a foreign Origin": [403, yes, { headers: { Origin: "https://evil.example" } }],
      "the same host under another scheme": [403, yes, { headers: { Origin: gateway.url.replace("http:", "https:") } }],
      "another port": [403, yes, { headers: { Origin: "http://127.0.0.1:1" } }],
      "the same host by another name": [403, yes, { headers: { Origin: gateway.url.replace("127.0.0.1", "localhost") } }],
      "a listed origin of the MCP endpoint": [403, yes, { headers: { Origin: "https://console.example" } }],
      "no mark": [403, { do: "approve" }],
      "an empty mark": [403, { do: "approve", form: "" }],
      "the mark of another question": [403, { do: "approve", form: await visitor.at(elsewhere.approval).form() }],
      "the mark of another session of the same operator": [403, { do: "approve", form: await again.form() }],
      "the mark of another operator": [403, { do: "approve", form: await other.form() }],
      "one bit off": [403, { do: "approve", form: flipped(form, 20) }],
      "the cookie in place of the mark": [403, { do: "approve", form: visitor.cookie.split("=")[1] }],
      "no cookie": [403, yes, { headers: { Cookie: undefined } }],
      "no verb": [400, { form }],
      "another verb": [400, { do: "Approve", form }],
      "JSON": [415, {}, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(yes) }],
      "plain text": [415, {}, { headers: { "Content-Type": "text/plain" }, body: new URLSearchParams(yes).toString() }],
      "several parts": [415, yes, { headers: { "Content-Type": "multipart/form-data; boundary=x" } }],
      "no type": [415, yes, { headers: { "Content-Type": undefined } }],
      "a form larger than any": [413, { ...yes, reason: "x".repeat(20_000) }],
      "one that is sent in pieces": [413, {}, { body: (function* () { for (let n = 0; n < 20; n += 1) yield "reason=".padEnd(1024, "x"); })() }],
      "too many words": [422, { ...yes, reason: "x".repeat(1_001) }],
    };
    for (const [what, [status, fields, how]] of Object.entries(wrong)) {
      const answer = await visitor.post(fields, how);
      assert.equal(answer.status, status, `${what}: ${answer.text.replace(/<style.*?<\/style>/s, "")}`);
      assert.match(answer.headers["content-type"], /^text\/html/, what);
    }
    assert.equal(await statusOf(gateway, approval), "pending");
    assert.ok(!passes(await call()));
    assert.equal((await visitor.post(yes)).status, 303, "the form itself is good");
    assert.equal(await statusOf(gateway, approval), "approved");
  });

  test("a cookie that is changed, cut, another seal of ours, or somebody else's token is no session", async (t) => {
    const { agent, approval, visitor, form } = await visited(t);
    const [name, value] = visitor.cookie.split("=");
    const session = await agent.begin();
    const cookies = {
      "one bit off": `${name}=${flipped(value, 40)}`,
      "cut": `${name}=${value.slice(0, -4)}`,
      "longer": `${name}=${value}AAAA`,
      "another key's": `${name}=${value.replace(/^e2e\./, "old.")}`,
      "empty": `${name}=`,
      "the form's mark": `${name}=${form}`,
      "a session of MCP": `${name}=${session}`,
      "a token": `${name}=${as.token}`,
      "without its prefix": `tollgate=${value}`,
      "by another name": `${name}2=${value}`,
    };
    for (const [what, cookie] of Object.entries(cookies)) {
      const bad = Object.assign(new Visitor(gateway, approval), { cookie });
      const seen = await bad.get();
      assert.equal(seen.status, 200, what);
      assert.doesNotMatch(seen.text, /0042_drop_orders/, what);
      assert.equal((await bad.post({ do: "approve", form })).status, 403, what);
    }
    assert.equal(await statusOf(gateway, approval), "pending");
  });

  test("GET decides nothing, whatever its query says; HEAD, PUT, DELETE and OPTIONS are not taken", async (t) => {
    const { approval, visitor, form } = await visited(t);
    const query = `?${new URLSearchParams({ do: "approve", form })}`;
    assert.equal((await visitor.get(query)).status, 200);
    for (const method of ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await visitor.send(method, { query, headers: { Origin: gateway.url } });
      assert.deepEqual([answer.status, answer.headers.allow], [405, "GET, POST"], method);
    }
    assert.equal(await statusOf(gateway, approval), "pending");
  });

  test("an old form sent again after the answer changes nothing, and says so", async (t) => {
    const { agent, approval, visitor, form, call, origin } = await visited(t);
    const entries = async () => (await gateway.must("GET", `approvals?grant=${agent.id}`)).approvals;
    const yes = { do: "approve", form, reason: "yes" };
    assert.equal((await visitor.post(yes)).status, 303);
    for (const fields of [yes, { ...yes, do: "deny", reason: "no" }]) {
      const before = await entries();
      const answer = await visitor.post(fields);
      assert.equal(answer.status, 409);
      assert.match(answer.text, /it is approved already/);
      assert.deepEqual(await entries(), before);
    }
    assert.ok(passes(await call()));
    assert.equal((await visitor.post(yes)).status, 409, "nor does it make a second yes of a used one");
    assert.ok(!passes(await call()));
    assert.equal(origin.calls(TOOL).length, 1);
  });

  test("the words of a form are words: a number in place of one, bad UTF-8, a field twice", async (t) => {
    const { approval, visitor, form } = await visited(t);
    const body = `form=${form}&do=deny&reason=%ff%fe%3Cb%3E&reason=second&do=approve`;
    assert.equal((await visitor.post({}, { body })).status, 303);
    const { status, decision } = await gateway.must("GET", `approvals/${approval.id}`);
    assert.deepEqual([status, decision.reason], ["denied", "\ufffd\ufffd<b>"], "the first field of a name counts");
  });
});

describe("Every answer of the page", () => {
  const GUARDS = {
    "cache-control": /^no-store$/,
    "content-security-policy": /^default-src 'none'; style-src 'nonce-[A-Za-z0-9+/]{24}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    "content-type": /^text\/html; charset=utf-8$/,
    "cross-origin-opener-policy": /^same-origin$/,
    "cross-origin-resource-policy": /^same-origin$/,
    "referrer-policy": /^same-origin$/,
    "x-content-type-options": /^nosniff$/,
    "x-frame-options": /^DENY$/,
  };

  test("bears what keeps it from being framed, kept, guessed at, or loaded from elsewhere; each with a nonce of its own", async (t) => {
    const { approval, visitor, form } = await visited(t);
    const stranger = new Visitor(gateway, approval);
    const nobody = visitor.at({ id: "ap_1" });
    const answers = {
      200: [await visitor.get(), await stranger.get(), await stranger.get("?here")],
      303: [await visitor.post({ do: "deny", form }), await stranger.post({ do: "sign-in", token: as.token }), await visitor.post({ do: "sign-out" })],
      400: [await visitor.post({})],
      403: [await stranger.post({ do: "approve", form }), await visitor.post({}, { headers: { Origin: "https://evil.example" } }), await stranger.post({ do: "sign-in", token: "x" })],
      404: [await nobody.get(), await visitor.at({ id: "" }).get()],
      405: [await visitor.send("PUT"), await visitor.send("HEAD")],
      409: [await visitor.post({ do: "deny", form })],
      413: [await visitor.post({ do: "deny", form, reason: "x".repeat(20_000) })],
      415: [await visitor.post({}, { headers: { "Content-Type": "application/json" } })],
    };
    const nonces = new Set();
    for (const [status, given] of Object.entries(answers)) {
      for (const [n, answer] of given.entries()) {
        assert.equal(answer.status, Number(status), `${status} #${n}`);
        for (const [name, value] of Object.entries(GUARDS)) assert.match(answer.headers[name] ?? "(none)", value, `${status} #${n}: ${name}`);
        nonces.add(answer.headers["content-security-policy"]);
      }
    }
    assert.equal(nonces.size, Object.values(answers).flat().length);
    assert.equal(answers[303][0].headers.location, `/approve/${approval.id}?here`);
  });

  test("who guesses tokens is slowed down", async (t) => {
    const slow = await lastingGateway({ shield: 3 });
    t.after(() => slow.stop());
    const visitor = new Visitor(slow, { id: "ap_1" });
    const statuses = [];
    for (let n = 0; n < 6; n += 1) {
      const { status, headers } = await visitor.post({ do: "sign-in", token: `to_${"A".repeat(43)}` });
      statuses.push(status);
      if (status === 429) {
        assert.equal(headers["retry-after"], "60");
        for (const [name, value] of Object.entries(GUARDS)) assert.match(headers[name] ?? "(none)", value, name);
      }
    }
    assert.deepEqual([statuses[0], statuses.at(-1)], [403, 429]);
  });

  test("a host that is not the gateway's gets nothing of it", async (t) => {
    const { visitor } = await visited(t);
    const answer = await visitor.send("GET", { headers: { Host: "evil.example" } });
    assert.equal(answer.status, 421);
    assert.doesNotMatch(answer.text, /migrate/);
  });

  test("«by: user»: a grant's token opens no question that is for operators, by form or by cookie", async (t) => {
    const { agent, approval } = await asked(gateway, t);
    const visitor = new Visitor(gateway, approval);
    assert.equal((await visitor.post({ do: "sign-in", token: agent.token })).status, 403);
    const user = await asked(gateway, t, { policy: asking({ approval: { by: "user" } }) });
    const holder = new Visitor(gateway, user.approval);
    await holder.signIn(user.agent.token);
    const before = holder.at(approval);
    assert.equal((await before.get()).status, 404);
    assert.equal((await before.post({ do: "approve", form: await holder.form() })).status, 403);
    assert.equal(await statusOf(gateway, approval), "pending");
  });
});
