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
};

/** What the Workers Free plan allows in a day. */
const FREE_A_DAY = { requests: 100_000, kv_reads: 100_000, object_requests: 100_000, rows_written: 100_000 };

/** Calls a second that one isolate serves for one grant: the more, the fewer reads of KV for each. */
const CALLS_A_SECOND = 10;
/** An isolate in use reads a grant, its policy and its server anew every five seconds. */
const KV_READS_A_SECOND = 3 / 5;

/** An admitted call writes its decision; every 64th also a counter, with its index, and the number of the checkpoint, with its. */
const ROWS_OF_A_METERED_CALL = 1 + 4 / 64;
/** GB that an object counts for, and the seconds for which one call keeps it awake: its write waits for other machines. Not measured here. */
const GB_SECONDS_OF_A_METERED_CALL = 0.128 * 0.015;

const PATHS = ["denied", "allowed", "allowed over SSE", "metered", "listed"];
const METERED = "metered";

/** @param {{name: string, at: Record<number, {cpu: {median: number} | null}>}[]} paths */
export function costSection(paths) {
  const costs = paths.filter(({ name }) => PATHS.includes(name)).map(cost);
  return {
    title: "What a million calls cost",
    heads: ["path", "CPU s", "requests", "KV reads", "object requests", "GB-s", "rows written", "US$", "a day on the free plan"],
    rows: costs.map(({ name, cpu_ms, kv_reads, object_requests, gb_seconds, rows_written, dollars, free }) => [
      name, cpu_ms === null ? "–" : digits(cpu_ms / 1000), "1,000,000", digits(kv_reads), digits(object_requests), digits(gb_seconds), digits(rows_written),
      dollars === null ? "–" : dollars.toFixed(2), `${digits(free)} calls`,
    ]),
    notes: [
      `Prices of the Workers Paid plan as read on ${PRICES.read_on}, beyond what it includes and without its US$ 5 a month. CPU time is this machine's, at the most clients measured;`,
      `KV reads are those of an isolate that serves ${CALLS_A_SECOND} calls a second for a grant; the seconds that an object is awake are an estimate.`,
    ],
  };
}

function cost({ name, at }) {
  const { cpu } = Object.values(at).at(-1);
  const metered = name === METERED ? 1 : 0;
  const of = {
    cpu_ms: cpu === null ? null : cpu.median * 1000,
    kv_reads: (KV_READS_A_SECOND / CALLS_A_SECOND) * 1e6,
    object_requests: metered * 1e6,
    gb_seconds: metered * GB_SECONDS_OF_A_METERED_CALL * 1e6,
    rows_written: metered * ROWS_OF_A_METERED_CALL * 1e6,
  };
  const millions = [
    [1e6, PRICES.million_requests], [of.cpu_ms, PRICES.million_cpu_ms], [of.kv_reads, PRICES.million_kv_reads],
    [of.object_requests, PRICES.million_object_requests], [of.gb_seconds, PRICES.million_gb_seconds], [of.rows_written, PRICES.million_rows_written],
  ];
  const dollars = cpu === null ? null : millions.reduce((sum, [count, price]) => sum + (count / 1e6) * price, 0);
  return { name, ...of, dollars, free: freeCalls(of) };
}

/** How many calls a day the free plan has room for. */
function freeCalls({ kv_reads, object_requests, rows_written }) {
  const used = { requests: 1, kv_reads: kv_reads / 1e6, object_requests: object_requests / 1e6, rows_written: rows_written / 1e6 };
  return Math.floor(Math.min(...Object.entries(FREE_A_DAY).map(([what, most]) => (used[what] === 0 ? Infinity : most / used[what]))));
}
