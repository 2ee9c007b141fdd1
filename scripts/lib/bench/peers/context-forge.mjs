// IBM ContextForge, with one worker on SQLite: JWT is on, all that its docs say costs time and may be off is off.

import { createHmac, randomBytes, randomUUID } from "node:crypto";
import path from "node:path";
import { Trouble } from "../../trouble.mjs";
import { fromPyPI } from "./install.mjs";

const REQUIREMENT = "mcp-contextforge-gateway==1.0.7.post20260921";
const ADMIN = "admin@example.com";

export const contextForge = {
  name: "IBM ContextForge 1.0.7, one worker, SQLite",
  install: async () => {
    const program = await fromPyPI("context-forge", REQUIREMENT);
    return async ({ origin, port, folder }) => {
      const secret = randomBytes(36).toString("base64");
      const token = jwt(secret);
      return {
        command: program("mcpgateway"),
        args: ["--host", "127.0.0.1", "--port", String(port), "--no-access-log"],
        cwd: folder,
        env: { ...SETTINGS, DATABASE_URL: `sqlite:///${path.join(folder, "gateway.db")}`, JWT_SECRET_KEY: secret, AUTH_ENCRYPTION_SECRET: randomBytes(36).toString("base64") },
        path: "/mcp/",
        token,
        prepare: (url) => addOrigin(url, token, `${origin.url}/mcp`),
      };
    };
  },
};

const SETTINGS = {
  PLATFORM_ADMIN_EMAIL: ADMIN,
  LOG_LEVEL: "ERROR",
  // Its limiter locks an agent out for a quarter of an hour after some refusals.
  RATE_LIMITING_ENABLED: "false",
  SSRF_ALLOW_LOCALHOST: "true",
  STRUCTURED_LOGGING_ENABLED: "false",
  TOKEN_USAGE_LOGGING_ENABLED: "false",
  DB_METRICS_RECORDING_ENABLED: "false",
  METRICS_AGGREGATION_ENABLED: "false",
  CORRELATION_ID_ENABLED: "false",
  COMPRESSION_ENABLED: "false",
};

async function addOrigin(url, token, origin) {
  const answer = await fetch(`${url}/gateways`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "origin", url: origin, transport: "STREAMABLEHTTP" }),
  });
  if (!answer.ok) throw new Trouble(`ContextForge did not take the origin: HTTP ${answer.status} ${await answer.text()}`);
}

/** What `python -m mcpgateway.utils.create_jwt_token` makes. */
function jwt(secret) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { username: ADMIN, sub: ADMIN, iat: now, exp: now + 86_400, iss: "mcpgateway", aud: "mcpgateway-api", jti: randomUUID() };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}
