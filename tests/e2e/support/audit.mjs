// What the ledgers say of themselves, over the admin API: what is used up, and what was decided.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

/** The counters of a grant, by their names. */
export async function usageOf(gateway, id) {
  const { grant, counters } = await gateway.must("GET", `grants/${id}/usage`);
  assert.equal(grant, id);
  const byName = new Map(counters.map((counter) => [counter.counter, counter]));
  assert.equal(byName.size, counters.length, "each counter once");
  return byName;
}

/** How much of a counter is used. */
export async function usedOf(gateway, id, counter) {
  const found = (await usageOf(gateway, id)).get(counter);
  assert.ok(found, `no counter ${counter}`);
  assert.equal(found.used + found.remaining, found.max, JSON.stringify(found));
  return found.used;
}

/** The records of a grant's audit, in order. The export has its first and its last line, so nothing is missing. */
export async function recordsOf(gateway, id) {
  const { status, text } = await gateway.admin("GET", `audit/export?grant=${id}`);
  assert.equal(status, 200, text);
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok("begin" in lines[0], text.slice(0, 200));
  assert.ok("end" in lines.at(-1), text.slice(-200));
  return lines.slice(1, -1).flatMap(({ entry }) => entry.records);
}

/** The hash by which a record knows arguments whose only value is a string of plain letters. */
export const hashOf = (args) => createHash("sha256").update(JSON.stringify(args)).digest("hex");
