// FastMCP's proxy, at the version that the example shop runs on.

import { readFileSync } from "node:fs";
import path from "node:path";
import { inRoot, shop } from "../../paths.mjs";
import { python } from "../../python.mjs";

const script = inRoot("tests", "bench", "peers", "fastmcp_proxy.py");

const VERSION = readFileSync(path.join(shop, "requirements.txt"), "utf8").match(/^fastmcp==(\S+)/m)[1];

const fastmcp = (name, sessions) => ({
  name,
  install: async () => {
    const interpreter = await python();
    return async ({ origin, port }) => ({
      command: interpreter,
      args: [script, `${origin.url}/mcp`, String(port), sessions],
      env: { FASTMCP_CHECK_FOR_UPDATES: "off" },
      path: "/mcp",
    });
  },
});

export const fastmcpEach = fastmcp(`FastMCP ${VERSION} proxy`, "each");
/** For a single user, its docs say: what the origin remembers of the session is everybody's. */
export const fastmcpShared = fastmcp(`FastMCP ${VERSION} proxy, one session at the origin for all`, "shared");
