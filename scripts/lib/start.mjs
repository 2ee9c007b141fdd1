// What `npm start` does: a Django project, the gateway before it, and an agent that tries both.

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { operator } from "./admin.mjs";
import { approval, shortcomings as shortcomingsOfApproval } from "./demo/approval.mjs";
import { reportAccess, reportApproval, reportRun } from "./demo/report.mjs";
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
  const admin = operator(gateway.url, adminToken);
  const [grant, developer] = await register(admin, shop.url, state);
  tell("  ✓ it knows the server `shop`, the policies `seed` and `developer`, and a new grant under each");

  const happened = await run({ gatewayUrl: grant.url, token: grant.token, originUrl: shop.url, originKey });
  reportRun(happened);
  const asked = await approval({ gatewayUrl: developer.url, token: developer.token, admin, as: (token) => operator(gateway.url, token) });
  const missing = [...shortcomings(happened), ...shortcomingsOfApproval(asked)];
  if (asked.answered) reportApproval(asked);
  if (missing.length > 0) throw new Trouble(`The demo did not go as it should.\n${missing.join("\n")}`);
  if (values.once) return;

  reportAccess({ gateway: gateway.url, grant, adminToken, approval: asked });
  say("\nEverything stays up until Ctrl-C.");
  const why = await Promise.race([shop.ended, stayUntilInterrupted()]);
  throw new Trouble(`The example shop is gone: it ${why}.`);
}

/** The policies of the demo, each for a grant of its own. */
const POLICIES = ["seed", "developer"];

/** Registers the shop and the policies, and makes the grants; those of the run before, with their spent budgets, are revoked. */
async function register(admin, originUrl, state) {
  for (const policy of POLICIES) await admin("PUT", `policies/${policy}`, await readFile(inRoot("presets", "mcp-django", `${policy}.json`), "utf8"));
  const origin = { url: originUrl, headers: { "tollgate-key": { secret: SHOP_KEY } } };
  await admin("PUT", "servers/shop", { origin, preset: "mcp-django" });

  const kept = path.join(state, "demo-grant");
  const old = await readFile(kept, "utf8").catch(() => "");
  for (const id of old.split("\n").filter(Boolean)) {
    await admin("DELETE", `grants/${id}`).catch((error) => {
      if (error.status !== 404) throw error;
    });
  }
  const grants = [];
  for (const policy of POLICIES) grants.push(await admin("POST", "grants", { label: `npm start, ${policy}`, server: "shop", policy }));
  await writeFile(kept, grants.map(({ id }) => id).join("\n"));
  return grants;
}
