// Texts that are JSON to some readers only: numbers, surrogates, depth, trailing data, comments, quotes, white space.
// mcp-spec.md §5.1 «NaN», «lone surrogate», «depth 200+»; trailing data as in CVE-2026-27896's family of lenient decoders.
import { call, harmless, HARMLESS, hostile, HOSTILE } from "../support/phrase.mjs";

const noted = (value) => call(`${HOSTILE.replace("}", `,"x":${value}}`)}`);
const beside = (value) => call(`${HOSTILE},"x":${value}`);
const nested = (depth, open = "[", close = "]") => beside(open.repeat(depth) + close.repeat(depth));

export default [
  ...[
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e309", "0x10", "01", "+1", ".5", "5.", "1_000", "1e", "--1", "undefined", "None", "True",
    "1n", "1/0",
  ].flatMap((number) => [
    { what: `the number ${number} in params`, body: beside(number) },
    { what: `the number ${number} in arguments`, body: noted(number) },
  ]),
  ...[
    '"\\ud800"', '"\\udc00"', '"\\ud800x"', '"\\udc00\\ud800"', '"\\uD83D"', '"\\u{61}"', '"\\x61"', '"\\a"', '"\\\'"', '"\\u00"', '"\\uZZZZ"',
    '"\\ud800\\u0041"',
  ].map((string) => ({
    what: `the string ${string}`,
    body: beside(string),
  })),
  { what: "a lone surrogate in a key", body: call(`${HOSTILE},"\\ud800":1`) },
  { what: "a lone surrogate that spoils a second name", body: call(`"name":"$GOOD","name\\ud800":"$BAD","arguments":{"code":"$CODE"}`) },
  ...[62, 64, 65, 199, 201, 1000, 5000].flatMap((depth) => [
    { what: `${depth} arrays`, body: nested(depth) },
    { what: `${depth} objects`, body: beside('{"a":'.repeat(depth) + "1" + "}".repeat(depth)) },
  ]),
  { what: "5,000 arrays that never close", body: beside("[".repeat(5000)) },
  { what: "a harmless call, then a hostile one", body: harmless + hostile },
  { what: "one to a line", body: `${harmless}\n${hostile}` },
  { what: "one to a line, with CRLF", body: `${harmless}\r\n${hostile}\r\n` },
  { what: "text sequences (RFC 7464)", body: `\x1e${harmless}\n\x1e${hostile}\n` },
  { what: "with a comma between", body: `${harmless},${hostile}` },
  { what: "a hostile call, then a harmless one", body: hostile + harmless },
  ...[
    "{}", "null", "1", "]", "}", ",", ";", "\0", "\x1a", "\u00a0", "\u2028", "\ufeff", "\x0b", "\x0c", "//x", "/**/", "#x", "garbage",
    "\x00\x00\x00\x00",
  ].flatMap((junk) => [
    { what: `${JSON.stringify(junk)} behind`, body: hostile + junk },
    { what: `${JSON.stringify(junk)} before`, body: junk + hostile },
  ]),
  { what: "NUL, then another message", body: `${harmless}\0${hostile}` },
  { what: "a comment", body: call(`"name":"$GOOD",/*"name":"$BAD",*/"arguments":{"code":"$CODE"}`) },
  { what: "a comment to the end of the line", body: call(`"name":"$BAD",//","x":\n"arguments":{"code":"$CODE"}`) },
  { what: "a comment that only some see", body: call(`"name":"$GOOD"/*/,"name":"$BAD"/**/,"arguments":{"code":"$CODE"}`) },
  { what: "a comment with a hash", body: call(`"name":"$BAD",#\n"arguments":{"code":"$CODE"}`) },
  { what: "single quotes", body: hostile.replaceAll('"', "'").replace("'$CODE'", '"$CODE"') },
  { what: "single quotes around one name", body: call(`'name':"$BAD","name":"$GOOD","arguments":{"code":"$CODE"}`) },
  { what: "keys without quotes", body: call(`name:"$BAD","name":"$GOOD","arguments":{"code":"$CODE"}`) },
  { what: "a comma too many in an object", body: call(`${HOSTILE},`).replace(",$META", "$META,") },
  { what: "a comma too many in params", body: `{"jsonrpc":"2.0","id":$ID,"method":"tools/call","params":{${HOSTILE},}}` },
  { what: "a comma too few", body: call(`"name":"$BAD" "arguments":{"code":"$CODE"}`) },
  { what: "two commas", body: call(`"name":"$BAD",,"arguments":{"code":"$CODE"}`) },
  { what: "a semicolon", body: call(`"name":"$BAD";"arguments":{"code":"$CODE"}`) },
  { what: "an equals sign", body: call(`"name"="$BAD","arguments":{"code":"$CODE"}`) },
  { what: "a bracket too few", body: hostile.slice(0, -1) },
  { what: "a bracket too many", body: `${hostile}}` },
  { what: "a line feed in a string", body: call(`${HOSTILE},"x":"a\nb"`) },
  { what: "a tab in a string", body: call(`${HOSTILE},"x":"a\tb"`) },
  { what: "a NUL in a string", body: call(`${HOSTILE},"x":"a\0b"`) },
  { what: "DEL in a string", body: call(`${HOSTILE},"x":"a\x7fb"`) },
  { what: "a line separator in a string", body: call(`${HOSTILE},"x":"a\u2028b"`) },
  ...["\u00a0", "\u2003", "\x0b", "\x0c", "\u0085", "\u200b", "\ufeff"].map((space) => ({
    what: `white space ${JSON.stringify(space)} between`,
    body: call(`"name":${space}"$BAD","arguments":{"code":"$CODE"}`),
  })),
  { what: "a callback around it", body: `callback(${hostile})` },
  { what: "a guard before it", body: `)]}',\n${hostile}` },
  { what: "a form", body: `payload=${encodeURIComponent("{}")}&x=1` },
  { what: "YAML", body: `jsonrpc: "2.0"\nid: $ID\nmethod: tools/call\nparams: {name: $BAD, arguments: {code: "$CODE"}}\n` },
  { what: "a member without a value", body: call(`"name","arguments":{"code":"$CODE"}`) },
  { what: "an empty key", body: call(`${HARMLESS},"":{"name":"$BAD"}`) },
  { what: "half a megabyte of white space", body: " ".repeat(500_000) + hostile },
  { what: "more than a megabyte", body: " ".repeat(1_048_576) + hostile },
  { what: "twenty thousand keys", body: call(`${HARMLESS},"x":{${Array.from({ length: 20_000 }, (_, n) => `"${n}":0`).join(",")},"0":1}`) },
];
