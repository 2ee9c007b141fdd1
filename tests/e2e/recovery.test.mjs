// A trap in the WebAssembly, as a panic or a full memory would be one: the call that meets it is refused, the next one finds a
// new instance. The trap is real, in the real module; only the way to it is the test's own.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { build } from "esbuild";
import { gatewayWorker, startWorkers } from "../../scripts/lib/gateway.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/ports.mjs";
import { ADMIN_TOKEN, Gateway } from "./support/gateway.mjs";
import { startOrigin } from "./support/origin.mjs";
import { assertDenied } from "./support/refusal.mjs";

const TOOL = "shell_execute";
const POLICY = { version: "1", default: "deny", tools: { [TOOL]: { rate_limit: { max: 5, window: 3600 } }, project_list_apps: {} } };
const GLUE = inRoot("target", "glue", "index.js");

/** The glue, with a header that sends a request to an address where there is no memory. */
const TRAPPED = `
  import * as real from ${JSON.stringify(GLUE)};
  export * from ${JSON.stringify(GLUE)};
  export function arrive(request, ...more) {
    if (request.headers.get("x-trap") === null) return real.arrive(request, ...more);
    const nobody = Object.create(real.Passage.prototype);
    nobody.__wbg_ptr = 0xfffffff0;
    return nobody.message(undefined);
  }`;

const gateway = await start();
after(() => gateway.stop());

test("after a trap the gateway answers again, and what was spent stays spent", async (t) => {
  const origin = await startOrigin(t);
  const { agent } = await gateway.register({ origin, policy: POLICY });
  for (let n = 0; n < 3; n += 1) assert.equal((await agent.call(TOOL)).result.isError, false);
  const trapped = await fetch(agent.url, { method: "POST", headers: { "x-trap": "yes" }, body: "{}" });
  assert.equal(trapped.status, 500);
  assert.equal((await agent.call("project_list_apps")).result.isError, false);
  for (let n = 3; n < 5; n += 1) assert.equal((await agent.call(TOOL)).result.isError, false);
  assertDenied(await agent.call(TOOL), "legacy", { reason_code: "rate_limited" });
  assert.equal(origin.calls(TOOL).length, 5);
  assert.equal((await gateway.admin("GET", "grants")).status, 200);
});

async function start() {
  const state = await mkdtemp(path.join(tmpdir(), "tollgate-trap-"));
  const port = await freePort(0, { name: "the gateway", variable: "PORT" });
  const worker = await gatewayWorker({ port, state, adminToken: ADMIN_TOKEN });
  const [script, wasm] = worker.modules;
  const modules = [{ ...script, contents: await bundled() }, wasm];
  const { stop } = await startWorkers(state, [{ ...worker, modules }]);
  return new Gateway(`http://127.0.0.1:${port}`, { stop: () => stop().then(() => rm(state, { recursive: true, force: true })) });
}

async function bundled() {
  const alias = { "tollgate-platform": inRoot("src", "edge", "platform.js") };
  const trapped = {
    name: "trapped",
    setup(esbuild) {
      esbuild.onResolve({ filter: /^tollgate$/ }, () => ({ path: "trapped", namespace: "trapped" }));
      esbuild.onLoad({ filter: /.*/, namespace: "trapped" }, () => ({ contents: TRAPPED, resolveDir: inRoot() }));
    },
  };
  const entryPoints = [inRoot("src", "edge", "entry.js")];
  const { outputFiles } = await build({ entryPoints, alias, plugins: [trapped], external: ["cloudflare:*", "*.wasm"], bundle: true, format: "esm", write: false });
  return outputFiles[0].text;
}
