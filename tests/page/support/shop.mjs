// A shop whose agents ask, an operator called ada who answers, and every page that there is on the way.
import assert from "node:assert/strict";
import { assertHeld } from "../../e2e/support/approvals.mjs";
import { lastingGateway } from "../../e2e/support/lasting.mjs";
import { startOrigin } from "../../e2e/support/origin.mjs";
import { asking, MIGRATE, operator, TOOL } from "./asking.mjs";
import { startBrowser } from "./browser.mjs";

/** What was answered before, for `asks`. */
export const BEFORE = [
  [{ command: "flush" }, "deny", "Not on a Friday."],
  [{ command: "migrate", args: ["shop", "0041"] }, "approve", "Seen with Bo."],
];

/** Arguments that nobody reads at a glance. */
export const LONG = { command: "shell", args: [Array.from({ length: 60 }, (_, n) => `print(Order.objects.get(id=${n}))`).join("\n")] };

/** Opens it; whoever does closes it. */
export async function openShop() {
  const [gateway, browser, origin] = await Promise.all([lastingGateway(), startBrowser(), startOrigin()]);
  const ada = await operator(gateway, "ada");
  await gateway.must("PUT", "servers/shop", { origin: { url: origin.url }, preset: "mcp-django" });
  await gateway.must("PUT", "policies/developer", asking());
  return new Shop(gateway, browser, origin, ada);
}

class Shop {
  constructor(gateway, browser, origin, ada) {
    Object.assign(this, { gateway, browser, origin, ada });
  }

  close() {
    return Promise.all([this.gateway.stop(), this.browser.close(), this.origin.stop()]);
  }

  /** A grant that asks; of its earlier calls, some have been answered. */
  async asks(args = MIGRATE, { label = "alice-laptop", before = [] } = {}) {
    const agent = await this.gateway.grant({ server: "shop", policy: "developer", label });
    for (const [earlier, what, reason] of before) {
      const { id } = assertHeld(await agent.call(TOOL, earlier));
      await this.gateway.must("POST", `approvals/${id}/${what}`, { reason }, { Authorization: `Bearer ${this.ada.token}` });
    }
    const call = () => agent.call(TOOL, args);
    return { agent, call, approval: assertHeld(await call()) };
  }

  /** Everything that the page may show, each as a way to get there. */
  pages = {
    "sign-in": (one, { approval }) => one.open(approval.url),
    "sign-in, refused": (one, { approval }) => one.signedInAt(approval.url, "x"),
    question: (one, { approval }) => one.signedInAt(approval.url, this.ada.token),
    approved: async (one, { approval }) => {
      await one.signedInAt(approval.url, this.ada.token);
      await one.answers(true, "Go on.");
    },
    denied: async (one, { approval }) => {
      await one.signedInAt(approval.url, this.ada.token);
      await one.answers(false, "Not on a Friday.");
    },
    problem: async (one, { approval }) => {
      await one.signedInAt(approval.url, this.ada.token);
      await one.page.locator("textarea").evaluate((area) => area.removeAttribute("maxlength"));
      await one.answers(true, "x".repeat(1_001));
      assert.equal(await one.heading(), "This is not possible");
    },
  };
}
