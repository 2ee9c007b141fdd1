// Visiting targets in rounds, in another order each time, so that what disturbs the machine disturbs all of them.

import { progress } from "../terminal.mjs";
import { Trouble } from "../trouble.mjs";

/**
 * @param {object} options
 * @param {string} options.doing what is shown meanwhile
 * @param {import("./native.mjs").Target[]} options.targets
 * @param {{rounds: number, seconds: number, clients: number[], warmup: number}} options.pace
 * @param {import("./native.mjs").Load} options.load
 * @param {{count: () => Promise<number>}} options.origin
 * @returns {Promise<Map<string, Map<number, Visit[]>>>} what was seen, by target, by number of clients, a visit each round
 *
 * @typedef {{calls: number, rate: number, cpu: number | null, p50: number, p99: number}} Visit in microseconds; `cpu` of a call, `rate` in calls a second
 */
export async function rounds({ doing, targets, pace, load, origin }) {
  const shown = progress(doing);
  const visits = new Map(targets.map(({ name }) => [name, new Map(pace.clients.map((clients) => [clients, []]))]));
  try {
    for (const target of targets) {
      shown.note(`warming ${target.name}`);
      await visit({ target, load, origin, clients: Math.max(...pace.clients), seconds: pace.warmup });
    }
    for (let round = 1; round <= pace.rounds; round += 1) {
      shown.note(`round ${round} of ${pace.rounds}`);
      for (const target of shuffled(targets)) {
        for (const clients of pace.clients) {
          visits.get(target.name).get(clients).push(await visit({ target, load, origin, clients, seconds: pace.seconds }));
        }
      }
    }
  } catch (error) {
    shown.failed();
    throw error;
  }
  shown.done();
  return visits;
}

/** One visit. Every call must have been answered as it should, and by whom it should: what was shed or cached is no service. */
export async function visit({ target, load, origin, clients, seconds }) {
  const answeredBefore = await origin.count();
  const cpuBefore = target.usage?.cpu();
  const seen = await load.run(target, { clients, seconds });
  const cpu = target.usage === undefined ? null : (target.usage.cpu() - cpuBefore) / seen.calls;
  const answered = (await origin.count()) - answeredBefore;
  if (seen.calls === 0) throw new Trouble(`${target.name} answered nothing within ${seconds} s.`);
  if (seen.wrong > 0) throw new Trouble(`${target.name} answered ${seen.wrong} of ${seen.calls} calls wrongly, the first with: ${seen.first_wrong}`);
  const due = target.forwards ? seen.calls : 0;
  if (answered !== due) throw new Trouble(`${target.name} answered ${seen.calls} calls; ${due} of them should have reached the origin, and ${answered} did.`);
  return { calls: seen.calls, rate: seen.calls / seen.seconds, cpu, p50: seen.p50, p99: seen.p99 };
}

function shuffled(items) {
  const keyed = items.map((item) => [Math.random(), item]);
  return keyed.sort(([one], [other]) => one - other).map(([, item]) => item);
}
