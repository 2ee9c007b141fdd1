// What the agents of the benchmark send.

import { LOOPBACK } from "../ports.mjs";

export const ALLOWED = "project_list_models";
export const METERED = "management_execute_command";
export const REFUSED = "shell_execute";

const LEGACY = "2025-11-25";
const MODERN = "2026-07-28";

/** A message whose id is the number of the call. */
const message = (method, params) => JSON.stringify({ jsonrpc: "2.0", id: "{n}", method, params }).replace('"{n}"', "{n}");

export const call = (tool, args = { scope: "project" }) => message("tools/call", { name: tool, arguments: args });

export const list = () => message("tools/list", {});

/** The same call as an agent of 2026-07-28 writes it. */
export const modernCall = (tool) =>
  message("tools/call", {
    name: tool,
    arguments: { scope: "project" },
    _meta: {
      "io.modelcontextprotocol/protocolVersion": MODERN,
      "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    },
  });

/** A call of so many bytes. */
export function sizedCall(tool, bytes) {
  const least = call(tool, {}).length;
  return bytes <= least + PADDING ? call(tool, {}) : call(tool, { text: "x".repeat(bytes - least - PADDING) });
}

const PADDING = JSON.stringify({ text: "" }).length - JSON.stringify({}).length;

export function headers(token) {
  return {
    "Content-Type": "application/json",
    Accept: "application/json, text/event-stream",
    "User-Agent": "bench",
    "MCP-Protocol-Version": LEGACY,
    Authorization: `Bearer ${token}`,
  };
}

export const modernHeaders = (token, tool) => ({ ...headers(token), "MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": tool });

/** What answers must contain. */
export const SERVED = '"isError":false';
export const DENIED = '"isError":true';
export const LISTED = `"name":"${ALLOWED}"`;

export const urlAt = (port) => `http://${LOOPBACK}:${port}`;
