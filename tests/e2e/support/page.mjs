// The approval page, as a browser without a screen walks it: one cookie, forms, and the headers that browsers send.
import assert from "node:assert/strict";
import { exchange } from "./exchange.mjs";

export class Visitor {
  #cookie;

  /** @param {string} url of a question */
  constructor(url) {
    this.url = url;
  }

  /** The page, as a link of its own leads to it. */
  async look() {
    return exchange(`${this.url}?here`, { headers: this.#headers() });
  }

  /** Sends a form of the page; gives what it leads to. */
  async send(fields, headers = {}) {
    const body = new URLSearchParams(fields).toString();
    const form = { "Content-Type": "application/x-www-form-urlencoded", Origin: new URL(this.url).origin };
    const answer = await exchange(this.url, { method: "POST", body, headers: { ...this.#headers(), ...form, ...headers } });
    const [cookie] = [answer.headers["set-cookie"] ?? []].flat();
    if (cookie !== undefined) this.#cookie = cookie.split(";")[0];
    return answer.status === 303 ? this.look() : answer;
  }

  signIn(token) {
    return this.send({ do: "sign-in", token });
  }

  /** Reads the page, and answers it. */
  async answer(what, reason = "") {
    const page = await this.look();
    const form = page.text.match(/name="form" value="([^"]+)"/);
    assert.ok(form, page.text);
    return this.send({ do: what, form: form[1], reason });
  }

  #headers() {
    return this.#cookie === undefined ? {} : { Cookie: this.#cookie };
  }
}
