// What a legacy agent says to a gateway before its first call.

import { Trouble } from "../trouble.mjs";
import { headers } from "./messages.mjs";

const VERSION = "2025-11-25";

/** @returns {Promise<{fields: Record<string, string>, tools: string[]}>} the header fields of what follows, and the tools that there are */
export async function begin(url, token) {
  const initialize = { protocolVersion: VERSION, capabilities: {}, clientInfo: { name: "bench", version: "1" } };
  const first = await ask(url, headers(token), { id: 1, method: "initialize", params: initialize });
  const session = first.headers.get("mcp-session-id");
  const fields = { ...headers(token), ...(session === null ? {} : { "Mcp-Session-Id": session }) };
  await ask(url, fields, { method: "notifications/initialized" });
  const listed = await ask(url, fields, { id: 2, method: "tools/list", params: {} });
  return { fields, tools: listed.message.result.tools.map(({ name }) => name) };
}

async function ask(url, fields, message) {
  const answer = await fetch(url, { method: "POST", headers: fields, body: JSON.stringify({ jsonrpc: "2.0", ...message }) });
  const text = await answer.text();
  if (!answer.ok) throw new Trouble(`${url} answered ${message.method} with HTTP ${answer.status} ${text.slice(0, 300)}`);
  return { headers: answer.headers, message: message.id === undefined ? null : messageOf(answer, text) };
}

/** The message, alone or as an event. */
function messageOf(answer, text) {
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
  const data = isStream ? text.split(/\r?\n/).findLast((line) => line.startsWith("data: {"))?.slice("data: ".length) : text;
  if (data === undefined) throw new Trouble(`${answer.url} answered with a stream that holds no message.`);
  return JSON.parse(data);
}
