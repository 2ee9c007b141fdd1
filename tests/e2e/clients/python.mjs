// The Python client, in the shop's environment, as a function.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { python } from "../../../scripts/lib/shop.mjs";

const SCRIPT = fileURLToPath(new URL("client.py", import.meta.url));

/** Takes and gives what `converse` of typescript.mjs does. */
export async function converse({ url, token, era, calls, read = null }) {
  const interpreter = await python();
  return new Promise((resolve, reject) => {
    const child = execFile(interpreter, [SCRIPT], { timeout: 60_000 }, (error, out, err) => {
      if (error) reject(new Error(`the Python client failed: ${err.slice(-3000)}`));
      else resolve(JSON.parse(out));
    });
    child.stdin.end(JSON.stringify({ url, token, era, calls, read }));
  });
}
