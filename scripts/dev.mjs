// `npm run dev`: the gateway alone, on this machine.

import { enter } from "./lib/enter.mjs";

const usage = `
npm run dev      runs the gateway alone on this machine, until Ctrl-C

  PORT           where it listens, on 127.0.0.1 (8787; 0 takes any free port)
  ADMIN_TOKEN    opens the admin API, at least 32 characters (made and printed if it is not set)
  STATE_DIR      where policies, servers, grants and counts are kept between runs (.state)

Further variables and secrets, such as one that a server's headers name, can stand in .dev.vars as NAME=value lines.
Installs and compiles what is missing first.
`;

await enter(import.meta.url, usage, () => import("./lib/dev.mjs"));
