// Every method that somebody might serve, in the era that has it and in the one that has not.
// mcp-spec.md §5.2; stacklok/toolhive#6217 (filtered tools callable on the modern path), tasks of both forms, completion as an oracle.
import { BAD, GOOD } from "../support/message.mjs";
import { envelope, HARMLESS, HOSTILE, request } from "../support/phrase.mjs";

const SECRET = '"uri":"django://project/setting/SECRET_KEY"';
const METHODS = {
  initialize: '"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}',
  "server/discover": "",
  ping: "",
  "logging/setLevel": '"level":"debug"',
  "tools/list": "",
  "tools/list ": "",
  "tools/get": '"name":"$BAD"',
  "tools/call_batch": '"calls":[{"name":"$BAD"}]',
  "prompts/list": "",
  "prompts/get": '"name":"draft_mail"',
  "resources/list": "",
  "resources/templates/list": "",
  "resources/read": SECRET,
  "resources/subscribe": SECRET,
  "resources/unsubscribe": SECRET,
  "completion/complete": '"ref":{"type":"ref/prompt","name":"draft_mail"},"argument":{"name":"a","value":""}',
  "subscriptions/listen": '"notifications":{"resourceSubscriptions":["django://project/setting/SECRET_KEY"]}',
  "tasks/get": '"taskId":"1"',
  "tasks/result": '"taskId":"1"',
  "tasks/list": "",
  "tasks/cancel": '"taskId":"1"',
  "tasks/update": '"taskId":"1"',
  "sampling/createMessage": '"messages":[],"maxTokens":1',
  "elicitation/create": '"message":"x","requestedSchema":{"type":"object","properties":{}}',
  "roots/list": "",
  "notifications/initialized": "",
  "notifications/cancelled": '"requestId":1',
  "notifications/progress": '"progressToken":1,"progress":1',
  "notifications/message": '"level":"info","data":"x"',
  "notifications/roots/list_changed": "",
  "notifications/tools/list_changed": "",
  "notifications/elicitation/complete": '"elicitationId":"x"',
  "rpc.discover": "",
  "system.multicall": `"calls":[{"methodName":"tools/call","params":{${HOSTILE}}}]`,
  "": "",
};
const NAMED = { "tools/get": BAD, "prompts/get": "draft_mail", "tasks/get": "1", "tasks/cancel": "1", "tasks/update": "1", "tasks/result": "1" };
const mirrorsOf = (method) => ({ method, name: method.startsWith("resources/") ? "django://project/setting/SECRET_KEY" : (NAMED[method] ?? null) });
// What a method takes no notice of must not make it another one.
const beside = (params) => [params, HOSTILE].filter((part) => part !== "").join(",");

export default [
  ...Object.entries(METHODS).flatMap(([method, params]) => [
    { what: `${method}, as a request`, mirrors: mirrorsOf(method), body: request(method, params === "" ? '"x":0' : params) },
    { what: `${method}, as a notification`, mirrors: mirrorsOf(method), body: request(method, params === "" ? '"x":0' : params).replace('"id":$ID,', "") },
    { what: `${method}, with a call's params`, mirrors: mirrorsOf(method), body: request(method, params.includes('"name":"') ? params : beside(params)) },
    {
      what: `${method}, while the headers say tools/call`,
      eras: ["modern"],
      mirrors: { name: GOOD },
      body: request(method, beside(params.includes('"name":"') ? "" : params)),
    },
  ]),
  ...["ref/prompt", "ref/resource", "ref/tool", "Ref/Prompt", ""].map((type) => ({
    what: `a completion of «${type}»`,
    mirrors: { method: "completion/complete", name: null },
    body: request(
      "completion/complete",
      `"ref":{"type":"${type}","name":"draft_mail",${SECRET}},"argument":{"name":"a","value":""},"context":{"arguments":{"name":"$BAD"}}`,
    ),
  })),
  ...[
    '"django://project/apps"', '["django://project/apps",7]', "{}", "[]", "null", '[["django://project/setting/SECRET_KEY"]]',
    '[{"uri":"django://project/setting/SECRET_KEY"}]',
  ].map((uris) => ({
    what: `subscriptions/listen to ${uris}`,
    eras: ["modern"],
    mirrors: { method: "subscriptions/listen", name: null },
    body: request("subscriptions/listen", `"notifications":{"resourceSubscriptions":${uris}}`),
  })),
  ...["[]", "null", '["django://project/setting/SECRET_KEY"]'].map((notifications) => ({
    what: `subscriptions/listen with notifications ${notifications}`,
    eras: ["modern"],
    mirrors: { method: "subscriptions/listen", name: null },
    body: request("subscriptions/listen", `"notifications":${notifications}`),
  })),
  {
    what: "subscriptions/listen with resourceSubscriptions beside",
    eras: ["modern"],
    mirrors: { method: "subscriptions/listen", name: null },
    body: request("subscriptions/listen", '"resourceSubscriptions":["django://project/setting/SECRET_KEY"]'),
  },
  { what: "the tool in the method", body: envelope(`"method":"tools/call/$BAD","params":{"arguments":{"code":"$CODE"}}`) },
  { what: "the tool as the method", body: envelope(`"method":"$BAD","params":{"code":"$CODE"$META}`) },
  { what: "a list with a hostile cursor", mirrors: { method: "tools/list", name: null }, body: request("tools/list", `"cursor":"\\u0000../$BAD"`) },
  { what: "a call of the good tool in the words of the bad one", body: request("tools/call", HARMLESS.replace("{}", '{"name":"$BAD","code":"$CODE"}')) },
];
