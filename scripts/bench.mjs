// `npm run bench`: how fast the gateway is, beside what one would write by hand.

import { enter } from "./lib/enter.mjs";

const usage = `
npm run bench                   measures the gateway on its five paths beside hand-written Workers, in one workerd (seven minutes)
npm run bench -- --quick        the same with fewer and shorter rounds, in under two minutes

  --growth        also: policies, grants, bodies, catalogues and streams from small to large (ten minutes)
  --ledger        also: what ledgers carry, one limit that many share, and a ledger with a million entries (ten minutes)
  --peers         also: other gateways, those that PyPI and npm have; installs them into target/bench/peers
  --soak          also: memory under a long load of all paths at once, and with 200 streams held open
  --minutes N     how long that load lasts (10)
  --only          leaves out the main table: measures only what --growth, --ledger, --peers and --soak ask for

  --save          puts the figures and the picture into docs/bench and the tables into docs/performance.md, those of --ledger
                  into docs/ledger.md, to be committed
  --out FOLDER    or there; without either they go to target/bench

It prints targets beside the figures and fails on none of them; it fails if a call was not answered as it should be.
Ratios within one run mean something; times on a shared machine do not. Installs and compiles what is missing first.
`;

await enter(import.meta.url, usage, () => import("./lib/bench.mjs"));
