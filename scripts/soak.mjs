// `npm run soak`: agents of both eras for some time, on a platform and before an origin that fail.

import { enter } from "./lib/enter.mjs";

const usage = `
npm run soak                    50 agents, three minutes: the runtime is killed, KV and ledgers fail at random, the origin restarts, hangs and
                                lies, an operator edits and revokes; then what was sent, run, charged and written down is held together

  --minutes N     how long (3); an hour finds more
  --agents N      how many (50), half of them modern, half legacy
  --seed N        what is chosen by chance follows from it; without it one is drawn, and printed. Which of two things that happen
                  at once comes first does not
  --save          puts the tables into docs/soak.md, to be committed

It prints what the run did as tables. It fails on any call that was run and not judged, any budget that was exceeded, any answer that is not
well formed, memory that grows, and anything that stays open; what it found is printed with the seed, the request and the answer.
Installs and compiles what is missing first.
`;

await enter(import.meta.url, usage, () => import("./lib/soak.mjs"));
