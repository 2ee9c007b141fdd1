// What `npm run bench` does.

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { cores } from "./bench/cores.mjs";
import { measurePaths } from "./bench/five-paths.mjs";
import { measureGrowth } from "./bench/growth.mjs";
import { machine } from "./bench/machine.mjs";
import { Load, buildNative, startOrigin } from "./bench/native.mjs";
import { measurePeers } from "./bench/peers.mjs";
import { picture } from "./bench/picture.mjs";
import { measureSoak } from "./bench/soak.mjs";
import { asMarkdown, asText, where } from "./bench/sections.mjs";
import { measureSize, measureStartUp } from "./bench/start-up.mjs";
import { atEnd } from "./leave.mjs";
import { inRoot } from "./paths.mjs";
import { say, tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";
import { buildWorker } from "./worker.mjs";

const PACES = {
  full: { rounds: 25, seconds: 0.5, warmup: 2, clients: [1, 8], starts: 9 },
  quick: { rounds: 6, seconds: 0.35, warmup: 1, clients: [1, 8], starts: 3 },
};

const OPTIONS = {
  quick: { type: "boolean" },
  growth: { type: "boolean" },
  peers: { type: "boolean" },
  soak: { type: "boolean" },
  minutes: { type: "string", default: "10" },
  only: { type: "boolean" },
  save: { type: "boolean" },
  out: { type: "string" },
};

export async function main(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const parts = ["growth", "peers", "soak"].filter((part) => values[part]);
  if (values.only && parts.length === 0) throw new Trouble("`--only` leaves out the main table: say what to measure instead, such as `--growth`.");
  if (values.only && values.save) throw new Trouble("`--save` keeps a whole run, and `--only` is none; `--out FOLDER` takes any.");
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Trouble("`--minutes` takes a number of minutes.");

  await buildWorker();
  await buildNative();
  const pace = values.quick ? PACES.quick : PACES.full;
  const bench = await stage(pace);
  if (bench.core === null) tell("  Nothing is pinned: the server, the origin and the load may share a core, and figures spread more.");

  const results = { machine: await machine(bench.cores), pace };
  if (!values.only) {
    results.size = await measureSize();
    results.start_up = await measureStartUp({ ...bench, times: pace.starts });
    results.paths = await measurePaths(bench);
  }
  if (values.growth) results.growth = await measureGrowth(bench);
  if (values.peers) results.peers = await measurePeers(bench);
  if (values.soak) results.soak = await measureSoak(bench, minutes);

  say(`\n${asText(results)}\n\n  ${where(results)}\n`);
  await write(results, values.out ?? (values.save ? inRoot("docs", "bench") : inRoot("target", "bench")), { tables: !values.save });
  if (values.save) await intoDocs(asMarkdown(results));
}

/** What every measurement needs: a core, a folder that goes with us, the origin, the load. */
async function stage(pace) {
  const scratch = await mkdtemp(path.join(tmpdir(), "tollgate-bench-"));
  atEnd(() => rm(scratch, { recursive: true, force: true }));
  const pinned = await cores();
  const origin = await startOrigin(pinned.beside);
  return { pace, scratch, cores: pinned, core: pinned.server, origin, load: new Load(pinned.beside, scratch) };
}

const MARKS = ["<!-- tables of `npm run bench -- --save` -->\n", "<!-- end of the tables -->"];

/** Puts the tables where docs/performance.md has those of the run before. */
async function intoDocs(tables) {
  const file = inRoot("docs", "performance.md");
  const text = await readFile(file, "utf8");
  const [begin, end] = MARKS.map((mark) => text.indexOf(mark));
  if (begin < 0 || end < begin) throw new Trouble(`docs/performance.md has lost the marks that the tables stand between: ${MARKS.join(" and ")}.`);
  await writeFile(file, `${text.slice(0, begin)}${MARKS[0]}\n${tables}\n${text.slice(end)}`);
  tell("  ✓ tables in docs/performance.md");
}

/** The figures for programs, the tables for the docs, and the picture. */
async function write(results, folder, { tables }) {
  const files = {
    "latest.json": `${JSON.stringify(results, null, 2)}\n`,
    ...(tables ? { "latest.md": asMarkdown(results) } : {}),
    ...(results.paths ? { "latest.svg": picture(results, Math.max(...results.pace.clients)) } : {}),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  tell(`  ✓ ${Object.keys(files).join(", ")} in ${path.relative(process.cwd(), folder)}`);
}
