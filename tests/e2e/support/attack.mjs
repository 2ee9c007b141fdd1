// Attacks on mcp-django: a copy of the example shop as the victim, and two agents before it, one bound by no rule and one by
// the preset's developer policy.
import assert from "node:assert/strict";
import { appendFile, cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inRoot, shop } from "../../../scripts/lib/paths.mjs";
import { startShop } from "../../../scripts/lib/shop.mjs";
import { ALLOW_ALL } from "./gateway.mjs";
import { assertDenied, assertUnknownTool } from "./refusal.mjs";

export const COMMAND = "management_execute_command";
export const DEVELOPER = await readFile(inRoot("presets", "mcp-django", "developer.json"), "utf8");

/** What the victim's settings hold, by the setting that gives it out. */
export const SECRETS = {
  SECRET_KEY: "secret-that-signs-sessions-0123456789",
  DATABASES: "secret-of-the-database",
  CACHES: "secret-of-the-cache",
  EMAIL_HOST_PASSWORD: "secret-of-the-mail",
};

const SETTINGS = `
SECRET_KEY = "${SECRETS.SECRET_KEY}"
DATABASES["default"]["PASSWORD"] = "${SECRETS.DATABASES}"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "redis://:${SECRETS.CACHES}@127.0.0.1"}}
EMAIL_HOST_PASSWORD = "${SECRETS.EMAIL_HOST_PASSWORD}"
`;

/** Starts a victim: `url`, `ended` and `stop` as the shop has them, and `place(…)`, a path within its project. */
export async function startVictim() {
  const home = await mkdtemp(path.join(tmpdir(), "tollgate-victim-"));
  const project = path.join(home, "project");
  const made = [".venv", ".state", "__pycache__"];
  await cp(shop, project, { recursive: true, filter: (source) => !made.includes(path.basename(source)) });
  await appendFile(path.join(project, "project", "settings.py"), SETTINGS);
  const { stop, ...started } = await startShop({ project, state: path.join(home, "state") });
  return {
    ...started,
    place: (...names) => path.join(project, ...names),
    stop: async () => {
      await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The two agents: to the `open` one everything is allowed, the `shut` one is under the developer policy. */
export async function agentsBefore(gateway, origin) {
  const one = async (policy) => (await gateway.register({ origin, server: { preset: "mcp-django" }, policy })).agent;
  return { open: await one(ALLOW_ALL), shut: await one(DEVELOPER) };
}

/** A call in a session of its own, where the era has sessions. */
export async function call(agent, era, tool, args, options) {
  return agent.call(tool, args, { era, session: await sessionOf(agent, era), ...options });
}

/** A management command; gives what it says of itself: `{ status, stdout, stderr, exception }`. */
export async function command(agent, era, ...args) {
  return (await call(agent, era, COMMAND, asCommand(args))).result.structuredContent;
}

export const asCommand = ([name, ...args]) => ({ command: name, ...(args.length === 0 ? {} : { args }) });

export const sessionOf = (agent, era) => (era === "legacy" ? agent.begin() : undefined);

/** The developer policy's answer: a command is denied for its arguments, and of the shell's tools none exists. */
export function assertShut(answer, era, tool) {
  if (tool !== COMMAND) return assertUnknownTool(answer, era, tool);
  const { text } = assertDenied(answer, era, { rule: `/tools/${COMMAND}/arguments`, reason_code: "arguments_do_not_fit" });
  assert.match(text, /Open are/, "the agent is told what is open");
}
