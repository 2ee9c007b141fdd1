// The approval page without eyes on it, or without a hand on a mouse: by keyboard alone, and by screen reader.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { MIGRATE, passes, statusOf, TOOL } from "./support/asking.mjs";
import { focus, spoken } from "./support/eyes.mjs";
import { person } from "./support/person.mjs";
import { BEFORE, LONG, openShop } from "./support/shop.mjs";

const PHONE = { width: 390, height: 844 };
const catalogue = await readFile(inRoot("presets", "mcp-django", "catalogue.json"), "utf8");

let shop;
before(async () => (shop = await openShop()));
after(() => shop?.close());

describe("By keyboard alone", { concurrency: 2 }, () => {
  test("sign in, walk through all that can be used in the order in which it stands, see where one is, and approve", async (t) => {
    const one = await person(t, shop.browser, { viewport: PHONE });
    const { keyboard } = one.page;
    const { approval, call } = await shop.asks(LONG);
    await one.open(approval.url);
    assert.equal((await focus(one.page)).name, "Your token", "the one field has the focus");
    await keyboard.type(shop.ada.token);
    await keyboard.press("Enter");
    await one.page.getByRole("heading", { name: "Approve this call?" }).waitFor();
    const walked = [];
    for (let n = 0; n < 5; n += 1) {
      await keyboard.press("Tab");
      const { name, ring, onScreen } = await focus(one.page);
      assert.match(ring, /^solid 3px$/, name);
      assert.ok(onScreen, name);
      walked.push(name);
    }
    assert.deepEqual(walked, ["Sign out", "answer", "Your words to the agent", "Deny", "Approve once"]);
    await keyboard.press("Shift+Tab");
    await keyboard.press("Shift+Tab");
    await keyboard.type("Seen.");
    await keyboard.press("Enter");
    await keyboard.type("All of it.");
    assert.equal(await statusOf(shop.gateway, approval), "pending", "a line end in the words sends nothing");
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await one.page.getByRole("heading", { name: "Approved" }).waitFor();
    assert.equal((await shop.gateway.must("GET", `approvals/${approval.id}`)).decision.reason, "Seen.\r\nAll of it.");
    assert.ok(passes(await call()));
  });

  test("deny with the space bar, and sign out", async (t) => {
    const one = await person(t, shop.browser);
    const { approval } = await shop.asks();
    await one.signedInAt(approval.url, shop.ada.token);
    await one.page.getByLabel("Your words to the agent").focus();
    await one.page.keyboard.press("Tab");
    await one.page.keyboard.press("Space");
    await one.page.getByRole("heading", { name: "Denied" }).waitFor();
    assert.equal(await statusOf(shop.gateway, approval), "denied");
    await one.page.keyboard.press("Tab");
    await one.page.keyboard.press("Enter");
    await one.page.getByLabel("Your token").waitFor();
  });
});

describe("By screen reader", { concurrency: 2 }, () => {
  /** What differs from run to run, by names. */
  const steady = (lines) =>
    lines.join("\n").replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, "TIME").replace(/\bg_[0-9a-f]{32}\b/g, "GRANT").replace(/\b\d+ minutes/g, "MINUTES");

  test("the question: landmarks, headings in order, all that is written, and a name for all that can be used", async (t) => {
    const one = await person(t, shop.browser);
    await shop.pages.question(one, await shop.asks(MIGRATE, { before: BEFORE.slice(0, 1) }));
    const { category, why } = JSON.parse(catalogue).tools.find(({ name }) => name === TOOL);
    assert.equal(steady(await spoken(one.page)), question(`${category}. ${why.replaceAll("`", "")}`));
    assert.match(await one.page.title(), /^Approve management_execute_command\? · Tollgate$/);
  });

  test("the sign-in, and why it was refused, which is said at once", async (t) => {
    const one = await person(t, shop.browser);
    await shop.pages["sign-in, refused"](one, await shop.asks());
    assert.equal(steady(await spoken(one.page)), SIGN_IN);
  });

  test("the language of the page is told, and what has become of a question is a status", async (t) => {
    const one = await person(t, shop.browser);
    await shop.pages.denied(one, await shop.asks());
    const lines = await spoken(one.page);
    assert.equal(await one.page.locator("html").getAttribute("lang"), "en");
    assert.ok(lines.includes('  heading "Denied" level 1'), lines.join("\n"));
    const status = lines.indexOf("  status live polite");
    assert.match(steady(lines.slice(status + 1, status + 3)), /“The agent is told so\. This holds until TIME \(MINUTES\)\.”\n *“No, said ada, TIME:/);
  });
});

const question = (risk) => `banner
  “Tollgate”
  “ada”
  button "Sign out"
main
  heading "Approve this call?" level 1
  status live polite
    “It waits for an ”
    link "answer"
    “ until TIME (MINUTES).”
  heading "Exactly this would run" level 2
  “Critical risk”
  “management_execute_command”
  “{
  "command": "migrate",
  "args": [
    "shop",
    "0042_drop_orders"
  ],
  "options": {
    "database": "default"
  }
}”
  “Asked by alice-laptop, on the server shop.”
  heading "Risk: Critical" level 2
  “${risk}”
  heading "Who asks, and why you" level 2
  term "Asked by"
  definition
    “alice-laptop (grant GRANT)”
  term "Server"
  definition
    “shop”
  term "Because of"
  definition
    “rule /tools/management_execute_command of policy developer”
  term "Its author says"
  definition
    “Migrations are looked at before they run.”
  term "Asked"
  definition
    “TIME”
  heading "Before" level 2
  list
    listitem
      “TIME: denied by ada, with other arguments (“Not on a Friday.”)”
  form "Your answer"
    heading "Your answer" level 2
    textbox "Your words to the agent (optional)"
    button "Deny"
    button "Approve once"`;

const SIGN_IN = `banner
  “Tollgate”
main
  heading "An agent asks for approval" level 1
  alert live assertive
    “Nobody has this token here.”
  textbox "Your token" required (An operator's begins with to_. Where the call is yours to approve, show the grant of the agent: it begins with tg_.)
  “An operator's begins with to_. Where the call is yours to approve, show the grant of the agent: it begins with tg_.”
  button "Sign in"`;
