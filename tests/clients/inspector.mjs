// The command line of the MCP Inspector: for each step it is run anew, by the very lines that docs/clients.md prints.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { peers } from "../../scripts/lib/paths.mjs";
import { desktop } from "./support/desktop.mjs";
import { versionOfPeer } from "./support/packages.mjs";
import { pointed, snippets } from "./support/page.mjs";
import { plain } from "./typescript.mjs";

export const name = "MCP Inspector, command line";
export const eras = ["legacy", "modern"];
export const version = () => versionOfPeer("@modelcontextprotocol/inspector");
export const shows = "prints the result, and exits with 5";

/** It looks a tool up in the list before it calls: one that is not there never leaves it, and these are its own words. */
export const unlisted = (tool) => `Tool '${tool}' not found on server.`;

/** What it exits with where a tool says `isError`, or is not there. */
const TOOL_ERROR = 5;

export async function connect({ url, token, era }) {
  const [snippet] = await snippets(name);
  const [list, call] = pointed(snippet, { url, token }).trim().split("\n");
  const at = await desktop();
  const run = (line) => shell(era === "modern" ? `${line} --protocol-era modern` : line, { ...at.env, GRANT: token });
  return {
    list: async () => (await run(list)).tools.map((tool) => tool.name),
    call: async (tool, args) => {
      const line = call.replace(/(?<=--tool-name )\S+/, tool).replace(/(?<=--tool-args-json )'.*'/, `'${JSON.stringify(args)}'`);
      return plain(await run(line));
    },
    opened: at.opened,
    close: at.remove,
  };
}

/** The result that it prints. What it has instead of one is thrown in its own words. */
async function shell(line, env) {
  const child = spawn("sh", ["-c", line], { cwd: peers, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  const [printed, said, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (printed.trim() !== "") return JSON.parse(printed).result;
  const complaint = said.match(/^\{"error":.*\}$/m);
  if (complaint === null) throw new Error(`it ended with ${code}: ${said}`);
  const { message } = JSON.parse(complaint[0]).error;
  if (code === TOOL_ERROR) return { isError: true, content: [{ type: "text", text: message }] };
  throw new Error(message);
}
