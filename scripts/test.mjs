// `npm test`: what must hold, on the host and end to end.

import { enter } from "./lib/enter.mjs";

const usage = `
npm test                 all of it: lock files, cargo's tests, the fuzz targets, the guard before Django, all suites against the
                         built gateway on workerd, and a short soak
npm test -- call shop    only these suites: those of tests/e2e by their names, others as FOLDER/NAME (differential/, conformance/,
                         clients/, page/, docs/)

Installs and compiles what is missing first.
`;

await enter(import.meta.url, usage, () => import("./lib/test.mjs"));
