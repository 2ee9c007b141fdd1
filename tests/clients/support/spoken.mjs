// A client that is a program of its own: it is told one thing a line, and answers each with a line of JSON.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** How long a client may take for one answer before it counts as hung. */
const PATIENCE_MS = 60_000;

/** Starts the program, tells it where to connect, and gives a session as ../typescript.mjs does. If it gives up, its last words are thrown. */
export async function speak(command, args, grant) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  // That it has ended is found out by the line that does not come.
  child.stdin.on("error", () => {});
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const hung = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    const { value, done } = await lines.next().finally(() => clearTimeout(hung));
    if (!done) return JSON.parse(value);
    const [code, signal] = await ended;
    throw new Error(lastWords(said) ?? `it ended without a word, with ${signal ?? `status ${code}`}`);
  };
  const { protocol } = await ask(grant);
  return {
    protocol,
    list: () => ask({ do: "list" }),
    call: (tool, args) => ask({ do: "call", tool, arguments: args }),
    look: (uri) => ask({ do: "look", uri }),
    close: async () => {
      child.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw new Error(`the client could not take its leave: ${said.slice(-3000)}`);
    },
  };
}

/** The last line of a traceback, without the rails that Python draws around groups of errors. */
function lastWords(said) {
  const lines = said.split("\n").map((line) => line.replace(/^[\s|+-]+/, "").trimEnd());
  return lines.findLast((line) => line !== "");
}
