// Keys: repeated, spelled with escapes, in another case, in letters that fold to ASCII.
// mcp-spec.md §5.1 «duplicate keys», «key case», «"n\u0061me"»; CVE-2026-27896 (go-sdk), GHSA-4gph-2hhr-5mwg (Envoy AI Gateway).
import { call, envelope, HARMLESS, HOSTILE, params, request } from "../support/phrase.mjs";

const BAD_PARAMS = params(HOSTILE);
const GOOD_PARAMS = params(HARMLESS);

/** Both orders, since readers keep the first or the last. */
const twice = (what, key, one, other, around) => [
  { what: `${what}, the good one first`, body: around(`"${key}":${one},"${key}":${other}`) },
  { what: `${what}, the good one last`, body: around(`"${key}":${other},"${key}":${one}`) },
];
/** A key under another spelling, before and after the right one, and alone. */
const beside = (what, key, spelled, good, bad, around) => [
  { what: `${what} after ${key}`, body: around(`"${key}":${good},"${spelled}":${bad}`) },
  { what: `${what} before ${key}`, body: around(`"${spelled}":${bad},"${key}":${good}`) },
  { what: `${what} instead of ${key}`, body: around(`"${spelled}":${bad}`) },
];

const inParams = (members) => call(`${members},"arguments":{"code":"$CODE"}`);
const inCall = (members) => envelope(`${members},${BAD_PARAMS}`);
const aroundParams = (members) => envelope(`"method":"tools/call",${members}`);
const APPS = "django://project/apps";
const SECRET = "django://project/setting/SECRET_KEY";
const SUBSCRIBED = `{"resourceSubscriptions":["${SECRET}"]}`;
const listen = (what, members) => ({
  what,
  eras: ["modern"],
  mirrors: { method: "subscriptions/listen", name: null },
  body: request("subscriptions/listen", members),
});
const complete = (what, inRef, beside = "") => ({
  what,
  mirrors: { method: "completion/complete", name: null },
  body: request("completion/complete", `${beside}"ref":{"type":"ref/prompt","name":"review"${inRef && `,${inRef}`}},"argument":{"name":"model","value":""}`),
});
const GOOD = '"$GOOD"';
const BAD = '"$BAD"';
const goodParams = GOOD_PARAMS.slice('"params":'.length);
const badParams = BAD_PARAMS.slice('"params":'.length);

export default [
  ...twice("the name twice", "name", GOOD, BAD, inParams),
  ...twice("the method twice", "method", '"tools/list"', '"tools/call"', inCall),
  ...twice("params twice", "params", goodParams, badParams, aroundParams),
  ...twice("arguments twice", "arguments", "{}", '{"code":"$CODE"}', (members) => call(`"name":"$BAD",${members}`)),
  ...twice("arguments twice, of the good tool", "arguments", "{}", '{"code":"$CODE"}', (members) => call(`"name":"$GOOD",${members}`)),
  { what: "jsonrpc twice", body: `{"jsonrpc":"1.0","jsonrpc":"2.0","id":$ID,"method":"tools/call",${BAD_PARAMS}}` },
  { what: "the id twice", body: `{"jsonrpc":"2.0","id":"x","id":$ID,"method":"tools/call",${BAD_PARAMS}}` },
  { what: "an argument twice", body: call('"name":"$BAD","arguments":{"code":"","code":"$CODE"}') },
  { what: "_meta twice", body: `{"jsonrpc":"2.0","id":$ID,"method":"tools/call","params":{"_meta":{},${HOSTILE}$META}}` },
  { what: "a name three times", body: inParams('"name":"$GOOD","name":"$BAD","name":"$GOOD"') },
  { what: "deep in an argument", body: call('"name":"$BAD","arguments":{"code":"$CODE","x":{"y":{"z":1,"z":2}}}') },
  { what: "params twice that merge", body: envelope(`"method":"tools/call","params":{"name":"$BAD"},${params('"arguments":{"code":"$CODE"}')}`) },

  ...beside("an escaped name", "name", "n\\u0061me", GOOD, BAD, inParams),
  ...beside("a name all in escapes", "name", "\\u006e\\u0061\\u006d\\u0065", GOOD, BAD, inParams),
  ...beside("a name with escapes in capitals", "name", "\\u006E\\u0061\\u006D\\u0065", GOOD, BAD, inParams),
  ...beside("an escaped method", "method", "m\\u0065thod", '"tools/list"', '"tools/call"', inCall),
  ...beside("escaped params", "params", "\\u0070arams", goodParams, badParams, aroundParams),
  ...beside("escaped arguments", "arguments", "argument\\u0073", "{}", '{"code":"$CODE"}', (members) => call(`"name":"$BAD",${members}`)),

  ...["Name", "NAME", "nAme", "name ", " name", "name\\u0000", "name\\u200b", "na\\u00adme", "ｎame", "n\\u0430me"].flatMap((spelled) =>
    beside(`«${spelled}»`, "name", spelled, GOOD, BAD, inParams),
  ),
  ...[
    "Method", "METHOD", "method\\u0000", "\\u043cethod",
  ].flatMap((spelled) => beside(`«${spelled}»`, "method", spelled, '"tools/list"', '"tools/call"', inCall)),
  ...[
    "Params", "PARAMS", "param\u017f", "param\\u017f", "PARAM\u017f",
  ].flatMap((spelled) => beside(`«${spelled}»`, "params", spelled, goodParams, badParams, aroundParams)),
  ...["Arguments", "argument\u017f", "argument\\u017F", "ARGUMENT\u017f"].flatMap((spelled) =>
    beside(`«${spelled}»`, "arguments", spelled, "{}", '{"code":"$CODE"}', (members) => call(`"name":"$BAD",${members}`)),
  ),
  ...["JSONRPC", "jsonRPC", "Id", "ID", "Re\u017fult", "Error", "\u0130d", "\u0131d"].map((spelled) => ({
    what: `«${spelled}» beside the envelope`,
    body: envelope(`"method":"tools/call",${BAD_PARAMS},"${spelled}":"2.0"`),
  })),
  { what: "the Kelvin sign in task", body: call(`${HARMLESS},"ta\u017f\u212a":{"ttl":1}`) },
  { what: "the Kelvin sign in a to\u212aen", body: call(`${HARMLESS},"progressTo\u212aen":1,"TASK":{}`) },
  ...["Uri", "URI", "uri"].flatMap((spelled) =>
    [APPS, SECRET].map((name) => ({
      what: `«${spelled}» beside uri, ${name} in the header`,
      mirrors: { method: "resources/read", name },
      body: request("resources/read", `"uri":"${APPS}","${spelled}":"${SECRET}"`),
    })),
  ),
  { what: "_Meta beside _meta", body: call(`${HARMLESS},"_Meta":{"io.modelcontextprotocol/protocolVersion":"2025-11-25"}`) },
  ...["Notifications", "notification\u017f", "notifications"].map((spelled) => listen(`a subscription under «${spelled}»`, `"${spelled}":${SUBSCRIBED}`)),
  ...["ResourceSubscriptions", "resource\u017fubscriptions", "RESOURCESUBSCRIPTIONS", "resourceSub\\u017fcriptions"].map((spelled) =>
    listen(`«${spelled}» inside notifications`, `"notifications":${SUBSCRIBED.replace("resourceSubscriptions", spelled)}`),
  ),
  ...["Name", "NAME", "n\\u0061me"].map((spelled) => complete(`«${spelled}» inside ref`, `"${spelled}":"draft_mail"`)),
  ...["Type", "TYPE", "Uri"].map((spelled) => complete(`«${spelled}» inside ref`, `"${spelled}":"ref/resource","uri":"${SECRET}"`)),
  ...["Ref", "REF"].map((spelled) => complete(`«${spelled}» beside ref`, "", `"${spelled}":{"type":"ref/prompt","name":"draft_mail"},`)),
  { what: "__proto__ with a name", body: call(`${HARMLESS},"__proto__":{"name":"$BAD"}`) },
  { what: "__proto__ instead of params", body: envelope('"method":"tools/call","__proto__":{"params":{"name":"$BAD"}}') },
  { what: "constructor", body: call(`${HARMLESS},"constructor":{"prototype":{"name":"$BAD"}}`) },
  { what: "a dotted key", body: call(`${HARMLESS},"params.name":"$BAD","params[name]":"$BAD","name[]":"$BAD"`) },
];
