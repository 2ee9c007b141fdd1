// What ledgers carry: one grant, a thousand, a limit that many share, and a ledger with a million entries.

import { register, startField } from "./field.mjs";
import { rows } from "./five-paths.mjs";
import { contents, ledgers, place } from "./ledger/disk.mjs";
import { fill } from "./ledger/fill.mjs";
import { callOnce, exactly, exportAll, sweeps, wakeUps } from "./ledger/large.mjs";
import { PACED, paced } from "./ledger/pace.mjs";
import { BUDGET, CONFIGURATION, batches, calling, targets, teamOf } from "./ledger/scenarios.mjs";
import { DENIED, METERED } from "./messages.mjs";
import { rounds } from "./rounds.mjs";

const CLIENTS = [1, 8, 64];
const ASK = [{ file: "js-ask" }];

/** Batches of records that a ledger has when it is woken up, and the records of each: half an hour of ten calls a second. */
const BATCHES = { orders: 2_000, records: 10 };

export async function measureLedger({ scratch, origin, core, load, pace }) {
  const { folder, inMemory } = await place(scratch);
  const stage = { scratch, origin, core, state: folder };
  const grants = await furnish(stage);
  const files = await ledgers(stage.state);
  await fill(stage.state, files.get(grants.large.id), pace.entries);
  const wakes = await wakeUps(stage, grants, ["few", "large", "batches"], pace.starts);

  const field = await startField({ ...stage, yardsticks: ASK });
  const all = targets(field, grants, pace.entries);
  const paceOfLedgers = { ...pace, rounds: Math.ceil(pace.rounds / 2), clients: CLIENTS };
  const visits = await rounds({ doing: "visiting ledgers", targets: all, pace: paceOfLedgers, load, origin });
  const exact = await budgets({ field, grants, load, origin });
  const calls = await paced(field, grants, 20);
  const exported = await exportAll(field, grants.large.id);
  await field.stop();

  const of = new Map([...(await ledgers(stage.state))].map(([name, file]) => [name, contents(file)]));
  const swept = await sweeps(stage, grants, files.get(grants.large.id), load);
  return {
    pace: paceOfLedgers,
    in_memory: inMemory,
    paths: rows(all, visits, paceOfLedgers).map((row, n) => ({ ...row, kind: all[n].kind, orders: all[n].orders ?? 1 })),
    exact, wakes, exported, swept,
    large: of.get(grants.large.id),
    batches: of.get(grants.batches.id),
    counters: counters(of.get(grants.five.id)),
    paced: Object.entries(PACED).map(([kind, [grant]]) => ({ kind, calls, ...written(of, grants[grant].id, kind === "server scope" ? `server/${grant}` : null) })),
  };
}

/** Registers everything, and has every ledger that is looked at later written to once. */
async function furnish(stage) {
  const field = await startField({ ...stage, yardsticks: ASK });
  const grants = await register(field.admin(), stage.origin, CONFIGURATION);
  // The newest entry of the one that is to have many entries tells of two calls, as any does whose agent goes on calling.
  for (const name of ["few", "few", "large", "large", "large", "warm", "spent", "five", "batches"]) await callOnce(field, grants, name);
  await callOnce(field, grants, "spent", { expect: DENIED });
  for (let sent = 0; sent < BATCHES.orders; sent += 100) {
    await fetch(field.url("js-ask"), { method: "POST", body: batches(grants.batches.id, 100, BATCHES.records) });
  }
  await field.stop();
  return grants;
}

async function budgets({ field, grants, load, origin }) {
  const with64 = { load, origin, clients: 64, seconds: 4, budget: BUDGET };
  return [
    { name: "a limit of one grant", ...(await exactly({ ...with64, target: calling(field, grants, "budget", METERED) })) },
    { name: "a limit of the server, 50 grants", ...(await exactly({ ...with64, target: calling(field, grants, teamOf("budget-50"), METERED) })) },
  ];
}

/** The largest counter of each window. */
const counters = ({ counters: all }) => all.map(({ identity, bytes }) => ({ identity, grains: bytes / 16, bytes }));

/** What the ledgers of a call have written, together. */
function written(of, ...names) {
  const found = names.filter((name) => name !== null).map((name) => of.get(name));
  const sum = (what) => found.reduce((total, ledger) => total + ledger[what], 0);
  return { entries: sum("entries"), records: sum("records"), bytes: sum("of_entries") };
}
