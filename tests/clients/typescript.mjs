// The TypeScript client (`@modelcontextprotocol/client` 2.x, unmodified). Every client here gives what this one gives: `name`, which is its
// heading in docs/clients.md, `eras`, `version()`, `code`, which has the lines that the page prints, what it `shows` of a denial, and
// `connect({ url, token, era })`, a session that lists, calls, and takes its leave.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { versionOf } from "./support/packages.mjs";

export const name = "TypeScript, `@modelcontextprotocol/client`";
export const eras = ["legacy", "modern"];
export const version = () => versionOf("@modelcontextprotocol/client");
export const code = new URL(import.meta.url);
export const shows = "returns the result, with `_meta`";

const MODES = { legacy: "legacy", modern: { pin: "2026-07-28" } };

/**
 * A call gives `{ isError, text, denial }`: what the client's user holds in the hand. `denial` is null where there is none, and
 * where the client does not pass `_meta` on. What the client throws, `connect`, `list` and `call` throw.
 */
export async function connect({ url, token, era }) {
  const mode = MODES[era];
  const client = new Client({ name: "my-agent", version: "1" }, { versionNegotiation: { mode } });
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit });
  await client.connect(transport);
  return {
    protocol: client.getNegotiatedProtocolVersion(),
    list: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (tool, args) => plain(await client.callTool({ name: tool, arguments: args })),
    look: (uri) => look(client, uri),
    close: async () => {
      // In the legacy era the client ends its session with a DELETE; a gateway that refuses it makes this throw.
      if (era === "legacy") await transport.terminateSession();
      await client.close();
    },
  };
}

/** What it sees beside tools: `uri` is read. */
async function look(client, uri) {
  return {
    resources: (await client.listResources()).resources.map((resource) => resource.uri),
    templates: (await client.listResourceTemplates()).resourceTemplates.map((template) => template.uriTemplate),
    prompts: (await client.listPrompts()).prompts.map((prompt) => prompt.name),
    contents: (await client.readResource({ uri })).contents.map((content) => content.text),
  };
}

export function plain(result) {
  return {
    isError: result.isError === true,
    text: result.content.map((content) => content.text).join("\n"),
    denial: result._meta?.["tollgate/denial"] ?? null,
  };
}
