// KV that lags, stands still, forgets, or is not there. It lives in workerd, see faults-worker.mjs.

/** The writes of keys whose reads lag: each `{ at, before }`, and what was there before it. */
const writes = new Map();

/** What is under these keys now. */
export async function contents(real, keys) {
  return new Map(await Promise.all(keys.map(async (key) => [key, await real.getWithMetadata(key, "text")])));
}

/** A namespace as the gateway uses one; `active` gives the fault of a key, `count` hears of each that is met. Lists do not lag. */
export class Kv {
  #real;
  #active;
  #count;

  constructor(real, active, count) {
    this.#real = real;
    this.#active = active;
    this.#count = count;
  }

  async get(key, options) {
    if (Array.isArray(key)) return new Map(await Promise.all(key.map(async (one) => [one, await this.get(one, options)])));
    return typed((await this.#read(key)).value, options);
  }

  async getWithMetadata(key, options) {
    if (Array.isArray(key)) return new Map(await Promise.all(key.map(async (one) => [one, await this.getWithMetadata(one, options)])));
    const { value, metadata } = await this.#read(key);
    return { value: typed(value, options), metadata, cacheStatus: null };
  }

  put(key, ...value) {
    return this.#write(key, () => this.#real.put(key, ...value));
  }

  delete(key) {
    return this.#write(key, () => this.#real.delete(key));
  }

  async list(options) {
    this.#reach(options?.prefix ?? "");
    return this.#real.list(options);
  }

  /** The fault of a key, unless that is that nothing can be reached. */
  #reach(key) {
    const fault = this.#active(key);
    if (fault?.fault === "unreachable") {
      this.#count("unreachable");
      throw new Error("KV GET failed: 500 Internal Server Error");
    }
    return fault;
  }

  async #read(key) {
    const fault = this.#reach(key);
    if (fault?.fault === "freezes") return fault.kept.get(key);
    if (fault?.fault === "lags") {
      // What was there when the fault began has been there long enough.
      const seen = Math.max(fault.since, Date.now() - fault.ms);
      const unseen = writes.get(key)?.find(({ at }) => at > seen);
      if (unseen !== undefined) {
        this.#count("lags");
        return unseen.before;
      }
    }
    return this.#real.getWithMetadata(key, "text");
  }

  async #write(key, write) {
    const fault = this.#reach(key);
    if (fault?.fault === "forgets") return this.#count("forgets");
    if (fault?.fault === "lags") {
      const before = await this.#real.getWithMetadata(key, "text");
      writes.set(key, [...(writes.get(key) ?? []), { at: Date.now(), before }]);
    }
    await write();
  }
}

function typed(value, options) {
  const type = options?.type ?? options ?? "text";
  if (value === null || type === "text") return value;
  if (type === "json") return JSON.parse(value);
  throw new Error(`a type that this KV does not give: ${type}`);
}
