// The gateway under test: the built Worker in workerd, with real KV and real Durable Objects, and its operator.
import { fileURLToPath } from "node:url";
import { createTestHarness } from "wrangler";
import { Agent } from "./agent.mjs";
import { exchange } from "./exchange.mjs";
import { startOrigin } from "./origin.mjs";
import { Faults, wrapped } from "./faults.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export const ADMIN_TOKEN = "operator-of-the-end-to-end-tests-0123456789";
export const SEAL_KEY = "e2e.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/** A Worker secret that servers may inject by `{"secret":"ORIGIN_KEY"}`. */
export const ORIGIN_KEY = "kept-in-the-worker-and-nowhere-else";
export const HOSTS = "127.0.0.1,localhost";
export const ORIGINS = "https://console.example";

/** The seed's policy, byte for byte as policy-language.md prints it. */
export const SEED = `{ "version": "1", "default": "deny",
  "tools": { "execute_command": { "limits": [
    { "counter": "execute_command_rate", "window": "minute", "max": 10, "scope": "grant" } ] } } }`;

export const ALLOW_ALL = { version: "1", default: "allow" };
export const DENY_ALL = { version: "1", default: "deny" };

/**
 * Starts a gateway with storage of its own; whoever starts it stops it.
 * `vars` and `secrets` go over the usual ones; undefined takes one away. `faults`: on a platform that can be made to fail.
 */
export async function startGateway({ vars = {}, secrets = {}, faults = false } = {}) {
  const wrapper = faults ? await wrapped() : undefined;
  const started = {
    // What `npm run build` has made, and no building here.
    prebuiltWorkerDir: wrapper?.folder ?? "build",
    vars: defined({ HOSTS, ORIGINS, ...vars }),
    secrets: defined({ ADMIN_TOKEN, SEAL_KEY, ORIGIN_KEY, ...secrets }),
  };
  const configs = wrapper?.configs ?? ["wrangler.toml"];
  const harness = createTestHarness({ root: ROOT, workers: configs.map((configPath) => ({ configPath, ...started })) });
  const { url } = await harness.listen();
  const stop = () => harness.close().finally(wrapper?.remove);
  return new Gateway(url.origin, { worker: harness.getWorker(), stop });
}

/** A gateway that answers at a URL, however it was started. */
export class Gateway {
  #made = 0;
  #worker;

  constructor(url, { worker, stop }) {
    this.url = url;
    this.#worker = worker;
    this.stop = stop;
    /** Obeyed where the gateway was started with `faults`. */
    this.faults = new Faults(url);
  }

  /** The Worker's KV namespace, as `wrangler kv key put` reaches it. */
  async kv() {
    return (await this.#worker.getEnv()).CONFIG;
  }

  /** One request to the admin API. A body that is not a string goes as JSON. */
  admin(method, path, body, headers = {}) {
    return exchange(`${this.url}/api/v1/${path}`, {
      method,
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
      headers: {
        Authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
    });
  }

  /** The same, for what must succeed; gives the answer's JSON. */
  async must(method, path, body, headers) {
    const answer = await this.admin(method, path, body, headers);
    if (answer.status < 200 || answer.status > 299) {
      throw new Error(`${method} ${path}: HTTP ${answer.status} ${answer.text}`);
    }
    return answer.text === "" ? undefined : answer.json;
  }

  /** A name that no other test of the suite uses. */
  name(kind) {
    this.#made += 1;
    return `${kind}-${this.#made}`;
  }

  /** The gateway URL of a server. */
  endpoint(server) {
    return `${this.url}/${server}/mcp`;
  }

  /**
   * Registers a server before `origin`, a policy and a grant that binds them, all under fresh names.
   * `server`: more members of its record; `policy`: a document, or its bytes; `grant`: more members of its request.
   * Gives the agent that holds the grant, with the names and the policy's stamp.
   */
  async register({ origin, server = {}, policy = ALLOW_ALL, grant = {} }) {
    const names = { server: this.name("server"), policy: this.name("policy") };
    await this.must("PUT", `servers/${names.server}`, { origin: { url: origin.url, ...server.origin }, ...without(server, "origin") });
    const { stamp } = await this.must("PUT", `policies/${names.policy}`, policy);
    const agent = await this.grant({ ...names, ...grant });
    return { agent, ...names, stamp };
  }

  /** An origin that lasts as long as the test, and an agent that reaches it through this gateway: what `register` gives, and the origin. */
  async withOrigin(t, more = {}) {
    const origin = await startOrigin(t);
    return { origin, ...(await this.register({ origin, ...more })) };
  }

  /** A further grant for a server and a policy; gives the agent that holds it. */
  async grant({ server, policy, label = "e2e", ...more }) {
    const made = await this.must("POST", "grants", { label, server, policy, ...more });
    return new Agent(this.endpoint(server), made);
  }
}

function defined(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function without(record, name) {
  const { [name]: _, ...rest } = record;
  return rest;
}
