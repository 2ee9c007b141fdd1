// One ledger with very many entries, beside one with a few: waking up, an export, and the sweeps that delete what is old.

import { progress } from "../../terminal.mjs";
import { Trouble } from "../../trouble.mjs";
import { startField } from "../field.mjs";
import { METERED } from "../messages.mjs";
import { spread } from "../statistics.mjs";
import { calling } from "./scenarios.mjs";
import { contents, using } from "./disk.mjs";

/** Old enough to be deleted is all that is this old, where sweeps are measured. An alarm comes each second then. */
const KEEP = "4s";
const SWEEPING_SECONDS = 8;

/** Milliseconds of the first call of each grant, in another order each time, after as many starts of the runtime. */
export async function wakeUps(stage, grants, names, times) {
  const shown = progress("waking ledgers up");
  const seen = Object.fromEntries(names.map((name) => [name, []]));
  for (let time = 0; time < times; time += 1) {
    const field = await startField({ ...stage, yardsticks: [] });
    // The isolate, the heads, the policy: all but the ledger are awake.
    await callOnce(field, grants, "warm");
    const turned = names.map((_, n) => names[(n + time) % names.length]);
    for (const name of turned) seen[name].push(await callOnce(field, grants, name));
    await field.stop();
  }
  shown.done();
  return Object.fromEntries(names.map((name) => [name, spread(seen[name])]));
}

/** Calls once; gives the milliseconds that it took. */
export async function callOnce(field, grants, name, { tool = METERED, expect } = {}) {
  const target = calling(field, grants, name, tool);
  const headers = { ...target.headers, Authorization: `Bearer ${grants[name].token}` };
  const begun = performance.now();
  const answer = await fetch(target.url, { method: "POST", headers, body: target.body.replace("{n}", "1") });
  const text = await answer.text();
  if (!text.includes(expect ?? target.expect)) throw new Trouble(`The first call of ${name} was answered with HTTP ${answer.status} ${text.slice(0, 300)}`);
  return performance.now() - begun;
}

/** All of a ledger, as an operator takes it out. */
export async function exportAll(field, ledger) {
  const shown = progress("exporting a ledger");
  const [begun, cpu] = [performance.now(), field.usage.cpu()];
  const answer = await fetch(`${field.url("tollgate")}/api/v1/audit/export?grant=${ledger}`, { headers: { Authorization: `Bearer ${field.adminToken}` } });
  let [bytes, lines] = [0, 0];
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  shown.done();
  return { entries: lines - 2, bytes, seconds: (performance.now() - begun) / 1000, cpu_seconds: (field.usage.cpu() - cpu) / 1e6 };
}

/** Sweeps: how many entries each deletes, and how long a call waits behind one. */
export async function sweeps(stage, grants, file, load) {
  const before = contents(file).entries;
  // The next call has the alarm set anew.
  using(file, (database) => database.exec("DELETE FROM facts WHERE name = 'alarm'"));
  const field = await startField({ ...stage, yardsticks: [], variables: { AUDIT_KEEP: KEEP } });
  const target = calling(field, grants, "large", METERED);
  await callOnce(field, grants, "large");
  const shown = progress("deleting what is old");
  const seen = await load.run(target, { clients: 1, seconds: SWEEPING_SECONDS });
  shown.done();
  await field.stop();
  const left = contents(file).entries;
  return { calls: seen.calls, deleted: before + seen.calls + 1 - left, seconds: seen.seconds, p50: seen.p50, longest: seen.max };
}

/** Whether a budget is used up to the unit, and not beyond, by so many clients at once. */
export async function exactly({ target, load, origin, clients, seconds, budget }) {
  const before = await origin.count();
  const seen = await load.run({ ...target, expect: '"isError":' }, { clients, seconds });
  const admitted = (await origin.count()) - before;
  if (seen.wrong > 0) throw new Trouble(`${seen.wrong} calls were answered wrongly, the first with: ${seen.first_wrong}`);
  if (seen.calls <= budget) throw new Trouble(`${seen.calls} calls do not use up a budget of ${budget}.`);
  if (admitted !== budget) throw new Trouble(`A budget of ${budget} calls admitted ${admitted} of ${seen.calls}.`);
  return { clients, budget, calls: seen.calls, admitted };
}
