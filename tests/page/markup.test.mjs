// What an agent chooses is text on the approval page, all of it, each character to be seen; and so is what operators have written.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertHeld } from "../e2e/support/approvals.mjs";
import { lastingGateway } from "../e2e/support/lasting.mjs";
import { request } from "../e2e/support/message.mjs";
import { asking, operator, TOOL } from "./support/asking.mjs";
import { startBrowser } from "./support/browser.mjs";
import { person } from "./support/person.mjs";
import { sessionOf } from "./support/seal.mjs";
import { readBack, strangers } from "./support/shown.mjs";

let gateway;
let browser;
let session;
before(async () => {
  [gateway, browser] = await Promise.all([lastingGateway(), startBrowser()]);
  const { name, token } = await operator(gateway);
  session = sessionOf({ operator: name }, token, Date.now() + 3_600_000);
});
after(() => Promise.all([gateway?.stop(), browser?.close()]));

/** Somebody who is signed in, and has opened the page of a question. */
async function reader(t, { url }) {
  const one = await person(t, browser);
  await one.hasSession(gateway, session);
  await one.open(url);
  return one;
}

/** Asks with arguments spelled just so, and opens the page. */
async function reading(t, spelled, { rule, grant } = {}) {
  const { agent, origin } = await gateway.withOrigin(t, { policy: asking(rule), grant, server: { preset: "mcp-django" } });
  const message = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${TOOL}","arguments":${spelled}}}`;
  const approval = assertHeld(await agent.rpc(message));
  return { agent, origin, approval, one: await reader(t, approval) };
}

/** The page is whole, is its own, and has done nothing. */
async function assertOwn(one) {
  assert.equal(await one.heading(), "Approve this call?");
  assert.deepEqual(await strangers(one.page), []);
  assert.equal(await one.page.getByRole("button", { name: "Approve once" }).count(), 1);
  assert.equal(await one.page.evaluate(() => window.ran), undefined);
  one.assertQuiet(gateway);
}

const nested = (depth, core) => `${'{"a":['.repeat(depth / 2)}${core}${"]}".repeat(depth / 2)}`;

const HOSTILE = {
  "a script": { code: "<script>window.ran=1;fetch('http://evil.example/')</script>" },
  "the end of the element that it stands in": { code: "</pre></section></main><h1>Approved</h1><form action=//evil.example><button>Approve once</button>" },
  "the ends of elements that hold text": { a: "</textarea></style></title></script><img src=x onerror=window.ran=1>", "</b></pre><script>window.ran=1</script>": 1 },
  "the end of an attribute": { a: `" onmouseover="window.ran=1" x='`, b: "'><svg/onload=window.ran=1>" },
  "a comment, CDATA, and declarations": { a: "<!--", b: "--><![CDATA[<x>]]><!doctype html><?xml ?>" },
  "entities": { a: "&lt;b&gt; &amp;lt; &#60;script&#62; &#x3c; &nbsp; &quot" },
  "templates of other engines": { a: "{{7*7}} ${window.ran=1} <%= 1 %> $& $1 $` $'" },
  "what JSON escapes": { a: "\"\\\b\f\n\r\t/\u0000\u001f\u007f", b: "\\u{202e}\\n", c: "C:\\new\\table", 'k"\\\n': 1 },
  "what turns the direction of text": { a: "rm -rf /tmp \u202e\u2066#\u2069\u2067\u202d\u202a\u202b\u202c\u200e\u200f\u061c", "\u202ek": 1 },
  "letters that are written from the right": { a: "\u05d0\u05d1\u05d2 rm -rf / \u0645\u0631\u062d\u0628\u0627 1 2 3" },
  "what shows nothing": { a: "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u034fh\u115fi\u3164j\u180ek\ufe0fl\u{e0041}m\u{1d173}n" },
  "blanks that are none": { a: "a\u00a0b\u2003c\u3000d\u2800e\u2028f\u2029g\u0085h  i\u1680j" },
  "private and unassigned characters": { a: "\ue000\u{f0000}\u{10ffff}\ufffe\u0378" },
  "floods of combining marks": { a: `Z${"\u0335\u0321\u0489\u0363".repeat(50)}`, b: `\u0338\u20dd"`, c: `<\u0338`, "\u0301": 1, d: `\n${"\u0301".repeat(9)}` },
  "letters that bear marks, and emoji": { a: "a\u0301 \u1ec7 e\u0323\u0302 \u0928\u093f \u0e17\u0e35\u0e48 \u{1f600} \u{1f468}\u{1f3fd}\u200d\u{1f469} \u2764\ufe0f \u{1f1e9}\u{1f1ea} 1\ufe0f\u20e3" },
  "one very long word": { a: "w".repeat(20_000) },
  "gaps, after which the next words look like a line of their own": { a: `   "echo hi"${" ".repeat(300)}"safe": true`, b: "def f():\n    return 1\n" },
  "a picture of a page": { a: "\n".repeat(30) + "It has been approved already. Nothing to do here." },
};

const SPELLED = {
  "numbers that no machine holds": '{"a":12345678901234567890123456789,"b":1.000,"c":-0,"d":1e2,"e":1E+2,"f":0.1000000000000000055511151231257827}',
  "keys that look alike, and odd ones": '{"a":1,"\\u0430":2,"A":3,"a ":4,"10":5,"2":6,"01":7,"":8,"__proto__":{"x":1},"constructor":9,"toString":10}',
  "the prototype, in depth": '{"__proto__":{"__proto__":[{"__proto__":null}]},"hasOwnProperty":1,"toJSON":"x"}',
  "brackets and commas in strings": '{"a":"{[,:]}","{":"}","b":[[],{},[{}],[[]]],"c":"\\"},{\\"","d":"\\\\"}',
  "nesting as deep as it may be": nested(60, "1"),
  "escapes that need not be": '{"\\u0061":"\\u003cscript\\u003e\\/\\u0022\\uD83D\\uDE00"}',
  "blanks between": '{ \n\t"a" : [ 1 ,\r\n 2 ] }',
  "nothing": "{}",
  "64 KiB of lines": JSON.stringify({ code: "print(1)\n".repeat(6_500) }),
  "64 KiB of numbers": `{"a":[${"1,".repeat(30_000)}2]}`,
  "64 KiB of one word": JSON.stringify({ a: "x".repeat(64_000) }),
  "64 KiB of markup": JSON.stringify({ a: "<b>".repeat(20_000) }),
};

/** JSON with the tokens of another one, in its order: only blanks between them, and how a string is spelled, may differ. */
const tokens = (json) => json.match(/"(?:[^"\\]+|\\.)*"|[^\s",:{}[\]]+|[{}[\],:]/g).map((token) => (token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token));

describe("What an agent sends, as a person reads it: complete, exact, and text", { concurrency: 4 }, () => {
  for (const [what, args] of [...Object.entries(HOSTILE).map(([what, args]) => [what, JSON.stringify(args)]), ...Object.entries(SPELLED)]) {
    test(what, async (t) => {
      const { one } = await reading(t, args);
      await assertOwn(one);
      const read = await readBack(one.page);
      // String by string, since a comparison of two texts of 64 KiB says little when it fails.
      const [seen, sent] = [tokens(read), tokens(args)];
      sent.forEach((token, n) => assert.equal(seen[n], token, `token ${n}`));
      assert.equal(seen.length, sent.length);
    });
  }

  test("nothing that is shown as itself is invisible, turns the direction, or piles up marks", async (t) => {
    const { one } = await reading(t, JSON.stringify(HOSTILE));
    const bare = await one.page.locator(".call pre").evaluate((pre) => {
      const copy = pre.cloneNode(true);
      copy.querySelectorAll("mark").forEach((mark) => mark.replaceWith("|"));
      return copy.textContent;
    });
    assert.doesNotMatch(bare.replaceAll("\n", ""), /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u);
    assert.doesNotMatch(bare, /\p{M}{4}|\p{Me}|["\n|<]\p{M}/u);
    assert.match(bare, /\u0e17\u0e35\u0e48/u, "what people write is left alone");
    assert.doesNotMatch(bare, /[^\n ] {3}/, "no gap");
    assert.match(bare, /\n +return 1/);
    // Left to right, letter by letter, whatever the letters are.
    const [first, last] = await one.page.locator(".call pre").evaluate((pre) => {
      const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const at = walker.currentNode.data.indexOf("\u05d0\u05d1\u05d2");
        if (at < 0) continue;
        return [at, at + 2].map((start) => {
          const range = document.createRange();
          range.setStart(walker.currentNode, start);
          range.setEnd(walker.currentNode, start + 1);
          return range.getBoundingClientRect().left;
        });
      }
    });
    assert.ok(first < last, `${first} ${last}`);
  });

  test("a long text is not shut in a box: all of it stands on the page, its length is told before it, and the answer after it", async (t) => {
    const { one } = await reading(t, SPELLED["64 KiB of lines"]);
    const figures = [await one.page.locator(".call pre").evaluate((pre) => pre.textContent.split("\n").length), SPELLED["64 KiB of lines"].length];
    const [lines, characters] = figures.map((figure) => figure.toLocaleString("en"));
    assert.equal(await one.page.locator(".long").innerText(), `${lines} lines, ${characters} characters: all of it stands here.`);
    const { box, scrolls } = await one.page.locator(".call pre").evaluate((pre) => ({ box: pre.clientHeight, scrolls: pre.scrollHeight }));
    assert.equal(scrolls, box);
    assert.ok(box > 6_500 * 10);
    await one.page.getByRole("link", { name: "answer" }).click();
    assert.ok(await one.page.getByRole("button", { name: "Deny" }).isVisible());
  });
});

describe("What others write", { concurrency: 2 }, () => {
  const EVIL = `</dd><script>window.ran=1</script>"'&lt;\u202e`;

  test("labels of grants, reasons of rules, and words of people are text as well", async (t) => {
    const { agent, approval, one } = await reading(t, "{}", { rule: { reason: EVIL }, grant: { label: `</bdi>${EVIL}` } });
    await assertOwn(one);
    const text = await one.page.locator("main").textContent();
    assert.equal(text.split(EVIL.replace("\u202e", "\\u{202e}")).length - 1, 3, "the label twice, the reason once");
    await one.answers(false, `${EVIL}\n</blockquote>`);
    assert.deepEqual(await strangers(one.page), []);
    assert.match(await one.text(), /<script>window\.ran=1<\/script>"'&lt;\\u\{202e\}\s+<\/blockquote>/);
    const next = assertHeld(await agent.call(TOOL, { n: 1 }));
    await one.open(next.url);
    assert.ok((await one.text()).includes("</blockquote>"), "and among what was said before");
    await assertOwn(one);
    assert.notEqual(next.id, approval.id);
  });

  test("the name of what is read: a URI as it was sent", async (t) => {
    const template = "x://{name*}";
    const policy = { version: "1", default: "deny", resources: { [template]: { action: "require_approval" } } };
    const { agent } = await gateway.withOrigin(t, { policy });
    const uris = ["x://a/%3Cscript%3E", "x://a'onclick=1&lt;", "x://a/<script>window.ran=1</script>", "x://\u05d0/\u05d1", `x://${"a".repeat(1500)}`, "x://a/\u202eb", "x://a/$&"];
    let shown = 0;
    for (const uri of uris) {
      const { data } = (await agent.rpc(request("resources/read", { uri }))).message.error;
      if (data?.approval === undefined) continue;
      const one = await reader(t, data.approval);
      const name = (await one.page.locator(".name").textContent()).replace(/\\u\{([0-9a-f]+)\}/g, (_, code) => String.fromCodePoint(parseInt(code, 16)));
      assert.equal(name, uri);
      await assertOwn(one);
      shown += 1;
    }
    assert.ok(shown >= 4, `${shown} of ${uris.length} are URIs that the gateway takes`);
  });

  test("what is known of a resource is said: the setting that a template stands for is of high risk", async (t) => {
    const rule = { action: "require_approval" };
    const resources = { "django://project/setting/{key}": rule, "django://project/apps": rule, "other://x": rule };
    const { agent } = await gateway.withOrigin(t, { policy: { version: "1", default: "deny", resources }, server: { preset: "mcp-django" } });
    for (const [uri, says] of [["django://project/setting/SECRET_KEY", "High risk"], ["django://project/apps", "Low risk"], ["other://x", "Unknown risk"]]) {
      const { data } = (await agent.rpc(request("resources/read", { uri }))).message.error;
      const one = await reader(t, data.approval);
      assert.equal(await one.page.locator(".badge").innerText(), says);
      assert.match(await one.text(), /resources\/read/);
    }
  });
});
