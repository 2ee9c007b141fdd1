// Envelopes: batches, messages that are two things at once, ids, members in the wrong place.
// mcp-spec.md §5.1 «batch», «method+result», «id …», «params array»; stacklok/toolhive#5745, #5931 and their kin (batches).
import { call, envelope, harmless, HARMLESS, hostile, HOSTILE, params } from "../support/phrase.mjs";

const BAD_PARAMS = params(HOSTILE);
const answering = (members) => envelope(`"method":"tools/call",${BAD_PARAMS},${members}`);
const identified = (id) => `{"jsonrpc":"2.0","id":${id},"method":"tools/call",${BAD_PARAMS}}`;

const BATCHES = {
  "of one": `[${hostile}]`,
  "of two": `[${harmless},${hostile}]`,
  nested: `[[${hostile}]]`,
  "nested in good company": `[${harmless},[[${hostile}]]]`,
  empty: "[]",
  "of notifications": `[{"jsonrpc":"2.0","method":"notifications/initialized"},${hostile}]`,
  "of answers": `[{"jsonrpc":"2.0","id":1,"result":{}},${hostile}]`,
  "with white space before": `\r\n\t [${hostile}]`,
  "of nulls": `[null,${hostile}]`,
  "as an object": `{"0":${hostile},"length":1}`,
  "under a key": `{"jsonrpc":"2.0","id":$ID,"batch":[${hostile}]}`,
};

export default [
  ...Object.entries(BATCHES).map(([what, body]) => ({ what: `a batch ${what}`, body })),
  ...[
    '"result":{}', '"result":null', '"result":{"content":[]}', '"error":{"code":1,"message":""}', '"error":null',
    '"result":{},"error":{"code":1,"message":"x"}',
  ].map((members) => ({
    what: `a call with ${members}`,
    body: answering(members),
  })),
  { what: "a result before the method", body: `{"jsonrpc":"2.0","id":$ID,"result":{},"method":"tools/call",${BAD_PARAMS}}` },
  ...[
    "null", "1.5", "1.0", "1e2", "true", "false", "{}", "[1]", '""', "0", "-0", "-1", "1e400", "9007199254740993", "1180591620717411303424",
    "-9007199254740993", '"\\u0000"', '"\\ud800"', "0x1", "01", "+1", "NaN",
  ].map((id) => ({
    what: `the id ${id}`,
    body: identified(id),
  })),
  { what: "no id", body: `{"jsonrpc":"2.0","method":"tools/call",${BAD_PARAMS}}` },
  { what: "an id of 100,000 digits", body: identified("9".repeat(100_000)) },
  ...['"1.0"', "2.0", '"2"', "null", '"2.0 "', '"2.1"', '["2.0"]'].map((version) => ({
    what: `jsonrpc ${version}`,
    body: `{"jsonrpc":${version},"id":$ID,"method":"tools/call",${BAD_PARAMS}}`,
  })),
  { what: "no jsonrpc", body: `{"id":$ID,"method":"tools/call",${BAD_PARAMS}}` },
  ...['["$BAD",{"code":"$CODE"}]', '"$BAD"', "null", "7", "true", '[{"name":"$BAD","arguments":{"code":"$CODE"}}]'].map((written) => ({
    what: `params ${written}`,
    body: envelope(`"method":"tools/call","params":${written}`),
  })),
  ...['["$CODE"]', '"{\\"code\\":\\"$CODE\\"}"', "null", '[["code","$CODE"]]', "1"].map((written) => ({
    what: `arguments ${written}`,
    body: call(`"name":"$BAD","arguments":${written}`),
  })),
  ...["[]", "null", '"x"', "1"].map((written) => ({
    what: `_meta ${written}`,
    body: envelope(`"method":"tools/call","params":{${HOSTILE},"_meta":${written}}`),
  })),
  ...[
    '["tools/call"]', "1", "null", "{}", '"tools/call\\u0000"', '"tools\\/call"', '"Tools/Call"', '"tools/call "', '" tools/call"', '"tools//call"',
    '"/tools/call"', '"tools/call/"', '"tools%2fcall"', '"tools.call"', '"tools\\\\call"', '"rpc.tools/call"', '"\\u0074ools/call"',
    '"tools/c\\u0430ll"',
  ].map((method) => ({
    what: `the method ${method}`,
    body: envelope(`"method":${method},${BAD_PARAMS}`),
  })),
  { what: "members without params", body: envelope(`"method":"tools/call",${HOSTILE}`) },
  { what: "params beside a name in the envelope", body: envelope(`"method":"tools/call",${params(HARMLESS)},"name":"$BAD","arguments":{"code":"$CODE"}`) },
  { what: "a call inside params", body: call(`${HARMLESS},"params":{${HOSTILE}},"method":"tools/call"`) },
  { what: "a call inside arguments", body: call(`"name":"$GOOD","arguments":{${HOSTILE},"method":"tools/call"}`) },
  { what: "a call inside _meta", body: envelope(`"method":"tools/call","params":{${HARMLESS},"_meta":{"x":${JSON.stringify({ method: "tools/call" })}}}`) },
  { what: "a message in a string", body: JSON.stringify(hostile) },
  { what: "a message in an object", body: `{"message":${hostile}}` },
  { what: "task, with another name in it", body: call(`${HARMLESS},"task":{"ttl":1000,"name":"$BAD"}`) },
  { what: "inputResponses with a call in them", body: call(`${HARMLESS},"inputResponses":{"x":${hostile.replace("$META", "")}},"requestState":"x"`) },
  {
    what: "the other tool of the same power",
    body: call('"name":"management_execute_command","arguments":{"command":"shell","options":{"command":"$CODE"}}'),
    mirrors: { name: "management_execute_command" },
  },
  { what: "a setting that is secret", body: call('"name":"project_get_setting","arguments":{"key":"SECRET_KEY"}'), mirrors: { name: "project_get_setting" } },
  { what: "the plain call", body: hostile },
  { what: "the plain call, with white space", body: `\r\n\t ${hostile.replaceAll(",", " ,\n ")}\r\n ` },
  { what: "the plain call, its name in escapes", body: call('"name":"\\u0073hell_execute","arguments":{"code":"$CODE"}') },
  { what: "the plain call, members turned round", body: `{${BAD_PARAMS},"method":"tools/call","id":$ID,"jsonrpc":"2.0"}` },
  { what: "the harmless call", body: harmless },
  { what: "null", body: "null" },
  { what: "a number", body: "42" },
  { what: "nothing", body: "" },
];
