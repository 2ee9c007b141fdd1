// What `npm run soak` does.

import { randomInt } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { machine } from "./bench/machine.mjs";
import { inRoot } from "./paths.mjs";
import { progress, say, table, tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";
import { buildWorker } from "./worker.mjs";

const OPTIONS = {
  minutes: { type: "string", default: "3" },
  agents: { type: "string", default: "50" },
  seed: { type: "string" },
  save: { type: "boolean" },
};
const LARGEST_SEED = 2 ** 31 - 1;
const PAGE = "docs/soak.md";
const MARKS = ["<!-- tables of `npm run soak -- --save` -->\n", "<!-- end of the tables -->"];

export async function main(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Trouble(`\`--minutes\` takes a number of minutes, and not \`${values.minutes}\`.`);
  const agents = whole(values.agents, "--agents", 2, 1000);
  const seed = values.seed === undefined ? randomInt(LARGEST_SEED) : whole(values.seed, "--seed", 0, LARGEST_SEED);
  await buildWorker();
  const { soak } = await import("../../tests/soak/soak.mjs");
  const { tablesOf } = await import("../../tests/soak/tables.mjs");

  say(`Seed ${seed}: \`npm run soak -- --seed ${seed} --minutes ${minutes} --agents ${agents}\` makes the same choices again.`);
  const shown = progress(`soaking for ${minutes} minutes`);
  const result = await soak({ seed, minutes, agents, note: shown.note });
  if (result.found === 0) shown.done();
  else shown.failed();

  const sections = tablesOf(result);
  say(`\n${sections.map(asText).join("\n\n")}\n`);
  if (result.found > 0) {
    const more = result.found - result.findings.length;
    const findings = result.findings.map((finding) => `- ${finding}`).join("\n");
    throw new Trouble(`Seed ${seed}: ${result.found} things were not as they are promised.\n${findings}${more > 0 ? `\n… and ${more} more` : ""}`);
  }
  const memory = result.flatness.isLong ? "memory flat" : "memory within its bound";
  say(`Nothing was found: no call that was not judged, no budget exceeded, every answer well formed, ${memory}, nothing left open.`);
  if (values.save) await save([...sections.map(asMarkdown), await where(result)].join("\n\n"));
}

function whole(text, option, least, most) {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Trouble(`\`${option}\` takes a whole number from ${least} to ${most}, and not \`${text}\`.`);
}

const asText = ({ title, heads, rows, notes }) => [`${title}\n`, table(heads, rows), ...notes.map((note) => `  ${note}`)].join("\n");

function asMarkdown({ title, heads, rows, notes }) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [`### ${title}`, "", line(heads), line(heads.map(() => "---")), ...rows.map(line), ...notes.flatMap((note) => ["", note])].join("\n");
}

async function where({ seed, minutes, agents, took }) {
  const { date, commit, cpu, cores, system, workerd, node } = await machine({ server: null });
  return `Run: ${date.slice(0, 10)}, commit ${commit}, ${cpu}, ${cores} cores, ${system}, workerd ${workerd}, node ${node}; ` +
    `seed ${seed}, ${agents} agents, ${minutes} minutes (${(took / 60_000).toFixed(1)} with start, calm and reading).`;
}

/** Puts the tables where the page has those of the run before. */
async function save(tables) {
  const file = inRoot(...PAGE.split("/"));
  const text = await readFile(file, "utf8");
  const [begin, end] = MARKS.map((mark) => text.indexOf(mark));
  if (begin < 0 || end < begin) throw new Trouble(`${PAGE} has lost the marks that the tables stand between: ${MARKS.join(" and ")}.`);
  await writeFile(file, `${text.slice(0, begin)}${MARKS[0]}\n${tables}\n\n${text.slice(end)}`);
  tell(`  ✓ tables in ${PAGE}`);
}
