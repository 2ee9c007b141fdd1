// The Worker: the crate compiled to WebAssembly, with its JavaScript, in build/. Compiled again only when something it is made of has changed.

import { createHash } from "node:crypto";
import { access, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { inRoot, root, worker } from "./paths.mjs";
import { run } from "./processes.mjs";
import { rust } from "./rust.mjs";
import { toolchain } from "./toolchain.mjs";

/** What the Worker is made of: the crate, what it includes, and what says how it is compiled. */
const SOURCES = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo", "src", "presets", "console", "package-lock.json", "scripts/lib/worker.mjs"];

export const modules = { script: path.join(worker, "index.js"), wasm: path.join(worker, "index_bg.wasm") };
const stamp = path.join(worker, "made-from");

/** Builds the Worker if it is not there or not of these sources; gives the paths of its two modules. */
export async function buildWorker() {
  const compiler = await rust();
  const { workerBuild, env, versions } = await toolchain();
  const wanted = await fingerprint([compiler, versions]);
  if (await isMadeFrom(wanted)) return modules;
  // Until it is whole again, it is not a Worker of any sources.
  await rm(stamp, { force: true });
  await run("compiling the gateway to WebAssembly (a minute at first, seconds later)", workerBuild, ["--release"], {
    cwd: root,
    env: { ...env, RUST_BACKTRACE: "0", CARGO_TERM_PROGRESS_WHEN: "always", CARGO_TERM_PROGRESS_WIDTH: "100" },
  });
  await optimise(env.WASM_OPT_BIN);
  await writeFile(stamp, wanted);
  return modules;
}

/** WebAssembly features that rustc and wasm-bindgen use and workerd has; named, so that binaryen emits no others. */
const FEATURES = ["mutable-globals", "sign-ext", "nontrapping-float-to-int", "bulk-memory", "multivalue", "reference-types", "exception-handling"];

/** Optimises the module for size, and leaves out the names of its functions. */
async function optimise(wasmOpt) {
  const enabled = FEATURES.map((feature) => `--enable-${feature}`);
  await run("optimising the WebAssembly", wasmOpt, [modules.wasm, "-o", modules.wasm, "-Os", "--strip-debug", ...enabled], { cwd: root });
}

async function isMadeFrom(wanted) {
  const made = await readFile(stamp, "utf8").catch(() => "");
  const whole = await Promise.all(Object.values(modules).map((file) => access(file))).then(() => true, () => false);
  return whole && made === wanted;
}

async function fingerprint(versions) {
  const hash = createHash("sha256").update(versions.join("\n"));
  for (const source of SOURCES) {
    for (const file of await filesOf(inRoot(source))) {
      const bytes = await readFile(file);
      hash.update(`\n${path.relative(root, file)} ${bytes.length}\n`).update(bytes);
    }
  }
  return hash.digest("hex");
}

/** A file, or all files in a folder, in an order that does not depend on the machine; nothing if it is not there. */
async function filesOf(where) {
  const found = await stat(where).catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (found === null) return [];
  if (!found.isDirectory()) return [where];
  const entries = await readdir(where);
  return (await Promise.all(entries.sort().map((entry) => filesOf(path.join(where, entry))))).flat();
}
