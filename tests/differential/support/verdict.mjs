// The verdict on what reached the origin: every reader must see one message there, and one that the policy lets through.
import { LEGACY, MODERN } from "../../e2e/support/message.mjs";
import { GOOD } from "./message.mjs";
import { canonical, said } from "./said.mjs";

const LEGACY_REVISIONS = new Set([LEGACY, "2025-06-18", "2025-03-26", "2024-11-05"]);
/** Header fields are computed, never copied: these, what HTTP itself needs, and what workerd adds. */
const FIELDS = new Set([
  ..."content-type accept mcp-protocol-version mcp-method mcp-name mcp-session-id last-event-id".split(" "),
  ..."host content-length transfer-encoding connection accept-encoding cf-worker cf-ew-via cdn-loop".split(" "),
]);
const MIRRORING = new Set(["tools/call", "prompts/get", "resources/read"]);

/**
 * What is wrong with a request that the origin got; nothing if the list is empty.
 * @param {object} record what the recording origin wrote down
 * @param {{read: Function}} readers
 * @param {{policy: object, host: string, sessions: Set<string>, asked: unknown, sent: Buffer[]}} judged what may come, and from where
 * @returns {Promise<{complaints: string[], seen: object[]}>} `seen` is what each reader saw
 */
export async function judge(record, readers, judged) {
  const complaints = fieldFaults(record, judged);
  if (record.method !== "POST") {
    if (!["GET", "DELETE"].includes(record.method)) complaints.push(`the HTTP method ${record.method}`);
    if (record.body.length > 0) complaints.push(`a ${record.method} with a body`);
    return { complaints, seen: [] };
  }
  const readings = await readers.read(record.body);
  const seen = readings.map(({ reader, value, unreadable }) => (unreadable === undefined ? { reader, said: said(value) } : { reader, unreadable }));
  for (const { reader, said: messages, unreadable } of seen) {
    if (unreadable !== undefined) complaints.push(`${reader} cannot read it: ${unreadable}`);
    else complaints.push(...readingFaults(messages, record, judged).map((fault) => `${reader}: ${fault}`));
  }
  const sights = new Set(seen.filter(({ said: messages }) => messages !== undefined).map(({ said: messages }) => canonical(messages)));
  if (sights.size > 1) complaints.push("the readers do not see the same");
  if (!isAnswer(seen) && !judged.sent.some((bytes) => bytes.includes(record.body))) complaints.push("these bytes were not sent");
  return { complaints, seen };
}

const isAnswer = (seen) => seen.every(({ said: messages }) => messages?.every(({ kind }) => kind === "answer"));

function readingFaults(messages, record, { policy, asked }) {
  if (messages.length !== 1) return [`${messages.length} messages`];
  const [message] = messages;
  if (message.kind === "answer") return message.id === asked ? [] : [`an answer to ${JSON.stringify(message.id)}, which nobody asked here`];
  if (message.kind !== "call") return [`a message that is ${message.kind}`];
  const faults = policy.allows(message) ? [] : [`${message.method} ${message.subjects.join(" ")}, which the policy does not let through`];
  return [...faults, ...mirrorFaults(message, record.headers)];
}

/** Whoever routes by header fields must come to the same tool in the same era as whoever reads the body. */
function mirrorFaults({ method, subjects, era, arguments: args }, headers) {
  const version = headers["mcp-protocol-version"];
  const modern = version === MODERN;
  const faults = [];
  if (modern !== (era === MODERN)) faults.push(`the header says ${version}, the body ${era}`);
  if (!modern) return faults;
  if (headers["mcp-method"] !== method) faults.push(`Mcp-Method says ${headers["mcp-method"]}, the body ${method}`);
  const name = MIRRORING.has(method) ? subjects[0] : undefined;
  if (unmirrored(headers["mcp-name"]) !== name) faults.push(`Mcp-Name says ${headers["mcp-name"]}, the body ${name}`);
  // Only the harmless tool has an argument that is mirrored.
  const mirrored = method === "tools/call" && name === GOOD ? (args?.region ?? undefined) : undefined;
  const region = mirrored === undefined ? undefined : String(mirrored);
  if (unmirrored(headers["mcp-param-region"]) !== region) faults.push(`Mcp-Param-Region says ${headers["mcp-param-region"]}, the body ${region}`);
  return faults;
}

function unmirrored(value) {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value ?? "");
  return encoded ? Buffer.from(encoded[1], "base64").toString("utf8") : value;
}

function fieldFaults({ path, headers, rawHeaders }, { host, sessions }) {
  const faults = [];
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const modern = headers["mcp-protocol-version"] === MODERN;
  const unheard = names.filter((name) => !FIELDS.has(name) && !(modern && name === "mcp-param-region"));
  if (unheard.length > 0) faults.push(`header fields that nobody computed: ${unheard.join(", ")}`);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length > 0) faults.push(`header fields that come twice: ${repeated.join(", ")}`);
  if (path !== "/mcp") faults.push(`the path ${path}`);
  if (headers.host !== host) faults.push(`the host ${headers.host}`);
  const type = headers["content-type"];
  if (type !== undefined && type !== "application/json") faults.push(`the content type ${type}`);
  const version = headers["mcp-protocol-version"];
  if (version !== undefined && !modern && !LEGACY_REVISIONS.has(version)) faults.push(`the version ${version}`);
  if (!modern && (headers["mcp-method"] !== undefined || headers["mcp-name"] !== undefined)) faults.push("mirrored header fields in the legacy era");
  const shown = headers["mcp-session-id"];
  if (shown !== undefined && (modern || !sessions.has(shown))) faults.push(`the session ${shown}, which is not this agent's`);
  return faults;
}
