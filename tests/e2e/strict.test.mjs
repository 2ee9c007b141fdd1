// protocol.md, «Ingress: one strict parse»: what is refused, with which error, and that nothing of it is forwarded.
// Issue 2 asks for duplicate keys, batches and wrong types; the tables marked «issue 3» are the rest of the page.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { lastingGateway } from "./support/lasting.mjs";
import { call, ERAS, LEGACY, META, MODERN } from "./support/message.mjs";
import { startOrigin } from "./support/origin.mjs";
import { gate } from "./support/patience.mjs";
import { assertError } from "./support/refusal.mjs";

// «-32700 not JSON, -32600 not a valid message, -32602 bad params»; where two of these fit, either does.
const NOT_JSON = -32700;
const NOT_A_MESSAGE = -32600;
const BAD_PARAMS = -32602;
const HEADER_MISMATCH = -32020;
const UNSUPPORTED_VERSION = -32022;
const NEITHER = [NOT_JSON, NOT_A_MESSAGE];
const ANY = [NOT_JSON, NOT_A_MESSAGE, BAD_PARAMS];
const MIB = 1024 * 1024;

// No test harness here: its proxy breaks off, now and then, where a body is refused before it has been read.
const gateway = await lastingGateway();
const origin = await startOrigin();
// Everything is allowed, so that whatever is refused is refused by the parse.
const { agent } = await gateway.register({ origin });
after(() => Promise.all([gateway.stop(), origin.stop()]));

/** Bodies are written as an agent of the era would, with `"_meta"` where the modern one puts it. */
const meta = (era) => (era === "modern" ? `,"_meta":${JSON.stringify(META)}` : "");
/** A call whose params, and further members of the envelope, are the test's. */
const body = (params, envelope = "") => (era) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${params}${meta(era)}}${envelope}}`;
/** A whole message, with `PARAMS` standing for good ones. */
const message = (text) => (era) => text.replaceAll("PARAMS", `{"name":"shell_execute","arguments":{}${meta(era)}}`);
const named = (name) => body(`"name":${name},"arguments":{}`);
const nested = (depth) => `"name":"shell_execute","arguments":{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;

const ISSUE_2 = {
  "«duplicate keys at any depth»": {
    "method twice": [NEITHER, message('{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":PARAMS}')],
    "params twice": [NEITHER, message('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":PARAMS,"params":PARAMS}')],
    "the id twice": [NEITHER, message('{"jsonrpc":"2.0","id":1,"id":1,"method":"tools/call","params":PARAMS}')],
    "the name twice": [ANY, body('"name":"project_list_apps","name":"shell_execute","arguments":{}')],
    "an argument twice": [ANY, body('"name":"shell_execute","arguments":{"a":1,"a":1}')],
    "deep in an argument": [ANY, body('"name":"shell_execute","arguments":{"a":[{"b":{"c":1,"c":2}}]}')],
    "«also when one is spelled with escapes»": [ANY, body('"name":"project_list_apps","n\\u0061me":"shell_execute","arguments":{}')],
    "escapes in the envelope": [NEITHER, message('{"jsonrpc":"2.0","id":1,"method":"ping","m\\u0065thod":"tools/call","params":PARAMS}')],
    "the empty key": [ANY, body('"name":"shell_execute","arguments":{"":1,"":2}')],
  },
  "«an array (a batch, in every revision); `jsonrpc` other than \"2.0\"»": {
    "a batch": [NOT_A_MESSAGE, message('[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":PARAMS}]')],
    "an empty batch": [NOT_A_MESSAGE, () => "[]"],
    "jsonrpc 1.0": [NOT_A_MESSAGE, message('{"jsonrpc":"1.0","id":1,"method":"tools/call","params":PARAMS}')],
    "jsonrpc a number": [NOT_A_MESSAGE, message('{"jsonrpc":2.0,"id":1,"method":"tools/call","params":PARAMS}')],
    "no jsonrpc": [NOT_A_MESSAGE, message('{"id":1,"method":"tools/call","params":PARAMS}')],
    "no object": [NEITHER, () => '"tools/call"'],
    "null": [NEITHER, () => "null"],
  },
  "«`method` together with `result` or `error`: the origin executes those»": {
    "with result": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":PARAMS,"result":{}}')],
    "with error": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":PARAMS,"error":{"code":1,"message":""}}')],
    "with a null result": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":PARAMS,"result":null}')],
    "method not a string": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":1,"method":["tools/call"],"params":PARAMS}')],
    "neither method nor result": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":1,"params":PARAMS}')],
  },
  "«an `id` that is not a string or an integer within ±2^53; a request method sent without an id»": {
    null: [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":null,"method":"tools/call","params":PARAMS}')],
    "a fraction": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":1.5,"method":"tools/call","params":PARAMS}')],
    true: [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":true,"method":"tools/call","params":PARAMS}')],
    "an object": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":{},"method":"tools/call","params":PARAMS}')],
    "an array": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":[1],"method":"tools/call","params":PARAMS}')],
    "2^53 + 1": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call","params":PARAMS}')],
    "-2^53 - 1": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":-9007199254740993,"method":"tools/call","params":PARAMS}')],
    "none": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","method":"tools/call","params":PARAMS}')],
  },
  "«`params`, `arguments`, `_meta` that are not objects»": {
    "params an array": [[NOT_A_MESSAGE, BAD_PARAMS], () => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["shell_execute"]}'],
    "params a string": [[NOT_A_MESSAGE, BAD_PARAMS], () => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":"shell_execute"}'],
    "params null": [[NOT_A_MESSAGE, BAD_PARAMS], () => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}'],
    "no params": [[NOT_A_MESSAGE, BAD_PARAMS], () => '{"jsonrpc":"2.0","id":1,"method":"tools/call"}'],
    "arguments an array": [BAD_PARAMS, body('"name":"shell_execute","arguments":[]')],
    "arguments a string": [BAD_PARAMS, body('"name":"shell_execute","arguments":"{}"')],
    "arguments null": [BAD_PARAMS, body('"name":"shell_execute","arguments":null')],
    "_meta an array": [BAD_PARAMS, () => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"shell_execute","_meta":[]}}'],
    "_meta null": [BAD_PARAMS, () => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"shell_execute","_meta":null}}'],
  },
  "«a tool or prompt name outside `^[A-Za-z0-9_.-]{1,128}$`»": {
    "no name": [BAD_PARAMS, body('"arguments":{}')],
    "no string": [BAD_PARAMS, named("1")],
    empty: [BAD_PARAMS, named('""')],
    "a space behind": [BAD_PARAMS, named('"shell_execute "')],
    "a line break behind": [BAD_PARAMS, named('"shell_execute\\n"')],
    NUL: [BAD_PARAMS, named('"shell_execute\\u0000"')],
    "another alphabet": [BAD_PARAMS, named('"shell_\\u0435xecute"')],
    "a slash": [BAD_PARAMS, named('"shell/execute"')],
    "129 characters": [BAD_PARAMS, named(`"${"a".repeat(129)}"`)],
  },
};

const ISSUE_3 = {
  "«a body that is not UTF-8, or starts with a BOM»": {
    "a byte outside UTF-8": [NEITHER, (era) => bytes(body('"name":"shell_execute","arguments":{"a":"§"}')(era), 0xff)],
    "an overlong form": [NEITHER, (era) => bytes(body('"name":"shell_execute","arguments":{"a":"§"}')(era), 0xc0, 0xaf)],
    "a surrogate in UTF-8": [NEITHER, (era) => bytes(body('"name":"shell_execute","arguments":{"a":"§"}')(era), 0xed, 0xa0, 0x80)],
    "a BOM": [NEITHER, (era) => `\uFEFF${named('"shell_execute"')(era)}`],
    "UTF-16": [NEITHER, (era) => Buffer.from(`\uFEFF${named('"shell_execute"')(era)}`, "utf16le")],
    nothing: [NEITHER, () => ""],
    "white space alone": [NEITHER, () => " \r\n\t"],
  },
  "«The envelope's keys are a closed set»": {
    "one more": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":PARAMS,"extra":1}')],
    "another case": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":PARAMS,"Method":"ping"}')],
    "«paramſ»": [NOT_A_MESSAGE, message('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":PARAMS,"param\\u017f":{}}')],
  },
  "«a key that is not reserved but equals a reserved one under Unicode simple case folding»": {
    Name: [[NOT_A_MESSAGE, BAD_PARAMS], body('"name":"shell_execute","Name":"project_list_apps","arguments":{}')],
    argumentſ: [[NOT_A_MESSAGE, BAD_PARAMS], body('"name":"shell_execute","arguments":{},"argument\\u017f":{}')],
    _META: [[NOT_A_MESSAGE, BAD_PARAMS], body('"name":"shell_execute","arguments":{},"_META":{}')],
  },
  "«NaN, Infinity, numbers that overflow; lone surrogates; nesting past 64; anything after the value»": {
    NaN: [NEITHER, body('"name":"shell_execute","arguments":{"a":NaN}')],
    "-Infinity": [NEITHER, body('"name":"shell_execute","arguments":{"a":-Infinity}')],
    "1e999": [ANY, body('"name":"shell_execute","arguments":{"a":1e999}')],
    "-1e999": [ANY, body('"name":"shell_execute","arguments":{"a":-1e999}')],
    "01": [NEITHER, body('"name":"shell_execute","arguments":{"a":01}')],
    "a lone high surrogate": [ANY, body('"name":"shell_execute","arguments":{"a":"\\ud800"}')],
    "a lone low surrogate": [ANY, body('"name":"shell_execute","arguments":{"a":"\\udc00x"}')],
    "a lone surrogate in a key": [ANY, body('"name":"shell_execute","arguments":{"\\ud800":1}')],
    "65 levels": [ANY, body(nested(62))],
    "1000 levels": [ANY, body(nested(1000))],
    "a second value": [NEITHER, (era) => `${named('"shell_execute"')(era)}{}`],
    "a comma": [NEITHER, (era) => `${named('"shell_execute"')(era)},`],
    "a NUL": [NEITHER, (era) => `${named('"shell_execute"')(era)}\0`],
    "a control character in a string": [NEITHER, body('"name":"shell_execute","arguments":{"a":"\n"}')],
    "a comment": [NEITHER, body('"name":"shell_execute",/* */"arguments":{}')],
    "a trailing comma": [NEITHER, body('"name":"shell_execute","arguments":{},')],
    "cut off": [NEITHER, (era) => named('"shell_execute"')(era).slice(0, -1)],
  },
};

for (const [issue, tables] of Object.entries({ "issue 2": ISSUE_2, "issue 3": ISSUE_3 })) {
  for (const [sentence, cases] of Object.entries(tables)) {
    describe(`${sentence} (${issue})`, { concurrency: true }, () => {
      for (const [what, [code, written]] of Object.entries(cases)) {
        for (const era of ERAS) {
          test(`${what}, ${era}`, async () => {
            const sent = Buffer.from(written(era));
            const answer = await agent.rpc(sent, { era, about: call("shell_execute") });
            // Where a modern body has lost what the headers mirror, saying so is right as well.
            assertError(answer, { status: 400, code: era === "modern" ? [code, HEADER_MISMATCH].flat() : code });
            const { id, error } = answer.message;
            assert.ok(id === 1 || (id === null && error.code !== BAD_PARAMS), `id ${id} with code ${error.code}`);
            assert.match(answer.headers["content-type"], /^application\/json/);
            assert.ok(!origin.received.some((received) => received.body.equals(sent)), "nothing forwarded");
          });
        }
      }
    });
  }
}

// Issue 3, but for what `1 MiB` and the content type have to do with reading a body at all.
describe("«any `Content-Encoding`; a content type other than `application/json`; a body over the cap»", { concurrency: true }, () => {
  const good = body('"name":"shell_execute","arguments":{}');
  const refused = body('"name":"shell_execute","arguments":{"must":"not arrive"}');
  const types = ["text/plain", "application/json-seq", "application/json; charset=utf-16", "application/xml", "", undefined];
  for (const era of ERAS) {
    for (const type of types) {
      test(`content type ${type}, ${era}`, async () => {
        const answer = await agent.rpc(refused(era), { era, about: call("shell_execute"), headers: { "Content-Type": type } });
        assertError(answer, { status: 415, code: ANY });
      });
    }
    test(`a content encoding, ${era}`, async () => {
      for (const encoding of ["gzip", "br", "deflate"]) {
        const answer = await agent.rpc(refused(era), { era, about: call("shell_execute"), headers: { "Content-Encoding": encoding } });
        assertError(answer, { status: 415, code: ANY });
      }
    });
    test(`«optional \`charset=utf-8\`», ${era}`, async () => {
      for (const type of ["application/json;charset=utf-8", "application/json; charset=utf-8"]) {
        const answer = await agent.rpc(good(era), { era, about: call("shell_execute"), headers: { "Content-Type": type } });
        assert.equal(answer.status, 200, answer.text);
      }
    });
    test(`a body of 1 MiB passes, one byte more does not, ${era}`, async () => {
      const sized = (size) => {
        const note = size > MIB ? '"must":"not arrive"' : '"may":"arrive"';
        const frame = body(`"name":"shell_execute","arguments":{${note},"a":""}`)(era);
        return frame.replace('"a":""', `"a":"${"x".repeat(size - frame.length)}"`);
      };
      const about = call("shell_execute");
      assert.equal((await agent.rpc(sized(MIB), { era, about })).status, 200);
      assertError(await untilAnswered(() => agent.rpc(sized(MIB + 1), { era, about })), { status: 413, code: ANY });
    });
    test(`«counted while streaming»: a chunked body that does not end is refused before it does, ${era}`, async () => {
      const end = gate();
      async function* endless() {
        yield '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"shell_execute","arguments":{"must":"not arrive","a":"';
        for (let sent = 0; sent < MIB; sent += 64 * 1024) yield "x".repeat(64 * 1024);
        await end.opened;
      }
      const answer = await untilAnswered(() => agent.rpc(endless(), { era, about: call("shell_execute") }));
      end.open();
      assertError(answer, { status: 413, code: ANY });
    });
  }
});

// Issue 3.
describe("«The era is decided once, from header **and** body, and they must agree»", { concurrency: true }, () => {
  const refusable = call("shell_execute", { must: "not arrive" }, 1);
  const modern = (headers, message = refusable) => agent.rpc(message, { era: "modern", headers });
  const mismatches = {
    "no Mcp-Method": { "Mcp-Method": undefined },
    "another Mcp-Method": { "Mcp-Method": "tools/list" },
    "Mcp-Method in another case": { "Mcp-Method": "Tools/Call" },
    "two Mcp-Methods": { "Mcp-Method": ["tools/call", "tools/call"] },
    "no Mcp-Name": { "Mcp-Name": undefined },
    "another Mcp-Name": { "Mcp-Name": "project_list_apps" },
    "two Mcp-Names": { "Mcp-Name": ["shell_execute", "project_list_apps"] },
    "a malformed Mcp-Name": { "Mcp-Name": "=?base64?%%%?=" },
  };
  for (const [what, headers] of Object.entries(mismatches)) {
    test(`«a missing, repeated or malformed mirrored header, or one that disagrees → 400, -32020»: ${what}`, async () => {
      assertError(await modern(headers), { status: 400, code: HEADER_MISMATCH, id: 1 });
    });
  }

  test("a mirrored header in the sentinel's base64 is the name that it encodes", async () => {
    const encoded = `=?base64?${Buffer.from("shell_execute").toString("base64")}?=`;
    assert.equal((await modern({ "Mcp-Name": encoded }, call("shell_execute"))).status, 200);
  });

  test("«version unknown → 400, -32022 with `data.supported`»", async () => {
    const params = { ...refusable.params, _meta: { ...META, "io.modelcontextprotocol/protocolVersion": "2027-01-01" } };
    const sent = { ...refusable, params };
    const answer = await agent.rpc(sent, { era: "modern", headers: { "MCP-Protocol-Version": "2027-01-01" } });
    const error = assertError(answer, { status: 400, code: UNSUPPORTED_VERSION, id: 1 });
    assert.ok(error.data.supported.includes(MODERN));
  });

  test("«missing `_meta` keys → 400, -32602»", async () => {
    for (const key of ["io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientCapabilities"]) {
      const { [key]: _, ...rest } = META;
      const sent = { ...refusable, params: { ...refusable.params, _meta: rest } };
      assertError(await agent.rpc(sent, { era: "modern" }), { status: 400, code: [BAD_PARAMS, HEADER_MISMATCH], id: 1 });
    }
  });

  test("a legacy header on a modern body, and the other way round, is refused", async () => {
    const modernBody = { ...refusable, params: { ...refusable.params, _meta: META } };
    const codes = [HEADER_MISMATCH, NOT_A_MESSAGE, BAD_PARAMS];
    assertError(await agent.rpc(modernBody, { era: "legacy" }), { status: 400, code: codes, id: 1 });
    assertError(await modern({ "MCP-Protocol-Version": LEGACY }), { status: 400, code: codes, id: 1 });
    assertError(await modern({ "MCP-Protocol-Version": undefined }), { status: 400, code: codes, id: 1 });
    const legacyBody = JSON.stringify(refusable);
    assertError(await agent.rpc(legacyBody, { era: "modern", about: refusable }), { status: 400, code: codes, id: 1 });
  });

  test("«legacy: the protocol version header may be absent; present, it is one known legacy revision»", async () => {
    const legacy = (version, message = call("shell_execute")) => agent.rpc(message, { headers: { "MCP-Protocol-Version": version } });
    for (const version of [undefined, "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]) {
      assert.equal((await legacy(version)).status, 200, version);
    }
    for (const version of ["1999-01-01", "2025-11-25 x", "", ["2025-11-25", "2025-11-25"], ["2025-11-25", MODERN]]) {
      const answer = await legacy(version, refusable);
      assertError(answer, { status: 400, code: [NOT_A_MESSAGE, HEADER_MISMATCH, UNSUPPORTED_VERSION] });
    }
  });
});

test("«with nothing forwarded»: nothing of what had to be refused above has reached the origin", () => {
  assert.deepEqual(origin.received.filter((received) => received.text.includes("not arrive")).map((received) => received.headers), []);
});

test("what is good is let through, so that the refusals above mean something", async () => {
  for (const era of ERAS) {
    const about = call("shell_execute");
    const otherOrder = message(' {"params":PARAMS,"method":"tools/call","id":"x","jsonrpc":"2.0"}\n');
    for (const written of [named('"shell_execute"'), body('"name":"shell_execute"'), body(nested(61)), otherOrder]) {
      assert.equal((await agent.rpc(written(era), { era, about })).status, 200, written(era).slice(0, 200));
    }
  }
});

/**
 * A server that answers before it has read all closes the connection while we write, and then TCP may take the answer
 * with it. That is nobody's fault; the answer that does arrive is what is judged.
 */
async function untilAnswered(ask, attempts = 10) {
  try {
    return await ask();
  } catch (error) {
    if (attempts === 1 || !["EPIPE", "ECONNRESET"].includes(error.code)) throw error;
    return untilAnswered(ask, attempts - 1);
  }
}

/** The text with the bytes in place of «§». */
function bytes(text, ...replacement) {
  const [head, tail] = text.split("§");
  return Buffer.concat([Buffer.from(head), Buffer.from(replacement), Buffer.from(tail)]);
}
