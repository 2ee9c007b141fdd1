// «Telling people»: a webhook for each question, in three forms. What goes out, and what is said where something is set wrongly.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { after, describe, test } from "node:test";
import { peers } from "../../scripts/lib/paths.mjs";
import { assertHeld } from "./support/approvals.mjs";
import { lastingGateway } from "./support/lasting.mjs";
import { request } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { eventually } from "./support/patience.mjs";
import { KEY, OLD_KEY, startReceiver } from "./support/receiver.mjs";
import { inPython, moduleOf, snippet } from "./support/snippets.mjs";

const { Webhook } = createRequire(path.join(peers, "package.json"))("standardwebhooks");

const TOOL = "management_execute_command";
const ASK = { version: "1", default: "deny", tools: { [TOOL]: { action: "require_approval", reason: "Migrations are looked at." } } };
const MIGRATE = { command: "migrate", args: ["shop"] };

const receiver = await startReceiver();
const gateway = await lastingGateway({ vars: { WEBHOOK_URL: receiver.url, WEBHOOK_KEY: KEY } });
after(() => Promise.all([gateway.stop(), receiver.stop()]));

const shown = async (at, { id }) => (await at.admin("GET", `approvals/${id}`)).text;
const headersOf = ({ headers }) => new Headers(Object.entries(headers).filter(([name]) => name.startsWith("webhook-")));
/** What becomes of each `{ message, key, now }`: the message as JSON, or why it is refused. */
const each = (cases) => cases.map(({ message, key = KEY, now = null }) => ({ key, headers: Object.fromEntries(headersOf(message)), body: message.text, now }));
async function inJavaScript(cases) {
  const { verify } = await moduleOf(await snippet("webhooks.md", "js"));
  return Promise.all(each(cases).map(({ key, headers, body, now }) => verify(key, new Headers(headers), body, now ?? undefined).catch((error) => String(error))));
}
async function inPythonToo(cases) {
  const last = [
    "def outcome(key, headers, body, now):",
    "    try: return verify(key, headers, body.encode(), now)",
    "    except (ValueError, KeyError) as refused: return repr(refused)",
    "print(json.dumps([outcome(**case) for case in given]))",
  ];
  return inPython(await snippet("webhooks.md", "python"), last.join("\n"), each(cases));
}
const VERIFIERS = { "the page's JavaScript": inJavaScript, "the page's Python": inPythonToo };

describe("Webhooks", { concurrency: true }, () => {
  describe("Signed JSON", { concurrency: true }, () => {
    test("is verified by the published library, and by what docs/webhooks.md shows in JavaScript and Python; what is altered is not", async (t) => {
      const { agent } = await gateway.withOrigin(t, { policy: ASK });
      const [message] = await receiver.told(assertHeld(await agent.call(TOOL, { ...MIGRATE, text: "é\u2028\u{1f600}" })));
      assert.deepEqual([message.method, message.path, message.headers["content-type"]], ["POST", "/told", "application/json"]);
      assert.deepEqual(new Webhook(KEY).verify(message.text, message.headers), message.json);
      assert.throws(() => new Webhook(OLD_KEY).verify(message.text, message.headers));
      const sent = Number(message.headers["webhook-timestamp"]);
      assert.ok(Math.abs(sent * 1000 - message.at) < 5_000, "the time of the try");
      const other = (name, value) => ({ message: { ...message, headers: { ...message.headers, [name]: value } } });
      const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
      const good = [{ message }, { message, now: sent - 299 }, { message, now: sent + 299 }, other(names[2], `v1a,x v1,AAAA ${message.headers[names[2]]}`)];
      const unsigned = [{ message: { ...message, text: message.text.replace("migrate", "flushed") } }, { message, key: OLD_KEY }, other(names[0], "ap_1")];
      const late = [{ message, now: sent - 302 }, { message, now: sent + 302 }, other(names[1], "1")];
      const wrong = names.flatMap((name) => [other(name, "x"), other(name, undefined)]);
      for (const [what, verify] of Object.entries(VERIFIERS)) {
        const outcomes = await verify([...good, ...unsigned, ...late, ...wrong]);
        for (const [n, outcome] of outcomes.entries()) {
          if (n < good.length) assert.deepEqual(outcome, message.json, what);
          else assert.equal(typeof outcome, "string", what);
        }
        for (const outcome of outcomes.splice(good.length, unsigned.length)) assert.match(outcome, /not signed/, what);
        for (const outcome of outcomes.splice(good.length, late.length)) assert.match(outcome, /too long ago/, what);
      }
    });

    test("has the question as the admin API shows it, byte for byte: no number is rounded", async (t) => {
      const { agent } = await gateway.withOrigin(t, { policy: ASK });
      const sent = String.raw`{"amount":1.0,"account":12345678901234567890,"tiny":1e-400,"text":"a‮b","__proto__":{"x":1}}`;
      const asked = assertHeld(await agent.rpc(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"${TOOL}","arguments":${sent}}}`));
      const [{ text, json, headers }] = await receiver.told(asked);
      assert.ok(text.includes(`"arguments":${sent}`), text);
      assert.equal(text, `{"type":"approval.requested","timestamp":"${json.data.asked_at}","data":${await shown(gateway, asked)}}`);
      assert.equal(headers["webhook-id"], asked.id);
    });

    test("is what docs/webhooks.md shows", async (t) => {
      const origin = await startOrigin(t);
      await gateway.must("PUT", "servers/shop", { origin: { url: origin.url } });
      await gateway.must("PUT", "policies/careful", ASK);
      const agent = await gateway.grant({ server: "shop", policy: "careful", label: "nightly" });
      const [{ json }] = await receiver.told(assertHeld(await agent.call(TOOL, MIGRATE)));
      // Ids, stamps, times and the host are others each time.
      const steady = (value) =>
        JSON.parse(
          JSON.stringify(value)
            .replace(/(?<=[_"])[0-9a-f]{16,64}(?=[_"])/g, "HEX")
            .replace(/"20\d\d-[^"]+Z"/g, '"TIME"')
            .replace(/"https?:\/\/[^/]+/g, '"HOST'),
        );
      const page = JSON.parse(await snippet("webhooks.md", "json"));
      assert.deepEqual(steady(json), steady(page));
      assert.equal(JSON.stringify(steady(json)), JSON.stringify(steady(page)), "in this order");
    });

    test("while a key is changed there is a signature of each; either verifies", async (t) => {
      const other = await lastingGateway({ vars: { WEBHOOK_URL: receiver.url, WEBHOOK_KEY: `${KEY},${OLD_KEY}` } });
      t.after(() => other.stop());
      const { agent } = await other.withOrigin(t, { policy: ASK });
      const [message] = await receiver.told(assertHeld(await agent.call(TOOL, MIGRATE)));
      for (const key of [KEY, OLD_KEY]) {
        assert.deepEqual(new Webhook(key).verify(message.text, message.headers), message.json);
        for (const verify of Object.values(VERIFIERS)) assert.deepEqual(await verify([{ message, key }]), [message.json]);
      }
    });
  });

  describe("Chats, and what is set wrongly", { concurrency: true }, () => {
    /** What an agent and an operator may choose, to be taken for something else. */
    const LABEL = "<!channel> <https://evil.example|Approve> *b* _i_ ~s~ `c` @everyone & [x](https://evil.example) \u202egnp.exe\u200b";
    const URI = "django://<@U1>/@here/*b*/`c`/[x](y)/\u2066z";

    /** A gateway that tells people in that form, and an agent with hostile names. */
    async function chat(t, vars) {
      const lasting = await lastingGateway({ vars: { WEBHOOK_URL: receiver.url, ...vars } });
      t.after(() => lasting.stop());
      const policy = { ...ASK, resources: { "django://{a*}": { action: "require_approval" } } };
      return { lasting, ...(await lasting.withOrigin(t, { policy, grant: { label: LABEL } })) };
    }

    async function toldOf({ agent }) {
      const secret = "an-argument-that-no-chat-may-know";
      const tool = assertHeld(await agent.call(TOOL, { command: secret }));
      const { data } = (await agent.rpc(request("resources/read", { uri: URI }))).message.error;
      assert.equal(data.reason_code, "approval_pending");
      const messages = [...(await receiver.told(tool)), ...(await receiver.told(data.approval))];
      for (const { text, headers } of messages) {
        assert.ok(!text.includes(secret), text);
        assert.doesNotMatch(text, /[\u202e\u200b\u2066]|\\u20/, "what is not seen is written out");
        assert.equal(headers["webhook-signature"], undefined);
      }
      return { bodies: messages.map(({ json }) => json), urls: [tool.url, data.approval.url], waits: [tool.expires_at, data.approval.expires_at] };
    }

    test("Slack: `plain_text` and nothing else, `&<>` escaped in `text`, one link of the gateway's own, no arguments", async (t) => {
      const { bodies, urls, waits } = await toldOf(await chat(t, { WEBHOOK_FORM: "slack" }));
      for (const [n, body] of bodies.entries()) {
        assert.deepEqual(Object.keys(body).sort(), ["blocks", "text"]);
        assert.doesNotMatch(body.text, /[<>]|&(?!amp;|lt;|gt;)/);
        const texts = [...JSON.stringify(body.blocks).matchAll(/"type":"(plain_text|mrkdwn)"/g)].map(([, type]) => type);
        assert.deepEqual(new Set(texts), new Set(["plain_text"]));
        const [section, context, actions] = body.blocks;
        assert.ok(section.text.text.includes("<!channel> <https://evil.example|Approve> *b*"), "as it was chosen");
        assert.ok(section.text.text.includes("\\u{202e}gnp.exe\\u{200b}"));
        assert.equal(body.text, section.text.text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"));
        assert.ok(context.elements[0].text.includes(waits[n]));
        assert.deepEqual(actions.elements.map(({ type, url }) => [type, url]), [["button", urls[n]]]);
      }
      assert.ok(bodies[0].blocks[0].text.text.includes(TOOL));
      assert.ok(bodies[1].blocks[0].text.text.includes("django://<@U1>/@here/*b*/`c`/[x](y)/\\u{2066}z"));
    });

    test("Discord: every character that means something is escaped, nobody is mentioned, no arguments", async (t) => {
      const made = await chat(t, { WEBHOOK_FORM: "discord" });
      const { bodies, urls, waits } = await toldOf(made);
      for (const [n, body] of bodies.entries()) {
        assert.deepEqual(Object.keys(body).sort(), ["allowed_mentions", "embeds"]);
        assert.deepEqual(body.allowed_mentions, { parse: [] });
        const [{ title, url, description, footer, ...others }] = body.embeds;
        assert.deepEqual([title, url, others], ["An agent asks for approval", urls[n], {}]);
        assert.ok(footer.text.includes(waits[n]));
        // Each mark has its own backslash before it, so none begins anything.
        assert.doesNotMatch(description.replace(/\\[!-/:-@[-`{-~]/g, ""), /[!-/:-@[-`{-~]/);
        const plain = description.replace(/\\(.)/g, "$1");
        assert.ok(plain.startsWith("<!channel> <https://evil.example|Approve> *b*"), plain);
      }
      // And it is cut: 200 characters of what was chosen, and no half of one.
      for (const [label, shows] of [["\u{1f600}".repeat(200), `${"\u{1f600}".repeat(200)} asks`], ["\u202e".repeat(200), "…"]]) {
        const long = await made.lasting.grant({ server: made.server, policy: made.policy, label });
        const [{ text, json }] = await receiver.told(assertHeld(await long.call(TOOL, MIGRATE)));
        assert.ok(json.embeds[0].description.includes(shows), text);
        assert.ok(text.isWellFormed() && !/\\ud[89a-f]/i.test(text), text);
        assert.ok(json.embeds[0].description.length < 4_096, "what Discord takes");
      }
    });

    const WRONG = {
      "a key that is none": [{ WEBHOOK_KEY: "whsec_c2hvcnQ=" }, /the secret WEBHOOK_KEY must be whsec_ and 24 to 64 bytes in base64/],
      "a form that there is not": [{ WEBHOOK_KEY: KEY, WEBHOOK_FORM: "pager" }, /the variable WEBHOOK_FORM must be json, slack or discord, not pager/],
      "no URL": [{ WEBHOOK_KEY: KEY, WEBHOOK_URL: "not-a-url?secret" }, /the secret WEBHOOK_URL must be a URL that begins with https:\/\//],
    };

    test("what is set wrongly is logged clearly, the call is held all the same, and people are told once it has been put right", async (t) => {
      const { lasting, agent } = await chat(t, { WEBHOOK_FORM: "json" });
      assertHeld(await agent.call(TOOL, { command: "no key" }));
      await eventually(() => lasting.complained.includes("the secret WEBHOOK_KEY is not set"), { within: 5_000, every: 50 });
      let asked;
    for (const [what, [vars, complaint]] of Object.entries(WRONG)) {
        await lasting.end("SIGTERM");
        await lasting.set({ WEBHOOK_URL: receiver.url, ...vars });
        await lasting.start();
        asked = assertHeld(await agent.call(TOOL, { command: what }));
        await eventually(() => complaint.test(lasting.complained), { within: 5_000, every: 50 }).catch(() => assert.fail(`${what}: ${lasting.complained}`));
      }
      for (const secret of ["not-a-url?secret", "c2hvcnQ="]) assert.ok(!lasting.complained.includes(secret), secret);
      await lasting.end("SIGTERM");
      await lasting.set({ WEBHOOK_URL: receiver.url, WEBHOOK_KEY: KEY });
      await lasting.start();
      await receiver.told(asked, 1, 30_000);
    });
  });
});
