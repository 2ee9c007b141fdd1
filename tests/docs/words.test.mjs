// What the documentation calls by name is what the source says, and what the source says is documented: codes, variables, secrets, log lines.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { page, pages, spans } from "./support/pages.mjs";
import { adminCodes, errorCodes, isKnown, logLines, outcomes, reasonCodes, secrets, statuses, variables } from "./support/source.mjs";

const operations = await page("docs/operations.md");
const protocol = await page("docs/protocol.md");
const everything = (await pages()).map(({ text }) => text).join("\n");

/** What stands in backticks in the first column of the tables with that head; what is only an example is left out. */
function firstColumn({ tables }, head) {
  const firsts = tables.filter(({ heads }) => heads[0] === head).flatMap(({ rows }) => rows.map(([first]) => first));
  const found = firsts.filter((first) => !first.includes("such as")).flatMap(spans);
  assert.ok(found.length > 0, `no table of ${head}`);
  return found.sort();
}

describe("docs/operations.md and the source name the same", () => {
  test("reason codes of denials", async () => {
    assert.deepEqual(firstColumn(operations, "`reason_code`"), (await reasonCodes()).denials);
  });

  test("reason codes of what is refused without a ruling", async () => {
    const sentence = operations.prose.match(/^Only in the audit, under `refused`: (.*?):/m)?.[1] ?? "";
    assert.deepEqual(spans(sentence).sort(), (await reasonCodes()).refused);
  });

  test("codes of the admin API", async () => {
    assert.deepEqual(firstColumn(operations, "`code`"), await adminCodes());
  });

  test("variables", async () => {
    assert.deepEqual(firstColumn(operations, "variable"), (await variables()).variables);
  });

  test("bindings", async () => {
    for (const binding of (await variables()).bindings) assert.ok(operations.text.includes(`\`${binding}\``), binding);
  });

  test("secrets", async () => {
    assert.deepEqual(firstColumn(operations, "secret"), await secrets());
  });

  test("log lines", async () => {
    const lines = await logLines();
    assert.ok(lines.length > 15, "the source is not where it was");
    for (const parts of lines) {
      for (const part of parts) assert.ok(operations.text.includes(part), `no word of the log line with «${part}»`);
    }
  });
});

describe("Codes", () => {
  test("each JSON-RPC code and HTTP status of the gateway's own is on a page that an operator reads", async () => {
    for (const code of await errorCodes()) assert.ok(operations.text.includes(code), code);
    for (const status of await statuses()) assert.ok(operations.text.includes(status), status);
  });

  test("each JSON-RPC code in these tables is the source's", async () => {
    const known = await errorCodes();
    for (const { tables, name } of [operations, protocol]) {
      const ofCodes = ({ heads, rows }) => rows.flatMap((row) => row.filter((_, column) => ["code", "JSON-RPC"].includes(heads[column])));
      const codes = tables.flatMap(ofCodes).flatMap((cell) => cell.match(/-?\b\d{4,5}\b/g) ?? []);
      assert.ok(codes.length > 0, name);
      for (const code of codes) assert.ok(known.includes(code), `${name}: ${code}`);
    }
  });

  test("what the audit may call the outcome of a call is documented", async () => {
    for (const outcome of await outcomes()) assert.ok(everything.includes(`\`${outcome}\``), outcome);
  });
});

test("whatever looks like a variable or a secret, on any page, is one", async () => {
  /** Of Django, and places to put something. */
  const others = new Set(["SECRET_KEY", "DATABASES", "CACHES", "EMAIL_HOST_PASSWORD", "DEBUG", "YOUR-HOST", "SERVER", "LEDGER_ID"]);
  const words = new Set([...everything.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g)].map(([, word]) => word));
  for (const word of words) {
    if (!others.has(word)) assert.ok(await isKnown(word), word);
  }
});
