// Memory: under a long load of all paths at once, and with many streams held open.

import { CONFIGURATION, startGatewayPaths } from "./five-paths.mjs";
import { register } from "./field.mjs";
import { ALLOWED, call, headers } from "./messages.mjs";
import { slope } from "./statistics.mjs";
import { hold } from "./streams.mjs";
import { progress } from "../terminal.mjs";
import { Trouble } from "../trouble.mjs";
import { bytes } from "./units.mjs";

const SAMPLES = 20;
const CLIENTS_A_PATH = 2;
const STREAMS = 200;

/** What the platform gives an isolate. */
const ISOLATE = 128 * 1024 * 1024;

/** @returns {Promise<object>} samples of resident memory, how it grows, and what the streams cost */
export async function measureSoak({ scratch, origin, core, load, pace }, minutes) {
  const { field, targets } = await startGatewayPaths({ scratch, origin, core });
  const samples = await underLoad({ targets, usage: field.usage, origin, load, minutes });
  const later = samples.slice(samples.length / 2);
  const grown = slope(later.map(({ calls, resident }) => [calls / 1e6, resident]));
  const streams = await withStreams({ field, origin, seconds: pace.seconds * 60 });
  await field.stop();
  return { minutes, samples, grown_bytes_a_million_calls: grown, streams };
}

/** All paths at once, again and again; one sample at the end of each time. */
async function underLoad({ targets, usage, origin, load, minutes }) {
  const shown = progress(`soaking for ${minutes} minutes`);
  const samples = [{ minute: 0, calls: 0, resident: usage.resident() }];
  const begun = performance.now();
  while (samples.length <= SAMPLES) {
    const answered = await origin.count();
    const seen = await Promise.all(targets.map((target) => load.run(target, { clients: CLIENTS_A_PATH, seconds: (minutes * 60) / SAMPLES })));
    check(targets, seen, (await origin.count()) - answered);
    const calls = samples.at(-1).calls + seen.reduce((sum, { calls }) => sum + calls, 0);
    samples.push({ minute: (performance.now() - begun) / 60_000, calls, resident: usage.resident() });
    shown.note(`${calls} calls, ${bytes(usage.resident())}`);
  }
  shown.done();
  return samples;
}

function check(targets, seen, answered) {
  for (const [index, { wrong, first_wrong: first }] of seen.entries()) {
    if (wrong > 0) throw new Trouble(`${targets[index].name} answered ${wrong} calls wrongly, the first with: ${first}`);
  }
  const due = seen.reduce((sum, { calls }, index) => sum + (targets[index].forwards ? calls : 0), 0);
  if (answered !== due) throw new Trouble(`${due} calls should have reached the origin, and ${answered} did.`);
}

/** Streams that the origin never ends, an event each second. */
async function withStreams({ field, origin, seconds }) {
  const { open } = await register(field.admin(), origin, { servers: { open: "/open" }, policies: CONFIGURATION.policies, grants: { open: { server: "open", policy: "bench" } } });
  const shown = progress(`holding ${STREAMS} streams open`);
  const before = field.usage.resident();
  const held = await hold({ count: STREAMS, url: open.url, headers: headers(open.token), body: call(ALLOWED).replace("{n}", "1") });
  let resident = 0;
  for (const until = performance.now() + seconds * 1000; performance.now() < until; await new Promise((next) => setTimeout(next, 500))) {
    resident = Math.max(resident, field.usage.resident());
  }
  const alive = held.letGo();
  if (alive < STREAMS) throw new Trouble(`Of ${STREAMS} streams that were to be held open, ${STREAMS - alive} ended or never had an event.`);
  shown.done();
  return { open: STREAMS, seconds, before, resident };
}

/** @returns {import("./sections.mjs").Section} */
export function soakSection({ samples, grown_bytes_a_million_calls: grown, streams }) {
  const number = (count) => count.toLocaleString("en");
  return {
    title: "Memory of workerd under a load of all paths at once",
    heads: ["minute", "calls", "resident"],
    rows: samples.map(({ minute, calls, resident }) => [minute.toFixed(1), number(calls), bytes(resident)]),
    notes: [
      `In its second half resident memory ${grown < 0 ? "shrank" : "grew"} by ${bytes(Math.abs(grown))} for each million calls.`,
      `${streams.open} streams held open for ${streams.seconds} s: ${bytes(streams.resident)} resident at most, ${bytes(streams.resident - streams.before)} more than before them. ` +
        `This is the whole process, with the platform's own parts; the platform gives an isolate ${bytes(ISOLATE)}.`,
    ],
  };
}
