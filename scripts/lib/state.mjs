// The folder where a local gateway keeps its KV, its Durable Objects and its keys. One gateway at a time uses it.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { atEnd } from "./leave.mjs";
import { defaultState } from "./paths.mjs";
import { newOriginKey, newSealKey } from "./secrets.mjs";
import { Trouble } from "./trouble.mjs";

export const wantedState = () => path.resolve(process.env.STATE_DIR || defaultState);

/** Takes the folder for this process; another gateway on the same files would spoil them. */
export async function claimState(folder) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const claim = path.join(folder, "in-use-by");
  const owner = Number(await readFile(claim, "utf8").catch(() => 0));
  if (owner > 0 && owner !== process.pid && alive(owner)) {
    throw new Trouble(`Another gateway (process ${owner}) keeps its state in ${folder}. Stop it, or give this one a folder of its own: STATE_DIR=/some/folder before the command.`);
  }
  await writeFile(claim, String(process.pid));
  return atEnd(() => rm(claim, { force: true }));
}

/** The key that seals sessions, made once, so that they outlive a restart. */
export const keptSealKey = (folder) => keptKey(folder, "seal-key", newSealKey);

/** The key that the gateway shows to the example shop, made once. */
export const keptOriginKey = (folder) => keptKey(folder, "origin-key", newOriginKey);

async function keptKey(folder, name, make) {
  const file = path.join(folder, name);
  const kept = await readFile(file, "utf8").catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (kept !== null) return kept;
  const made = make();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, made, { mode: 0o600 });
  return made;
}

function alive(process_) {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
