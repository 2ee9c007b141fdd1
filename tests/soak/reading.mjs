// What an agent makes of an answer, read as strictly as docs/protocol.md promises it. Whatever is not so is malformed.
import assert from "node:assert/strict";
import { assertDenial, assertDenied, assertUnauthorized, assertUnknownTool } from "../e2e/support/refusal.mjs";

const NOTIFICATIONS = ["notifications/message", "notifications/progress"];
/** What the gateway says with which status, in errors of its own. */
const ERRORS = {
  "401 4010": "no live grant",
  "404 -32600": "no such session",
  "429 -32600": "too many strangers",
  "502 -32603": "the origin failed",
  "504 -32603": "the origin failed",
  "503 -32603": "outage",
  "200 -32603": "the origin failed",
  "400 -32700": "refused",
  "400 -32600": "refused",
  "400 -32602": "refused",
  "400 -32020": "refused",
  "400 -32022": "refused",
  "200 -32601": "refused",
  "404 -32601": "refused",
  "413 -32600": "refused",
  "415 -32600": "refused",
};
/**
 * Errors of requests that were not read (also since it is not known who asks), or of an origin that has forgotten its sessions; else
 * one bears the id of its request.
 */
const WITHOUT_ID = ["no live grant", "no such session", "outage", "refused", "too many strangers"];
const RATE_LIMIT = /^"[\w-]+";r=\d+;t=\d+(, "[\w-]+";r=\d+;t=\d+)*$/;
/** Comments, and events of one line each; one without data says nothing. */
const STREAM = /^(?:(?::[^\n]*|event: message\ndata: [^\n]*)\n\n)*$/;

/**
 * What an answer says: `{ outcome, reason?, result?, unsaid?, messages? }`; `unsaid` if it should say what is left, and does not.
 * `sent` is what was asked (see observer.mjs); `passes` is what the
 * origin said in JSON that may come as it stands. Throws where it is not well formed.
 */
export function read(answer, sent, passes) {
  const type = answer.headers["content-type"];
  if (sent.murmurs && answer.status === 200 && answer.isStream) return { outcome: "answered", messages: readMurmurs(answer.text) };
  if (sent.id === undefined) return unanswered(answer, type, sent);
  if (passes !== undefined && answer.status === 200 && type === "application/json" && !answer.text.includes('"tollgate/denial"')) {
    assert.ok(answer.broken ? passes.startsWith(answer.text) : answer.text === passes, "what passes unread is what the origin said");
    return { outcome: "passed unread" };
  }
  assert.equal(answer.broken, false, "it broke off");
  if (answer.isStream) {
    assert.equal(answer.status, 200);
    events(answer.text, sent);
  } else {
    assert.equal(type, "application/json");
  }
  return ofMessage(answer, sent);
}

/** What the stream of a session says, which belongs to no request. */
function readMurmurs(text) {
  // The last event may have been cut off when the agent left.
  const whole = text.slice(0, text.lastIndexOf("\n\n") + 2);
  assert.match(whole, STREAM);
  return messagesOf(whole).map((message) => {
    assert.equal(message.jsonrpc, "2.0");
    assert.ok([...NOTIFICATIONS, "ping"].includes(message.method), message.method);
    assert.equal(typeof message.id, message.method === "ping" ? "string" : "undefined");
    return message;
  });
}

const dataOf = (part) => part.slice("event: message\ndata: ".length);

function messagesOf(text) {
  const parts = text.split("\n\n").filter((part) => part.startsWith("event"));
  return parts.map(dataOf).filter((data) => data !== "").map((data) => JSON.parse(data));
}

function events(text, sent) {
  assert.match(text, STREAM);
  const messages = messagesOf(text);
  const last = messages.pop();
  assert.equal(last?.id, sent.id, "a stream ends with the answer");
  for (const message of messages) assert.ok(NOTIFICATIONS.includes(message.method), JSON.stringify(message).slice(0, 200));
}

/** An answer to a notification, an answer, or the end of a session: nothing, or why not. */
function unanswered(answer, type, { ends }) {
  assert.equal(answer.broken, false, "it broke off");
  if (answer.status === (ends ? 200 : 202)) {
    assert.equal(answer.text, "");
    return { outcome: "answered" };
  }
  assert.equal(type, "application/json");
  return ofError(answer, answer.json, {});
}

function ofMessage(answer, sent) {
  const { message } = answer;
  assert.equal(message.jsonrpc, "2.0");
  const what = "result" in message ? "result" : "error";
  assert.deepEqual(Object.keys(message).sort(), [what, "id", "jsonrpc"].sort(), "the members of an answer");
  if (what === "error") return ofError(answer, message, sent);
  assert.deepEqual(message.id, sent.id);
  assert.equal(answer.status, 200);
  const { result } = message;
  if (result?._meta?.["tollgate/denial"] !== undefined) {
    const { denial } = assertDenied(answer, sent.era);
    return { outcome: { rate_limited: "limited", ledger_overloaded: "overloaded" }[denial.reason_code] ?? "denied", reason: denial.reason_code, denial };
  }
  if (result?.content?.[0]?.text?.startsWith("Unknown tool")) {
    assertUnknownTool(answer, sent.era, sent.name);
    return { outcome: "denied", reason: "hidden" };
  }
  const left = answer.headers.ratelimit;
  if (sent.metered && left !== undefined) assert.match(left, RATE_LIMIT, "what is left");
  return { outcome: "answered", result, unsaid: sent.metered && left === undefined };
}

function ofError(answer, message, sent) {
  const { code, message: words, data } = message.error;
  assert.ok(Number.isInteger(code) && words.length > 0);
  if (code === 4030) {
    assert.equal(answer.status, 200);
    assert.deepEqual(message.id, sent.id);
    assertDenial(data);
    return { outcome: "denied", reason: data.reason_code };
  }
  if (sent.method === "resources/read" && code === (sent.era === "modern" ? -32602 : -32002)) {
    assert.equal(answer.status, sent.era === "modern" ? 400 : 200);
    assert.deepEqual(message.id, sent.id);
    return { outcome: "denied", reason: "not found" };
  }
  const outcome = ERRORS[`${answer.status} ${code}`];
  assert.ok(outcome, `HTTP ${answer.status} with code ${code}`);
  if (outcome === "no live grant") assertUnauthorized(answer);
  if (sent.id === undefined) return { outcome };
  if (WITHOUT_ID.includes(outcome)) assert.ok([null, sent.id].includes(message.id), "whose error it is");
  else assert.equal(message.id, sent.id);
  return { outcome };
}
