// The approval page. It needs no script, and may run none.

import catalogue from "../../../presets/mcp-django/catalogue.json";
import { STYLE } from "./style.js";
import { escaped, plain, readable } from "./text.js";

/** What is known of tools, by the preset of their server. */
const CATALOGUES = { "mcp-django": catalogue };

/**
 * A page as a response.
 * @param {number} status
 * @param {string} what JSON: `page` says which one, the rest what it shows
 */
export function page(status, what) {
  const shown = JSON.parse(what);
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
  const { title, head = "", body } = PAGES[shown.page](shown);
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">${head}<title>${title} · Tollgate</title><style nonce="${nonce}">${STYLE}</style></head>
<body><main>${body}</main></body></html>
`;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      // Forms must say where they come from; other sites need not know what was open here.
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    },
  });
}

const PAGES = {
  /** A link from elsewhere brings no cookie along; one from here does. */
  again: () => ({
    title: "One moment",
    head: `<meta http-equiv="refresh" content="0;url=?here">`,
    body: `<p><a href="?here">Go on</a></p>`,
  }),

  "sign-in": ({ problem }) => ({
    title: "Sign in",
    body: `<header><span>Tollgate</span></header><h1>An agent asks for approval</h1>${notice(problem)}
<form class="sheet" method="post"><input type="hidden" name="do" value="sign-in">
<label for="token">Your token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus aria-describedby="which">
<p id="which" class="by">An operator's begins with <code>to_</code>. Where the call is yours to approve, show the grant of the agent: it begins with <code>tg_</code>.</p>
<div class="answers"><button class="yes">Sign in</button></div></form>`,
  }),

  problem: ({ problem }) => ({
    title: "Not possible",
    body: `<header><span>Tollgate</span></header><h1>This is not possible</h1>${notice(problem)}<p><a href="?here">Open the page again</a></p>`,
  }),

  question,
};

/** The texts of what has become of it. */
const STANDING = {
  pending: "It waits for an answer.",
  approved: "Approved. The agent's next identical call passes, once.",
  denied: "Denied. The agent is told so.",
  used: "Approved, and used: the call has passed.",
  expired: "Nobody answered in time, or the yes was not used in time. The agent has to ask again.",
  voided: "The policy or the grant has changed since it was asked. The agent has to ask again.",
};

function question({ shown, arguments: sent, form, who, preset, before, problem, now }) {
  const approval = JSON.parse(shown);
  const { name, status, grant, server, method, rule, reason, policy, asked_at, expires_at, decision } = approval;
  const pending = status === "pending";
  const title = pending ? `Approve ${plain(name)}?` : plain(name);
  const rows = [
    ["Asked by", `${plain(grant.label)} <span class="by">(grant ${escaped(grant.id)})</span>`],
    ["Server", escaped(server)],
    ...(method === "tools/call" ? [] : [["Method", escaped(method)]]),
    ["Because of", `rule <code>${plain(rule)}</code> of policy ${escaped(policy.name)}`],
    ...(reason === null ? [] : [["Its author says", plain(reason)]]),
    ["Asked", time(asked_at)],
    ...(pending ? [["Waits until", `${time(expires_at)} (${left(now, expires_at)})`]] : []),
    ...(status === "approved" ? [["Holds until", `${time(expires_at)} (${left(now, expires_at)})`]] : []),
  ];
  const body = `<header><span>Tollgate</span><form method="post"><span>${plain(who)}</span> <button class="plain" name="do" value="sign-out">Sign out</button></form></header>
<h1>${title}</h1>${notice(problem)}
<section role="status" class="${status}"><p>${STANDING[status]}</p>${answered(decision)}</section>
<section><h2 id="arguments">Exactly this would run</h2>${call(name, sent)}</section>
${risk(preset, name)}
<section><dl>${rows.map(([term, value]) => `<dt>${term}</dt><dd>${value}</dd>`).join("")}</dl></section>
${pending ? answers(form) : ""}
${past(before)}`;
  return { title, body };
}

/** A name and its arguments. What is no call has none. */
function call(name, sent) {
  const args = sent === null ? "" : `<pre tabindex="0" aria-labelledby="arguments">${readable(sent)}</pre>`;
  return `<p><code>${plain(name)}</code>${sent === null ? "" : " with"}</p>${args}`;
}

function answers(form) {
  return `<form class="sheet" method="post"><input type="hidden" name="form" value="${escaped(form)}">
<label for="reason">Your words to the agent <span class="by">(may be left out)</span></label>
<textarea id="reason" name="reason" maxlength="1000"></textarea>
<div class="answers"><button class="no" name="do" value="deny">Deny</button><button class="yes" name="do" value="approve">Approve once</button></div></form>`;
}

function answered(decision) {
  if (decision === null) return "";
  const { yes, by, at, from, reason } = decision;
  const where = from === undefined ? "" : ` from ${escaped(from)}`;
  return `<p>${yes ? "Yes" : "No"}, said ${plain(by)}, ${time(at)}${where}${reason === undefined ? "" : `: “${plain(reason)}”`}</p>`;
}

function risk(preset, name) {
  const entry = CATALOGUES[preset] && known(CATALOGUES[preset], name);
  if (entry === undefined) return `<section><h2>Risk</h2><p>Nothing is known of it here: no catalogue names it.</p></section>`;
  return `<section><h2>Risk: ${escaped(entry.risk)}</h2><p>${escaped(entry.category)}. ${code(escaped(entry.why))}</p></section>`;
}

/** What a catalogue, which comes as text, says of a tool. */
const known = (catalogue, name) => JSON.parse(catalogue).tools.find((tool) => tool.name === name);

/** What stands between backticks in a text of ours. */
const code = (html) => html.replace(/`([^`]*)`/g, "<code>$1</code>");

function past(before) {
  if (before.length === 0) return `<section><h2>Before</h2><p>This grant has not asked for it before.</p></section>`;
  const item = ({ status, same, at, by, reason }) =>
    `<li>${time(at)}: ${status}${by === null ? "" : ` by ${plain(by)}`}, ${same ? "the same call" : "with other arguments"}${reason === null ? "" : ` (“${plain(reason)}”)`}</li>`;
  return `<section><h2>Before</h2><ul>${before.map(item).join("")}</ul></section>`;
}

const notice = (problem) => (problem == null ? "" : `<section class="notice" role="alert"><p>${escaped(problem)}</p></section>`);

/** An instant, in UTC. */
const time = (at) => `<time datetime="${escaped(at)}">${escaped(at.replace("T", " ").replace(/\.\d+Z$/, " UTC"))}</time>`;

/** How long it is until then, in words. */
function left(now, then) {
  const minutes = Math.floor((Date.parse(then) - Date.parse(now)) / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}
