// Where people are told by webhook: a real HTTP server, which writes down every message byte for byte and answers as a test says.
import http from "node:http";
import { eventually } from "./patience.mjs";
import { DIE, HANG } from "./script.mjs";

export { DIE, HANG };

/** Two keys as Standard Webhooks spells them. */
export const KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
export const OLD_KEY = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDAAAAAAAAAAA=";

/** Starts a receiver on a free loopback port, or on that one; it ends with the test whose context is given. */
export async function startReceiver(context, { port = 0 } = {}) {
  const receiver = new Receiver();
  await receiver.listen(port);
  context?.after(() => receiver.stop());
  return receiver;
}

class Receiver {
  /** Every message, in the order of arrival: `{ at, method, path, headers, text, json }`. */
  received = [];
  #scripts = [];
  #server;

  /**
   * What messages with this text in them are answered, one after the other, and 204 then: a status, `{ status, headers }`, HANG (never), DIE
   * (the connection breaks), or a promise of one of these. `always` repeats the last.
   */
  script(text, answers, { always = false } = {}) {
    this.#scripts.push({ text, answers: [...answers], always });
  }

  /** The messages with this text in them. */
  about(text) {
    return this.received.filter((message) => message.text.includes(text));
  }

  /** The messages about a question, once there are so many. */
  told({ id }, many = 1, within = 10_000) {
    return eventually(() => this.about(id).length >= many && this.about(id), { within, every: 50 });
  }

  async listen(port) {
    this.#server = http.createServer((request, response) => {
      this.#serve(request, response).catch((error) => response.destroy(error));
    });
    await new Promise((ready, failed) => this.#server.once("error", failed).listen(port, "127.0.0.1", ready));
    this.port = this.#server.address().port;
    this.url = `http://127.0.0.1:${this.port}/told`;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(done));
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const { method, url: path, headers } = request;
    this.received.push({ at: Date.now(), method, path, headers, text, json: JSON.parse(text) });
    const answer = await this.#answerTo(text);
    if (answer === HANG) return;
    if (answer === DIE) response.destroy();
    else response.writeHead(answer.status ?? answer, answer.headers).end();
  }

  #answerTo(text) {
    const script = this.#scripts.find((script) => text.includes(script.text) && script.answers.length > 0);
    if (script === undefined) return 204;
    return script.always && script.answers.length === 1 ? script.answers[0] : script.answers.shift();
  }
}
