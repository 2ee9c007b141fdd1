// `npm run build`: the Worker in build/, ready for wrangler.

import { enter } from "./lib/enter.mjs";

const usage = `
npm run build    compiles the gateway to WebAssembly, if anything has changed, and puts it into build/

Installs what is missing for that: npm packages, Rust's WebAssembly target, wasm-bindgen.
`;

await enter(import.meta.url, usage, async () => {
  const { buildWorker } = await import("./lib/worker.mjs");
  return { main: () => buildWorker() };
});
