// What agents do, and what may come of each; how often they do it stands at the end.
import { randomTokenOf } from "./strangers.mjs";
import { malformed } from "./malformed.mjs";
import { LEVELS, LISTED, METERED, OPEN_RESOURCE, PROMPT, REFUSED, SHUT_RESOURCE, SWITCHED } from "./rules.mjs";
import { initialize } from "../e2e/support/message.mjs";

/** What may come of what is forwarded; nothing of the rest is. */
const FORWARDED = ["answered", "the origin failed", "passed unread", "no such session", "outage"];
/** The same of what has no answer but that it was taken. */
const UNANSWERED = FORWARDED.filter((outcome) => outcome !== "passed unread");
const LIMITED = [...FORWARDED, "limited", "overloaded"];

/** That nothing else comes of it than a denial for that reason. */
const deniedFor = (due) => ({ outcome, reason }) => {
  if (outcome === "outage" || (outcome === "denied" && reason === due)) return;
  throw new Error(`\`${outcome}\` (${reason ?? "no reason"}), where a denial for ${due} is due`);
};

/** What is denied or forwarded as the policy is just now. */
const switched = (may) => (came) => {
  if (!may.includes(came.outcome)) deniedFor("denied_by_rule")(came);
};

const call = (agent, kind, name, args = {}, more = {}) => {
  const id = agent.nextId();
  return agent.say(kind, "tools/call", { name, arguments: { mark: id, ...args } }, { id, ...more });
};

function argsOf(agent, tool) {
  return tool === "costly" ? { amount: agent.dice.pick([0, 0.000001, 1, 2.5, 7.25, 20]) } : {};
}

const limitedCall = (agent, kind, tool) => call(agent, kind, tool, argsOf(agent, tool), { expects: tool === "switched" ? switched(LIMITED) : LIMITED });

const free = (agent) => call(agent, "call without a limit", "free", {}, { expects: FORWARDED });
const guarded = (agent) => call(agent, "call without a limit", "guarded", { level: agent.dice.pick(LEVELS) }, { expects: FORWARDED });
const switchedFree = (agent) => call(agent, "call that an edit opens and shuts", "switched_free", {}, { expects: switched(FORWARDED) });
const switchedMetered = (agent) => limitedCall(agent, "call that an edit opens and shuts", "switched");
const ONE_BY_ONE = Object.keys(METERED).filter((tool) => tool !== "stream" && !SWITCHED.includes(tool));
const metered = (agent) => limitedCall(agent, "metered call", agent.dice.pick(ONE_BY_ONE));

/** Many at once, for one budget. */
async function burst(agent) {
  const tool = agent.dice.pick(["sliding", "fixed", "shared", "session", "costly", "refunded", "lasting"]);
  await Promise.all(Array.from({ length: agent.dice.between(5, 15) }, () => limitedCall(agent, "metered call, many at once", tool)));
}

function denied(agent) {
  const [name, args, reason] = agent.dice.pick([
    ...Object.entries(REFUSED).map(([name, reason]) => [name, {}, reason]),
    ["guarded", { level: "high" }, "condition_not_met"],
    ["guarded", { level: 1 }, "condition_not_met"],
    ["guarded", {}, "condition_not_met"],
    ["costly", { amount: 51 }, "cost_exceeds_limit"],
    ["costly", { amount: -1 }, "cost_unreadable"],
  ]);
  return call(agent, "denied call", name, args, { expects: deniedFor(reason) });
}

function list(agent) {
  const method = agent.dice.pick(["tools/list", "tools/list", "resources/list", "prompts/list"]);
  return agent.say("list", method, undefined, { expects: (came) => shows(method, came) });
}

/** That a list has what may be used, and nothing else. */
function shows(method, { outcome, result }) {
  if (outcome !== "answered") {
    if (!FORWARDED.includes(outcome)) throw new Error(`\`${outcome}\` of a list`);
    return;
  }
  const names = { "tools/list": "tools", "resources/list": "resources", "prompts/list": "prompts" }[method];
  const shown = result[names].map(({ name, uri }) => uri ?? name);
  const due = { tools: LISTED, resources: [`${OPEN_RESOURCE}1`], prompts: [PROMPT] }[names];
  const more = shown.filter((name) => !due.includes(name) && !SWITCHED.includes(name));
  if (more.length > 0) throw new Error(`a list shows ${more}`);
  if (due.some((name) => !shown.includes(name))) throw new Error(`a list lacks ${due.filter((name) => !shown.includes(name))}`);
}

function resource(agent) {
  const id = agent.nextId();
  if (agent.dice.happens(0.7)) return agent.say("resource or prompt", "resources/read", { uri: `${OPEN_RESOURCE}${id}` }, { id, expects: FORWARDED });
  return agent.say("denied resource", "resources/read", { uri: `${SHUT_RESOURCE}${id}` }, { id, expects: deniedFor("not found") });
}

function prompt(agent) {
  const id = agent.nextId();
  return agent.say("resource or prompt", "prompts/get", { name: PROMPT, arguments: { mark: id } }, { id, expects: FORWARDED });
}

/** Opened, and read beside whatever else the agent does. */
function beside(agent, stream) {
  if (!agent.hasHands) return;
  agent.streams += 1;
  agent.beside(stream().finally(() => (agent.streams -= 1)));
}

const stream = (agent) => beside(agent, () => call(agent, "long stream", "stream", {}, { expects: LIMITED }));

function torrent(agent) {
  const how = { slowly: agent.dice.between(1, 60) };
  beside(agent, () => call(agent, "torrent, read slowly", "torrent", {}, { expects: FORWARDED, how }));
}

function hangUp(agent) {
  const tool = agent.dice.pick(["free", "sliding", "shared", "stream", "torrent", "refunded"]);
  const leaves = agent.dice.pick([10, 30, 100, 1000, 4000]);
  beside(agent, () => call(agent, "agent hangs up", tool, argsOf(agent, tool), { expects: LIMITED, how: { leaves } }));
}

const nonsense = (agent) => agent.say("malformed", "tools/call", { name: "free", arguments: {} }, { expects: ["refused", "outage"], ...malformed(agent) });

/** Nobody's token, an own one elsewhere, and one that was taken away. */
async function stranger(agent) {
  const expects = ["no live grant", "outage"];
  const id = agent.nextId();
  const more = { id, expects, token: randomTokenOf(agent.dice) };
  if (agent.dice.happens(0.3)) Object.assign(more, { token: agent.grant.token, url: agent.grant.elsewhere });
  await agent.say("stranger", "tools/call", { name: "free", arguments: { mark: id } }, more);
}

async function afterlife(agent) {
  if (agent.dead.length === 0) return;
  const grant = agent.dead.at(-1);
  const tool = agent.dice.pick(["free", "switched", "sliding"]);
  // What may still come of it is held against when the grant was revoked, afterwards.
  await call(agent, "revoked grant", tool, {}, { expects: [...LIMITED, "no live grant", "denied"], grant });
}

async function begin(agent) {
  if (agent.session !== undefined) return;
  const { params } = initialize();
  const { outcome, headers } = await agent.say("session begun", "initialize", params, { expects: FORWARDED });
  agent.session = outcome === "answered" ? headers["mcp-session-id"] : undefined;
  if (agent.session === undefined) return;
  await agent.say("notification", "notifications/initialized", undefined, { id: null, expects: UNANSWERED });
}

async function listen(agent) {
  if (agent.session === undefined) return begin(agent);
  beside(agent, async () => {
    const how = { leaves: agent.dice.between(2000, 20_000) };
    const { messages = [] } = await agent.on("stream of a session", "GET", { murmurs: true, expects: FORWARDED, how });
    const ping = messages.findLast(({ method }) => method === "ping");
    if (ping === undefined || agent.session === undefined) return;
    const body = JSON.stringify({ jsonrpc: "2.0", id: ping.id, result: {} });
    // It may have begun another session meanwhile, on which nobody asked this.
    await agent.say("answer to the origin", undefined, undefined, { id: null, body, expects: [...UNANSWERED, "refused"] });
  });
}

async function farewell(agent) {
  if (agent.session === undefined) return;
  await agent.on("session ended", "DELETE", { ends: true, expects: UNANSWERED });
  agent.session = undefined;
}

const BOTH = [
  [14, free], [5, guarded], [22, metered], [7, switchedMetered], [5, switchedFree], [3, burst], [10, denied], [7, list],
  [5, resource], [3, prompt], [4, stream], [2, torrent], [5, hangUp], [6, nonsense], [3, stranger], [6, afterlife],
];

/** What agents of an era do, each with its weight. */
export const ACTS = { modern: BOTH, legacy: [...BOTH, [10, begin], [4, listen], [2, farewell]] };
