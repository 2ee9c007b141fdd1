// The table of a run: for the terminal, and for docs/conformance.md, where it stands between two marks.
import { readFile, writeFile } from "node:fs/promises";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { table } from "../../../scripts/lib/terminal.mjs";
import { Trouble } from "../../../scripts/lib/trouble.mjs";
import { ALL } from "./scenarios.mjs";
import { tally } from "./verdict.mjs";

const FILE = inRoot("docs", "conformance.md");
const MARKS = ["<!-- table of the conformance run -->\n", "<!-- end of the table -->"];

/** `runs`: of each suite, `{ title, direct, through }`, with the checks of each scenario. */
export function tableOf(runs) {
  const heads = ["scenario", ...runs.flatMap(({ title }) => [title, "through the gateway"])];
  const sides = runs.flatMap(({ direct, through }) => [direct, through]);
  const rows = ALL.map((name) => [name, ...sides.map((side) => cell(side.get(name)))]);
  return { heads, rows: [...rows, ["all", ...sides.map((side) => cell([...side.values()].flat()))]] };
}

export const asText = ({ heads, rows }) => table(heads, rows);

export function asMarkdown({ heads, rows }) {
  const line = (cells) => `| ${cells.join(" | ")} |\n`;
  return `${line(heads)}|---${"|--:".repeat(heads.length - 1)}|\n${rows.map(line).join("")}`;
}

/** The table that stands in the docs. */
export async function documented() {
  const { shown } = await parts();
  return shown;
}

/** Puts another one there. */
export async function document(text) {
  const { before, after } = await parts();
  await writeFile(FILE, `${before}${text}${after}`);
}

async function parts() {
  const text = await readFile(FILE, "utf8");
  const [begin, end] = MARKS.map((mark) => text.indexOf(mark));
  if (begin < 0 || end < begin) throw new Trouble(`docs/conformance.md has lost the marks that the table stands between: ${MARKS.join(" and ")}.`);
  const from = begin + MARKS[0].length;
  return { before: `${text.slice(0, from)}\n`, shown: text.slice(from + 1, end - 1), after: `\n${text.slice(end)}` };
}

function cell(checks) {
  if (checks === undefined) return "";
  const { succeeded, of } = tally(checks);
  return `${succeeded}/${of}`;
}
