// Answers to what the origin asked: of this session, of another one, of nobody, and calls dressed as answers.
// CVE-2026-25536, CVE-2026-33946, CVE-2025-6515 (answers and sessions that reach somebody else); mcp-spec.md §5.2, §5.5.
import { HOSTILE } from "../support/phrase.mjs";

const IDS = { "its own": "$ASKED", "another session's": "$STOLEN", "the origin's, unsealed": "origin-1", "nobody's": "x", "an empty one": "" };
const OUTCOMES = {
  result: '"result":{"roots":[]}',
  error: '"error":{"code":-1,"message":"no"}',
  both: '"result":{},"error":{"code":-1,"message":"no"}',
  "a null result": '"result":null',
  "an array": '"result":[]',
};
const answer = (id, members) => `{"jsonrpc":"2.0","id":"${id}",${members}}`;

export default [
  ...Object.entries(IDS).flatMap(([whose, id]) =>
    Object.entries(OUTCOMES).map(([outcome, members]) => ({ what: `${outcome} under ${whose} id`, body: answer(id, members) })),
  ),
  ...["$ASKED", "$STOLEN"].flatMap((id) => [
    { what: `${id} with a method`, body: answer(id, `"result":{},"method":"tools/call","params":{${HOSTILE}}`) },
    { what: `${id} with params`, body: answer(id, `"result":{},"params":{${HOSTILE}}`) },
    { what: `${id} with «Method»`, body: answer(id, `"result":{},"Method":"tools/call","Params":{${HOSTILE}}`) },
    { what: `${id}, with its id again`, body: answer(id, '"result":{},"id":7') },
    { what: `${id}, with its id escaped again`, body: answer(id, '"result":{},"\\u0069d":7') },
    { what: `${id}, a call inside the result`, body: answer(id, `"result":{"method":"tools/call","params":{${HOSTILE}},"id":1}`) },
    { what: `${id}, changed a little`, body: answer(`${id}a`, '"result":{}') },
    { what: `${id}, padded`, body: answer(`${id}==`, '"result":{}') },
    { what: `${id}, in a batch`, body: `[${answer(id, '"result":{}')}]` },
    { what: `${id}, cancelled`, body: `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"${id}"$META}}` },
  ]),
  { what: "its own id, without the session", eras: ["legacy"], body: answer("$ASKED", '"result":{}'), set: { "Mcp-Session-Id": null } },
  { what: "its own id, on another's session", eras: ["legacy"], body: answer("$ASKED", '"result":{}'), set: { "Mcp-Session-Id": "$FOREIGN" } },
  { what: "a number for an id", body: '{"jsonrpc":"2.0","id":7,"result":{}}' },
  { what: "null for an id", body: '{"jsonrpc":"2.0","id":null,"result":{}}' },
  { what: "no id", body: '{"jsonrpc":"2.0","result":{}}' },
];
