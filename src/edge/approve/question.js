// A question as a person reads it: what would run, how dangerous that is, who asks and why, what was said before, and two buttons.
// They come last, and nothing scrolls by itself, so that who gets there has had it all before the eyes.

import { badge, known, risk } from "./risk.js";
import { escaped, plain, readable, untagged, words } from "./text.js";

/** What has become of it, in a word and in a sentence of HTML. */
const STANDING = {
  pending: ["Approve this call?", `It waits for an <a href="#answer">answer</a>`],
  approved: ["Approved", "The agent's next identical call passes, once."],
  denied: ["Denied", "The agent is told so."],
  used: ["Approved, and used", "The call has passed."],
  expired: ["Expired", "Nobody answered in time, or the yes was not used in time. The agent has to ask again."],
  voided: ["Void", "The policy or the grant has changed since it was asked. The agent has to ask again."],
};

/** From so many lines or characters on, it is said how many there are. */
const LONG = { lines: 15, characters: 1_000 };

/** @returns {{ title: string, who: string, heading: string, body: string }} pieces of HTML */
export function question({ shown, arguments: sent, form, who, preset, before, now }) {
  const approval = JSON.parse(shown);
  const { name, status, decision } = approval;
  const pending = status === "pending";
  const [heading, meaning] = STANDING[status];
  const entry = known(preset, approval);
  return {
    title: pending ? `Approve ${untagged(name)}?` : `${heading}: ${untagged(name)}`,
    who: `<form method="post"><span>${plain(who)}</span> <button class="plain" name="do" value="sign-out">Sign out</button></form>`,
    heading,
    body: `<div role="status" class="standing ${status}"><p>${meaning}${until(approval, now)}</p>${answered(decision)}</div>
${call(approval, sent, entry, pending)}
${risk(entry)}
${asked(approval)}
${past(before)}
${pending ? answers(form) : ""}`,
  };
}

function until({ status, expires_at }, now) {
  const says = { pending: " until", approved: " This holds until", denied: " This holds until" }[status];
  return says === undefined ? "" : `${says} ${time(expires_at)} (${left(now, expires_at)}).`;
}

function call({ name, server, grant }, sent, entry, pending) {
  const args = sent === null ? "" : readable(sent);
  return `<section class="call"><div class="top"><h2>${pending ? "Exactly this would run" : "This was asked for"}</h2>${badge(entry)}</div>
<p class="name"><code>${plain(name)}</code></p>${length(sent, args)}${sent === null ? "" : `<pre>${args}</pre>`}
<p class="by">Asked by ${plain(grant.label)}, on the server ${escaped(server)}.</p></section>`;
}

function length(sent, args) {
  const lines = args.split("\n").length;
  if (sent === null || (lines <= LONG.lines && sent.length <= LONG.characters)) return "";
  const figures = `${lines.toLocaleString("en")} lines, ${sent.length.toLocaleString("en")} characters`;
  return `<p class="long">${figures}: all of it stands here.</p>`;
}

function asked({ grant, server, method, rule, reason, policy, asked_at }) {
  const rows = [
    ["Asked by", `${plain(grant.label)} <span class="by">(grant ${escaped(grant.id)})</span>`],
    ["Server", escaped(server)],
    ...(method === "tools/call" ? [] : [["Method", escaped(method)]]),
    ["Because of", `rule <code>${plain(rule)}</code> of policy ${escaped(policy.name)}`],
    ...(reason === null ? [] : [["Its author says", plain(reason)]]),
    ["Asked", time(asked_at)],
  ];
  return `<section><h2>Who asks, and why you</h2><dl>${rows.map(([term, value]) => `<dt>${term}</dt><dd>${value}</dd>`).join("")}</dl></section>`;
}

function answers(form) {
  return `<form class="sheet" method="post" id="answer" aria-labelledby="yours"><h2 id="yours">Your answer</h2><input type="hidden" name="form" value="${escaped(form)}">
<label for="reason">Your words to the agent <span class="by">(optional)</span></label>
<textarea id="reason" name="reason" maxlength="1000"></textarea>
<div class="answers"><button class="no" name="do" value="deny">Deny</button>
<button class="yes" name="do" value="approve">Approve once</button></div></form>`;
}

function answered(decision) {
  if (decision === null) return "";
  const { yes, by, at, from, reason } = decision;
  const where = from === undefined ? "" : ` from ${escaped(from)}`;
  return `<p>${yes ? "Yes" : "No"}, said ${plain(by)}, ${time(at)}${where}${reason === undefined ? "." : ":"}</p>${
    reason === undefined ? "" : `<blockquote>${words(reason)}</blockquote>`
  }`;
}

function past(before) {
  if (before.length === 0) return `<section><h2>Before</h2><p>This grant has not asked for it before.</p></section>`;
  const item = ({ status, same, at, by, reason }) =>
    `<li>${time(at)}: ${status}${by === null ? "" : ` by ${plain(by)}`}, ${same ? "the same call" : "with other arguments"}${reason === null ? "" : ` (“${words(reason)}”)`}</li>`;
  return `<section><h2>Before</h2><ul>${before.map(item).join("")}</ul></section>`;
}

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
