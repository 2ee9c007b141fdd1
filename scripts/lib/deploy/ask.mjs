// Questions to the person at the terminal.

import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { leave } from "../leave.mjs";

/** Asks for something that must not be seen while it is typed. */
export function askHidden(question) {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  // Asked only now that the terminal no longer echoes.
  process.stderr.write(question);
  return new Promise((resolve) => {
    lines.on("SIGINT", () => leave(130));
    lines.on("close", () => resolve(""));
    lines.question("", (typed) => {
      process.stderr.write("\n");
      resolve(typed.trim());
      lines.close();
    });
  });
}
