// What `npm run bench` does.

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { cores } from "./bench/cores.mjs";
import { measurePaths } from "./bench/five-paths.mjs";
import { measureGrowth } from "./bench/growth.mjs";
import { measureLedger } from "./bench/ledger.mjs";
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
  full: { rounds: 25, seconds: 0.5, warmup: 2, clients: [1, 8], starts: 9, entries: 1_000_000 },
  quick: { rounds: 6, seconds: 0.35, warmup: 1, clients: [1, 8], starts: 3, entries: 100_000 },
};

const OPTIONS = {
  quick: { type: "boolean" },
  growth: { type: "boolean" },
  ledger: { type: "boolean" },
  peers: { type: "boolean" },
  soak: { type: "boolean" },
  minutes: { type: "string", default: "10" },
  only: { type: "boolean" },
  save: { type: "boolean" },
  out: { type: "string" },
};

export async function main(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const parts = ["growth", "ledger", "peers", "soak"].filter((part) => values[part]);
  if (values.only && parts.length === 0) throw new Trouble("`--only` leaves out the main table: say what to measure instead, such as `--growth`.");
  if (values.only && values.save && parts.join() !== "ledger") {
    throw new Trouble("`--save` keeps a whole run, or `--only --ledger`; `--out FOLDER` takes any.");
  }
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Trouble("`--minutes` takes a number of minutes.");

  await buildWorker();
  await buildNative();
  const pace = values.quick ? PACES.quick : PACES.full;
  const bench = await stage(pace);
  if (bench.core === null) tell("  Nothing is pinned: the server, the origin and the load may share a core, and figures spread more.");

  const conditions = { machine: await machine(bench.cores), pace };
  const results = { ...conditions };
  if (!values.only) {
    results.size = await measureSize();
    results.start_up = await measureStartUp({ ...bench, times: pace.starts });
    results.paths = await measurePaths(bench);
  }
  if (values.growth) results.growth = await measureGrowth(bench);
  const ledger = values.ledger ? { ...conditions, ledger: await measureLedger(bench) } : null;
  if (values.peers) results.peers = await measurePeers(bench);
  if (values.soak) results.soak = await measureSoak(bench, minutes);

  const kept = [
    ...(Object.keys(results).length > 2 ? [{ name: "latest", page: "performance.md", results }] : []),
    ...(ledger ? [{ name: "ledger", page: "ledger.md", results: { ...ledger, pace: ledger.ledger.pace } }] : []),
  ];
  const folder = values.out ?? (values.save ? inRoot("docs", "bench") : inRoot("target", "bench"));
  for (const { name, page, results: of } of kept) {
    say(`\n${asText(of)}\n\n  ${where(of)}\n`);
    await write(of, name, folder, { tables: !values.save });
    if (values.save) await intoDocs(page, asMarkdown(of));
  }
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

/** Puts the tables where a page of docs/ has those of the run before. */
async function intoDocs(page, tables) {
  const file = inRoot("docs", page);
  const text = await readFile(file, "utf8");
  const [begin, end] = MARKS.map((mark) => text.indexOf(mark));
  if (begin < 0 || end < begin) throw new Trouble(`docs/${page} has lost the marks that the tables stand between: ${MARKS.join(" and ")}.`);
  await writeFile(file, `${text.slice(0, begin)}${MARKS[0]}\n${tables}\n${text.slice(end)}`);
  tell(`  ✓ tables in docs/${page}`);
}

/** The figures for programs, the tables for the docs, and the picture. */
async function write(results, name, folder, { tables }) {
  const files = {
    [`${name}.json`]: `${JSON.stringify(results, null, 2)}\n`,
    ...(tables ? { [`${name}.md`]: asMarkdown(results) } : {}),
    ...(results.paths ? { [`${name}.svg`]: picture(results, Math.max(...results.pace.clients)) } : {}),
  };
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(folder, file), text);
  tell(`  ✓ ${Object.keys(files).join(", ")} in ${path.relative(process.cwd(), folder)}`);
}
