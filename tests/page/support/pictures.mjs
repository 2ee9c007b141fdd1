// Pictures of the page for docs/approvals.md. They are taken anew by `PICTURES=save npm test -- page/looks`.
import { mkdir } from "node:fs/promises";
import { inRoot } from "../../../scripts/lib/paths.mjs";

/** Those that the page shows. */
const KEPT = ["question-phone-light", "answer-phone-light", "odd-desk-dark", "approved-phone-dark"];

/** Takes one of what the window shows. */
export async function picture(page, name) {
  if (process.env.PICTURES !== "save" || !KEPT.includes(name)) return;
  await mkdir(inRoot("docs", "approvals"), { recursive: true });
  await page.screenshot({ path: inRoot("docs", "approvals", `${name}.png`), caret: "initial" });
}
