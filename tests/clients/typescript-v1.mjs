// The TypeScript SDK of before 2026-07-28 (`@modelcontextprotocol/sdk` 1.x, unmodified), which most programs still use.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { versionOf } from "./support/packages.mjs";
import { plain } from "./typescript.mjs";

export const name = "TypeScript, `@modelcontextprotocol/sdk`";
export const eras = ["legacy"];
export const version = () => versionOf("@modelcontextprotocol/sdk");
export const code = new URL(import.meta.url);
export const shows = "returns the result, with `_meta`";

export async function connect({ url, token }) {
  const client = new Client({ name: "my-agent", version: "1" });
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit });
  await client.connect(transport);
  return {
    protocol: transport.protocolVersion,
    list: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (tool, args) => plain(await client.callTool({ name: tool, arguments: args })),
    close: async () => {
      await transport.terminateSession();
      await client.close();
    },
  };
}
