// The fuzzing engine, libFuzzer: one target run for a while, and the corpora that it starts from.

import { access, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { home, made } from "./fuzz-targets.mjs";
import { run as runCommand } from "./processes.mjs";
import { Trouble } from "./trouble.mjs";

const committed = (target) => path.join(home, "corpus", target);
/** What earlier runs on this machine have found worth keeping; where it grows, nothing needs to be committed. */
const remembered = (target) => path.join(made, "corpus", target);
const crashes = path.join(home, "crashes");
/** How the engine names what it keeps. Inputs with other names are somebody's, and stay. */
const MADE_UP = /^[0-9a-f]{40}$/;

/** An input that fails. */
export class Finding extends Error {
  constructor(target, input, said) {
    const shown = path.relative(process.cwd(), input);
    super(`${target} fails:\n${said}\n\nThe input: ${shown}\nOnce more: node scripts/fuzz.mjs ${target} --input ${shown}`);
    this.target = target;
  }
}

/** Runs a target; gives its row of the table: name, executions, edges, corpus, committed corpus. */
export async function run(target, binary, seconds) {
  await Promise.all([committed(target), remembered(target), crashes].map((folder) => mkdir(folder, { recursive: true })));
  const dictionary = path.join(home, "dictionaries", `${target}.txt`);
  const known = await access(dictionary).then(() => [`-dict=${dictionary}`], () => []);
  const limits = [`-max_total_time=${seconds}`, "-max_len=1024", "-timeout=10", "-rss_limit_mb=1024", "-detect_leaks=0"];
  const args = [...limits, ...known, intoCrashes(target), remembered(target), committed(target)];
  const said = await engine(`fuzzing ${target} for ${seconds} s`, binary, args).catch((error) => {
    throw finding(target, error);
  });
  const edges = said.match(/\((\d+) PCs\)/)[1];
  const [, executions, reached, inputs, size] = said.match(/^#(\d+)\s+DONE\s+cov: (\d+) ft: \d+ corp: (\d+)\/(\S+)/m);
  const kept = (await readdir(committed(target))).length;
  return [target, executions, `${reached} of ${edges}`, `${inputs} inputs, ${size}`, `${kept} inputs`];
}

const intoCrashes = (target) => `-artifact_prefix=${crashes}${path.sep}${target}-`;

/** Has the committed corpus reach all that is reached, with the fewest and smallest inputs beside those that somebody named. */
export async function keep(target, binary) {
  const before = await mkdtemp(path.join(made, `${target}-`));
  const madeUp = (await readdir(committed(target))).filter((name) => MADE_UP.test(name));
  await Promise.all(madeUp.map((name) => rename(path.join(committed(target), name), path.join(before, name))));
  // How often an edge is reached would count for as much as the edge, and the corpus be ten times as large.
  const args = ["-set_cover_merge=1", "-use_counters=0", "-max_len=1024", intoCrashes(target), committed(target), before, remembered(target)];
  await engine(`minimising the corpus of ${target}`, binary, args);
  await rm(before, { recursive: true });
}

/** The engine talks on standard error only. */
function engine(doing, binary, args) {
  return runCommand(doing, "sh", ["-c", 'exec "$0" "$@" 2>&1', binary, ...args], { env: { RUST_BACKTRACE: "0" } });
}

function finding(target, error) {
  const input = error.message.match(/Test unit written to (.+)$/m)?.[1];
  if (!(error instanceof Trouble) || input === undefined) return error;
  const panic = error.message.match(/^thread .* panicked [\s\S]*?(?=^note: |^==\d+==)/m)?.[0];
  return new Finding(target, input, (panic ?? error.message.match(/^SUMMARY: .*$/m)?.[0] ?? error.message).trim());
}
