// The era, said by the header, by the body, by the mirrored headers and by a session: every combination.
// mcp-spec.md §5.1 «header legacy + body modern `_meta` + lying `Mcp-Method`»; stacklok/toolhive#6217; §5.7 (downgrade).
import { LEGACY, MODERN } from "../../e2e/support/message.mjs";
import { harmless, hostile } from "../support/phrase.mjs";

const HEADERS = [null, LEGACY, MODERN, "2025-03-26", "1999-01-01"];
const BODIES = [null, `"${LEGACY}"`, `"${MODERN}"`, '"1999-01-01"', "null", "1", `["${MODERN}"]`];
const MIRRORED = {
  none: {},
  good: { "Mcp-Method": "tools/call", "Mcp-Name": "$GOOD" },
  bad: { "Mcp-Method": "tools/call", "Mcp-Name": "$BAD" },
  list: { "Mcp-Method": "tools/list" },
};
const VERSION = `"io.modelcontextprotocol/protocolVersion":"${MODERN}"`;
const CAPABILITIES = '"io.modelcontextprotocol/clientCapabilities":{}';
const saying = (meta) => hostile.replace("$META", `,"_meta":{${meta}}`);

function* combinations() {
  for (const header of HEADERS) {
    for (const inBody of BODIES) {
      for (const [mirrored, fields] of Object.entries(MIRRORED)) {
        const meta = inBody === null ? "" : `,"_meta":{"io.modelcontextprotocol/protocolVersion":${inBody},"io.modelcontextprotocol/clientCapabilities":{}}`;
        for (const body of [hostile, harmless]) {
          yield {
            what: `header ${header}, body ${inBody}, mirrored ${mirrored}, ${body === hostile ? "hostile" : "harmless"}`,
            // The session belongs to the legacy fields, and goes with every combination: to the modern era it means nothing.
            eras: ["legacy"],
            body: body.replace("$META", meta),
            set: { "MCP-Protocol-Version": header },
            add: Object.entries(fields),
          };
        }
      }
    }
  }
}

export default [
  ...combinations(),
  { what: "the version under another key of _meta", eras: ["modern"], body: saying(`${VERSION.replace("io", "IO")},${CAPABILITIES}`) },
  { what: "the version in _meta, escaped", eras: ["modern"], body: saying(`${VERSION.replace("/", "\\/")},${CAPABILITIES}`) },
  { what: "_meta without capabilities", eras: ["modern"], body: saying(VERSION) },
  { what: "_meta beside params", eras: ["modern"], body: hostile.replace("$META", "").replace(/}$/, `,"_meta":{${VERSION},${CAPABILITIES}}}`) },
];
