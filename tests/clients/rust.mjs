// The Rust client (`rmcp`): the crate in rust/, built where git does not look.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/processes.mjs";
import { findCargo } from "../../scripts/lib/rust.mjs";
import { versionInLock } from "./support/packages.mjs";
import { speak } from "./support/spoken.mjs";

const MANIFEST = fileURLToPath(new URL("rust/Cargo.toml", import.meta.url));
const TARGET = inRoot("target", "clients");

export const name = "Rust, `rmcp`";
export const eras = ["legacy", "modern"];
export const version = () => versionInLock("rmcp");
export const code = new URL("rust/src/main.rs", import.meta.url);
export const shows = "returns the result, with `meta`";

/** Compiles it if it is not there, or not from what its sources are now; `doing` is shown while that lasts. */
export async function build(doing = null) {
  findCargo();
  await run(doing, "cargo", ["build", "--locked", "--quiet", "--manifest-path", MANIFEST, "--target-dir", TARGET], {
    advice: "The crates come from crates.io. Is this machine online?",
  });
}

export async function connect(grant) {
  return speak(path.join(TARGET, "debug", "tollgate-rust-client"), [], grant);
}
