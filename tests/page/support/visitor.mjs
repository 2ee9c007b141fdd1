// The page over plain HTTP: forms that no browser would send.
import { exchange } from "../../e2e/support/exchange.mjs";

const FORM = "application/x-www-form-urlencoded";

export class Visitor {
  /** `approval` may be of any gateway that answers under `site`. */
  constructor({ url }, approval) {
    this.site = url;
    this.url = `${url}/approve/${approval.id}`;
  }

  /** The same person before another question. */
  at(approval) {
    return Object.assign(new Visitor({ url: this.site }, approval), { cookie: this.cookie });
  }

  send(method, { query = "", headers = {}, ...options } = {}) {
    return exchange(this.url + query, { method, headers: { Cookie: this.cookie, ...headers }, ...options });
  }

  get(query) {
    return this.send("GET", { query });
  }

  /** Posts a form, by default as the page itself would. A field of undefined is left out. */
  post(fields, { headers = {}, body } = {}) {
    const filled = Object.entries(fields).filter(([, value]) => value !== undefined);
    return this.send("POST", {
      body: body ?? new URLSearchParams(filled).toString(),
      headers: { Origin: this.site, "Content-Type": FORM, ...headers },
    });
  }

  async signIn(token) {
    const answer = await this.post({ do: "sign-in", token });
    const [set] = answer.headers["set-cookie"] ?? [];
    if (answer.status !== 303 || set === undefined) throw new Error(`not signed in: HTTP ${answer.status}`);
    this.cookie = set.split(";")[0];
    return answer;
  }

  /** What the form of the page bears for this session and this question. */
  async form() {
    const { text } = await this.get();
    return /name="form" value="([^"]+)"/.exec(text)?.[1];
  }
}
