// What `npm start` does: a Django project, the gateway before it, and an agent that tries both.

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { operator } from "./admin.mjs";
import { reportAccess, reportRun } from "./demo/report.mjs";
import { run, shortcomings } from "./demo/run.mjs";
import { startGateway } from "./gateway.mjs";
import { stayUntilInterrupted } from "./leave.mjs";
import { inRoot } from "./paths.mjs";
import { freePort, wantedPort } from "./ports.mjs";
import { python } from "./python.mjs";
import { rust } from "./rust.mjs";
import { newAdminToken } from "./secrets.mjs";
import { startShop } from "./shop.mjs";
import { keptOriginKey, wantedState } from "./state.mjs";
import { say, tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";
import { buildWorker } from "./worker.mjs";

/** The Worker secret that holds the shop's key. A name of its own: an ORIGIN_KEY in .dev.vars is for somebody's own server. */
const SHOP_KEY = "SHOP_KEY";

export async function main(args) {
  const { values } = parseArgs({ args, options: { once: { type: "boolean", default: false } } });
  const port = await freePort(wantedPort("PORT", 8787), { name: "the gateway", variable: "PORT" });
  const shopPort = await freePort(wantedPort("ORIGIN_PORT", 8765), { name: "the example shop", variable: "ORIGIN_PORT" });
  const state = wantedState();
  const adminToken = newAdminToken();

  // What has to be there already is missed before the long part, not after it.
  await rust();
  await python();
  await buildWorker();
  const originKey = await keptOriginKey(state);
  const shop = await startShop({ port: shopPort, state: path.join(state, "shop"), keys: originKey });
  tell(`  ✓ the example shop, a Django project under mcp-django, listens at ${shop.url}, to the gateway alone`);
  const gateway = await startGateway({ port, state, adminToken, secrets: { [SHOP_KEY]: originKey } });
  tell(`  ✓ the gateway listens at ${gateway.url}`);
  const grant = await register(operator(gateway.url, adminToken), shop.url, state);
  tell("  ✓ it knows the server `shop`, the policy `seed` and a new grant");

  const happened = await run({ gatewayUrl: grant.url, token: grant.token, originUrl: shop.url, originKey });
  reportRun(happened);
  const missing = shortcomings(happened);
  if (missing.length > 0) throw new Trouble(`The demo did not go as it should.\n${missing.join("\n")}`);
  if (values.once) return;

  reportAccess({ gateway: gateway.url, grant, adminToken });
  say("\nEverything stays up until Ctrl-C.");
  const why = await Promise.race([shop.ended, stayUntilInterrupted()]);
  throw new Trouble(`The example shop is gone: it ${why}.`);
}

/** Registers the shop and the seed's policy, and makes a grant; the grant of the run before, with its spent budget, is revoked. */
async function register(admin, originUrl, state) {
  await admin("PUT", "policies/seed", await readFile(inRoot("presets", "mcp-django", "seed.json"), "utf8"));
  const origin = { url: originUrl, headers: { "tollgate-key": { secret: SHOP_KEY } } };
  await admin("PUT", "servers/shop", { origin, preset: "mcp-django" });

  const kept = path.join(state, "demo-grant");
  const old = await readFile(kept, "utf8").catch(() => null);
  if (old !== null) {
    await admin("DELETE", `grants/${old}`).catch((error) => {
      if (error.status !== 404) throw error;
    });
  }
  const grant = await admin("POST", "grants", { label: "npm start", server: "shop", policy: "seed" });
  await writeFile(kept, grant.id);
  return grant;
}
