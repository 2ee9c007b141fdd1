// The words of the mutator: templates of keys, values, junk and header fields that some reader may take for something else.

export const KEYS = [
  ..."jsonrpc id method params result error name arguments uri ref type argument notifications resourceSubscriptions".split(" "),
  ..."_meta cursor task inputResponses requestState requestId tool toolName tool_name".split(" "),
];
export const VALUES = [
  '"$GOOD"', '"$BAD"', '"$BAD "', '"tools/call"', '"tools/list"', '"ping"', '"resources/read"', '"2.0"', '"1.0"', '""', "$ID", "1", "-0", "1.0",
  "1e2", "1e999", "NaN", "9007199254740993", "null", "true", "[]", "{}",
  '{"name":"$BAD","arguments":{"code":"$CODE"}}', '{"name":"$GOOD","arguments":{}}', '["$BAD",{"code":"$CODE"}]', '{"code":"$CODE"}',
  '"django://project/setting/SECRET_KEY"', '["django://project/setting/SECRET_KEY"]',
  '{"resourceSubscriptions":["django://project/setting/SECRET_KEY"]}',
  '{"type":"ref/prompt","name":"draft_mail"}', '{"io.modelcontextprotocol/protocolVersion":"2025-11-25"}',
  '{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}', '"\\u0073hell_execute"', '"\\ud800"',
  '"\u2028"', '"$ASKED"', '"$STOLEN"',
];
/** Strings that are valid, and that not everybody can read. */
export const STRANGE = [
  '"region"', '"Region"', '"__proto__"', '"constructor"', '"toString"', '"\\u0000"', '"\\ud83d\\ude00"', '"\ud83d\ude00"', '"\u017f"', '"\u212a"',
  '"e\u0301"', '"\u00e9"', '"\u2028\u2029"', '"\u007f"', '"\\/"', '"\\\\"', '"\\""',
  '"\ufeff"', '"\ufffd"', '"\uffff"', '"\u200b"', '"a\\u0062"', '"$BAD"', '"code"', '"name "', '"method"', '"params"', '"name\\u0000"', '"1"', '"01"',
  '"-0"', '"NaN"', '"\\r\\nMcp-Name: $BAD"', '"=?base64?c2hlbGxfZXhlY3V0ZQ==?="',
];
/** What breaks a text, or does not. */
export const JUNK = [
  ",", ":", "{", "}", "[", "]", '"', "'", "\\", "\0", "\x1f", "\x7f", "\u00a0", "\ufeff", "\u2028", "/**/", "//\n", "#\n", "\\u0000", "\\ud800", "0",
  "1e999", "NaN", '"name":"$BAD",', '"method":"tools/call",', '"id":1,', "\ud83d\ude00", "\u017f", "\u212a", "\r", "\n", "\t", " ",
];
/** Letters that fold to ASCII. */
export const FOLDS = { s: "\u017f", S: "\u017f", k: "\u212a", K: "\u212a" };
/** Header fields that mean something, and what they may say; null takes one away. */
export const FIELDS = {
  "MCP-Protocol-Version": ["2026-07-28", "2025-11-25", "2025-06-18", "2024-11-05", "1999-01-01", "", null],
  "Mcp-Method": ["tools/call", "tools/list", "ping", "TOOLS/CALL", "resources/read", "", null],
  "Mcp-Name": ["$GOOD", "$BAD", "=?base64?c2hlbGxfZXhlY3V0ZQ==?=", "=?base64?cHJvamVjdF9saXN0X2FwcHM=?=", "$GOOD, $BAD", "draft_mail", "", null],
  "Mcp-Session-Id": ["$SESSION", "$FOREIGN", "x", "$SESSION, $FOREIGN", null],
  "Content-Type": ["application/json; charset=utf-8", "application/json; charset=utf-16", "application/json-seq", "text/plain", "APPLICATION/JSON", null],
  "Mcp-Param-Region": ["eu", "us", ""],
  "X-HTTP-Method-Override": ["DELETE", "GET"],
  Mcp_Name: ["$BAD"],
  "Content-Encoding": ["gzip", "identity"],
  Accept: ["application/json", "*/*", "text/event-stream"],
};

/** Header fields that mean nothing to the gateway. */
export const IDLE = [
  ["X-Forwarded-For", "1.2.3.4"], ["Cookie", "a=b"], ["X-HTTP-Method-Override", "DELETE"], ["Mcp-Param-Other", "x"], ["mcp_name", "$BAD"],
  ["TE", "trailers"], ["Last-Event-ID", "7"], ["Origin", "null"], ["X-Tool", "$BAD"],
];
