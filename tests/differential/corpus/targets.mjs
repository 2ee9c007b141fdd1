// Request lines: paths that might be the gateway URL, or the origin's own, and methods that carry a body.
// GHSA-g53w-w6mj-hrpp (rewritten authority), CVE-2026-32871 (path traversal); mcp-spec.md §5.4 (method override).
import { harmless, hostile } from "../support/phrase.mjs";

const TARGETS = [
  "/$PREFIX/mcp", "$PREFIX//mcp", "$PREFIX/mcp/", "$PREFIX/MCP", "$PREFIX/mcp?x=1", "$PREFIX/mcp?name=$BAD&method=tools/call", "$PREFIX/mcp#x",
  "$PREFIX/%6dcp", "$PREFIX%2fmcp", "$PREFIX/mcp%2f", "$PREFIX/mcp%00", "$PREFIX/mcp;x=1", "$PREFIX/mcp/../mcp", "$PREFIX/./mcp", "$PREFIX/x/../mcp",
  "$PREFIX/%2e%2e/mcp", "$PREFIX\\mcp", "$PREFIX/mcp%20", "$PREFIX/mcp\t",
  "/mcp", "mcp", "", "*", "/", "http://$HOST$PREFIX/mcp", "http://evil.example$PREFIX/mcp", "https://$HOST$PREFIX/mcp", "//evil.example$PREFIX/mcp",
  "$HOST", "/api/v1/grants", "/healthz", "$PREFIX/mcp HTTP/1.1\r\nX: y", "/../$PREFIX/mcp", "/api/v1/..$PREFIX/mcp", "$PREFIX/mcp/tools/call",
  "$PREFIX/sse", "$PREFIX/messages?sessionId=x", "/Server-1/mcp", "$PREFIX./mcp", "/%73erver-1/mcp",
];
const ELSEWHERE = /^\/(api|healthz)/;
const METHODS = [
  "GET", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "post", "Post", "QUERY", "PROPFIND", "SEARCH", "REPORT", "POST ", "P\0ST",
  "",
];

export default [
  ...TARGETS.flatMap((target) => [
    { what: `POST «${target}», a hostile call`, body: hostile, target, elsewhere: ELSEWHERE.test(target) },
    { what: `POST «${target}», a harmless call`, body: harmless, target, elsewhere: ELSEWHERE.test(target) },
  ]),
  ...METHODS.map((method) => ({ what: `${method || "no method"} with a hostile body`, body: hostile, method })),
  ...["GET", "DELETE"].map((method) => ({ what: `${method} with a hostile chunked body`, body: hostile, method, framing: "chunked" })),
  ...["GET", "DELETE"].map((method) => ({
    what: `${method} with headers of a call`,
    body: "",
    method,
    add: [["Mcp-Method", "tools/call"], ["Mcp-Name", "$BAD"]],
  })),
];
