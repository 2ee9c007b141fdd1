// The example shop under mcp-django, locked or open: a real origin to stand behind the gateway.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { atEnd } from "./leave.mjs";
import { shop } from "./paths.mjs";
import { run, serve } from "./processes.mjs";
import { python } from "./python.mjs";

export { python } from "./python.mjs";

/**
 * Starts the shop on a loopback port and waits until it listens.
 * @param {object} [options]
 * @param {number} [options.port] 0 takes a free one
 * @param {string} [options.state] where its database is kept; without it the shop has one of its own, gone when it stops
 * @param {string} [options.keys] locks it: whoever shows one of these keys, one or `NEW,OLD`, gets in. Without them it is open to all
 * @param {string} [options.project] the folder of the project: the example itself, or a copy of it
 * @returns {Promise<{url: string, port: number, ended: Promise<string>, stop: () => Promise<void>}>} `url` is its MCP endpoint
 */
export async function startShop({ port = 0, state, keys, project = shop } = {}) {
  const interpreter = await python();
  const folder = state ?? (await mkdtemp(path.join(tmpdir(), "tollgate-shop-")));
  await mkdir(folder, { recursive: true });
  const forget = atEnd(() => (state === undefined ? rm(folder, { recursive: true, force: true }) : undefined));
  const env = {
    DJANGO_SETTINGS_MODULE: "project.settings",
    SHOP_STATE_DIR: folder,
    PYTHONUNBUFFERED: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    FASTMCP_SHOW_SERVER_BANNER: "false",
    FASTMCP_CHECK_FOR_UPDATES: "off",
    ...(keys === undefined ? {} : { TOLLGATE_ORIGIN_KEYS: keys }),
  };
  try {
    await run(null, interpreter, ["manage.py", "migrate", "--verbosity", "0"], { cwd: project, env });
    const start = keys === undefined ? ["-m", "mcp_django", "--transport", "http"] : ["-m", "tollgate_django", "serve"];
    const args = [...start, "--pythonpath", ".", "--host", "127.0.0.1", "--port", String(port), "--path", "/mcp"];
    const server = await serve("The example shop", interpreter, args, {
      cwd: project,
      env,
      ready: (said) => said.match(/Uvicorn running on http:\/\/127\.0\.0\.1:(\d+)/),
    });
    const bound = Number(server.found[1]);
    return {
      url: `http://127.0.0.1:${bound}/mcp`,
      port: bound,
      ended: server.ended,
      stop: async () => {
        await server.stop();
        await forget();
      },
    };
  } catch (error) {
    await forget();
    throw error;
  }
}
