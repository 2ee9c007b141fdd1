// What an origin may do to a request instead of answering it: be silent, break off, answer another, answer nonsense.
import { answered } from "../e2e/support/message.mjs";
import { DIE, event, HANG, json, SILENCE, sse } from "../e2e/support/script.mjs";

const typed = (status, type, body, headers = {}) => ({ status, headers: { "content-type": type, ...headers }, chunks: [body] });
const half = (message) => `event: message\r\ndata: ${JSON.stringify(message).slice(0, 30)}`;
const progress = { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: 1, progress: 1 } };

/** Whatever the request: how it is answered, as a script. None of these passes to an agent as it stands. */
const LIES = {
  "silence": () => SILENCE(),
  "silence in mid-stream": (sent) => sse([event(progress), half(answered(sent)), HANG]),
  "death before the head": () => Promise.reject(new Error("dead")),
  "death in mid-event": (sent) => sse([event(progress), half(answered(sent)), DIE]),
  "a stream that ends without the answer": () => sse([event(progress)]),
  "the answer to another, in a stream": (sent) => sse(event(answered({ id: `${sent.id}?` }))),
  "broken JSON in a stream": (sent) => sse([`data: ${JSON.stringify(answered(sent)).slice(1)}\n\n`]),
  "broken events": (sent) => sse([`event: nothing\rdata: {\r\rdate: 1\n:\n\n\ndata\n\n${half(answered(sent))}`]),
  "two answers": (sent) => sse([event(answered(sent, sent.id)), event(answered(sent, "another"))]),
  "an event for itself, in bytes": (sent) => sse([...Buffer.from(event(answered(sent, sent.id)))].map((byte) => Buffer.of(byte))),
  "HTML": () => typed(200, "text/html", "<h1>It works!</h1>"),
  "an error of the server's": () => typed(500, "text/plain", "Internal Server Error"),
  "no content": () => ({ status: 204, headers: {}, chunks: [] }),
  "accepted, and no more": () => ({ status: 202, headers: {}, chunks: [] }),
  "a sign-in": () => typed(401, "application/json", "{}", { "www-authenticate": "Bearer" }),
  "a refusal": () => typed(403, "text/plain", "no"),
  "a redirect": () => ({ status: 302, headers: { location: "/elsewhere" }, chunks: [] }),
  "an error that answers another": () => json({ jsonrpc: "2.0", id: "?", error: { code: -1, message: "?" } }, { status: 400 }),
};

/** JSON which the gateway passes on unread where nothing must edit it, as docs/protocol.md says: to the byte, lie or not. */
const UNREAD_LIES = {
  "the answer to another, in JSON": (sent) => json(answered({ id: `${sent.id}?` })),
  "broken JSON": (sent) => json(JSON.stringify(answered(sent)).slice(0, -2)),
  "a huge answer": (sent) => json(answered(sent, "x".repeat(5 * 1024 * 1024))),
  "death in the middle of JSON": (sent) => ({ ...json(""), chunks: [JSON.stringify(answered(sent)).slice(0, 20), DIE] }),
};

/** Of these the gateway reads the answer, so the lies in JSON do not pass either. */
const READ = ["tools/list", "resources/list", "prompts/list", "initialize", "server/discover"];

/** One of the lies: `{ lie, script, passes }`; `script()` is how it is told, `passes` the text that may reach the agent as it stands. */
export function lieTo(sent, dice) {
  const unread = dice.happens(0.15);
  const lies = unread ? UNREAD_LIES : LIES;
  const lie = dice.pick(Object.keys(lies));
  const script = () => lies[lie](sent);
  return { lie, script, passes: unread && !READ.includes(sent.method) ? textOf(script()) : undefined };
}

const textOf = ({ chunks }) => chunks.filter((chunk) => typeof chunk === "string").join("");
