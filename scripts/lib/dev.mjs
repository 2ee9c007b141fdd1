// What `npm run dev` does.

import { startGateway } from "./gateway.mjs";
import { stayUntilInterrupted } from "./leave.mjs";
import { freePort, wantedPort } from "./ports.mjs";
import { adminToken, newAdminToken } from "./secrets.mjs";
import { wantedState } from "./state.mjs";
import { say } from "./terminal.mjs";
import { Trouble } from "./trouble.mjs";
import { buildWorker } from "./worker.mjs";

export async function main(args) {
  if (args.length > 0) throw new Trouble(`npm run dev takes no arguments (\`${args[0]}\`); it reads PORT, ADMIN_TOKEN and STATE_DIR from the environment.`);
  const given = process.env.ADMIN_TOKEN;
  const token = given ? adminToken(given) : newAdminToken();
  const port = await freePort(wantedPort("PORT", 8787), { name: "the gateway", variable: "PORT" });
  const state = wantedState();
  await buildWorker();
  const gateway = await startGateway({ port, state, adminToken: token });

  say(`
The gateway listens at ${gateway.url}  (agents: ${gateway.url}/SERVER/mcp)
It keeps what it knows in ${state}
${given ? "The admin API takes your ADMIN_TOKEN." : `The admin API takes a token made for this run:\n\n  export ADMIN_TOKEN=${token}`}

  curl -H "Authorization: Bearer $ADMIN_TOKEN" ${gateway.url}/api/v1/servers

Ctrl-C ends it.`);
  await stayUntilInterrupted();
}
