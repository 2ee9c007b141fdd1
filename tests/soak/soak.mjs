// A soak: agents of both eras, a gateway that is killed, stores and an origin that fail, an operator who edits; then, in calm, whether
// all of it was as it is promised.
import { bytes } from "../../scripts/lib/bench/units.mjs";
import { lastingGateway } from "../e2e/support/lasting.mjs";
import { eventually, inTime, pause } from "../e2e/support/patience.mjs";
import { Agent } from "./agent.mjs";
import { Dice } from "./dice.mjs";
import { Ledgers } from "./ledgers.mjs";
import { Lives } from "./lives.mjs";
import { Memory } from "./memory.mjs";
import { Observer } from "./observer.mjs";
import { Operator } from "./operator.mjs";
import { judge } from "./oracle.mjs";
import { startOrigin } from "./origin.mjs";
import { Weather } from "./weather.mjs";

/** How long the gateway waits for its origin, shorter than usual. */
const VARS = { FIRST_BYTE_MS: 2500, IDLE_MS: 5000 };
/** Everybody here has one address. */
const SHIELD = 1_000_000;
/** The part of the time in which the runtime is killed; it lives through the rest, so that its memory can be looked at. */
const ROUGH = 0.55;
/** Milliseconds after the end within which all that is open must be closed, and all that is to be written down written. */
const CALM = 30_000;
/** Milliseconds of which a record may wait in the isolate, amply. */
const HAND_OVER = 3000;

/**
 * Runs one. `note(text)` is told now and then how it goes.
 * @returns {Promise<object>} what there is to be shown (see tables.mjs), with `findings`: what should not be
 */
export async function soak({ seed, minutes, agents: count, note = () => {} }) {
  const began = Date.now();
  const gateway = await lastingGateway({ vars: VARS, shield: SHIELD, faults: true });
  try {
    return await run({ gateway, seed, minutes, count, note, began });
  } finally {
    await gateway.stop();
  }
}

async function run({ gateway, seed, minutes, count, note, began }) {
  const origin = await startOrigin(seed);
  const lives = new Lives();
  lives.begun();
  const observer = new Observer(lives, origin.passes);
  const operator = new Operator({ gateway, lives, observer, dice: new Dice(seed, "operator") });
  const weather = new Weather({ gateway, lives, dice: new Dice(seed, "weather") });
  const memory = new Memory({ gateway, lives });
  const idle = memory.sockets();
  await operator.register(origin);
  const agents = [];
  while (agents.length < count) {
    const number = agents.length;
    const common = { observer, lives, dice: new Dice(seed, `agent ${number}`), grant: await operator.grant(number) };
    agents.push(new Agent({ number, era: number % 2 === 0 ? "modern" : "legacy", ...common }));
  }
  await weather.begin();

  const until = Date.now() + minutes * 60_000;
  const rough = until - minutes * 60_000 * (1 - ROUGH);
  const sampler = setInterval(() => {
    memory.sample();
    note(`${observer.sent} requests, ${lives.kills} kills, ${observer.found} findings, ${bytes(memory.now)}`);
  }, 1000);
  const trouble = [weather.kill(rough), weather.storm(until), weather.trouble(origin, until), operator.work(until, agents)];
  await Promise.all([...trouble, ...agents.map((agent) => agent.live(until))]).finally(() => clearInterval(sampler));

  const left = await calm({ weather, origin, observer, agents, memory, idle });
  await gateway.end("SIGKILL");
  const ledgers = await Ledgers.read(gateway);
  await origin.stop();
  const { findings, figures, budgets } = judge({ observer, origin, ledgers, operator, lives });
  const flatness = memory.flatness();
  const found = [...findings, ...flatness.findings, ...left.findings];
  return {
    seed, minutes, agents: count, took: Date.now() - began, observer, origin, operator, weather, lives, figures, budgets, flatness, left,
    findings: [...observer.findings, ...found],
    found: observer.found + found.length,
  };
}

/** After the weather: what is open closes, and what waits to be written down is. */
async function calm({ weather, origin, observer, agents, memory, idle }) {
  const findings = [];
  await weather.clear();
  // What an isolate still has to say of a grant goes along with its next call.
  await pause(HAND_OVER);
  await Promise.all(agents.map(lastCall));
  await pause(HAND_OVER);
  const isClosed = async () => observer.underWay === 0 && origin.open.size === 0 && (await origin.connections()) === 0 && !(memory.sockets() > idle);
  await eventually(isClosed, { within: CALM }).catch(() => {});
  const connections = await inTime(origin.connections(), CALM);
  const left = { requests: observer.underWay, streams: origin.open.size, connections, sockets: memory.sockets(), idle };
  const isOpen = left.requests + left.streams + left.connections > 0 || left.sockets > idle;
  if (isOpen) findings.push(`${CALM / 1000} s after the last request there are still open: ${JSON.stringify(left)}`);
  return { ...left, findings };
}

/** Nothing fails now but the origin, which may go on lying. */
function lastCall(agent) {
  const id = `${agent.name}-last`;
  const expects = ["answered", "the origin failed", "passed unread", "no such session"];
  return agent.say("call in the calm", "tools/call", { name: "free", arguments: { mark: id } }, { id, expects });
}
