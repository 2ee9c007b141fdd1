// What the demo prints: the run as a table, the denial that the agent gets, and what to paste into a client.

import { say, table } from "../terminal.mjs";
import { judged, UNNAMED } from "./run.mjs";

export function reportRun({ protocol, knocked, offered, seen, calls, unnamed }) {
  const rows = [...calls, unnamed].map((call, at) => [String(at + 1), call.tool, short(JSON.stringify(call.args), 30), judged(call), detail(call)]);
  say(`
An agent (MCP client, protocol ${protocol}) under the policy presets/mcp-django/seed.json:

  tools that the shop offers    ${offered.length}: ${wrap(offered.join(", "), 33)}
  tools that the agent sees     ${seen.length}: ${wrap(seen.join(", "), 33)}
  ${UNNAMED.padEnd(29)} ${seen.includes(UNNAMED) ? "in the list" : "not in the list"}
  straight to the shop          HTTP ${knocked.status}: ${wrap(knocked.text, 33)}

${table(["call", "tool", "arguments", "ruling", ""], rows)}`);
  for (const call of [calls.at(-1), unnamed]) reportDenial(call);
}

export function reportApproval({ calls, answered }) {
  const rows = calls.map((call, at) => [String(at + 1), call.tool, short(JSON.stringify(call.args), 44), judged(call), call.approval === null ? detail(call) : ""]);
  rows.splice(1, 0, ["", `${answered.decision.by} says yes`, "", "", answered.decision.reason]);
  say(`
Another agent, under presets/mcp-django/developer.json, which asks a person about \`migrate\`:

${table(["call", "tool", "arguments", "ruling", ""], rows)}

What the agent is told at first:

  ${wrap(calls[0].text, 2)}`);
}

function reportDenial({ tool, text, denial }) {
  if (denial === null) return;
  say(`
What the agent is told about ${tool}:

  ${wrap(text, 2)}

  _meta["tollgate/denial"] = ${JSON.stringify(denial, null, 2).replaceAll("\n", "\n  ")}`);
}

export function reportAccess({ gateway, grant, adminToken, approval: { calls, operator } }) {
  const header = `Bearer ${grant.token}`;
  const json = (value) => JSON.stringify(value, null, 2).replaceAll("\n", "\n  ");
  say(`
Try it with your own agent, while this runs.

  gateway URL   ${grant.url}
  grant         ${grant.token}

Claude Code
  claude mcp add --transport http shop ${grant.url} --header "Authorization: ${header}"

Cursor, in .cursor/mcp.json
  ${json({ mcpServers: { shop: { url: grant.url, headers: { Authorization: header } } } })}

VS Code, in .vscode/mcp.json
  ${json({ servers: { shop: { type: "http", url: grant.url, headers: { Authorization: header } } } })}

Clients that only start programs (Claude Desktop and others), through mcp-remote
  ${json({ mcpServers: { shop: { command: "npx", args: ["-y", "mcp-remote", grant.url, "--header", "Authorization:${GRANT}"], env: { GRANT: header } } } })}

A question of the second agent's still waits: open it, and sign in as the operator
  ${calls.at(-1).approval.url}
  ${operator.token}

The operator's side, for example to see or change the policy
  curl -H "Authorization: Bearer ${adminToken}" ${gateway}/api/v1/policies/seed`);
}

function detail({ denial, text }) {
  if (denial?.retry_after !== undefined) return `try again in ${denial.retry_after} s`;
  return denial === null ? firstWords(text) : "";
}

/** The first line of what a management command printed, which mcp-django answers as JSON; of anything else, its beginning. */
function firstWords(text) {
  let printed = text;
  try {
    printed = JSON.parse(text).stdout ?? text;
  } catch {
    // Not JSON: the text itself.
  }
  return short(printed.split("\n")[0], 60);
}

const short = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** Breaks a long text at spaces, with further lines indented. */
function wrap(text, indent) {
  const width = Math.max(40, (process.stdout.columns || 120) - indent - 1);
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}
