// The approval page against other web pages: whatever they make a browser send, in which somebody is signed in, nothing is decided.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { lastingGateway } from "../e2e/support/lasting.mjs";
import { asked, operator, statusOf } from "./support/asking.mjs";
import { attacker } from "./support/attacker.mjs";
import { startBrowser } from "./support/browser.mjs";
import { person } from "./support/person.mjs";

let gateway;
let browser;
let as;
before(async () => {
  [gateway, browser] = await Promise.all([lastingGateway(), startBrowser()]);
  as = await operator(gateway);
});
after(() => Promise.all([gateway?.stop(), browser?.close()]));

describe("Other web pages in a browser that is signed in", { concurrency: 2 }, () => {
  /** A person who is signed in before a question, with a mark that an attacker has somehow got hold of. */
  async function victim(t) {
    const question = await asked(gateway, t);
    const one = await person(t, browser);
    await one.signedInAt(question.approval.url, as.token);
    const form = await one.page.locator("input[name=form]").getAttribute("value");
    return { ...question, one, form, evil: await attacker(t) };
  }

  /** A page with a form that no person has to send. */
  function sendsItself({ url }, fields, type = "application/x-www-form-urlencoded") {
    const hidden = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
    return `<form method="post" enctype="${type}" action="${url}">${hidden.join("")}</form><script>document.forms[0].submit()</script>`;
  }

  for (const where of ["another site", "the same site, another origin"]) {
    test(`${where}: a form that sends itself, as what browsers can send, approves nothing`, async (t) => {
      const { approval, one, form, evil } = await victim(t);
      for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]) {
        evil.pages["/"] = sendsItself(approval, { do: "approve", form }, type);
        const sent = one.page.waitForResponse((answer) => answer.url().startsWith(approval.url) && answer.request().method() === "POST");
        await one.page.goto(`${evil.sites[where]}/`);
        assert.equal((await sent).status(), 403, type);
        assert.equal(await statusOf(gateway, approval), "pending");
      }
    });

    test(`${where}: fetch with credentials reads nothing and approves nothing`, async (t) => {
      const { approval, one, form, evil } = await victim(t);
      evil.pages["/"] = "<p>evil</p>";
      await one.page.goto(`${evil.sites[where]}/`);
      const outcomes = await one.page.evaluate(async ({ url, form }) => {
        const body = () => new URLSearchParams({ do: "approve", form });
        const tried = (options) =>
          fetch(url, { credentials: "include", ...options }).then(async (answer) => `${answer.type} ${await answer.text()}`, () => "refused");
        return [
          await tried({}),
          await tried({ mode: "no-cors" }),
          await tried({ method: "POST", body: body() }),
          await tried({ method: "POST", mode: "no-cors", body: body() }),
          await tried({ method: "POST", mode: "no-cors", body: body(), referrerPolicy: "no-referrer" }),
          await tried({ method: "PUT" }),
        ];
      }, { url: approval.url, form });
      for (const outcome of outcomes) assert.match(outcome, /^(refused|opaque )$/, "nothing of the page is handed out");
      assert.equal(await statusOf(gateway, approval), "pending");
    });

    test(`${where}: a frame of the page shows nothing`, async (t) => {
      const { approval, one, evil } = await victim(t);
      for (const tag of ["iframe src", "embed src", "object data", `iframe sandbox="allow-forms allow-scripts" src`]) {
        const framed = (url) => `<${tag}="${url}" width="800" height="600"></${tag.split(" ")[0]}>`;
        evil.pages["/"] = [`${gateway.url}/healthz`, approval.url, `${approval.url}?here`].map(framed).join("");
        await one.page.goto(`${evil.sites[where]}/`, { waitUntil: "load" });
        // What shows nothing may be taken out while we look at it.
        const shown = (frame) => frame.evaluate(() => document.documentElement.innerText.trim()).catch(() => "");
        const texts = await Promise.all(one.page.frames().slice(1).map(shown));
        assert.ok(texts.includes("ok"), `${tag}: what may be framed is`);
        for (const text of texts) assert.doesNotMatch(text, /Approve|migrate|token|Go on/i);
      }
    });

    test(`${where}: a window that it opens knows nothing of it`, async (t) => {
      const { approval, one, evil } = await victim(t);
      evil.pages["/"] = `<button onclick="window.opened = window.open('${approval.url}')">x</button>`;
      await one.page.goto(`${evil.sites[where]}/`);
      const [popup] = await Promise.all([one.context.waitForEvent("page"), one.page.getByRole("button").click()]);
      await popup.getByRole("heading", { name: "Approve this call?" }).waitFor();
      assert.equal(await popup.evaluate(() => window.opener), null);
      assert.equal(await one.page.evaluate(() => window.opened.closed), true, "severed");
    });

    test(`${where}: a link from it leads a person who is signed in to the question`, async (t) => {
      const { approval, one, evil } = await victim(t);
      evil.pages["/"] = `<a href="${approval.url}">An agent asks</a>`;
      await one.page.goto(`${evil.sites[where]}/`);
      await one.page.getByRole("link").click();
      await one.page.getByRole("heading", { name: "Approve this call?" }).waitFor();
      assert.equal(new URL(one.page.url()).origin, gateway.url);
    });
  }

  test("nobody is signed in by another page: a form with the attacker's own token leaves the session as it was", async (t) => {
    const { approval, agent, one, evil } = await victim(t);
    const mallory = await operator(gateway);
    const before = await one.cookie();
    for (const [where, token] of [["another site", mallory.token], ["the same site, another origin", mallory.token], ["another site", agent.token]]) {
      evil.pages["/"] = sendsItself(approval, { do: "sign-in", token });
      await one.page.goto(`${evil.sites[where]}/`);
      await one.page.getByText("This form was not sent from the page itself.").waitFor();
    }
    assert.deepEqual(await one.cookie(), before);
  });

  test("a page of the same site can neither set nor change the session's cookie", async (t) => {
    const { approval, one, evil } = await victim(t);
    evil.pages["/"] = "<p>evil</p>";
    await one.page.goto(`${evil.sites["the same site, another origin"]}/`);
    const before = await one.cookie();
    await one.page.evaluate(() => {
      document.cookie = "__Host-tollgate=x; Path=/; Secure; SameSite=Strict";
      document.cookie = "__Host-tollgate=x; Path=/approve; Secure";
      document.cookie = "__Host-tollgate=x; Domain=127.0.0.1; Path=/; Secure";
    });
    assert.deepEqual(await one.cookie(), before, "a script does not write over what no script may read");
    await one.open(approval.url);
    assert.equal(await one.heading(), "Approve this call?");
  });
});
