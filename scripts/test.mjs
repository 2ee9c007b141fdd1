// `npm test`: what must hold, on the host and end to end.

import { enter } from "./lib/enter.mjs";

const usage = `
npm test                 cargo's tests and the fuzz targets on this machine, then all suites of tests/e2e and
                         tests/differential against the built gateway on workerd
npm test -- call shop    only these suites (those of tests/differential as differential/NAME)

Installs and compiles what is missing first.
`;

await enter(import.meta.url, usage, () => import("./lib/test.mjs"));
