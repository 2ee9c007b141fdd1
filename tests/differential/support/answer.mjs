// What is wrong with an answer of the gateway's: its form, and whether it names the request that it answers.
import { MODERN } from "../../e2e/support/message.mjs";
import { readValues } from "./tree.mjs";

/** These are said before the body is read, so nobody can know the id. */
const BEFORE_THE_BODY = new Set([401, 403, 405, 413, 415, 421, 429]);
/** Past this not every reader tells integers apart. */
const LARGEST = 2n ** 53n;

/** The faults of an answer to a message whose body was `body`; elsewhere than at the gateway URL nobody speaks JSON-RPC. */
export function answerFaults(answer, message, body) {
  if (!(answer.status >= 200 && answer.status <= 599)) return [`the status ${answer.status}`];
  let messages;
  try {
    messages = answer.messages;
  } catch {
    return [`a body of type ${answer.type} that is no JSON: ${answer.text.slice(0, 200)}`];
  }
  if (message.elsewhere) return [];
  if (answer.status === 200 && messages.length === 0 && !isSilent(answer, message)) {
    return [`HTTP 200 of type «${answer.type}» that says nothing: ${answer.text.slice(0, 200)}`];
  }
  const faults = messages.flatMap(formFaults);
  const responses = messages.filter((one) => one?.result !== undefined || one?.error !== undefined);
  const id = readableId(body);
  for (const response of responses) {
    if (id === undefined || response.id === id) continue;
    if (response.id !== null) faults.push(`the id ${JSON.stringify(response.id)} for ${JSON.stringify(id)}`);
    else if (isModern(message) && !BEFORE_THE_BODY.has(answer.status)) {
      faults.push(`HTTP ${answer.status} without the readable id ${JSON.stringify(id)}: ${response.error?.message}`);
    }
  }
  return faults;
}

/** GET streams and the ends of sessions have nothing to say. */
const isSilent = (answer, { method }) => answer.type === "text/event-stream" || method !== "POST";

function formFaults(message) {
  if (message === null || typeof message !== "object" || Array.isArray(message)) return ["an answer that is no object"];
  const faults = message.jsonrpc === "2.0" ? [] : ["an answer that is no JSON-RPC 2.0"];
  const outcomes = ["result", "error"].filter((member) => member in message);
  if (message.method === undefined && outcomes.length !== 1) faults.push(`an answer with ${outcomes.length} outcomes`);
  if (outcomes.length > 0 && !("id" in message)) faults.push("an answer without an id");
  const { error } = message;
  const isError = Number.isInteger(error?.code) && typeof error.message === "string";
  if (error !== undefined && !isError) faults.push("an error without code and message");
  return faults;
}

const isModern = ({ headers }) => {
  const versions = headers.filter(([name]) => name.toLowerCase() === "mcp-protocol-version");
  return versions.length === 1 && versions[0][1] === MODERN;
};

/** The id of a body that every reader reads alike, if it is one that JSON-RPC knows. */
function readableId(body) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
  const { values, clean } = readValues(text);
  if (!clean || values[0].kind !== "object") return undefined;
  const id = values[0].members.find(({ key }) => key.name === "id")?.value;
  if (id?.kind === "string") return id.string;
  if (id?.kind !== "number" || !/^-?\d+$/.test(id.text)) return undefined;
  const integer = BigInt(id.text);
  return integer <= LARGEST && integer >= -LARGEST ? Number(integer) : undefined;
}
