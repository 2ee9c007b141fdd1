// npm's mcp-proxy over mcp-remote: HTTP to a child's standard input, and from there HTTP to the origin.

import { fromNpm } from "./install.mjs";

const PACKAGES = ["mcp-proxy@6.7.19", "mcp-remote@0.15.1"];

export const mcpProxy = {
  name: PACKAGES.join(" over ").replaceAll("@", " "),
  install: async () => {
    const program = await fromNpm("mcp-proxy", PACKAGES);
    return async ({ origin, port }) => ({
      command: program("mcp-proxy"),
      args: [
        "--host", "127.0.0.1", "--port", String(port), "--server", "stream", "--no-eventStore", "--",
        program("mcp-remote"), `${origin.url}/mcp`, "--allow-http", "--transport", "http-only", "--silent",
      ],
      path: "/mcp",
    });
  },
};
