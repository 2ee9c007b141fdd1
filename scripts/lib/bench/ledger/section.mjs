// The figures of ledgers as tables.

import { costSection } from "../cost.mjs";
import { perClients } from "../per-clients.mjs";
import { bytes, digits, micros, ratioUnder, spreadOf } from "../units.mjs";

const number = (count) => count.toLocaleString("en");
const millis = (spread) => `${spreadOf(spread)} ms`;

/** @returns {import("../sections.mjs").Section[]} */
export const ledgerSections = (ledger) => [pathsSection(ledger), exactSection(ledger), largeSection(ledger), pacedSection(ledger), countersSection(ledger), costSection(ledger.paths.filter(({ kind }) => kind))];

function pathsSection({ paths, in_memory: inMemory }) {
  const each = (spread, part) => Object.fromEntries(Object.entries(spread).map(([name, value]) => [name, value * part]));
  return {
    title: "What ledgers carry",
    heads: ["calls of", "clients", "calls/s", "p50 µs", "p99 µs", "CPU µs a call", "CPU × one grant's"],
    rows: perClients(paths, ({ name, orders }, clients, { rate, p50, p99, cpu, ratio }) => [
      name, clients, digits(rate.median * orders), orders > 1 ? "–" : micros(p50), orders > 1 ? "–" : micros(p99), spreadOf(each(cpu, 1 / orders)), ratioUnder(each(ratio.cpu, 1 / orders)),
    ]),
    notes: [
      "All of it, the gateway before the ledgers too, on one core; medians over the rounds, in brackets the quartiles; × is the median of the ratios within each round. Every call counted as served has reached the origin, no other has. " +
        `The databases lay ${inMemory ? "in memory: a commit waits for nothing" : "on a disk, and every commit waited for it"}. ` +
        "Asked directly: by a Worker that sends 32 orders at a time, so that the object is most of what is measured.",
      "Of a thousand grants in turn each is called once in some seconds: its batch of the audit, its questions to heads and its reads of KV fall on one call.",
    ],
  };
}

function exactSection({ exact }) {
  return {
    title: "Budgets under 64 clients at once",
    heads: ["of what", "budget", "calls", "admitted"],
    rows: exact.map(({ name, budget, calls, admitted }) => [name, number(budget), number(calls), number(admitted)]),
    notes: ["Admitted is what the origin has counted. Another number ends the run."],
  };
}

function largeSection({ large, wakes, batches, exported, swept }) {
  return {
    title: `A ledger with ${number(large.entries)} entries`,
    heads: ["", ""],
    rows: [
      ["on disk", `${bytes(large.bytes)}, ${digits(large.bytes / large.entries)} bytes an entry`],
      ["first call after a restart", millis(wakes.large)],
      ["the same, of a ledger with a few entries", millis(wakes.few)],
      [`the same, of one with ${number(batches.entries)} batches of records (${bytes(batches.bytes)})`, millis(wakes.batches)],
      ["an export", `${digits(exported.seconds)} s, of those ${digits(exported.cpu_seconds)} s CPU; ${bytes(exported.bytes)}`],
      ["deleted a second, where all is old", number(Math.round(swept.deleted / swept.seconds))],
      ["the longest call meanwhile, beside the median", `${digits(swept.longest / 1000)} ms, ${digits(swept.p50 / 1000)} ms`],
    ],
    notes: ["Its entries were written into its file while the runtime was down, as repetitions of one that the gateway had written, each with its mac; what came after is the gateway's."],
  };
}

function pacedSection({ paced }) {
  return {
    title: "What is written of ten calls a second",
    heads: ["path", "calls", "entries", "records", "entries a call", "bytes a call"],
    rows: paced.map(({ kind, calls, entries, records, bytes: size }) => [kind, number(calls), number(entries), number(records), digits(entries / calls), digits(size / calls)]),
    notes: ["On disk, of the ledgers that such a call concerns, together."],
  };
}

function countersSection({ counters }) {
  return {
    title: "Counters after the run",
    heads: ["counter", "grains", "bytes on disk"],
    rows: counters.map(({ identity, grains, bytes: size }) => [identity, number(grains), number(size + identity.length)]),
    notes: ["Of the grant with five limits, at its last checkpoint: 16 bytes a grain, and the name, which stands in an index once more."],
  };
}
