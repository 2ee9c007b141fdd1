// FastMCP's client (`fastmcp.Client`), in the shop's environment.
import { fileURLToPath } from "node:url";
import { python } from "../../scripts/lib/python.mjs";
import { versionInPython } from "./support/packages.mjs";
import { speak } from "./support/spoken.mjs";

export const name = "Python, `fastmcp`";
export const eras = ["legacy", "modern"];
export const version = () => versionInPython("fastmcp");
export const code = new URL("python_fastmcp.py", import.meta.url);
export const shows = "raises `ToolError`, which has only the text";

export async function connect(grant) {
  return speak(await python(), [fileURLToPath(code)], grant);
}
