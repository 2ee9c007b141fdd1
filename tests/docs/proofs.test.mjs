// A page that names a test names one that exists, and a table of requirements has a test in each row, or says why not.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { Page, pages } from "./support/pages.mjs";

/** The last column of such a table. */
const PROVED = "proved by";

const every = await pages();

/** The source of a suite as its titles are read: escapes are what they stand for. */
async function titles(file) {
  const source = await readFile(inRoot(file), "utf8");
  return source.replace(/\\([`"\\])/g, "$1");
}

describe("A test that is named exists", () => {
  for (const page of every.filter(({ proofs }) => proofs.length > 0)) {
    test(page.name, async () => {
      const missing = [];
      for (const { suite, title } of page.proofs) {
        const target = page.references.get(suite);
        if (target === undefined) missing.push(`[${suite}] stands for no file: add a line [${suite}]: … at the end`);
        else if (!(await titles(page.resolve(target).file)).includes(title)) missing.push(`${suite} has no “${title}”`);
      }
      assert.deepEqual(missing, []);
    });
  }

  test("a suite whose line is not needed is none", () => {
    for (const page of every) {
      const named = new Set(page.proofs.map(({ suite }) => suite));
      const unused = [...page.references].filter(([name, target]) => target.includes("tests/") && !named.has(name));
      assert.deepEqual(unused, [], page.name);
    }
  });
});

describe("Each row is proved, or says why not", () => {
  for (const page of every) {
    const tables = page.tables.filter(({ heads }) => heads.at(-1) === PROVED);
    if (tables.length === 0) continue;
    test(page.name, () => {
      for (const { heads, rows } of tables) {
        for (const row of rows) {
          assert.equal(row.length, heads.length, row.join(" | "));
          const [proof, how] = [row.at(-1), row.at(-2)];
          assert.ok(new Page("", proof).proofs.length > 0 || proof.startsWith("–"), `neither a test nor a dash: ${row.join(" | ")}`);
          assert.ok(how.length > 0, row.join(" | "));
        }
      }
    });
  }

  test("both pages are among them", () => {
    const names = every.filter(({ tables }) => tables.some(({ heads }) => heads.at(-1) === PROVED)).map(({ name }) => name);
    assert.deepEqual(names.sort(), ["docs/protocol-requirements.md", "docs/threat-model.md"]);
  });
});
