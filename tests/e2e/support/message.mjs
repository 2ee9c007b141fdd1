// What agents say, in both eras.

export const LEGACY = "2025-11-25";
export const MODERN = "2026-07-28";
export const ERAS = ["legacy", "modern"];

/** The `_meta` that the modern era demands on every request. */
export const META = {
  "io.modelcontextprotocol/protocolVersion": MODERN,
  "io.modelcontextprotocol/clientInfo": { name: "e2e", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

let lastId = 0;

export function request(method, params, id = ++lastId) {
  return { jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) };
}

export function call(name, args = {}, id = ++lastId) {
  return request("tools/call", { name, arguments: args }, id);
}

export function notification(method, params) {
  return { jsonrpc: "2.0", method, ...(params === undefined ? {} : { params }) };
}

export function initialize(version = LEGACY) {
  return request("initialize", {
    protocolVersion: version,
    capabilities: {},
    clientInfo: { name: "e2e", version: "1" },
  });
}

/** The message as an agent of that era writes it: the modern one adds its `_meta`. */
export function inEra(era, message) {
  if (era !== "modern" || message.params?._meta !== undefined || message.method === undefined) return message;
  return { ...message, params: { ...message.params, _meta: META } };
}

/** The protocol headers that go with a message; in the modern era they mirror the body. */
export function headersOf(era, message) {
  if (era !== "modern") return { "MCP-Protocol-Version": LEGACY };
  const params = message?.params;
  const name = typeof params?.name === "string" ? params.name : params?.uri;
  return {
    "MCP-Protocol-Version": MODERN,
    "Mcp-Method": message?.method ?? "tools/call",
    ...(typeof name === "string" ? { "Mcp-Name": name } : {}),
  };
}

/** A line of the origin's log, as agents are told. */
export const log = (data) => notification("notifications/message", { level: "info", data });

/** The answer of an origin to a call. */
export const answered = (sent, text = "ran") => ({ jsonrpc: "2.0", id: sent.id, result: { content: [{ type: "text", text }], isError: false } });
