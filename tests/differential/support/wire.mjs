// Raw bytes over a socket, so that no HTTP client refuses or normalises them, and the answers read from the bytes that return.
import net from "node:net";
import { readEvents } from "../../e2e/support/events.mjs";

/** For how long an answer is awaited: in earnest, and where the request may not be whole or the answer may have no end. */
const PATIENCE = 20_000;
const IMPATIENCE = 500;
/** For how long more is awaited where one request might be taken for two. */
const LINGER = 120;

/**
 * Sends bytes, and gives the answers in order: `{ answers, received }`. One is awaited, or as many as `expects` says;
 * with `lingers`, also what comes after them. Without `surely` nobody waits long for an answer.
 */
export function send({ host, port }, bytes, { expects = 1, lingers = false, surely = true } = {}) {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    let halfClosed = false;
    let lingering;
    const socket = net.connect({ host, port, noDelay: true });
    const done = () => {
      clearTimeout(timer);
      clearTimeout(lingering);
      socket.destroy();
      resolve({ answers: answersOf(received, true), received });
    };
    // Some servers answer what is not whole when they hear that no more comes.
    const timer = setTimeout(() => {
      halfClosed = true;
      socket.end();
      setTimeout(done, LINGER);
    }, surely ? PATIENCE : IMPATIENCE);
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (answersOf(received).length < expects || lingering !== undefined) return;
      if (!lingers) return done();
      lingering = setTimeout(done, LINGER);
    });
    socket.on("close", done);
    socket.on("error", (error) => {
      const closedOnUs = ["ECONNRESET", "EPIPE"].includes(error.code);
      if (!closedOnUs && !halfClosed) reject(error);
    });
  });
}

/** The whole answers among bytes; if nothing follows any more, also one that ends where the connection does. */
function answersOf(bytes, ended = false) {
  const answers = [];
  let rest = bytes;
  for (;;) {
    const read = answerOf(rest, ended);
    if (read === undefined) return answers;
    rest = rest.subarray(read.length);
    // "100 Continue" and its kin come before an answer, and are none.
    if (read.answer.status >= 200) answers.push(read.answer);
  }
}

function answerOf(bytes, ended) {
  const split = bytes.indexOf("\r\n\r\n");
  if (split < 0) return undefined;
  const [first, ...lines] = bytes.subarray(0, split).toString("latin1").split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? NaN);
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
  const head = split + 4;
  const answer = (body, length, whole = true) => ({ answer: new Answer(status, headers, body, whole), length: head + length });
  if (status < 200 || status === 204 || status === 304) return answer(Buffer.alloc(0), 0);
  if (headers["transfer-encoding"]?.endsWith("chunked")) {
    const chunked = dechunked(bytes.subarray(head));
    if (chunked.whole || ended) return answer(chunked.body, chunked.length, chunked.whole);
    return undefined;
  }
  const length = headers["content-length"] === undefined ? undefined : Number(headers["content-length"]);
  if (length !== undefined && bytes.length >= head + length) return answer(bytes.subarray(head, head + length), length);
  return ended ? answer(bytes.subarray(head), bytes.length - head, length === undefined) : undefined;
}

function dechunked(bytes) {
  const chunks = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf("\r\n", at);
    const size = end < 0 ? NaN : parseInt(bytes.subarray(at, end).toString("latin1"), 16);
    if (Number.isNaN(size) || bytes.length < end + 4 + size) return { body: Buffer.concat(chunks), length: bytes.length, whole: false };
    if (size === 0) return { body: Buffer.concat(chunks), length: end + 4, whole: true };
    chunks.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
}

class Answer {
  constructor(status, headers, body, whole) {
    Object.assign(this, { status, headers, body, whole });
  }

  get type() {
    return (this.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
  }

  get text() {
    return this.body.toString("utf8");
  }

  /** The JSON-RPC messages that it claims to hold; throws where one is no JSON. */
  get messages() {
    if (this.type === "application/json" && this.text !== "") return [JSON.parse(this.text)];
    if (this.type === "text/event-stream") return readEvents(this.text).filter(({ data }) => data !== "").map(({ data }) => JSON.parse(data));
    return [];
  }
}
