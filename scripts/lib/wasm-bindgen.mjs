// wasm-bindgen, which makes the glue between WebAssembly and JavaScript, in the very version that Cargo.lock names. It is kept
// in .tools; the other tools, wasm-opt and esbuild, come from npm.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { inRoot, tools } from "./paths.mjs";
import { run } from "./processes.mjs";
import { tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";

/** @returns {Promise<{bindgen: string, version: string}>} where it is, and which */
export async function wasmBindgen() {
  const version = (await readFile(inRoot("Cargo.lock"), "utf8")).match(/name = "wasm-bindgen"\nversion = "(.+)"/)?.[1];
  if (version === undefined) throw new Trouble("Cargo.lock names no wasm-bindgen. Was it edited? `git checkout Cargo.lock` brings it back.");
  const bindgen = inTools("wasm-bindgen");
  if (await has(bindgen, version)) return { bindgen, version };
  tell(`wasm-bindgen ${version} (the glue between WebAssembly and JavaScript) goes into .tools.`);
  if (!(await download(version))) {
    tell("  It cannot be downloaded ready-made here, so it is built from source, which takes one to three minutes.");
    await build(version);
  }
  return { bindgen, version };
}

const inTools = (...parts) => path.join(tools, "bin", ...parts);
const has = (tool, version) => run(null, tool, ["--version"]).then((said) => said.trim().split(" ").at(-1) === version, () => false);

/** Built without optimisation: that takes a third of the time, and it runs for a second in each build. */
async function build(version) {
  const target = inTools("..", "target");
  const args = ["install", "wasm-bindgen-cli", "--version", version, "--bin", "wasm-bindgen", "--debug", "--force", "--root", tools, "--target-dir", target];
  await run(`building wasm-bindgen ${version}`, "cargo", args, {
    env: { CARGO_PROFILE_DEV_DEBUG: "0", CARGO_INCREMENTAL: "0", CARGO_TERM_PROGRESS_WHEN: "always", CARGO_TERM_PROGRESS_WIDTH: "100" },
    advice: "Its source comes from crates.io. Is this machine online? Is there a C compiler (`sudo apt-get install build-essential`)?",
  });
  await rm(target, { recursive: true, force: true });
}

/** wasm-bindgen's own release, where its host answers; false, for whatever reason, if not. */
async function download(version) {
  const machine = { x64: "x86_64", arm64: "aarch64" }[process.arch];
  const system = { linux: "unknown-linux-musl", darwin: "apple-darwin" }[process.platform];
  if (machine === undefined || system === undefined) return false;
  const release = `wasm-bindgen-${version}-${machine}-${system}`;
  const archive = inTools(`${release}.tar.gz`);
  try {
    await mkdir(inTools(), { recursive: true });
    const url = `https://github.com/wasm-bindgen/wasm-bindgen/releases/download/${version}/${release}.tar.gz`;
    const head = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5_000) });
    if (!head.ok) return false;
    const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) });
    if (!answer.ok) return false;
    await writeFile(archive, Buffer.from(await answer.arrayBuffer()));
    await run("downloading wasm-bindgen", "tar", ["-xzf", archive, "-C", inTools(), "--strip-components", "1", `${release}/wasm-bindgen`]);
    return await has(inTools("wasm-bindgen"), version);
  } catch {
    // Offline, behind a proxy, no tar: the source is the other way.
    return false;
  } finally {
    await rm(archive, { force: true });
  }
}
