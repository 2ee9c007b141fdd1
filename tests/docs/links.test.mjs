// Every link of the documentation leads somewhere: to a file of the repository, and to the heading that it names.
import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { Page, page, pages } from "./support/pages.mjs";

for (const each of await pages()) {
  test(`links of ${each.name}`, async () => {
    const broken = [];
    for (const target of each.targets) {
      const place = each.resolve(target);
      if (place === undefined || isOfGitHub(each, target)) continue;
      const { file, anchor } = place;
      const there = await access(inRoot(file)).then(() => true, () => false);
      if (!there) broken.push(`${target}: there is no ${file}`);
      else if (anchor !== undefined && !(await page(file)).anchors.includes(anchor)) broken.push(`${target}: ${file} has no such heading`);
    }
    assert.deepEqual(broken, []);
  });
}

/** A page that GitHub itself has beside the repository's files: `../../security/advisories`, from its root. */
const isOfGitHub = ({ name }, target) => !name.includes("/") && target.startsWith("../../");

test("a reference that nothing stands behind is found", () => {
  const lines = ["[a](gone.md) [b](#nowhere) [c](https://x.example) `[d](code.md)`", "```", "[e](fence.md)", "```", "[f]: ../tests/gone.mjs"];
  const bad = new Page("docs/x.md", lines.join("\n"));
  const within = bad.targets.filter((target) => bad.resolve(target) !== undefined);
  assert.deepEqual(within.sort(), ["#nowhere", "../tests/gone.mjs", "gone.md"]);
  assert.deepEqual(bad.resolve("../tests/gone.mjs"), { file: "tests/gone.mjs", anchor: undefined });
});

test("anchors are GitHub's", () => {
  const headings = "# The audit\n## How long it is kept, and where else it goes\n## Storage and `AUDIT_KEEP`\n## Measured\n### Measured\n";
  assert.deepEqual(new Page("x.md", headings).anchors, ["the-audit", "how-long-it-is-kept-and-where-else-it-goes", "storage-and-audit_keep", "measured", "measured-1"]);
});
