// The built Worker on a platform that fails: what it asks of KV and of the Durable Objects goes through here, and becomes what
// the test has said. `faults.mjs` bundles it with the Worker, and puts it in its place.
import gateway, { Head as BuiltHead, Ledger as BuiltLedger } from "the-built-worker";
import { contents, Kv } from "./faults-kv.mjs";
import { rolls } from "./faults-rolls.mjs";

const PATH = "/__faults";
const ELSEWHERE = "/__elsewhere";

/** Each `{ id, store, names, fault, ms, times, once, chance, roll, since, met, kept }`; a name that ends with `*` means all that begin so. */
let faults = [];
/** How often each object was asked, by store and name. */
const asked = new Map();
/** How often each fault was met, by store and kind. */
const injected = new Map();

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

/** GET says how often who was asked, and which faults were met; POST begins a fault, DELETE ends one. */
async function told(request, env) {
  if (request.method === "GET") return Response.json({ asked: Object.fromEntries(asked), injected: Object.fromEntries(injected) });
  const order = await request.json();
  if (request.method === "DELETE") {
    faults = faults.filter(({ id }) => id !== order.id);
    return Response.json({});
  }
  const kept = order.fault === "freezes" ? await contents(env.CONFIG, order.names) : undefined;
  // Of this life alone: an order to end one of an earlier life ends none.
  const id = crypto.randomUUID();
  const roll = order.chance === undefined ? () => 0 : rolls(order.seed);
  faults.push({ ...order, id, since: Date.now(), met: new Set(), kept, roll });
  return Response.json({ id });
}

const faulty = (env) => ({
  ...env,
  CONFIG: new Kv(env.CONFIG, (key) => active("CONFIG", key), (kind) => count("CONFIG", kind)),
  LEDGER: objects("LEDGER", env.LEDGER),
  HEAD: objects("HEAD", env.HEAD),
});

/** The first fault that a store has for a name; one that has a chance may be met or not, each time anew. */
function active(store, name) {
  const means = (pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern);
  const met = ({ chance = 1, roll }) => roll() < chance;
  return faults.find((fault) => fault.store === store && fault.times !== 0 && fault.names.some(means) && met(fault));
}

function count(store, kind) {
  const what = `${store} ${kind}`;
  injected.set(what, (injected.get(what) ?? 0) + 1);
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
  count(store, fault.fault);
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
