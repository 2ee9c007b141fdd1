// What refusals look like: the answer shapes of architecture.md, «Answers to what is refused».
import assert from "node:assert/strict";

/**
 * A denied tool call: HTTP 200, `isError`, one text, and the denial in `_meta`. `expected` holds members the denial must
 * have (`rule`, `reason_code`); a RegExp is matched. Gives `{ denial, text }`.
 */
export function assertDenied(answer, era, expected = {}) {
  assert.equal(answer.status, 200, answer.text);
  const { message } = answer;
  assert.deepEqual(Object.keys(message).sort(), ["id", "jsonrpc", "result"], answer.text);
  const { content, isError, resultType, _meta, ...rest } = message.result;
  assert.deepEqual(rest, {}, "a denial has no members beside these");
  assert.equal(isError, true);
  assert.equal(resultType, era === "modern" ? "complete" : undefined);
  assert.equal(content.length, 1, "one text for the model");
  assert.equal(content[0].type, "text");
  assert.ok(content[0].text.length > 0);
  const denial = _meta["tollgate/denial"];
  assertDenial(denial, expected);
  return { denial, text: content[0].text };
}

/** The denial itself, wherever it stands: `{"rule","reason_code","retry_after"?,"policy":{"name","stamp"},"request_id"}`. */
export function assertDenial(denial, expected = {}) {
  assert.ok(denial, "no denial");
  const { retry_after: retryAfter, approval, ...rest } = denial;
  if (approval !== undefined) assert.match(denial.reason_code, /^approval_(pending|denied)$/);
  assert.deepEqual(Object.keys(rest).sort(), ["policy", "reason_code", "request_id", "rule"]);
  assert.equal(typeof denial.request_id, "string");
  assert.ok(denial.request_id.length > 0);
  if (retryAfter !== undefined) assert.ok(Number.isInteger(retryAfter) && retryAfter >= 0, `retry_after ${retryAfter}`);
  for (const [member, value] of Object.entries(expected)) {
    if (value instanceof RegExp) assert.match(denial[member], value);
    else assert.deepEqual(denial[member], value, JSON.stringify(denial));
  }
}

/** A tool that is not there, or is said not to be: nothing in the answer tells which. */
export function assertUnknownTool(answer, era, name) {
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.message.result, {
    content: [{ type: "text", text: `Unknown tool: '${name}'` }],
    isError: true,
    ...(era === "modern" ? { resultType: "complete" } : {}),
  });
  assert.doesNotMatch(answer.text, /tollgate/);
}

/** A well-formed JSON-RPC error; `code` may be a list of those that the specification leaves open. Gives the error. */
export function assertError(answer, { status, code, id }) {
  assert.equal(answer.status, status, `HTTP ${answer.status}: ${answer.text}`);
  const { message } = answer;
  assert.equal(message.jsonrpc, "2.0");
  assert.ok("id" in message, "an error carries an id, or null");
  if (id !== undefined) assert.deepEqual(message.id, id);
  assert.equal("result" in message, false);
  const { error } = message;
  assert.ok(Number.isInteger(error.code), answer.text);
  assert.ok([code].flat().includes(error.code), `code ${error.code}, expected ${code}: ${answer.text}`);
  assert.equal(typeof error.message, "string");
  assert.ok(error.message.length > 0);
  return error;
}

/** What must judge cannot be reached, or not be read; nothing of the platform shows. */
export function assertOutage(answer, id) {
  assertError(answer, { status: 503, code: -32603, id });
  assert.doesNotMatch(answer.text, /sqlite|SQL|no such table|expected|line \d|\.rs|connection lost|overloaded|KV/i);
}

/** Any other denied method than a tool call: HTTP 200, JSON-RPC error 4030 with the denial as `data`. */
export function assertForbidden(answer, { id, ...expected } = {}) {
  const { data } = assertError(answer, { status: 200, code: 4030, id });
  assertDenial(data, expected);
}

/** A 401 of the gateway URL: for authentication only. */
export function assertUnauthorized(answer) {
  assert.equal(answer.status, 401, `HTTP ${answer.status}: ${answer.text}`);
  assert.match(answer.headers["www-authenticate"] ?? "(none)", /^Bearer\b/);
}

/** An error of the admin API. */
export function assertComplaint(answer, statuses) {
  assert.ok([statuses].flat().includes(answer.status), `HTTP ${answer.status}, expected ${statuses}: ${answer.text}`);
  const { error } = answer.json;
  assert.equal(typeof error?.code, "string", answer.text);
  assert.equal(typeof error.message, "string", answer.text);
  assert.ok(error.message.length > 0);
  // «never a stack trace»
  assert.doesNotMatch(answer.text, /\bat \S+ \(|wasm-function|\.rs:\d+|panicked/);
  return error;
}

/** A 422 of a document: `{"errors":[{"pointer","message"}]}`. Gives the errors. */
export function assertErrors(answer) {
  assert.equal(answer.status, 422, `HTTP ${answer.status}: ${answer.text}`);
  const { errors } = answer.json;
  assert.ok(Array.isArray(errors) && errors.length > 0, answer.text);
  for (const error of errors) {
    assert.equal(typeof error.pointer, "string", answer.text);
    assert.ok(error.pointer === "" || error.pointer.startsWith("/"), `not a JSON pointer: ${error.pointer}`);
    assert.ok(error.message?.length > 0, answer.text);
  }
  return errors;
}

/** What the agent is told in place of an answer that does not come: one well-formed error, and the end of the stream. */
export function assertEnded(answer, sent) {
  assert.equal(answer.broken, false, "the stream ends as streams end");
  assertError(answer, { status: 200, code: -32603, id: sent.id });
  assert.deepEqual(answer.events.at(-1), { event: "message", data: JSON.stringify(answer.message), id: undefined });
}
