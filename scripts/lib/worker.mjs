// The Worker: the crate compiled to WebAssembly, with its JavaScript, in build/. Compiled again only when something it is made of has changed.

import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { inRoot, npmBinary, root, worker } from "./paths.mjs";
import { run } from "./processes.mjs";
import { rust } from "./rust.mjs";
import { wasmBindgen } from "./wasm-bindgen.mjs";

/** What the Worker is made of: the crate, what it includes, and what says how it is compiled. */
const SOURCES = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo", "src", "presets", "console", "docs/policy.schema.json", "package-lock.json", "scripts/lib/worker.mjs"];

export const modules = { script: path.join(worker, "index.js"), wasm: path.join(worker, "index_bg.wasm") };
const stamp = path.join(worker, "made-from");
const target = inRoot("target");
/** What wasm-bindgen makes, before it is optimised and bundled. */
const glue = path.join(target, "glue");

/** Builds the Worker if it is not there or not of these sources; gives the paths of its two modules. */
export async function buildWorker() {
  const compiler = await rust();
  const { bindgen, version } = await wasmBindgen();
  const wanted = await fingerprint([compiler, version]);
  if (await isMadeFrom(wanted)) return modules;
  // Until it is whole again, it is not a Worker of any sources.
  await rm(stamp, { force: true });
  await mkdir(worker, { recursive: true });
  await compile();
  await bind(bindgen);
  await Promise.all([optimise(), bundle()]);
  await writeFile(stamp, wanted);
  return modules;
}

/**
 * Inlined is only what is small: the module is a twelfth smaller for it, and no slower by the code that V8 makes of it at first,
 * which is the code that most isolates ever run.
 */
const INLINED = "-Cllvm-args=-inline-threshold=60";

async function compile() {
  const args = ["build", "--release", "--locked", "--lib", "--target", "wasm32-unknown-unknown", "--target-dir", target];
  await run("compiling the gateway to WebAssembly (a minute at first, seconds later)", "cargo", args, {
    cwd: root,
    env: { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: INLINED, RUST_BACKTRACE: "0", CARGO_TERM_PROGRESS_WHEN: "always", CARGO_TERM_PROGRESS_WIDTH: "100" },
  });
}

/** Makes the JavaScript through which the module is called and calls. */
async function bind(bindgen) {
  const compiled = path.join(target, "wasm32-unknown-unknown", "release", "tollgate.wasm");
  // With the abort handler a broken instance is replaced before the next call: a panic ends one request, not the isolate.
  const how = ["--target", "module", "--no-typescript", "--force-enable-abort-handler"];
  await run("binding it to JavaScript", bindgen, [...how, "--out-dir", glue, "--out-name", "index", compiled], { cwd: root });
}

/** WebAssembly features that rustc and wasm-bindgen use and workerd has; named, so that binaryen emits no others. */
const FEATURES = ["mutable-globals", "sign-ext", "nontrapping-float-to-int", "bulk-memory", "multivalue", "reference-types", "exception-handling"];

/** Optimises the module for size, and leaves out the names of its functions: a tenth of the file, which only a panic, forbidden by the lints, would show. */
async function optimise() {
  const enabled = FEATURES.map((feature) => `--enable-${feature}`);
  const args = [path.join(glue, "index_bg.wasm"), "-o", modules.wasm, "-Os", "--strip-debug", ...enabled];
  await run("optimising the WebAssembly", npmBinary("wasm-opt"), args, { cwd: root });
}

/** Puts entry.js, platform.js and the glue into one script, beside the module that it loads. */
async function bundle() {
  const { build } = await import("esbuild");
  const file = path.join(glue, "index.js");
  // The proposal's `import source` is a plain import to Workers.
  await writeFile(file, (await readFile(file, "utf8")).replace("import source ", "import "));
  await build({
    entryPoints: [inRoot("src", "edge", "entry.js")],
    outfile: modules.script,
    alias: { tollgate: file, "tollgate-platform": inRoot("src", "edge", "platform.js") },
    external: ["cloudflare:*", "*.wasm"],
    loader: { ".json": "text" },
    bundle: true,
    format: "esm",
    target: "esnext",
    minify: true,
    logLevel: "error",
  });
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
