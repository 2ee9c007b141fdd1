// What turns the crate into a Worker: Cloudflare's worker-build, and wasm-bindgen in the very version that Cargo.lock names.
// Both are kept in .tools; wasm-opt and esbuild come from npm.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { inRoot, npmBinary, tools } from "./paths.mjs";
import { run } from "./processes.mjs";
import { tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";

const WORKER_BUILD = "0.8.7";

/** @returns {Promise<{workerBuild: string, env: object, versions: string}>} the builder, the environment that it needs, and what it is made of */
export async function toolchain() {
  const wanted = (await readFile(inRoot("Cargo.lock"), "utf8")).match(/name = "wasm-bindgen"\nversion = "(.+)"/)?.[1];
  if (wanted === undefined) throw new Trouble("Cargo.lock names no wasm-bindgen. Was it edited? `git checkout Cargo.lock` brings it back.");
  const workerBuild = inTools("worker-build");
  const bindgen = inTools("wasm-bindgen");

  if (!(await has(bindgen, wanted))) {
    tell(`wasm-bindgen ${wanted} (the glue between WebAssembly and JavaScript) goes into .tools.`);
    if (!(await download(wanted))) {
      tell("  It cannot be downloaded ready-made here, so it is built from source, which takes one to three minutes.");
      await build("wasm-bindgen-cli", wanted, "wasm-bindgen");
    }
  }
  if (!(await has(workerBuild, WORKER_BUILD))) {
    tell(`worker-build ${WORKER_BUILD} (Cloudflare's packer for Rust Workers) goes into .tools; it is built from source, one to three minutes.`);
    await needOpenssl();
    await build("worker-build", WORKER_BUILD, "worker-build", ["--locked"]);
  }
  await rm(inTools("..", "target"), { recursive: true, force: true });

  const env = { WASM_BINDGEN_BIN: bindgen, WASM_OPT_BIN: npmBinary("wasm-opt"), ESBUILD_BIN: npmBinary("esbuild") };
  return { workerBuild, env, versions: `worker-build ${WORKER_BUILD}, wasm-bindgen ${wanted}` };
}

const inTools = (...parts) => path.join(tools, "bin", ...parts);
const has = (tool, version) => run(null, tool, ["--version"]).then((said) => said.trim().split(" ").at(-1) === version, () => false);

/** Built without optimisation: that takes a third of the time, and such a tool runs for a second in each build. */
async function build(crate, version, binary, more = []) {
  const args = ["install", crate, "--version", version, "--bin", binary, "--debug", "--force", "--root", tools, "--target-dir", inTools("..", "target"), ...more];
  await run(`building ${crate} ${version}`, "cargo", args, {
    env: { CARGO_PROFILE_DEV_DEBUG: "0", CARGO_INCREMENTAL: "0", CARGO_TERM_PROGRESS_WHEN: "always", CARGO_TERM_PROGRESS_WIDTH: "100" },
    advice: "Its source comes from crates.io. Is this machine online? Is there a C compiler (`sudo apt-get install build-essential`)?",
  });
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

/** worker-build links OpenSSL, on Linux from the system. */
async function needOpenssl() {
  if (process.platform !== "linux" || process.env.OPENSSL_DIR || process.env.OPENSSL_LIB_DIR) return;
  if ((await run(null, "pkg-config", ["--exists", "openssl"]).catch(() => null)) !== null) return;
  throw new Trouble(
    "worker-build needs OpenSSL's headers and pkg-config to be built. Get them: `sudo apt-get install pkg-config libssl-dev`, " +
      "`sudo dnf install pkgconf openssl-devel` or `apk add pkgconf openssl-dev`, then try again.",
  );
}
