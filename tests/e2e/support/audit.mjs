// What the ledgers say of themselves, over the admin API: what is used up, and what was decided.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { eventually } from "./patience.mjs";

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

/** The export of a ledger, of a grant's id or `door`, as it is sent. */
export async function exportOf(gateway, ledger, after = 0) {
  const { status, text } = await gateway.admin("GET", `audit/export?${ledger === "door" ? "door" : `grant=${ledger}`}&after=${after}`);
  assert.equal(status, 200, text);
  return text;
}

/** The entries of an export. It has its first and its last line, so nothing is missing. */
export function entriesOf(text) {
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok("begin" in lines[0], text.slice(0, 200));
  assert.ok("end" in lines.at(-1), text.slice(-200));
  return lines.slice(1, -1).map(({ entry }) => entry);
}

/** The records of a ledger's audit, in order. */
export async function recordsOf(gateway, ledger) {
  return entriesOf(await exportOf(gateway, ledger)).flatMap(({ records }) => records ?? []);
}

/** The records of a ledger's audit, once they are what `look` waits for: what is not metered is handed over a little later. */
export async function recorded(gateway, ledger, look, how = { within: 15_000 }) {
  let records;
  const found = async () => look((records = await recordsOf(gateway, ledger)));
  await eventually(found, how).catch((error) => {
    throw new Error(`${error.message}\n${records.map((record) => JSON.stringify(record)).join("\n")}`);
  });
  return records;
}

/** Waits until the outcomes of so many calls are written down. */
export const outcomes = (gateway, id, many) =>
  recorded(gateway, id, (records) => records.filter(({ ruling }) => ruling === "outcome").length >= many);

/** A record without what differs from call to call, which is looked at here. */
export function steady(record) {
  const { request_id, isolate, number, at, ledger_ms, origin_ms, ...rest } = record;
  assert.match(request_id, /^[0-9a-f]{16}$/);
  assert.match(isolate, /^[0-9a-f]{8}$/);
  assert.ok(Number.isInteger(number) && number > 0, `number ${number}`);
  assert.ok(Math.abs(at - Date.now()) < 120_000, `at ${at}`);
  for (const took of [ledger_ms, origin_ms]) if (took !== undefined) assert.ok(Number.isInteger(took) && took >= 0 && took < 60_000, `${took} ms`);
  return rest;
}

/** Each isolate's numbers, sorted. */
export function numbersOf(records) {
  const numbers = {};
  for (const { isolate, number } of records) (numbers[isolate] ??= []).push(number);
  for (const [isolate, all] of Object.entries(numbers)) numbers[isolate] = all.sort((a, b) => a - b);
  return numbers;
}

/** That no number is missing, and that each is there once. */
export function assertNoGaps(records) {
  for (const [isolate, numbers] of Object.entries(numbersOf(records))) {
    assert.deepEqual(numbers, numbers.map((_, n) => n + 1), `the numbers of ${isolate}`);
  }
}

/** The hash by which a record knows arguments of plain values: that of their canonical form. */
export const hashOf = (args) => createHash("sha256").update(canonical(args)).digest("hex");

/** Numbers by value: all their digits, and how many zeros follow, or how many of them are decimals. */
function spelled(number) {
  if (number === 0) return "0";
  const [, sign, whole, decimals = "", exponent] = number.toExponential().match(/^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/);
  const place = Number(exponent) - decimals.length;
  return `${sign}${whole}${decimals}${place === 0 ? "" : `e${place}`}`;
}

function canonical(value) {
  if (typeof value === "number") return spelled(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(",")}}`;
}
