// `node scripts/fuzz.mjs`: hostile inputs, made up by the thousand, against what reads the bytes of strangers.

import { enter } from "./lib/enter.mjs";

const usage = `
node scripts/fuzz.mjs [TARGET…]             runs these targets of tests/fuzz, or all, one after the other; fails if one finds something
node scripts/fuzz.mjs TARGET --input FILE   runs one input, with a backtrace if it fails

  --seconds N   how long each target runs (20)
  --keep        puts what is new to the targets into tests/fuzz/corpus, minimised: to be committed

Needs a C++ compiler, since the engine is libFuzzer; compiles it and the targets first, into target/fuzz.
`;

await enter(import.meta.url, usage, () => import("./lib/fuzz.mjs"));
