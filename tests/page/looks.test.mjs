// The approval page for everybody: on a phone and on a desk, by day and by night, by keyboard, by screen reader, enlarged.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { assertHeld } from "../e2e/support/approvals.mjs";
import { lastingGateway } from "../e2e/support/lasting.mjs";
import { startOrigin } from "../e2e/support/origin.mjs";
import { asking, MIGRATE, operator, passes, statusOf, TOOL } from "./support/asking.mjs";
import { startBrowser } from "./support/browser.mjs";
import { complaints, contrast, focus, spoken, sticksOut } from "./support/eyes.mjs";
import { person } from "./support/person.mjs";
import { picture } from "./support/pictures.mjs";

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1200, height: 900 } };
const SCHEMES = ["light", "dark"];
const catalogue = await readFile(inRoot("presets", "mcp-django", "catalogue.json"), "utf8");
const LONG_WORD = "w".repeat(400);

let gateway;
let browser;
let ada;
let origin;
before(async () => {
  [gateway, browser, origin] = await Promise.all([lastingGateway(), startBrowser(), startOrigin()]);
  ada = await operator(gateway, "ada");
  await gateway.must("PUT", "servers/shop", { origin: { url: origin.url }, preset: "mcp-django" });
  await gateway.must("PUT", "policies/developer", asking());
});
after(() => Promise.all([gateway?.stop(), browser?.close(), origin?.stop()]));

/** A grant that asks: for its first call, or for one before that has been answered. */
async function asks(args = MIGRATE, { label = "alice-laptop", before = [] } = {}) {
  const agent = await gateway.grant({ server: "shop", policy: "developer", label });
  for (const [earlier, what, reason] of before) {
    const { id } = assertHeld(await agent.call(TOOL, earlier));
    await gateway.must("POST", `approvals/${id}/${what}`, { reason }, { Authorization: `Bearer ${ada.token}` });
  }
  const call = () => agent.call(TOOL, args);
  return { agent, call, approval: assertHeld(await call()) };
}

const BEFORE = [[{ command: "flush" }, "deny", "Not on a Friday."], [{ command: "migrate", args: ["shop", "0041"] }, "approve", "Seen with Bo."]];
const ODD = { command: "shell", args: ["-c", "import os\nos.system('rm -rf \u202e#')"], options: { verbosity: 1.0, "n\u200bo_input": true } };
const LONG = { command: "shell", args: [Array.from({ length: 60 }, (_, n) => `print(Order.objects.get(id=${n}))`).join("\n")] };

/** Everything that the page may show, each as a way to get there. */
const PAGES = {
  "sign-in": async (one, { approval }) => one.open(approval.url),
  "sign-in, refused": async (one, { approval }) => one.signedInAt(approval.url, "x"),
  question: async (one, { approval }) => one.signedInAt(approval.url, ada.token),
  approved: async (one, { approval }) => {
    await one.signedInAt(approval.url, ada.token);
    await one.answers(true, "Go on.");
  },
  denied: async (one, { approval }) => {
    await one.signedInAt(approval.url, ada.token);
    await one.answers(false, "Not on a Friday.");
  },
  problem: async (one, { approval }) => {
    await one.signedInAt(approval.url, ada.token);
    await one.page.locator("textarea").evaluate((area) => area.removeAttribute("maxlength"));
    await one.answers(true, "x".repeat(1_001));
    assert.equal(await one.heading(), "This is not possible");
  },
};

describe("Everybody can use the approval page", { concurrency: 3 }, () => {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      test(`${size}, ${colorScheme}: axe-core finds nothing in any page, and what is no text stands out as well`, async (t) => {
        for (const [name, reach] of Object.entries(PAGES)) {
          const one = await person(t, browser, { viewport, colorScheme });
          await reach(one, await asks(MIGRATE, { before: name === "question" ? BEFORE : [] }));
          assert.deepEqual(await complaints(one.page), [], name);
          assert.deepEqual(await sticksOut(one.page), [], name);
          await picture(one.page, `${name}-${size}-${colorScheme}`);
          if (name !== "question") continue;
          await one.page.getByRole("button", { name: "Deny" }).scrollIntoViewIfNeeded();
          await picture(one.page, `answer-${size}-${colorScheme}`);
        }
        const one = await person(t, browser, { viewport, colorScheme });
        await PAGES.question(one, await asks(ODD));
        assert.deepEqual(await complaints(one.page), []);
        await picture(one.page, `odd-${size}-${colorScheme}`);
        for (const [selector, property, ground] of [[".yes", "backgroundColor", ".sheet"], [".no", "borderTopColor", ".sheet"], ["textarea", "borderTopColor", ".sheet"], [".badge", "backgroundColor", ".call"], [".risk", "borderLeftColor", ".risk"]]) {
          assert.ok((await contrast(one.page, selector, property, ground)) >= 3, `${selector} ${property}`);
        }
        await one.page.getByRole("button", { name: "Sign out" }).focus();
        assert.ok((await contrast(one.page, ".plain", "outlineColor", "body")) >= 3, "the ring of the focus");
      });
    }
  }

  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`${size}: what would run and how dangerous it is stand on the first screen; the buttons come last, apart, and large enough for a thumb`, async (t) => {
      const one = await person(t, browser, { viewport });
      await PAGES.question(one, await asks());
      const box = (selector) => one.page.locator(selector).first().boundingBox();
      for (const selector of [".name", ".badge", ".call pre"]) {
        const { y, height } = await box(selector);
        assert.ok(y + height <= viewport.height, `${selector} ends at ${y + height}`);
      }
      const [no, yes, last] = await Promise.all([box(".no"), box(".yes"), box("main > :last-child")]);
      assert.ok(last.y + last.height - (yes.y + yes.height) < 40, "nothing comes after them");
      assert.ok(yes.x - (no.x + no.width) >= 16 && Math.abs(yes.y - no.y) < 1, "side by side, apart");
      for (const { width, height } of [no, yes]) assert.ok(width >= 44 && height >= 44, `${width} × ${height}`);
      const { height } = await box(".plain");
      assert.ok(height >= 24);
      const looks = await one.page.evaluate(() => [".yes", ".no"].map((button) => getComputedStyle(document.querySelector(button)).backgroundColor));
      assert.notEqual(looks[0], looks[1]);
    });
  }

  test("long arguments: the first screen says how long they are, and leads to the answer", async (t) => {
    const one = await person(t, browser, { viewport: SIZES.phone });
    await PAGES.question(one, await asks(LONG));
    const { y, height } = await one.page.locator(".long").boundingBox();
    assert.ok(y + height <= SIZES.phone.height);
    await one.page.getByRole("link", { name: "answer" }).click();
    const answer = await one.page.locator("#answer").boundingBox();
    assert.ok(answer.y >= 0 && answer.y < SIZES.phone.height);
  });

  const NARROW = {
    "320 px": { viewport: { width: 320, height: 640 } },
    "390 px": { viewport: SIZES.phone },
    "1200 px, zoom 200 %": { viewport: { width: 600, height: 450 }, deviceScaleFactor: 2 },
    "1280 px, zoom 400 %": { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
    "390 px, text twice as large": { viewport: SIZES.phone, text: "200%" },
  };
  for (const [what, { text, ...options }] of Object.entries(NARROW)) {
    test(`${what}: nothing sticks out to the side, however long the words are`, async (t) => {
      const words = Object.fromEntries(["", "\u0e01", "\u202e"].map((start) => [start + LONG_WORD, [start + LONG_WORD, { deep: [[[[[[[[[[LONG_WORD]]]]]]]]]] }]]));
      const one = await person(t, browser, options);
      const question = await asks({ ...MIGRATE, ...words }, { label: LONG_WORD.slice(0, 100), before: [[{}, "deny", LONG_WORD]] });
      const enlarged = () => text && one.page.evaluate((size) => (document.documentElement.style.fontSize = size), text);
      await one.open(question.approval.url);
      await enlarged();
      assert.deepEqual(await sticksOut(one.page), []);
      await one.signIn(ada.token);
      await enlarged();
      assert.deepEqual(await sticksOut(one.page), []);
      await one.answers(false, LONG_WORD);
      await enlarged();
      assert.deepEqual(await sticksOut(one.page), []);
    });
  }

  test("where the system gives the colours, buttons and fields still have edges", async (t) => {
    const one = await person(t, browser, { forcedColors: "active" });
    await PAGES.question(one, await asks());
    for (const selector of [".yes", ".no", "textarea", ".badge"]) {
      const [style, width] = await one.page.locator(selector).evaluate((element) => [getComputedStyle(element).borderTopStyle, parseFloat(getComputedStyle(element).borderTopWidth)]);
      assert.ok(style === "solid" && width >= 1, selector);
      assert.ok((await contrast(one.page, selector, "borderTopColor", "body")) >= 3, selector);
    }
  });
});

describe("By keyboard alone", { concurrency: 2 }, () => {
  test("sign in, walk through all that can be used in the order in which it stands, see where one is, and approve", async (t) => {
    const one = await person(t, browser, { viewport: SIZES.phone });
    const { keyboard } = one.page;
    const { approval, call } = await asks(LONG);
    await one.open(approval.url);
    assert.equal((await focus(one.page)).name, "Your token", "the one field has the focus");
    await keyboard.type(ada.token);
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
    assert.equal(await statusOf(gateway, approval), "pending", "a line end in the words sends nothing");
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await one.page.getByRole("heading", { name: "Approved" }).waitFor();
    assert.equal((await gateway.must("GET", `approvals/${approval.id}`)).decision.reason, "Seen.\r\nAll of it.");
    assert.ok(passes(await call()));
  });

  test("deny with the space bar, and sign out", async (t) => {
    const one = await person(t, browser);
    const { approval } = await asks();
    await one.signedInAt(approval.url, ada.token);
    await one.page.getByLabel("Your words to the agent").focus();
    await one.page.keyboard.press("Tab");
    await one.page.keyboard.press("Space");
    await one.page.getByRole("heading", { name: "Denied" }).waitFor();
    assert.equal(await statusOf(gateway, approval), "denied");
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
    const one = await person(t, browser);
    await PAGES.question(one, await asks(MIGRATE, { before: BEFORE.slice(0, 1) }));
    const { category, why } = JSON.parse(catalogue).tools.find(({ name }) => name === TOOL);
    assert.equal(steady(await spoken(one.page)), question(`${category}. ${why.replaceAll("`", "")}`));
    assert.match(await one.page.title(), /^Approve management_execute_command\? · Tollgate$/);
  });

  test("the sign-in, and why it was refused, which is said at once", async (t) => {
    const one = await person(t, browser);
    await PAGES["sign-in, refused"](one, await asks());
    assert.equal(steady(await spoken(one.page)), SIGN_IN);
  });

  test("the language of the page is told, and what has become of a question is a status", async (t) => {
    const one = await person(t, browser);
    await PAGES.denied(one, await asks());
    const lines = await spoken(one.page);
    assert.equal(await one.page.locator("html").getAttribute("lang"), "en");
    assert.ok(lines.includes('  heading "Denied" level 1'), lines.join("\n"));
    const status = lines.indexOf("  status live polite");
    assert.match(steady(lines.slice(status + 1, status + 3)), /“The agent is told so\. This holds until TIME \(MINUTES\)\.”\n *“No, said ada, TIME:/);
  });
});

const question = (risk) => `banner
  “Tollgate”
  form
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
  form
    textbox "Your token" required (An operator's begins with to_. Where the call is yours to approve, show the grant of the agent: it begins with tg_.)
    “An operator's begins with to_. Where the call is yours to approve, show the grant of the agent: it begins with tg_.”
    button "Sign in"`;
