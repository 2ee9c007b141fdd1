// What comes before the first call: the size of the module, and a process of its own until `/healthz` answers.

import { mkdtemp, readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { gatewayWorker } from "../gateway.mjs";
import { freePorts } from "../ports.mjs";
import { newAdminToken } from "../secrets.mjs";
import { progress } from "../terminal.mjs";
import { Trouble } from "../trouble.mjs";
import { modules } from "../worker.mjs";
import { urlAt } from "./messages.mjs";
import { spread } from "./statistics.mjs";
import { startWorkerd } from "./workerd.mjs";
import { yardstick } from "./yardsticks.mjs";

/** @returns {Promise<{wasm: object, script: object}>} bytes, as they are and gzipped */
export async function measureSize() {
  const size = async (file) => {
    const bytes = await readFile(file);
    return { bytes: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
  };
  return { wasm: await size(modules.wasm), script: await size(modules.script) };
}

/** Milliseconds from the start of a workerd to its first answer, and its CPU time until then: for the gateway, and the floor. */
export async function measureStartUp({ scratch, core, times }) {
  const kinds = {
    tollgate: ({ port, state }) => gatewayWorker({ port, state, adminToken: newAdminToken() }),
    "js-null": ({ port }) => yardstick({ file: "js-null", port }),
  };
  const shown = progress("starting a workerd again and again");
  const seen = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
  for (let time = 0; time < times; time += 1) {
    for (const [name, worker] of Object.entries(kinds)) seen[name].push(await start({ worker, scratch, core }));
  }
  shown.done();
  const of = (name, what) => spread(seen[name].map((start) => start[what]));
  return Object.fromEntries(Object.keys(kinds).map((name) => [name, { wall_ms: of(name, "wall"), cpu_ms: of(name, "cpu") }]));
}

async function start({ worker, scratch, core }) {
  const state = await mkdtemp(path.join(scratch, "start-"));
  const [port] = await freePorts(1);
  const workerd = await startWorkerd({ state, core, workers: [await worker({ port, state })] });
  const answer = await fetch(`${urlAt(port)}/healthz`);
  const wall = performance.now() - workerd.begunAt;
  const cpu = workerd.usage.cpu() / 1000;
  await answer.text();
  await workerd.stop();
  if (answer.status !== 200) throw new Trouble(`A workerd that was started to be measured answered /healthz with HTTP ${answer.status}.`);
  return { wall, cpu };
}
