// The Python client (`mcp`), in the shop's environment.
import { fileURLToPath } from "node:url";
import { python } from "../../scripts/lib/python.mjs";
import { versionInPython } from "./support/packages.mjs";
import { speak } from "./support/spoken.mjs";

export const name = "Python, `mcp`";
export const eras = ["legacy", "modern"];
export const version = () => versionInPython("mcp");
export const code = new URL("python_mcp.py", import.meta.url);
export const shows = "returns the result, with `meta`";

export async function connect(grant) {
  return speak(await python(), [fileURLToPath(code)], grant);
}
