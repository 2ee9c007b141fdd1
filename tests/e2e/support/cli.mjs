// The command line, built from this source.
import { execFile } from "node:child_process";
import { root } from "../../../scripts/lib/paths.mjs";
import { run } from "../../../scripts/lib/processes.mjs";
import { findCargo } from "../../../scripts/lib/rust.mjs";

/** Builds the command line; gives what runs it in `cwd`: `(args, env)` to its status, and its result as JSON. */
export async function commandLine(cwd) {
  findCargo();
  const built = await run(null, "cargo", ["build", "--locked", "--bin", "tollgate", "--message-format", "json"], { cwd: root });
  const messages = built.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const binary = messages.find((message) => message.executable).executable;
  return (args, env = {}) =>
    new Promise((resolve, reject) => {
      const options = { cwd, env: { ...process.env, NO_PROXY: "127.0.0.1", ...env } };
      execFile(binary, [...args, "--json"], options, (error, stdout, stderr) => {
        if (stdout === "") reject(new Error(`tollgate ${args.join(" ")}: ${stderr}`));
        else resolve({ status: error?.code ?? 0, said: JSON.parse(stdout) });
      });
    });
}
