// Python's two readers of JSON, those that mcp-django has: one process, one line for each body.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { python } from "../../../scripts/lib/shop.mjs";

const SCRIPT = fileURLToPath(new URL("reader.py", import.meta.url));

export async function startPython() {
  const child = spawn(await python(), [SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift().resolve(JSON.parse(line)));
  child.on("exit", (code) => waiting.splice(0).forEach(({ reject }) => reject(new Error(`the Python readers ended with ${code}`))));
  return {
    read: (bytes) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${bytes.toString("base64")}\n`);
      }),
    stop: () => child.stdin.end(),
  };
}
