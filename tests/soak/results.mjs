// What the origin of a soak answers when it is honest.
import { LISTS, PROMPTS, RESOURCES, TEMPLATES } from "../e2e/support/catalogue.mjs";
import { MODERN } from "../e2e/support/message.mjs";
import { event } from "../e2e/support/script.mjs";
import { OPEN_RESOURCE, PROMPT, SHUT_RESOURCE, TOOLS } from "./rules.mjs";

const OFFERS = {
  tools: TOOLS.map((name) => ({ name, description: `${name} – soak`, inputSchema: { type: "object" } })),
  prompts: [{ name: PROMPT }, ...PROMPTS],
  resources: [{ uri: `${OPEN_RESOURCE}1`, name: "open" }, { uri: `${SHUT_RESOURCE}1`, name: "shut" }, ...RESOURCES],
  resourceTemplates: [{ uriTemplate: `${OPEN_RESOURCE}{mark}`, name: "open" }, ...TEMPLATES],
};

const GREETING = { capabilities: { tools: {}, resources: {}, prompts: {} }, serverInfo: { name: "soak", version: "1" } };

/** The result of a request, and the chunks that come before it on a stream (see script.mjs of the end-to-end tests). */
export function resultOf({ id, method, params }, dice) {
  if (method in LISTS) return { result: { [LISTS[method]]: OFFERS[LISTS[method]] } };
  switch (method) {
    case "initialize":
      return { result: { ...GREETING, protocolVersion: params.protocolVersion } };
    case "server/discover":
      return { result: { supportedVersions: [MODERN], capabilities: { tools: {} }, ttlMs: 0, cacheScope: "private" } };
    case "ping":
      return { result: {} };
    case "resources/read":
      return { result: { contents: [{ uri: params.uri, mimeType: "text/plain", text: id }] } };
    case "prompts/get":
      return { result: { messages: [{ role: "user", content: { type: "text", text: id } }] } };
    case "tools/call":
      return called(id, params, dice);
    default:
      throw new Error(`a method that nobody should have let through: ${method}`);
  }
}

function called(id, { name }, dice) {
  const result = { content: [{ type: "text", text: id }], isError: name === "refunded" && dice.happens(0.5) };
  if (name === "stream") return { result, before: steps(dice) };
  if (name === "torrent") return { result, before: Array.from({ length: dice.between(20, 150) }, (_, n) => event(words(n))) };
  return { result };
}

/** Tens of seconds, with a word now and then. */
function steps(dice) {
  return Array.from({ length: dice.between(4, 20) }, (_, n) => [dice.between(100, 2500), event(progress(n))]).flat();
}

const progress = (n) => ({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: 1, progress: n } });
const words = (n) => ({ jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: `${n} ${"~".repeat(8192)}` } });
