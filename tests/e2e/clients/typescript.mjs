// The TypeScript client (`@modelcontextprotocol/client` 2.x, unmodified): one conversation with a gateway URL, and what it saw.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const MODES = { legacy: "legacy", modern: { pin: "2026-07-28" } };

/** `calls` is a list of [tool, arguments]; with `read`, a URI, resources and prompts are looked at as well. */
export async function converse({ url, token, era, calls, read = null }) {
  const client = new Client({ name: "e2e", version: "1" }, { versionNegotiation: { mode: MODES[era] } });
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit });
  await client.connect(transport);
  try {
    const seen = {
      protocol: client.getNegotiatedProtocolVersion(),
      tools: (await client.listTools()).tools.map((tool) => tool.name),
      calls: [],
    };
    for (const [name, args] of calls) seen.calls.push(plain(await client.callTool({ name, arguments: args })));
    if (read !== null) {
      seen.resources = (await client.listResources()).resources.map((resource) => resource.uri);
      seen.templates = (await client.listResourceTemplates()).resourceTemplates.map((template) => template.uriTemplate);
      seen.prompts = (await client.listPrompts()).prompts.map((prompt) => prompt.name);
      seen.contents = (await client.readResource({ uri: read })).contents.map((content) => content.text);
    }
    // In the legacy era the client ends its session with a DELETE; a gateway that refuses it makes this throw.
    if (era === "legacy") await transport.terminateSession();
    return seen;
  } finally {
    await client.close();
  }
}

function plain(result) {
  return {
    isError: result.isError === true,
    text: result.content.map((content) => content.text).join("\n"),
    denial: result._meta?.["tollgate/denial"] ?? null,
  };
}
