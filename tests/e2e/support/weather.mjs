// An origin that tells the weather: a tool that wants arguments mirrored in header fields, one that does not, and calls of them.
import { call } from "./message.mjs";
import { mirrored } from "./mirror.mjs";
import { startOrigin } from "./origin.mjs";

export const HEADER_MISMATCH = -32020;
export const of = (type, header, more = {}) => ({ type, ...(header === undefined ? {} : { "x-mcp-header": header }), ...more });
export const tool = (name, properties) => ({ name, inputSchema: { type: "object", properties } });

/** A tool that mirrors arguments of each type, also of those further in. */
export const WEATHER = tool("weather", {
  city: of("string", "City"),
  days: of("integer", "Days"),
  metric: of("boolean", "Metric"),
  place: of("object", undefined, { properties: { region: of("string", "Region"), grid: of("object", undefined, { properties: { row: of("integer", "Row") } }) } }),
  note: of("string"),
});
export const PLAIN = tool("plain", { city: of("string") });
export const METERED = { version: "1", default: "allow", tools: { weather: { rate_limit: { max: 2, window: 60 } } } };

/** An origin with these tools behind a gateway, and an agent. */
export async function weatherAt(gateway, t, { tools = [PLAIN, WEATHER], ...more } = {}) {
  const origin = await startOrigin(t);
  origin.tools = tools;
  return { origin, ...(await gateway.register({ origin, ...more })) };
}

/** A modern call, with the header fields that a client computes, or with others. */
export function callIt(agent, { name, args = {}, id, headers = mirrored(WEATHER, args) }) {
  return agent.rpc(call(name ?? "weather", args, id), { era: "modern", headers });
}

export const methodsOf = (origin) => origin.received.map((record) => record.message?.method ?? record.method);
/** The `Mcp-Param-*` fields of a request. */
export const paramsOf = ({ headers }) => Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("mcp-param-")));
