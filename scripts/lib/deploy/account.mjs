// What there is in the Cloudflare account, asked and made through wrangler.

import { tell } from "../terminal.mjs";
import { Trouble } from "../trouble.mjs";
import { wrangler, wranglerOnTerminal } from "../wrangler.mjs";

/** Makes sure that wrangler may act for somebody, and that it is clear for which account. */
export async function signIn(accountInConfig) {
  let who = await whoami();
  if (!who.loggedIn && process.stdin.isTTY) {
    await wranglerOnTerminal(["login"]);
    who = await whoami();
  }
  if (!who.loggedIn) {
    throw new Trouble(
      "Nobody is signed in to Cloudflare here. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to a token with the permissions " +
        "Workers Scripts: Edit and Workers KV Storage: Edit (https://dash.cloudflare.com/profile/api-tokens). To try without an account: npm run deploy -- --dry-run",
    );
  }
  const accounts = who.accounts ?? [];
  if (accounts.length > 1 && !process.env.CLOUDFLARE_ACCOUNT_ID && !accountInConfig) {
    const list = accounts.map(({ id, name }) => `  CLOUDFLARE_ACCOUNT_ID=${id}   ${name}`).join("\n");
    throw new Trouble(`You can act for several accounts. Say which one, before the command:\n${list}`);
  }
}

// Not signed in, it ends with status 1, and says the same as JSON.
const whoami = () => wrangler(null, ["whoami", "--json"]).then(JSON.parse, () => ({ loggedIn: false }));

/** The id of the KV namespace with this title; makes it if there is none. */
export async function namespace(title) {
  const found = (await namespaces()).get(title);
  if (found !== undefined) {
    tell(`  ✓ the KV namespace ${title} is there`);
    return found;
  }
  await wrangler(`making the KV namespace ${title}`, ["kv", "namespace", "create", title, "--update-config=false"]);
  const made = (await namespaces()).get(title);
  if (made === undefined) throw new Trouble(`The KV namespace ${title} was made, but the account does not list it yet. Try again in a minute.`);
  return made;
}

async function namespaces() {
  const list = JSON.parse(await wrangler(null, ["kv", "namespace", "list"]));
  return new Map(list.map(({ id, title }) => [title, id]));
}

/** The names of the secrets that the deployed Worker has; none if it was never deployed. */
export async function secretNames(worker) {
  try {
    return JSON.parse(await wrangler(null, ["secret", "list", "--name", worker, "--format", "json"])).map(({ name }) => name);
  } catch (error) {
    if (/Worker ".*" not found/.test(error.message)) return [];
    throw error;
  }
}
