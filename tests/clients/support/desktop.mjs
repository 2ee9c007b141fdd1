// The desktop of a client that keeps things in its home and may open a browser: a home of its own, and a browser that only writes down its pages.
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** What opens a page on a desktop: macOS, Linux. */
const OPENERS = ["open", "xdg-open"];

/** `env` moves a client in; `opened()` are the pages that it opened. */
export async function desktop() {
  const folder = await mkdtemp(path.join(tmpdir(), "tollgate-client-"));
  const bin = path.join(folder, "bin");
  const log = path.join(folder, "opened");
  await mkdir(bin);
  for (const opener of OPENERS) {
    const script = path.join(bin, opener);
    await writeFile(script, `#!/bin/sh\necho "$1" >> '${log}'\n`);
    await chmod(script, 0o755);
  }
  return {
    env: {
      HOME: folder,
      // Its programs run on the Node that runs the tests: the Inspector asks for a recent one.
      PATH: [bin, path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
      BROWSER: path.join(bin, "xdg-open"),
      NPM_CONFIG_UPDATE_NOTIFIER: "false",
    },
    opened: async () => (await readFile(log, "utf8").catch(() => "")).split("\n").filter(Boolean),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
