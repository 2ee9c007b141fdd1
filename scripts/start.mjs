// `npm start`: the demo.

import { enter } from "./lib/enter.mjs";

const usage = `
npm start               shows the gateway at work, on this machine, and stays up until Ctrl-C
npm start -- --once     ends after the table; fails if anything is not as it should be

It starts the Django shop of examples/shop under mcp-django and the gateway before it, registers server, policy and grant,
lets a real MCP client make calls, prints what happened, and what to paste into your own client.

  PORT          where the gateway listens, on 127.0.0.1 (8787; 0 takes any free port)
  ORIGIN_PORT   where the shop listens (8765; likewise)
  STATE_DIR     what both keep between runs (.state)
  PYTHON        the Python 3.10 or newer that runs the shop (python3)

Installs and compiles what is missing first, in this folder: node_modules, .tools, build, target, examples/shop/.venv.
`;

await enter(import.meta.url, usage, () => import("./lib/start.mjs"));
