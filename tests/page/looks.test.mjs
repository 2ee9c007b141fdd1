// The approval page as everybody sees it: on a phone and on a desk, by day and by night, enlarged, and what of it comes first.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MIGRATE } from "./support/asking.mjs";
import { complaints, contrast, sticksOut } from "./support/eyes.mjs";
import { person } from "./support/person.mjs";
import { picture } from "./support/pictures.mjs";
import { BEFORE, LONG, openShop } from "./support/shop.mjs";

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1200, height: 900 } };
const SCHEMES = ["light", "dark"];
/** What tells by its colour alone where something is: of which element which colour, and before which. */
const EDGES = [
  [".yes", "backgroundColor", ".sheet"],
  [".no", "borderTopColor", ".sheet"],
  ["textarea", "borderTopColor", ".sheet"],
  [".badge", "backgroundColor", ".call"],
  [".risk", "borderLeftColor", ".risk"],
];
const LONG_WORD = "w".repeat(400);
const ODD = { command: "shell", args: ["-c", "import os\nos.system('rm -rf \u202e#')"], options: { verbosity: 1.0, "n\u200bo_input": true } };

let shop;
before(async () => (shop = await openShop()));
after(() => shop?.close());

describe("Everybody can use the approval page", { concurrency: 3 }, () => {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      test(`${size}, ${colorScheme}: axe-core finds nothing in any page, and what is no text stands out as well`, async (t) => {
        for (const [name, reach] of Object.entries(shop.pages)) {
          const one = await person(t, shop.browser, { viewport, colorScheme });
          await reach(one, await shop.asks(MIGRATE, { before: name === "question" ? BEFORE : [] }));
          assert.deepEqual(await complaints(one.page), [], name);
          assert.deepEqual(await sticksOut(one.page), [], name);
          await picture(one.page, `${name}-${size}-${colorScheme}`);
          if (name !== "question") continue;
          await one.page.getByRole("button", { name: "Deny" }).scrollIntoViewIfNeeded();
          await picture(one.page, `answer-${size}-${colorScheme}`);
        }
        const one = await person(t, shop.browser, { viewport, colorScheme });
        await shop.pages.question(one, await shop.asks(ODD));
        assert.deepEqual(await complaints(one.page), []);
        await picture(one.page, `odd-${size}-${colorScheme}`);
        for (const [selector, property, ground] of EDGES) {
          assert.ok((await contrast(one.page, selector, property, ground)) >= 3, `${selector} ${property}`);
        }
        await one.page.getByRole("button", { name: "Sign out" }).focus();
        assert.ok((await contrast(one.page, ".plain", "outlineColor", "body")) >= 3, "the ring of the focus");
      });
    }
  }

  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`${size}: what would run and how dangerous it is stand on the first screen; the buttons come last, apart, and large enough for a thumb`, async (t) => {
      const one = await person(t, shop.browser, { viewport });
      await shop.pages.question(one, await shop.asks());
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
    const one = await person(t, shop.browser, { viewport: SIZES.phone });
    await shop.pages.question(one, await shop.asks(LONG));
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
      const one = await person(t, shop.browser, options);
      const question = await shop.asks({ ...MIGRATE, ...words }, { label: LONG_WORD.slice(0, 100), before: [[{}, "deny", LONG_WORD]] });
      const enlarged = () => text && one.page.evaluate((size) => (document.documentElement.style.fontSize = size), text);
      await one.open(question.approval.url);
      await enlarged();
      assert.deepEqual(await sticksOut(one.page), []);
      await one.signIn(shop.ada.token);
      await enlarged();
      assert.deepEqual(await sticksOut(one.page), []);
      await one.answers(false, LONG_WORD);
      await enlarged();
      assert.deepEqual(await sticksOut(one.page), []);
    });
  }

  test("where the system gives the colours, buttons and fields still have edges", async (t) => {
    const one = await person(t, shop.browser, { forcedColors: "active" });
    await shop.pages.question(one, await shop.asks());
    for (const selector of [".yes", ".no", "textarea", ".badge"]) {
      const [style, width] = await one.page.locator(selector).evaluate((element) => [getComputedStyle(element).borderTopStyle, parseFloat(getComputedStyle(element).borderTopWidth)]);
      assert.ok(style === "solid" && width >= 1, selector);
      assert.ok((await contrast(one.page, selector, "borderTopColor", "body")) >= 3, selector);
    }
  });
});
