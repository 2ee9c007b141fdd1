// What `npm run deploy` does.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { namespace, secretNames, signIn } from "./deploy/account.mjs";
import { DEPLOYED, hostsOf, lastHosts, write, written } from "./deploy/config.mjs";
import { missingSecrets } from "./deploy/secrets.mjs";
import { atEnd } from "./leave.mjs";
import { inRoot } from "./paths.mjs";
import { say, tell } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";
import { buildWorker } from "./worker.mjs";
import { wranglerOnTerminal } from "./wrangler.mjs";

const REHEARSED = "wrangler.dry-run.json";

export async function main(args) {
  const { values } = parseArgs({ args, options: { "dry-run": { type: "boolean", default: false } } });
  await buildWorker();
  tell("  ✓ the Worker is built");
  await (values["dry-run"] ? rehearse() : deploy());
}

async function deploy() {
  const { raw, name, namespaceId, namespaceTitle, hosts: chosen } = written();
  await signIn(raw.account_id);
  const id = namespaceId ?? (await namespace(namespaceTitle));
  const secrets = await missingSecrets(await secretNames(name));

  const known = chosen.length > 0 ? chosen : await lastHosts();
  await write(DEPLOYED, raw, { namespaceId: id, hosts: known });
  const reached = hostsOf(await upload(secrets));
  const hosts = chosen.length > 0 ? chosen : reached;
  if (hosts.length === 0) throw new Trouble("The Worker is deployed, but at no address: give it a route in wrangler.toml, or turn workers_dev on, and deploy again.");
  if (hosts.join() !== known.join()) {
    tell(`The gateway's address is known now, so HOSTS becomes ${hosts.join(",")}; until then it refuses every call.`);
    await write(DEPLOYED, raw, { namespaceId: id, hosts });
    await upload({});
  }
  say(`
The gateway is deployed. Agents call https://${hosts[0]}/SERVER/mcp; the admin API is there, too:

  curl -H "Authorization: Bearer $ADMIN_TOKEN" https://${hosts[0]}/api/v1/servers

Lock your origin (docs/mcp-django.md), and give the gateway the key that a server's record names:

  npx wrangler secret put ORIGIN_KEY --config ${DEPLOYED}`);
}

/** Deploys what DEPLOYED says, with these secrets beside those that are there; gives the places where it can be reached. */
async function upload(secrets) {
  const folder = await mkdtemp(path.join(tmpdir(), "tollgate-deploy-"));
  const forget = atEnd(() => rm(folder, { recursive: true, force: true }));
  const secretsFile = path.join(folder, "secrets.json");
  const reportFile = path.join(folder, "report");
  await writeFile(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
  const brings = Object.keys(secrets).length > 0 ? ["--secrets-file", secretsFile] : [];
  await wranglerOnTerminal(["deploy", "--config", DEPLOYED, ...brings], { env: { WRANGLER_OUTPUT_FILE_PATH: reportFile } });
  const report = (await readFile(reportFile, "utf8")).trim().split("\n").map((line) => JSON.parse(line));
  await forget();
  return report.find(({ type }) => type === "deploy")?.targets ?? [];
}

/** All of it but the account: nothing is asked, made or sent. */
async function rehearse() {
  const { raw, name, namespaceId, namespaceTitle, hosts } = written();
  say(`What \`npm run deploy\` would do:

  1. sign in to Cloudflare, if nobody is (wrangler login, or CLOUDFLARE_API_TOKEN)
  2. ${namespaceId ? `use the KV namespace ${namespaceId}` : `find the KV namespace ${namespaceTitle}, or make it`}
  3. ask for ADMIN_TOKEN and make SEAL_KEY, where the Worker ${name} does not have them yet
  4. deploy, with HOSTS = ${hosts.join(",") || "the address that Cloudflare gives it"}

The configuration and the Worker, checked by wrangler:
`);
  await write(REHEARSED, raw, { namespaceId: namespaceId ?? "0".repeat(32), hosts: hosts.length > 0 ? hosts : ["gateway.example"] });
  const forget = atEnd(() => rm(inRoot(REHEARSED), { force: true }));
  await wranglerOnTerminal(["deploy", "--dry-run", "--config", REHEARSED]);
  await forget();
  say("\nNothing was deployed.");
}
