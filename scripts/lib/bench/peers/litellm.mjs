// LiteLLM's MCP gateway, with one worker and without a database.

import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fromPyPI } from "./install.mjs";

const VERSION = "1.108.7";

export const litellm = {
  name: `LiteLLM ${VERSION}, one worker`,
  install: async () => {
    const program = await fromPyPI("litellm", `litellm[proxy]==${VERSION}`);
    return async ({ origin, port, folder }) => {
      const config = path.join(folder, "config.yaml");
      // YAML reads JSON.
      await writeFile(config, JSON.stringify({
        mcp_servers: { origin: { url: `${origin.url}/mcp`, transport: "http" } },
        general_settings: { master_key: "os.environ/LITELLM_MASTER_KEY" },
      }));
      const token = `sk-${randomBytes(16).toString("hex")}`;
      return {
        command: program("litellm"),
        args: ["--config", config, "--host", "127.0.0.1", "--port", String(port), "--telemetry", "False"],
        cwd: folder,
        env: { LITELLM_MASTER_KEY: token, LITELLM_LOG: "ERROR", LITELLM_LOCAL_MODEL_COST_MAP: "True" },
        path: "/mcp/",
        token,
      };
    };
  },
};
