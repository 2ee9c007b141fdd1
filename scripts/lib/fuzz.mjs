// What `node scripts/fuzz.mjs` does.

import { readdir } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { Finding, keep, run } from "./fuzz-engine.mjs";
import { buildTargets, home } from "./fuzz-targets.mjs";
import { converse } from "./processes.mjs";
import { say, table, tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";

export async function main(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { seconds: { type: "string", default: "20" }, keep: { type: "boolean" }, input: { type: "string" } },
  });
  const targets = await chosen(positionals);
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1) throw new Trouble("`--seconds` takes a whole number of seconds, 1 or more.");
  if (values.input !== undefined && targets.length !== 1) throw new Trouble("`--input` goes with one target, the one that the input was found for.");

  const binary = await buildTargets();
  if (values.input !== undefined) {
    await converse(binary(targets[0]), [values.input], { env: { RUST_BACKTRACE: "1" }, advice: "The input still fails." });
    return say("The input passes.");
  }

  const runs = [];
  const findings = [];
  for (const target of targets) {
    try {
      runs.push(await run(target, binary(target), seconds));
      if (values.keep) await keep(target, binary(target));
    } catch (error) {
      // The other targets may have something to say too.
      if (!(error instanceof Finding)) throw error;
      findings.push(error);
      tell(`\n${error.message}\n`);
    }
  }
  if (runs.length > 0) say(table(["target", "executions", "edges reached", "corpus", "of it in the repository"], runs));
  if (findings.length > 0) throw new Trouble(`Something was found by ${findings.map((finding) => finding.target).join(", ")}: see above.`);
}

/** The targets that are named, or all. */
async function chosen(names) {
  const ending = ".rs";
  const all = (await readdir(path.join(home, "targets"))).filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Trouble(`There is no target \`${unknown}\`; there are ${all.sort().join(", ")}.`);
  return names.length > 0 ? names : all.sort();
}
