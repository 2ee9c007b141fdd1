// What a suite is run against: the fixture origin itself, and the same origin behind the built gateway.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "../../../scripts/lib/processes.mjs";
import { python } from "../../../scripts/lib/python.mjs";
import { ALLOW_ALL } from "../../e2e/support/gateway.mjs";
import { lastingGateway } from "../../e2e/support/lasting.mjs";
import { startShim } from "./shim.mjs";

const FOLDER = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * Starts it all. `direct` and `through` are URLs; `behind(policy)` gives a further one, where the same origin stands under that policy, and
 * `gateway` is the one that `through` leads to, for who brings a grant.
 * The gateway itself judges the hosts and web pages that the suites pretend to be: the shim passes them on as they are.
 */
export async function startStage() {
  const [first, second, origin] = await Promise.all([startShim(), startShim(), startOrigin()]);
  const gateway = await lastingGateway({
    vars: { HOSTS: "127.0.0.1,localhost", ORIGINS: `${first.origin},${second.origin}` },
  });
  const register = async (policy, near) => {
    const { agent } = await gateway.register({ origin, policy });
    const { port, pathname } = new URL(agent.url);
    near.lead(Number(port), `Bearer ${agent.token}`);
    return { bare: agent.url, url: near.origin + pathname };
  };
  const { bare, url } = await register(ALLOW_ALL, first);
  return {
    direct: origin.url,
    through: url,
    gateway: bare,
    behind: async (policy) => (await register(policy, second)).url,
    stop: () => Promise.all([first, second, gateway, origin].map((part) => part.stop())),
  };
}

async function startOrigin() {
  const server = await serve("The fixture origin", await python(), ["-m", "origin", "0"], {
    cwd: FOLDER,
    env: { PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" },
    ready: (said) => said.match(/Uvicorn running on (http:\/\/127\.0\.0\.1:\d+)/),
  });
  return { url: `${server.found[1]}/mcp`, stop: server.stop };
}
