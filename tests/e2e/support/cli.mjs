// The command line, built from this source.
import { execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { root } from "../../../scripts/lib/paths.mjs";
import { run } from "../../../scripts/lib/processes.mjs";
import { python } from "../../../scripts/lib/python.mjs";
import { findCargo } from "../../../scripts/lib/rust.mjs";

const TERMINAL = fileURLToPath(new URL("terminal.py", import.meta.url));

/** Builds it; gives the path of the binary. */
async function built() {
  findCargo();
  const built = await run(null, "cargo", ["build", "--locked", "--bin", "tollgate", "--message-format", "json"], { cwd: root });
  const messages = built.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return messages.find((message) => message.executable).executable;
}

/** Builds the command line; gives what runs it in `cwd`: `(args, env)` to its status, and its result as JSON. */
export async function commandLine(cwd) {
  const binary = await built();
  return (args, env = {}) =>
    new Promise((resolve, reject) => {
      const options = { cwd, env: { ...process.env, NO_PROXY: "127.0.0.1", ...env } };
      execFile(binary, [...args, "--json"], options, (error, stdout, stderr) => {
        if (stdout === "") reject(new Error(`tollgate ${args.join(" ")}: ${stderr}`));
        else resolve({ status: error?.code ?? 0, said: JSON.parse(stdout) });
      });
    });
}

/** Builds the command line, for people who are known to a gateway: `as(token)` gives what they can do with it. */
export async function peoplesCommandLine(gateway) {
  const [binary, interpreter] = await Promise.all([built(), python()]);
  return (token) => {
    const env = { ...process.env, NO_PROXY: "127.0.0.1", TOLLGATE_URL: gateway.url, TOLLGATE_TOKEN: token };
    const ran = (file, args) =>
      new Promise((resolve) => {
        const child = execFile(file, args, { env }, (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }));
        child.stdin.end();
      });
    return {
      /** Without a terminal: `{ status, stdout, stderr }`. */
      run: (...args) => ran(binary, args),
      /** The result as JSON, of what must succeed. */
      async json(...args) {
        const { status, stdout, stderr } = await ran(binary, [...args, "--json"]);
        if (status !== 0) throw new Error(`tollgate ${args.join(" ")}: ${status} ${stdout} ${stderr}`);
        return JSON.parse(stdout);
      },
      /** At a terminal, where `typed` is typed once a question is asked: `{ status, stdout }`, in which both outputs are one. */
      atTerminal: (typed, ...args) => ran(interpreter, [TERMINAL, typed, binary, ...args]),
      /** Goes on until the test is over; `lines()` gives what it has printed. */
      watch(t, ...args) {
        const child = spawn(binary, args, { env, stdio: ["ignore", "pipe", "inherit"] });
        let text = "";
        child.stdout.setEncoding("utf8").on("data", (more) => (text += more));
        t.after(() => child.kill());
        return { lines: () => text.split("\n").slice(0, -1) };
      },
    };
  };
}
