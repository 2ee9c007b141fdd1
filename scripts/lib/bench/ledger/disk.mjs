// The databases of ledgers, looked into while the runtime is down.

import { mkdtemp, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { atEnd } from "../../leave.mjs";

const MEMORY = "/dev/shm";

/**
 * A folder for databases: in memory, where the system has that. On a disk all of workerd waits for each commit, as long as the
 * disk takes; on the platform only the answer waits, for other machines.
 */
export async function place(scratch) {
  const inMemory = await mkdtemp(path.join(MEMORY, "tollgate-bench-")).catch(() => null);
  if (inMemory !== null) atEnd(() => rm(inMemory, { recursive: true, force: true }));
  return { folder: inMemory ?? (await mkdtemp(path.join(scratch, "ledgers-"))), inMemory: inMemory !== null };
}

/** Every ledger on disk: its name, and its file. */
export async function ledgers(state) {
  const folder = path.join(state, "v3", "do", "tollgate-Ledger");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sqlite") && file !== "metadata.sqlite").map((file) => path.join(folder, file));
  return new Map(files.map((file) => [using(file, (database) => database.prepare("SELECT value FROM texts WHERE name = 'ledger'").get()?.value), file]));
}

/** One turn with a database. */
export function using(file, turn) {
  const database = new DatabaseSync(file);
  try {
    return turn(database);
  } finally {
    database.close();
  }
}

/** What a ledger's database holds, in rows and bytes. */
export function contents(file) {
  return using(file, (database) => {
    const one = (query) => database.prepare(query).get();
    const { entries, records } = one("SELECT count(*) AS entries, coalesce(sum(json_array_length(entry, '$.records')), 0) AS records FROM entries");
    const { bytes, of_entries } = one("SELECT sum(pgsize) AS bytes, sum(pgsize) FILTER (WHERE name = 'entries') AS of_entries FROM dbstat");
    const counters = database.prepare("SELECT identity, length(grains) AS bytes FROM counters").all();
    return { entries, records, bytes, of_entries, counters: counters.map((counter) => ({ ...counter })) };
  });
}
