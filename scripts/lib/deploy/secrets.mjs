// The secrets that a deployment brings: those that the Worker does not have yet, and a new ADMIN_TOKEN if one is given.

import { adminToken, newAdminToken, newSealKey } from "../secrets.mjs";
import { say, tell } from "../terminal.mjs";
import { Trouble } from "../trouble.mjs";
import { askHidden } from "./ask.mjs";

/** @param {string[]} present the names of those that it has; their values are never read */
export async function missingSecrets(present) {
  const secrets = {};
  const given = process.env.ADMIN_TOKEN;
  if (given) secrets.ADMIN_TOKEN = adminToken(given);
  else if (present.includes("ADMIN_TOKEN")) tell("  ✓ ADMIN_TOKEN is set, and stays (ADMIN_TOKEN=… before the command sets a new one)");
  else secrets.ADMIN_TOKEN = await asked();

  if (present.includes("SEAL_KEY")) tell("  ✓ SEAL_KEY is set, and stays");
  else {
    secrets.SEAL_KEY = newSealKey();
    tell("  ✓ a SEAL_KEY is made; nobody needs to know it");
  }
  return secrets;
}

async function asked() {
  if (!process.stdin.isTTY) {
    throw new Trouble("The gateway needs an admin secret, and there is nobody to ask: set ADMIN_TOKEN (32 characters or more) before the command, for example to `openssl rand -base64 33`.");
  }
  const typed = await askHidden("The admin secret, 32 characters or more (not shown; just Enter makes one): ");
  if (typed !== "") return adminToken(typed);
  const made = newAdminToken();
  say(`\n  ADMIN_TOKEN=${made}\n\n  Keep it in your password manager; it is not shown again.\n`);
  return made;
}
