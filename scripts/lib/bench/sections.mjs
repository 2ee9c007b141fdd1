// The figures as tables, for the terminal and for the docs alike.

import { table } from "../terminal.mjs";
import { costSection } from "./cost.mjs";
import { growthSection } from "./growth.mjs";
import { ledgerSections } from "./ledger/section.mjs";
import { perClients } from "./per-clients.mjs";
import { peersSection } from "./peers.mjs";
import { soakSection } from "./soak.mjs";
import { bytes, micros, ratioUnder, sizeUnder, spreadOf } from "./units.mjs";

/**
 * A table with what stands over and under it.
 * @typedef {{title: string, heads: string[], rows: string[][], notes?: string[]}} Section
 */

/** @returns {Section[]} what there is to tell of results */
export function sections(results) {
  return [
    ...(results.paths ? [pathsSection(results.paths), yardsticksSection(results.paths)] : []),
    ...(results.start_up ? [startSection(results)] : []),
    ...(results.paths ? [costSection(results.paths)] : []),
    ...(results.ledger ? ledgerSections(results.ledger) : []),
    ...(results.growth ? [growthSection(results.growth)] : []),
    ...(results.peers ? [peersSection(results.peers)] : []),
    ...(results.soak ? [soakSection(results.soak)] : []),
  ];
}

/** For the terminal. */
export const asText = (results) =>
  sections(results).map(({ title, heads, rows, notes = [] }) => [`${title}\n`, table(heads, rows), ...notes.map((note) => `  ${note}`)].join("\n")).join("\n\n");

/** For docs/performance.md. */
export function asMarkdown(results) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const parts = sections(results).map(({ title, heads, rows, notes = [] }) =>
    [`### ${title}`, "", line(heads), line(heads.map(() => "---")), ...rows.map(line), ...notes.flatMap((note) => ["", note])].join("\n"));
  return `${[...parts, `Measured: ${where(results)}.`].join("\n\n")}\n`;
}

/** One line on where and with what. */
export function where({ machine, pace }) {
  const rounds = pace ? `; ${pace.rounds} rounds of ${pace.seconds} s` : "";
  return `${machine.date.slice(0, 10)}, commit ${machine.commit}, ${machine.cpu}, ${machine.cores} cores, ${machine.system}, ` +
    `workerd ${machine.workerd}, node ${machine.node}, ${machine.rust}; pinned: ${machine.pinned}; CPU time: ${machine.cpu_time}${rounds}`;
}

function pathsSection(rows) {
  const ours = rows.filter(({ beside }) => beside !== undefined);
  return {
    title: "The gateway beside what one would write by hand",
    heads: ["path", "clients", "CPU µs a call", "p50 µs", "p99 µs", "beside", "CPU ×", "p50 ×"],
    rows: perClients(ours, ({ name, beside, goals }, clients, { cpu, p50, p99, ratio }) => [
      name, clients, spreadOf(cpu), spreadOf(p50), micros(p99), beside, ratioUnder(ratio.cpu, goals.cpu), ratioUnder(ratio.p50, goals.p50),
    ]),
    notes: ["Medians over the rounds, in brackets the quartiles; × is the median of the ratios within each round, then the target, ✓ or ✗."],
  };
}

function yardsticksSection(rows) {
  const yardsticks = rows.filter(({ beside }) => beside === undefined);
  return {
    title: "The yardsticks",
    heads: ["yardstick", "clients", "CPU µs a call", "p50 µs", "p99 µs"],
    rows: perClients(yardsticks, ({ name }, clients, { cpu, p50, p99 }) => [name, clients, spreadOf(cpu), spreadOf(p50), micros(p99)]),
  };
}

function startSection({ size, start_up: started }) {
  return {
    title: "Before the first call",
    heads: ["", "tollgate", "js-null"],
    rows: [
      ["process start to first 200, ms", ...["tollgate", "js-null"].map((name) => spreadOf(started[name].wall_ms))],
      ["CPU of the process until then, ms", ...["tollgate", "js-null"].map((name) => spreadOf(started[name].cpu_ms))],
      ["wasm, gzipped", sizeUnder(size.wasm.gzipped, 300_000), "–"],
      ["wasm", bytes(size.wasm.bytes), "–"],
      ["JavaScript, gzipped", bytes(size.script.gzipped), "–"],
    ],
  };
}
