// What every client goes through: one conversation, under one policy, by a grant of its own.
import assert from "node:assert/strict";
import { tap } from "./tap.mjs";
import { told, wait } from "./wait.mjs";

/** One tool is limited, one looks at its arguments, some are hidden; the others no rule names. */
export const POLICY = {
  version: "1",
  default: "deny",
  hide: ["shell_*"],
  tools: {
    management_execute_command: { require: [{ path: "args.command", op: "eq", value: "check", reason: "Only check is open to agents." }] },
    // Long enough for three starts of a program on a busy machine.
    project_list_apps: { limits: [{ counter: "lists", window: 30, max: 2 }] },
  },
};

/** What of mcp-django's tools it shows, in mcp-django's order. */
export const TOOLS = ["management_execute_command", "project_list_apps"];

/** What the model is told. */
export const WORDS = {
  hidden: "Unknown tool: 'shell_execute'",
  unruled:
    "Tollgate refused the call of `project_list_routes`: no rule of the policy `agents` allows it. " +
    "Repeating it will not help: use what the lists of this server show, or ask the operator for access.",
  unmet:
    'Tollgate refused the call of `management_execute_command`: the policy `agents` requires `args.command eq "check"`. ' +
    "Only check is open to agents. Nothing was run. Call it with other arguments, or ask the operator for access.",
  limited:
    "Tollgate refused the call of `project_list_apps`: the limit of 2 calls per 30 seconds is used up. " +
    "Nothing was run. Wait N seconds, then repeat the same call.",
};

/** Has the client converse with the gateway; gives what it saw, and notes in `row` how far it came. */
export async function converse(client, era, { url, token }, row) {
  const line = await tap(url);
  const signIns = () => line.requests().filter(({ path }) => path !== new URL(url).pathname).map(({ path }) => path);
  try {
    const session = await client.connect({ url: line.url, token, era });
    const seen = { protocol: session.protocol, tools: await session.list() };
    row.listed = seen.tools.length;

    const checked = await session.call("management_execute_command", { command: "check" });
    assert.match(checked.text, /System check identified no issues/);
    row.called = !checked.isError;
    seen.signIns = { before: signIns() };

    seen.hidden = await session.call("shell_execute", { code: "print(6 * 7)" });
    seen.unruled = await session.call("project_list_routes", {});
    seen.unmet = await session.call("management_execute_command", { command: "shell" });
    row.denied = [seen.hidden, seen.unruled, seen.unmet];

    for (const time of ["first", "second"]) assertListed(await session.call("project_list_apps", {}), time);
    seen.limited = await session.call("project_list_apps", {});
    row.limited = seen.limited;
    row.told = seen.told = told(seen.limited);
    row.waited = seen.waited = await wait(seen.told.seconds);
    seen.through = await session.call("project_list_apps", {});
    assertListed(seen.through, "third");
    row.through = true;

    seen.signIns.afterDenials = signIns();
    seen.pages = (await session.opened?.()) ?? [];
    await session.close();
    // Those without one are `initialize`, and addresses of OAuth.
    const posts = line.requests().filter(({ path, method, revision }) => path === new URL(url).pathname && method === "POST" && revision !== undefined);
    seen.revisions = [...new Set(posts.map(({ revision }) => revision))];
    return seen;
  } finally {
    line.close();
  }
}

function assertListed(call, time) {
  assert.equal(call.isError, false, `the ${time} call of project_list_apps: ${call.text}`);
  assert.match(call.text, /"label": ?"shop"/);
}
