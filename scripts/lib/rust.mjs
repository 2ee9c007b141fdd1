// Rust, with the target that Workers run.

import { access, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { inRoot } from "./paths.mjs";
import { run } from "./processes.mjs";
import { tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";

const TARGET = "wasm32-unknown-unknown";
export const RUSTUP = "`curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh` (https://rustup.rs)";

/** Puts cargo's folder on the PATH: a shell that was open while rustup was installed does not know it yet. */
export function findCargo() {
  const bin = path.join(process.env.CARGO_HOME ?? path.join(homedir(), ".cargo"), "bin");
  const known = process.env.PATH.split(path.delimiter);
  if (!known.includes(bin)) process.env.PATH = [...known, bin].join(path.delimiter);
}

/** Makes sure that this crate can be compiled for the host and for Workers; gives the compiler's version. */
export async function rust() {
  findCargo();
  const version = await run(null, "rustc", ["--version"]).then((said) => said.trim(), () => null);
  const cargo = await run(null, "cargo", ["--version"]).catch(() => null);
  if (version === null || cargo === null) {
    throw new Trouble(`Rust is missing (\`cargo\` and \`rustc\`); the gateway is compiled on this machine. Get it: ${RUSTUP}, then try again.`);
  }
  const oldest = (await readFile(inRoot("Cargo.toml"), "utf8")).match(/^rust-version = "1\.(\d+)/m)[1];
  const minor = Number(version.match(/^rustc 1\.(\d+)/)?.[1]);
  if (!(minor >= Number(oldest))) {
    throw new Trouble(`Rust 1.${oldest} or newer is needed; this is ${version}. Get it: \`rustup update stable\`, or ${RUSTUP}.`);
  }
  await target();
  return version;
}

async function target() {
  const library = (await run(null, "rustc", ["--print", "target-libdir", "--target", TARGET])).trim();
  if (await access(library).then(() => true, () => false)) return;
  tell(`Rust's standard library for ${TARGET} is added with rustup: Workers run WebAssembly.`);
  if ((await run(null, "rustup", ["--version"]).catch(() => null)) === null) {
    throw new Trouble(
      `This Rust cannot compile for ${TARGET}, and there is no rustup to add it. Get the target from where this Rust came from ` +
        `(Debian: \`sudo apt-get install libstd-rust-dev-wasm32\`; Fedora: \`sudo dnf install rust-std-static-${TARGET}\`), or rustup: ${RUSTUP}.`,
    );
  }
  await run(`adding ${TARGET}`, "rustup", ["target", "add", TARGET]);
}
