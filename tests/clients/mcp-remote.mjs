// mcp-remote, the bridge for clients that only start programs: started by such a client, with the very snippet that docs/clients.md prints.
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { peers } from "../../scripts/lib/paths.mjs";
import { desktop } from "./support/desktop.mjs";
import { versionOfPeer } from "./support/packages.mjs";
import { pointed, snippets } from "./support/page.mjs";
import { plain } from "./typescript.mjs";

export const name = "`mcp-remote`";
export const eras = ["legacy", "modern"];
export const version = () => versionOfPeer("mcp-remote");
export const shows = "passes the result on, with its `_meta`";

/** It looks for a way to sign in whenever it starts, whatever grant it shows. */
export const looksForSignIn = true;

export async function connect({ url, token, era }) {
  const [snippet] = await snippets(name);
  const { command, args, env } = JSON.parse(pointed(snippet, { url, token })).mcpServers.shop;
  const at = await desktop();
  const transport = new StdioClientTransport({
    command,
    args: era === "modern" ? [...args, "--protocol", "auto"] : args,
    // Here npx finds the package that is pinned, and asks no registry.
    cwd: peers,
    env: { ...process.env, ...at.env, ...env },
    stderr: "pipe",
  });
  let said = "";
  transport.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  const client = new Client({ name: "my-desktop", version: "1" });
  const close = () => client.close().finally(at.remove);
  try {
    await client.connect(transport);
  } catch {
    const opened = await at.opened();
    await close();
    // The client itself only learns that the program has ended; desktops keep what it said in a log.
    throw Object.assign(new Error(said.match(/Fatal error: (.*)/)?.[1] ?? said), { opened });
  }
  return {
    list: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (tool, args) => plain(await client.callTool({ name: tool, arguments: args })),
    opened: at.opened,
    close,
  };
}
