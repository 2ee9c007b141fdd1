// The demo's agent: a real MCP client that uses the shop, through the gateway or not.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { CfWorkerJsonSchemaValidator } from "@modelcontextprotocol/client/validators/cf-worker";
import { Trouble } from "../trouble.mjs";

/** How long one call may take: the first one wakes the gateway and imports half of Django. */
const PATIENCE = { timeout: 60_000 };

/**
 * Connects to an MCP endpoint. `headers` holds the agent's grant, or the origin's key. The client picks the newest protocol that
 * the other side speaks.
 */
export async function connect(url, headers) {
  // The client's usual validator warns, on the terminal, of every `format` in the origin's schemas that it does not know.
  const jsonSchemaValidator = new CfWorkerJsonSchemaValidator();
  const client = new Client({ name: "tollgate-demo", version: "1" }, { versionNegotiation: { mode: "auto" }, jsonSchemaValidator });
  try {
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }), PATIENCE);
  } catch (error) {
    throw new Trouble(`The MCP client could not connect to ${url}: ${error.message}`);
  }
  return {
    protocol: client.getNegotiatedProtocolVersion(),
    tools: async () => (await client.listTools(undefined, PATIENCE)).tools.map(({ name }) => name),
    call: async (tool, args) => outcome(tool, args, await client.callTool({ name: tool, arguments: args }, PATIENCE)),
    close: () => client.close(),
  };
}

/** Knocks at an MCP endpoint with nothing in hand; gives the HTTP status and the first line of what it is told. */
export async function knock(url) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
  });
  return { status: answer.status, text: (await answer.text()).trim().split("\n")[0] };
}

/** What came of a call: the text that the agent's model reads, and what the gateway has to say of it: a denial, a question to a person. */
function outcome(tool, args, result) {
  const said = (what) => result._meta?.[`tollgate/${what}`] ?? null;
  const text = result.content.map((part) => part.text ?? `(${part.type})`).join("\n");
  return { tool, args, text, failed: result.isError === true, denial: said("denial"), approval: said("approval") };
}
