// The fuzz targets, compiled: tests/fuzz, with the coverage that guides the engine.

import path from "node:path";
import { inRoot, root } from "./paths.mjs";
import { run } from "./processes.mjs";
import { rust } from "./rust.mjs";
import { Trouble } from "./trouble.mjs";

export const home = inRoot("tests", "fuzz");
/** What is compiled, and what the engine remembers between runs. */
export const made = inRoot("target", "fuzz");

/** SanitizerCoverage by stable flags, as cargo-fuzz sets them. No sanitizer: those need nightly, and there is no unsafe code to watch. */
const FLAGS = [
  "-Cpasses=sancov-module",
  "-Cllvm-args=-sanitizer-coverage-level=4",
  "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table",
  "-Cllvm-args=-sanitizer-coverage-trace-compares",
  // The gateway's crate is linked as a library for Workers too, and there on macOS the engine's symbols would be missed.
  ...(process.platform === "darwin" ? ["-Clink-arg=-Wl,-undefined,dynamic_lookup"] : []),
];

/** @returns {Promise<(target: string) => string>} where the executable of a target is */
export async function buildTargets() {
  await rust();
  await needCompiler();
  // With a target named, build scripts and macros, which run on this machine too, are compiled without the flags.
  const host = (await run(null, "rustc", ["-vV"])).match(/^host: (.+)$/m)[1];
  // Not `--locked`: when the gateway gains a dependency, the lock here follows by itself.
  const args = ["build", "--release", "--target", host, "--manifest-path", path.join(home, "Cargo.toml"), "--target-dir", made];
  await run("compiling the fuzz targets (a minute at first, seconds later)", "cargo", args, {
    cwd: root,
    env: { CARGO_ENCODED_RUSTFLAGS: FLAGS.join("\x1f"), CARGO_TERM_PROGRESS_WHEN: "always", CARGO_TERM_PROGRESS_WIDTH: "100" },
  });
  return (target) => path.join(made, host, "release", target);
}

async function needCompiler() {
  const compiler = process.env.CXX ?? "c++";
  if ((await run(null, compiler, ["--version"]).catch(() => null)) !== null) return;
  throw new Trouble(
    `A C++ compiler is missing (\`${compiler}\`): the fuzzing engine, libFuzzer, is compiled on this machine. Get it: ` +
      "`sudo apt-get install g++`, `sudo dnf install gcc-c++`, `apk add g++` or, on macOS, `xcode-select --install`, then try again.",
  );
}
