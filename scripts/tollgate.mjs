// `npm run tollgate -- …`: the command line, built if anything has changed. Paths are those of the folder that npm was called in.

import { spawn } from "node:child_process";
import { inRoot } from "./lib/paths.mjs";
import { findCargo, RUSTUP } from "./lib/rust.mjs";
import { tell } from "./lib/terminal.mjs";

findCargo();
const cargo = ["run", "--quiet", "--locked", "--manifest-path", inRoot("Cargo.toml"), "--bin", "tollgate", "--"];
const child = spawn("cargo", [...cargo, ...process.argv.slice(2)], { cwd: process.env.INIT_CWD ?? process.cwd(), stdio: "inherit" });
child.on("error", () => {
  tell(`Rust is missing (\`cargo\`); the command line is compiled on this machine. Get it: ${RUSTUP}, then try again.`);
  process.exitCode = 3;
});
child.on("exit", (status, signal) => {
  process.exitCode = signal ? 128 : status;
});
