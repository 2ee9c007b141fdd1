// The readers themselves: each must have the habit that it stands for, or it would never see anything.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { LEGACY, MODERN } from "../e2e/support/message.mjs";
import { ENCODINGS } from "./support/bytes.mjs";
import { BAD, GOOD } from "./support/message.mjs";
import { NARROW } from "./support/policies.mjs";
import { said } from "./support/said.mjs";
import { startReaders } from "./support/readers.mjs";
import { judge } from "./support/verdict.mjs";

const readers = await startReaders();
after(() => readers.stop());

const body = (params, more = "") => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${params}}${more}}`;
const GOOD_NAME = `"name":"${GOOD}"`;
const BAD_NAME = `"name":"${BAD}"`;
const LENIENT = ["the first key wins", "lenient, the last key wins", "Go's encoding/json", "any case, the first key wins"];
const PYTHON = ["Python's json", "pydantic_core.from_json"];
const LAST = ["JSON.parse, the last key wins", ...PYTHON];

/** What is sent, and who of the readers sees a call of the forbidden tool in it. */
const HABITS = {
  "the name twice, the bad one last": [body(`${GOOD_NAME},${BAD_NAME}`), [...LAST, LENIENT[1], LENIENT[2]]],
  "the name twice, the bad one first": [body(`${BAD_NAME},${GOOD_NAME}`), [LENIENT[0], LENIENT[3]]],
  "another case, behind": [body(`${GOOD_NAME},"Name":"${BAD}"`), [LENIENT[2]]],
  "another case, before": [body(`"NAME":"${BAD}",${GOOD_NAME}`), [LENIENT[3]]],
  "the long s": [body(GOOD_NAME, `,"param\u017f":{${BAD_NAME}}`), [LENIENT[2]]],
  "an escaped name": [body(`${GOOD_NAME},"n\\u0061me":"${BAD}"`), [...LAST, LENIENT[1], LENIENT[2]]],
  "a batch": [`[${body(GOOD_NAME)},[${body(BAD_NAME)}]]`, [...LAST, ...LENIENT]],
  "params by position": [`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["${BAD}"]}`, [...LAST, ...LENIENT]],
  "two values": [`${body(GOOD_NAME)}${body(BAD_NAME)}`, LENIENT],
  "a comment": [body(`${BAD_NAME}/*,${GOOD_NAME}*/`), LENIENT],
  "single quotes": [body(BAD_NAME).replaceAll('"', "'"), LENIENT],
  "a result beside": [body(BAD_NAME, ',"result":{}'), [...LAST, ...LENIENT]],
};
const ENCODED = {
  "utf-16le with BOM": [...LENIENT, PYTHON[0]],
  "utf-16be": [...LENIENT, PYTHON[0]],
  "utf-32le with BOM": [...LENIENT, PYTHON[0]],
  "utf-8 with BOM": [LAST[0], ...LENIENT, PYTHON[0]],
  gzip: LENIENT,
};

async function whoSees(bytes) {
  const readings = await readers.read(bytes);
  const seesIt = ({ value }) => value !== undefined && said(value).some(({ kind, subjects }) => kind !== "answer" && subjects.includes(BAD));
  return readings.filter(seesIt).map(({ reader }) => reader).sort();
}

describe("Readers see what their kind sees", () => {
  for (const [what, [text, expected]] of Object.entries(HABITS)) {
    test(what, async () => assert.deepEqual(await whoSees(Buffer.from(text)), [...expected].sort()));
  }
  for (const [encoding, expected] of Object.entries(ENCODED)) {
    test(encoding, async () => assert.deepEqual(await whoSees(ENCODINGS[encoding](body(BAD_NAME))), [...expected].sort()));
  }
});

describe("The verdict", () => {
  const meta = `,"_meta":{"io.modelcontextprotocol/protocolVersion":"${MODERN}"}`;
  const modern = { "mcp-protocol-version": MODERN, "mcp-method": "tools/call", "mcp-name": GOOD };
  const legacy = { "mcp-protocol-version": LEGACY, "mcp-session-id": "own" };
  const complaints = async (text, headers, more = {}) => {
    const all = { host: "origin", "content-type": "application/json", ...headers };
    const record = { method: "POST", path: "/mcp", headers: all, rawHeaders: Object.entries(all).flat(), body: Buffer.from(text), ...more };
    const judged = { policy: NARROW, host: "origin", sessions: new Set(["own"]), asked: "asked", sent: [Buffer.from(text)] };
    return (await judge(record, readers, judged)).complaints;
  };

  test("finds nothing wrong with the harmless call", async () => {
    assert.deepEqual(await complaints(body(GOOD_NAME), legacy), []);
    assert.deepEqual(await complaints(body(GOOD_NAME + meta), modern), []);
    assert.deepEqual(await complaints('{"jsonrpc":"2.0","id":"asked","result":{}}', legacy), []);
  });

  const wrong = {
    "the forbidden tool": [body(BAD_NAME), legacy],
    "a tool that only Go sees": [body(`${GOOD_NAME},"Name":"${BAD}"`), legacy],
    "the modern era in the body alone": [body(GOOD_NAME + meta), legacy],
    "the modern era in the header alone": [body(GOOD_NAME), modern],
    "a lying Mcp-Name": [body(GOOD_NAME + meta), { ...modern, "mcp-name": BAD }],
    "a lying Mcp-Method": [body(GOOD_NAME + meta), { ...modern, "mcp-method": "ping" }],
    "Mcp-Name in the legacy era": [body(GOOD_NAME), { ...legacy, "mcp-name": GOOD }],
    "a mirrored argument that is not there": [body(GOOD_NAME + meta), { ...modern, "mcp-param-region": "eu" }],
    "another's session": [body(GOOD_NAME), { ...legacy, "mcp-session-id": "foreign" }],
    "a header of the agent's": [body(GOOD_NAME), { ...legacy, cookie: "a=b" }],
    "an answer that nobody asked for": ['{"jsonrpc":"2.0","id":"x","result":{}}', legacy],
    "a resource": ['{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a:b"}}', legacy],
    "another path": [body(GOOD_NAME), legacy, { path: "/" }],
    "a GET with a body": [body(GOOD_NAME), legacy, { method: "GET" }],
  };
  for (const [what, [text, headers, more]] of Object.entries(wrong)) {
    test(`complains of ${what}`, async () => assert.notEqual((await complaints(text, headers, more)).length, 0));
  }
});
