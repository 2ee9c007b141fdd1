// A hostile message: a head, a body and a framing, all as templates, which become bytes for one target.
//
// In templates: $ID is the request's id, $META the modern `_meta` as a further member of params (nothing in the legacy era),
// $GOOD the tool that the policy allows, $BAD one that it does not, $CODE what that would run, $PREFIX the path before
// `/mcp`, $HOST, $TOKEN, $SESSION (the agent's own), $FOREIGN (another agent's session), $ASKED and $STOLEN (the ids of
// requests that the origin made on either).
import { LEGACY, META, MODERN } from "../../e2e/support/message.mjs";
import { ENCODINGS } from "./bytes.mjs";
import { FRAMINGS } from "./framing.mjs";

export const GOOD = "project_list_apps";
export const BAD = "shell_execute";

/** The header fields of an era, as an honest agent sends them; the modern ones mirror `mirrors`. */
export function fields(era, { method = "tools/call", name = "$GOOD" } = {}) {
  return [
    ["Host", "$HOST"],
    ["Authorization", "Bearer $TOKEN"],
    ["Content-Type", "application/json"],
    ["Accept", "application/json, text/event-stream"],
    ...(era === "modern"
      ? [["MCP-Protocol-Version", MODERN], ["Mcp-Method", method], ...(name === null ? [] : [["Mcp-Name", name]])]
      : [["MCP-Protocol-Version", LEGACY], ["Mcp-Session-Id", "$SESSION"]]),
  ];
}

const USUAL = { method: "POST", target: "$PREFIX/mcp", set: {}, add: [], before: [], encoding: "utf-8", framing: "length", elsewhere: false };

/**
 * A message of an era, made of a case. `set` replaces header fields (null takes one away), `add` puts more lines behind them and `before`
 * puts lines before them. `elsewhere`: it may come to a place that is no gateway URL.
 */
export function messageOf(era, kept) {
  const { what, body, method, target, mirrors, set, add, before, encoding, framing, elsewhere } = { ...USUAL, ...kept };
  const replaced = new Map(Object.entries(set).map(([name, value]) => [name.toLowerCase(), value]));
  const usual = fields(era, mirrors).filter(([name]) => !replaced.has(name.toLowerCase()));
  const others = Object.entries(set).filter(([, value]) => value !== null);
  return { what, era, method, target, headers: [...before, ...usual, ...others, ...add], body: inEra(era, body), encoding, framing, elsewhere };
}

const inEra = (era, body) => body.replaceAll("$META", era === "modern" ? `,"_meta":${JSON.stringify(META)}` : "");

/** The message's bytes for a target whose `values` are those of the template: `{ raw, body, lingers }`. */
export function bytesOf(message, values) {
  const filled = (template) => template.replace(/\$([A-Z]+)/g, (whole, name) => values[name] ?? whole);
  const body = ENCODINGS[message.encoding](filled(message.body));
  const head = [`${message.method} ${message.target} HTTP/1.1`, ...message.headers.map(([name, value]) => `${name}: ${value}`)];
  const { frame, lingers } = FRAMINGS[message.framing];
  // A framing writes templates too; the body is not to be filled twice, so what it holds is kept from that.
  const framed = frame(head.map(filled), body);
  return { raw: refilled(framed, filled), body, lingers };
}

/** Fills what a framing wrote, if it wrote anything to be filled. */
function refilled(bytes, filled) {
  return /\$[A-Z]+/.test(bytes.toString("latin1")) ? Buffer.from(filled(bytes.toString("latin1")), "latin1") : bytes;
}
