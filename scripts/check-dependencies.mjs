// `npm run check-dependencies`: where every package comes from, that it is pinned, and under which licence it is.

import { enter } from "./lib/enter.mjs";

const usage = `
npm run check-dependencies   checks what the lock files name, of crates, npm packages and Python packages: from the public registries
                         only, each at one version and with its checksum, under a licence that is allowed, and with no script that
                         runs when it is installed but those that package.json allows

It asks nobody. What is known to be vulnerable it cannot tell: docs/operations.md says which commands do, where they can be reached.
`;

await enter(import.meta.url, usage, () => import("./lib/dependencies.mjs"));
