// What a million calls of each path cost on Cloudflare, by the CPU time measured here and the platform's price list.

import { digits } from "./units.mjs";

/** US dollars on the Workers Paid plan beyond what it includes: developers.cloudflare.com, Workers, KV and Durable Objects pricing. */
const PRICES = {
  read_on: "2026-11-25",
  million_requests: 0.3,
  million_cpu_ms: 0.02,
  million_kv_reads: 0.5,
  million_object_requests: 0.15,
  million_gb_seconds: 12.5,
  million_rows_written: 1,
  gb_month: 0.2,
};

/** What the Workers Free plan allows in a day. */
const FREE_A_DAY = { requests: 100_000, kv_reads: 100_000, object_requests: 100_000, rows_written: 100_000 };

/** Calls a second of one grant, all served by one isolate: the more, the less of what is done by the second falls on each. */
export const CALLS_A_SECOND = 10;
/** An isolate in use reads a grant, its policy and its server anew every five seconds. */
const KV_READS_A_SECOND = 3 / 5;
/** What is not written with a metered call is handed over once a second, or when there are 64 records of it. */
const BATCHES_A_CALL = Math.max(1 / CALLS_A_SECOND, 1 / 64);
/** A ledger in use asks the heads of its policy and its server once a second. */
const HEADS = 2;
const HEAD_REQUESTS_A_CALL = Math.min(1, 1 / CALLS_A_SECOND) * HEADS;

/** An entry is one row when it is written, and one when it is deleted. Every 64th comes with the number of a checkpoint, and its index. */
const ROWS_OF_AN_ENTRY = 2 + 2 / 64;
/** And with each counter, and its index. */
const ROWS_OF_A_COUNTER = 2 / 64;

/** GB that an object counts for; seconds for which an order keeps it awake, where its write waits for other machines and where it has none. Not measured here. */
const GB = 0.128;
const SECONDS_OF_A_WRITE = 0.015;
const SECONDS_OF_A_QUESTION = 0.002;

/**
 * Bytes on disk: an entry's number, time and mac; the charge and the reservation that one has; the records in it: a decision,
 * what came of it where that is known later, a list. Measured by `npm run bench -- --ledger`.
 */
const BYTES = { entry: 130, charge: 190, decision: 490, outcome: 200, listed: 420 };
const BYTES_OF_A_CALL = BYTES.charge + BYTES.decision + BYTES.outcome;
/** Alike denials are counted in one record, from the eighth of a batch on. */
const BYTES_OF_A_DENIAL = (8 / Math.max(8, CALLS_A_SECOND)) * BYTES.decision;
/** Months for which ledgers keep what they have written: 90 days. */
const KEPT = 3;

/**
 * What one call of each kind asks of ledgers, beside the batches of the audit: orders that write an entry, orders that write
 * nothing, the counters that an entry is charged to, questions to heads; and the bytes that its records are.
 */
const KINDS = {
  denied: { bytes: BYTES_OF_A_DENIAL },
  allowed: { bytes: BYTES.decision },
  "allowed over SSE": { bytes: BYTES.decision },
  listed: { bytes: BYTES.listed },
  metered: { writes: 1, counters: 1, heads: HEAD_REQUESTS_A_CALL, bytes: BYTES_OF_A_CALL },
  "five limits": { writes: 1, counters: 5, heads: HEAD_REQUESTS_A_CALL, bytes: BYTES_OF_A_CALL },
  // The ledger of the grant is awake while that of the server writes.
  "server scope": { writes: 2, waits: 1, counters: 1, heads: HEAD_REQUESTS_A_CALL, bytes: BYTES_OF_A_CALL + BYTES.charge / 2 },
  "refused by its limit": { questions: 1, heads: HEAD_REQUESTS_A_CALL, bytes: BYTES_OF_A_DENIAL },
  strict: { questions: 1, heads: HEADS, bytes: BYTES.decision },
};

/** @param {{name: string, kind?: string, at: Record<number, {cpu: {median: number} | null}>}[]} paths `kind` if it is not the name */
export function costSection(paths) {
  const kinds = new Set();
  const costs = paths.map((path) => ({ kind: path.name, ...path })).filter(({ kind }) => kind in KINDS && !kinds.has(kind) && kinds.add(kind)).map(cost);
  return {
    title: "What a million calls cost",
    heads: ["path", "CPU s", "KV reads", "object requests", "GB-s", "rows written", "GB-months", "US$", "a day on the free plan"],
    rows: costs.map(({ kind, cpu_ms, kv_reads, object_requests, gb_seconds, rows_written, gb_months, dollars, free }) => [
      kind, cpu_ms === null ? "–" : digits(cpu_ms / 1000), digits(kv_reads), digits(object_requests), digits(gb_seconds), digits(rows_written),
      digits(gb_months), dollars === null ? "–" : dollars.toFixed(2), `${digits(free)} calls`,
    ]),
    notes: [
      `Prices of the Workers Paid plan as read on ${PRICES.read_on}, beyond what it includes and without its US$ 5 a month; a million requests are US$ ${PRICES.million_requests.toFixed(2)} of each sum. CPU time is ` +
        "this machine's, at the most clients measured; the seconds that objects are awake are an estimate.",
      `At ${CALLS_A_SECOND} calls a second of each grant, from one place: KV is read, heads are asked and batches of the audit are written by the second. At one call a second there is a batch, and for ` +
        "a metered call there are two questions to heads, for each call.",
      "Rows are counted when they are written and when they are deleted, GB-months for 90 days (`AUDIT_KEEP`). Each ledger costs, beside its calls, one request and some ten rows a day, for its alarm.",
    ],
  };
}

/** What a million calls of a kind use, and what that costs. */
export function cost({ kind, at }) {
  const { cpu } = Object.values(at).at(-1);
  const { writes = 0, questions = 0, waits = 0, counters = 0, heads = 0, bytes } = KINDS[kind];
  const entries = writes + BATCHES_A_CALL;
  const awake = (entries + waits) * SECONDS_OF_A_WRITE + (questions + heads) * SECONDS_OF_A_QUESTION;
  const of = {
    cpu_ms: cpu === null ? null : cpu.median * 1000,
    kv_reads: (KV_READS_A_SECOND / CALLS_A_SECOND) * 1e6,
    object_requests: (entries + questions + heads) * 1e6,
    gb_seconds: GB * awake * 1e6,
    rows_written: (entries * ROWS_OF_AN_ENTRY + counters * ROWS_OF_A_COUNTER) * 1e6,
    gb_months: ((entries * BYTES.entry + bytes) * 1e6 * KEPT) / 1e9,
  };
  const millions = [
    [1e6, PRICES.million_requests], [of.cpu_ms, PRICES.million_cpu_ms], [of.kv_reads, PRICES.million_kv_reads], [of.object_requests, PRICES.million_object_requests],
    [of.gb_seconds, PRICES.million_gb_seconds], [of.rows_written, PRICES.million_rows_written], [of.gb_months * 1e6, PRICES.gb_month],
  ];
  const dollars = cpu === null ? null : millions.reduce((sum, [count, price]) => sum + (count / 1e6) * price, 0);
  return { kind, ...of, dollars, free: freeCalls(of) };
}

/** How many calls a day the free plan has room for. */
function freeCalls({ kv_reads, object_requests, rows_written }) {
  const used = { requests: 1, kv_reads: kv_reads / 1e6, object_requests: object_requests / 1e6, rows_written: rows_written / 1e6 };
  return Math.floor(Math.min(...Object.entries(FREE_A_DAY).map(([what, most]) => (used[what] === 0 ? Infinity : most / used[what]))));
}
