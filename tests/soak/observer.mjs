// Who sends each request of a soak, waits for what comes of it, reads that strictly, and writes it down.
import { Answer, open } from "../e2e/support/exchange.mjs";
import { pause } from "../e2e/support/patience.mjs";
import { read } from "./reading.mjs";

/** Milliseconds after which an answer is late, whatever happens: the longest stream takes less. */
const LATEST = 90_000;
/** What is meant to take long. */
const LONG = ["long stream", "torrent, read slowly"];
/** How many findings are shown. */
const SHOWN = 20;

export class Observer {
  /** What came of the requests: how often, by kind and outcome. */
  tally = new Map();
  /** What should not be, as lines to be read. */
  findings = [];
  found = 0;
  /** Calls that may be run, by id: `{ grant, name, args, sentAt, outcome, reason }`. */
  calls = new Map();
  /** Requests that wait for their answers. */
  underWay = 0;
  longest = { milliseconds: 0, what: "" };
  sent = 0;
  /** Metered calls that were answered without saying what is left. */
  unsaid = 0;
  #lives;
  #passes;

  /** `passes`: what the origin has said in JSON, by id (see origin.mjs). */
  constructor(lives, passes) {
    this.#lives = lives;
    this.#passes = passes;
  }

  /**
   * Sends a request, and gives what came of it: `{ outcome, reason?, result?, headers? }`.
   * `sent`: `{ kind, id, method, name, era, metered, grant, ends, murmurs, expects }`: `ends` a session, `murmurs` if it opens the stream
   * of one; `expects` lists the outcomes that may be, or is a function of what came that throws. `how`: `slowly` (pauses that many ms between
   * pieces), `leaves` (goes after as many).
   */
  async ask(request, sent, how = {}) {
    this.sent += 1;
    this.underWay += 1;
    const from = Date.now();
    const seen = await this.#hear(request, sent, how).catch((error) => ({ error }));
    const until = Date.now();
    this.underWay -= 1;
    const whole = this.#lives.whole(from, until);
    const came = this.#judge(seen, sent, whole, request);
    const isTimed = whole && how.leaves === undefined && !LONG.includes(sent.kind);
    if (isTimed && until - from > this.longest.milliseconds) this.longest = { milliseconds: until - from, what: `${sent.kind}: ${came.outcome}` };
    if (came.unsaid) this.unsaid += 1;
    this.#count(sent.kind, came.outcome);
    return { ...came, from, until, headers: seen.answer?.headers };
  }

  /** Writes down what should not be. */
  find(what) {
    this.found += 1;
    if (this.findings.length < SHOWN) this.findings.push(what);
  }

  async #hear({ url, ...request }, { kind }, { slowly = 0, leaves }) {
    const leaving = new AbortController();
    let left = false;
    const leave = () => {
      left = true;
      leaving.abort();
    };
    const timer = leaves === undefined ? undefined : setTimeout(leave, leaves);
    const late = setTimeout(() => leaving.abort(), LATEST);
    const chunks = [];
    let broken = false;
    let stream;
    try {
      stream = await open(url, { ...request, timeout: LATEST, signal: leaving.signal });
      for await (const chunk of stream.chunks) {
        chunks.push(chunk);
        if (slowly > 0) await pause(slowly);
      }
    } catch (error) {
      if (left && chunks.length === 0) return { left };
      if (stream === undefined) throw new Error(`${kind}: ${error.message}`);
      broken = true;
    } finally {
      clearTimeout(timer);
      clearTimeout(late);
    }
    return { left, answer: new Answer(stream.status, stream.headers, Buffer.concat(chunks), broken) };
  }

  #judge({ left, error, answer }, sent, whole, request) {
    if (left && !(sent.murmurs && answer !== undefined)) return { outcome: "left by the agent" };
    // Who was there when the runtime was killed cannot tell what would have come.
    if (!whole && (error !== undefined || answer.broken)) return { outcome: "cut by a kill" };
    try {
      if (error !== undefined) throw error;
      const came = read(answer, sent, this.#passes.get(sent.id));
      this.#passes.delete(sent.id);
      // Whose grant is being taken away hears of it sooner or later; whether soon enough is looked at afterwards.
      if (came.outcome === "no live grant" && sent.grant?.revokingAt !== undefined) return came;
      if (typeof sent.expects === "function") sent.expects(came);
      else if (!sent.expects.includes(came.outcome)) {
        throw new Error(`\`${came.outcome}\` (${came.reason ?? "no reason"}), where ${sent.expects.join(", ")} may be`);
      }
      return came;
    } catch (fault) {
      this.find(`${sent.kind}, ${sent.era}: ${fault.message.split("\n")[0]}\n    sent ${asked(request)}\n    answered ${said(answer)}`);
      return { outcome: "MALFORMED" };
    }
  }

  #count(kind, outcome) {
    const outcomes = this.tally.get(kind) ?? new Map();
    this.tally.set(kind, outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1));
  }
}

const asked = ({ method, body = "" }) => `${method} ${String(body).slice(0, 600)}`;

/** The beginning of an answer, if there was one. */
function said(answer) {
  if (answer === undefined) return "nothing";
  return `HTTP ${answer.status} ${answer.headers["content-type"]} ${JSON.stringify(answer.text.slice(0, 1000))}`;
}
