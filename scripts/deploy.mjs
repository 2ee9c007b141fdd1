// `npm run deploy`: the gateway on Cloudflare Workers.

import { enter } from "./lib/enter.mjs";

const usage = `
npm run deploy                 builds the gateway and deploys it to your Cloudflare account
npm run deploy -- --dry-run    does everything but that, without an account: builds, checks, says what it would do

It makes the KV namespace if there is none, asks for the admin secret and makes the sealing key if the Worker has none,
and sets HOSTS to the addresses that the Worker gets. wrangler.toml is only read: what belongs to your account goes into
wrangler.deploy.json, which git ignores. For a domain of your own, give wrangler.toml a route.

  ADMIN_TOKEN             sets the admin secret (32 characters or more) without asking, or replaces it
  CLOUDFLARE_API_TOKEN    signs in without a browser
  CLOUDFLARE_ACCOUNT_ID   which account, if you have several
`;

await enter(import.meta.url, usage, () => import("./lib/deploy.mjs"));
