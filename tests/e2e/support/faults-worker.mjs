// The built Worker on a platform that fails: what it asks of KV and of the Durable Objects goes through here, and becomes what
// the test has said. `faults.mjs` bundles it with the Worker, and puts it in its place.
import gateway, { Head as BuiltHead, Ledger as BuiltLedger } from "the-built-worker";
import { contents, Kv } from "./faults-kv.mjs";

const PATH = "/__faults";
const ELSEWHERE = "/__elsewhere";

/** Each `{ id, store, names, fault, ms, times, once, since, met, kept }`; a name that ends with `*` means all that begin so. */
let faults = [];
let lastId = 0;
/** How often each object was asked, by store and name. */
const asked = new Map();

export default {
  ...gateway,
  fetch(request, env, context) {
    const url = new URL(request.url);
    if (url.pathname.startsWith(ELSEWHERE)) {
      url.pathname = url.pathname.slice(ELSEWHERE.length);
      return env.ELSEWHERE.fetch(new Request(url, request));
    }
    if (url.pathname === PATH) return told(request, env);
    return gateway.fetch(request, faulty(env), context);
  },
};

export class Ledger extends BuiltLedger {
  constructor(context, env) {
    super(context, faulty(env));
  }
}

export class Head extends BuiltHead {
  constructor(context, env) {
    super(context, faulty(env));
  }
}

/** GET says how often who was asked; POST begins a fault, DELETE ends one. */
async function told(request, env) {
  if (request.method === "GET") return Response.json(Object.fromEntries(asked));
  const order = await request.json();
  if (request.method === "DELETE") {
    faults = faults.filter(({ id }) => id !== order.id);
    return Response.json({});
  }
  const kept = order.fault === "freezes" ? await contents(env.CONFIG, order.names) : undefined;
  lastId += 1;
  faults.push({ ...order, id: lastId, since: Date.now(), met: new Set(), kept });
  return Response.json({ id: lastId });
}

const faulty = (env) => ({
  ...env,
  CONFIG: new Kv(env.CONFIG, (key) => active("CONFIG", key)),
  LEDGER: objects("LEDGER", env.LEDGER),
  HEAD: objects("HEAD", env.HEAD),
});

/** The first fault that a store has for a name. */
function active(store, name) {
  const means = (pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern);
  return faults.find((fault) => fault.store === store && fault.times !== 0 && fault.names.some(means));
}

/** The objects of a class. Others than by their names the gateway does not reach them. */
const objects = (store, namespace) => ({ getByName: (name) => stub(store, name, namespace.getByName(name)) });

/** One way to an object. «The Durable Object stub is broken» once it has thrown: who wants to ask again needs a new one. */
function stub(store, name, real) {
  let broken = false;
  const call = async (method, given) => {
    if (broken) throw new Error("this stub has thrown before");
    try {
      return await carry(store, name, given.at(-1), () => real[method](...given));
    } catch (error) {
      broken = true;
      throw error;
    }
  };
  return new Proxy({}, { get: (_, method) => (...given) => call(method, given) });
}

async function carry(store, name, order, ask) {
  const who = `${store} ${name}`;
  // Records are handed over when it suits.
  if (!order.startsWith('{"record"')) asked.set(who, (asked.get(who) ?? 0) + 1);
  const fault = active(store, name);
  if (fault === undefined) return ask();
  if (fault.once && isKnown(fault.met, order)) return ask();
  if (fault.times !== undefined) fault.times -= 1;
  switch (fault.fault) {
    case "unreachable":
      throw failure("Network connection lost.", { retryable: true });
    case "overloaded":
      throw failure("Durable Object is overloaded. Too many requests queued.", { overloaded: true });
    case "loses":
      await ask();
      throw failure("Network connection lost.", { retryable: true });
    case "slow":
      await new Promise((done) => setTimeout(done, fault.ms));
      return ask();
    default:
      throw new Error(`no such fault: ${fault.fault}`);
  }
}

/** Whether these orders have had this one: that of the same reservation or, without one, the same words. */
function isKnown(orders, order) {
  const known = /^\{"(?:judge|reserve)".*"([0-9a-f]{16})"/.exec(order)?.[1] ?? order;
  const before = orders.size;
  return orders.add(known).size === before;
}

/** What the platform throws: a failure beyond the gateway, with the properties that it documents. */
const failure = (message, properties) => Object.assign(new Error(message), { remote: true, ...properties });
