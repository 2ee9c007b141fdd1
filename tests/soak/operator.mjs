// The operator of a soak: registers servers, policies and grants; edits a policy, revokes grants and reads what is used, over and
// over, and writes down from when to when each of them held.
import { createHash } from "node:crypto";
import { pause } from "../e2e/support/patience.mjs";
import { policyOf } from "./rules.mjs";

export const SERVERS = { soak: "eventual", "soak-strict": "strict" };
const POLICIES = ["steady", "edited"];
/** Milliseconds by which KV lags, where the operator has it lag. */
export const LAG = 5000;

export class Operator {
  /** The versions of each policy, by stamp: `{ policy, open, from, until, forgotten }`; at `until` the next one was acknowledged. */
  versions = new Map();
  /** Every grant there ever was. */
  grants = [];
  edits = 0;
  revocations = 0;
  readings = 0;
  #gateway;
  #dice;
  #observer;
  #lives;
  #current;

  constructor({ gateway, dice, observer, lives }) {
    this.#gateway = gateway;
    this.#dice = dice;
    this.#observer = observer;
    this.#lives = lives;
  }

  async register(origin) {
    for (const [server, consistency] of Object.entries(SERVERS)) await this.#must("PUT", `servers/${server}`, { origin: { url: origin.url }, consistency });
    for (const policy of POLICIES) await this.#put(policy, true);
  }

  /** A further grant; every fifth is for the strict server. */
  async grant(number) {
    const [server, elsewhere] = number % 5 === 0 ? ["soak-strict", "soak"] : ["soak", "soak-strict"];
    const policy = POLICIES[Math.floor(number / 2) % 2];
    const { id, token } = await this.#must("POST", "grants", { label: `soak ${number}`, server, policy });
    const urls = { url: this.#gateway.endpoint(server), elsewhere: this.#gateway.endpoint(elsewhere) };
    const made = { id, token, server, policy, strict: SERVERS[server] === "strict", number, ...urls };
    this.grants.push(made);
    return made;
  }

  /** Works until then. */
  async work(until, agents) {
    while (Date.now() < until) {
      await pause(this.#dice.between(1500, 5000));
      const work = this.#dice.weighed([[3, () => this.#edit()], [3, () => this.#revoke(this.#dice.pick(agents))], [4, () => this.#look()]]);
      await work();
    }
  }

  async #edit() {
    this.edits += 1;
    const old = this.#current;
    old.forgotten = await this.#besideKv(["policy/edited"], () => this.#put("edited", !old.open));
  }

  async #put(policy, open) {
    const from = Date.now();
    const { stamp } = await this.#must("PUT", `policies/${policy}`, policyOf({ edition: this.versions.size, open }));
    const before = [...this.versions.values()].findLast((version) => version.policy === policy);
    if (before !== undefined) before.until = Date.now();
    const version = { policy, open, from, until: Infinity };
    this.versions.set(stamp, version);
    if (policy === "edited") this.#current = version;
  }

  /** Takes an agent's grant away, and gives it another. */
  async #revoke(agent) {
    this.revocations += 1;
    const old = agent.grant;
    const next = await this.grant(old.number);
    old.revokingAt = Date.now();
    const hash = createHash("sha256").update(old.token).digest("hex");
    const forgotten = await this.#besideKv([`grant/${hash}`, `grant-id/${old.id}`], () => this.#must("DELETE", `grants/${old.id}`));
    old.forgotten = forgotten;
    old.revokedAt = Date.now();
    agent.dead.push(old);
    agent.session = undefined;
    agent.grant = next;
  }

  /** What is used of a budget, as the operator is told. */
  async #look() {
    this.readings += 1;
    const { id } = this.#dice.pick(this.grants);
    const { counters } = await this.#must("GET", `grants/${id}/usage`);
    for (const counter of counters) {
      const { used, remaining, max } = counter;
      if (used < 0 || used > max || used + remaining !== max) this.#observer.find(`the usage of ${id}: ${JSON.stringify(counter)}`);
    }
  }

  /** Does something while KV lags for these keys, or forgets what is written; says whether it may have forgotten. */
  async #besideKv(keys, work) {
    const fault = this.#dice.weighed([[2, undefined], [2, "lags"], [1, "forgets"]]);
    if (fault === undefined) return (await work(), false);
    const begun = await this.#gateway.faults.begin("CONFIG", keys, fault, { ms: LAG }).catch(() => undefined);
    await work();
    // What lags goes on lagging, until the next kill at the latest.
    if (fault === "forgets") await begun?.end().catch(() => {});
    return fault === "forgets";
  }

  /** Asks until it is done. What fails must say so in the form of the admin API. */
  async #must(method, path, body) {
    for (;;) {
      await this.#lives.up;
      const from = Date.now();
      const answer = await this.#gateway.admin(method, path, body).catch((error) => ({ error }));
      const cut = answer.error !== undefined && !this.#lives.whole(from, Date.now());
      if (answer.status >= 200 && answer.status < 300) return answer.text === "" ? undefined : answer.json;
      if (!cut) this.#check(answer, `${method} ${path}`);
      // What was done before the answer was lost is done.
      if (method === "DELETE" && answer.status === 404) return undefined;
      await pause(200);
    }
  }

  #check({ status, text, error }, what) {
    try {
      if (error !== undefined) throw error;
      const { code, message } = JSON.parse(text).error;
      if (status >= 500 && code && message) return;
      if (status === 404 && what.startsWith("DELETE")) return;
    } catch (fault) {
      error ??= fault;
    }
    this.#observer.find(`the admin API: ${what}: HTTP ${status} ${text} ${error ?? ""}`);
  }
}
