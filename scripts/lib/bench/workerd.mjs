// A workerd of our own, with the Workers that we put into it, on the core of the server under test.

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import path from "node:path";
import { startWorkers } from "../gateway.mjs";
import { Trouble } from "../trouble.mjs";
import { move } from "./cores.mjs";
import { Usage } from "./usage.mjs";

/**
 * Starts Workers in one workerd and waits until it listens.
 * @returns {Promise<{usage: Usage, begunAt: number, miniflare: object, stop: () => Promise<void>}>} `begunAt` as `performance.now()` tells it
 */
export async function startWorkerd({ state, workers, core }) {
  const begun = [];
  const note = ({ process }) => begun.push({ process, at: performance.now() });
  subscribe("child_process", note);
  const { miniflare, stop } = await startWorkers(state, workers).finally(() => unsubscribe("child_process", note));
  const workerd = begun.find(({ process }) => path.basename(process.spawnfile ?? "").startsWith("workerd"));
  if (workerd === undefined) throw new Trouble("Miniflare has started no workerd that could be measured.");
  await move(workerd.process.pid, core);
  return { usage: new Usage(workerd.process.pid), begunAt: workerd.at, miniflare, stop };
}
