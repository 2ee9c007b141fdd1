// Header fields that lie, come twice, or mean something to somebody behind the gateway.
// mcp-spec.md §5.1 (content types, duplicates, sessions), §5.4; GHSA-g53w-w6mj-hrpp (Kuadrant), IBM ContextForge #6146, zentinel#378, wso2#308.
import { harmless, hostile } from "../support/phrase.mjs";

const sentinel = (text) => `=?base64?${Buffer.from(text).toString("base64")}?=`;
/** Both bodies: a lying header must neither pass the hostile call, nor make another one of the harmless call. */
const both = (what, how) => [
  { what: `${what}, around a hostile call`, body: hostile, ...how },
  { what: `${what}, around a harmless call`, body: harmless, ...how },
];
const NAMES = [
  sentinel("shell_execute"), sentinel("project_list_apps"), sentinel("shell_execute").replace("==", ""),
  sentinel("shell_execute").replace("?base64?", "?BASE64?"), sentinel("shell_execute\0"), sentinel(" project_list_apps"),
  "=?base64?c2hlbGxfZXhlY3V0ZR==?=", "=?base64?c2hlbGxf ZXhlY3V0ZQ==?=", "=?base64?c2hlbGxfZXhlY3V0ZQ==\t?=", "=?base64?c2hlbGxfZXhlY3V0ZQ?=",
  "=?base64??=", "=?base64?", "=?base64?=", "=?utf-8?B?c2hlbGxfZXhlY3V0ZQ==?=", sentinel(sentinel("shell_execute")),
  "$BAD", "$GOOD", " $GOOD ", "$GOOD,", "$GOOD, $BAD", "$GOOD;$BAD", '"$GOOD"', "PROJECT_LIST_APPS", "$GOOD\xa0", "$GOOD\xc5\xbf",
  "project%5Flist%5Fapps", "",
];
const METHODS = [
  "tools/list", "TOOLS/CALL", "tools/call, tools/list", "tools/call;q=1", sentinel("tools/call"), " tools/call ", "ping", "tools%2fcall", "",
];
const VERSIONS = [
  "2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2024-10-07", "1999-01-01", "2026-07-28, 2025-11-25", "2025-11-25,2026-07-28",
  "2026-07-28 ", "2026-7-28", "draft", "DRAFT-2026-v1", "null", "",
];
const TYPES = [
  "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"", "application/json; charset=utf-16", "application/json; charset=utf-7",
  "application/json; charset=ISO-8859-1", "application/json; charset=utf-8; charset=utf-16", "application/json;;", "application/json;boundary=x",
  "APPLICATION/JSON", "application/json-seq", "application/x-ndjson", "application/jsonl", "application/json, text/plain", "text/json", "text/plain",
  "application/vnd.api+json", "application/json-rpc", "application/jsonrequest", "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x", "application/json\x0b", "*/*", "",
];
const ENCODED = ["gzip", "deflate", "br", "zstd", "identity", "x-gzip", "gzip, gzip", "", "chunked", "aes128gcm"];
const INTERNAL = {
  "X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "DELETE", "X-Method-Override": "GET", "_method": "DELETE", "X-Original-URL": "/admin",
  "X-Rewrite-URL": "/admin", "X-Original-Method": "GET",
  "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/admin",
  "X-Real-IP": "127.0.0.1", "X-Client-IP": "127.0.0.1", Forwarded: "for=127.0.0.1;host=evil.example", Via: "1.1 x", "True-Client-IP": "127.0.0.1",
  "CF-Connecting-IP": "127.0.0.1", "CF-Worker": "evil.example", "CF-Ray": "1", "CF-EW-Via": "15", "CDN-Loop": "cloudflare", "MF-Route": "x",
  "MF-Original-URL": "http://evil.example/", "MF-Custom-Service": "x", "MF-CF-Blob": "{}", "MF-Disable-Pretty-Error": "1", "MF-Op": "x",
  "mcp-init-host": "evil.example", "router-key": "secret", "x-mcp-servername": "evil", "x-mcp-toolname": "$BAD", "x-mcp-method": "tools/call",
  "x-mcp-authorized": "true", "X-Envoy-Original-Path": "/", "x-agentgateway-tool": "$BAD", "X-Tollgate-Permit": "1", "Tollgate-Grant": "x",
  Cookie: "session=1", "Proxy-Authorization": "Basic eDp4", "X-Api-Key": "x", "X-Admin-Token": "x", "Proxy-Connection": "keep-alive", TE: "trailers",
  "Keep-Alive": "timeout=5", "Accept-Encoding": "gzip", Range: "bytes=0-1", "If-None-Match": "*", "Last-Event-ID": "1", "Last-Event-Id": "1\xff",
  Prefer: "return=minimal", "User-Agent": "x",
  Mcp_Method: "tools/call", Mcp_Name: "$BAD", MCP_Protocol_Version: "2025-11-25", Mcp_Session_Id: "$FOREIGN", Content_Type: "text/plain",
  Content_Length: "0", "Mcp-Param-Region": "eu", "Mcp-Param-Name": "$BAD", "Mcp-Param-Code": "x", "Mcp-Param-": "x", "Mcp-Params": '{"name":"$BAD"}',
  "Mcp-Arguments": "{}", "Mcp-Tool": "$BAD",
  "X-MCP-Protocol-Version": "2025-11-25", "Mcp-Protocol-Version-": "2025-11-25", "Accept-Language": "x", Authorization2: "Bearer x",
  Origin: "https://console.example", Date: "Thu, 01 Jan 1970 00:00:00 GMT", Link: "<x>", "Sec-Fetch-Site": "same-origin",
};

export default [
  ...NAMES.flatMap((name) => [
    ...both(`Mcp-Name «${name}»`, { eras: ["modern"], mirrors: { name } }),
    ...both(`Mcp-Name «${name}» in the legacy era`, { eras: ["legacy"], add: [["Mcp-Name", name], ["Mcp-Method", "tools/call"]] }),
  ]),
  ...METHODS.flatMap((method) => both(`Mcp-Method «${method}»`, { eras: ["modern"], mirrors: { method } })),
  ...both("Mcp-Method twice", { eras: ["modern"], before: [["Mcp-Method", "tools/list"]] }),
  ...both("Mcp-Name twice, the bad one first", { eras: ["modern"], before: [["Mcp-Name", "$BAD"]] }),
  ...both("Mcp-Name twice, the bad one last", { eras: ["modern"], add: [["mcp-name", "$BAD"]] }),
  ...both("no mirrored header", { eras: ["modern"], set: { "Mcp-Method": null, "Mcp-Name": null } }),
  ...VERSIONS.flatMap((version) => both(`MCP-Protocol-Version «${version}»`, { set: { "MCP-Protocol-Version": version } })),
  ...both("no version", { set: { "MCP-Protocol-Version": null } }),
  ...["2025-11-25", "2026-07-28", "2024-11-05"].flatMap((version) => [
    ...both(`a version before the version: ${version}`, { before: [["MCP-Protocol-Version", version]] }),
    ...both(`a version behind the version: ${version}`, { add: [["mcp-protocol-version", version]] }),
  ]),
  ...TYPES.flatMap((type) => both(`the content type «${type}»`, { set: { "Content-Type": type } })),
  ...both("no content type", { set: { "Content-Type": null } }),
  ...both("two content types", { add: [["Content-Type", "text/plain"]] }),
  ...both("two content types that agree", { add: [["Content-Type", "application/json"]] }),
  ...ENCODED.flatMap((encoding) => both(`Content-Encoding «${encoding}» that is not true`, { add: [["Content-Encoding", encoding]] })),
  ...[
    "application/json", "text/event-stream", "*/*", "text/html", "application/json;q=0, text/event-stream;q=0", "",
  ].flatMap((accept) => both(`Accept «${accept}»`, { set: { Accept: accept } })),
  ...both("the session twice", { eras: ["legacy"], add: [["Mcp-Session-Id", "$SESSION"]] }),
  ...both("another's session", { eras: ["legacy"], set: { "Mcp-Session-Id": "$FOREIGN" } }),
  ...both("another's session first", { eras: ["legacy"], before: [["Mcp-Session-Id", "$FOREIGN"]] }),
  ...both("another's session last", { eras: ["legacy"], add: [["mcp-session-id", "$FOREIGN"]] }),
  ...both("both sessions in one", { eras: ["legacy"], set: { "Mcp-Session-Id": "$FOREIGN, $SESSION" } }),
  ...both("a session in the modern era", { eras: ["modern"], add: [["Mcp-Session-Id", "$SESSION"]] }),
  ...[
    "x", "..", "$SESSIONa", "a.b", "", "0", "null", "*",
  ].flatMap((session) => both(`the session «${session}»`, { eras: ["legacy"], set: { "Mcp-Session-Id": session } })),
  ...Object.entries(INTERNAL).flatMap(([name, value]) => both(`${name}: ${value}`, { add: [[name, value]] })),
  ...[
    "evil.example", "", "127.0.0.1", "localhost", "$HOST, evil.example", "$HOST:1", "user@$HOST", "[::1]", "$HOST.",
  ].flatMap((host) => both(`Host «${host}»`, { set: { Host: host } })),
  ...both("two hosts", { add: [["Host", "evil.example"]] }),
  ...["null", "https://evil.example", "http://$HOST"].flatMap((origin) => both(`Origin «${origin}»`, { add: [["Origin", origin]] })),
  ...[
    "Basic $TOKEN", "bearer $TOKEN", "Bearer  $TOKEN", "Bearer $TOKEN, Bearer x", "Bearer $TOKENx", "Bearer", "", "$TOKEN",
  ].flatMap((bearer) => both(`Authorization «${bearer.replace("$TOKEN", "…")}»`, { set: { Authorization: bearer } })),
  ...both("two grants", { add: [["Authorization", "Bearer $TOKEN"]] }),
];
