// Telling people that an agent asks: one HTTP request, in a form that the other side understands.
//
// The usual form is signed by the rules of Standard Webhooks (standardwebhooks.com), for which there are libraries: over the id, the
// time and the body. Slack and Discord take no signature; their URL is the secret.

import { within } from "./patience.js";

/** Milliseconds until the other side must have answered. */
const PATIENCE = 10_000;

/** The most characters of a name that an agent or an operator has chosen. */
const MOST = 200;

/**
 * Tells of a question; rejects if that has failed.
 * @param {string} url
 * @param {string | undefined} form json, slack or discord; if it is not said, the host shows it
 * @param {string | undefined} key of the signed form: `whsec_`, and the key in base64
 * @param {string} shown the question, as the admin API shows it
 */
export async function tell(url, form, key, shown) {
  const approval = JSON.parse(shown);
  const message = FORMS[form ?? usual(url)];
  if (message === undefined) throw new Error(`WEBHOOK_FORM must be json, slack or discord, not ${form}`);
  const { body, headers } = await message(approval, key);
  const leaving = new AbortController();
  const sent = fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
    redirect: "manual",
    signal: leaving.signal,
  });
  const answer = await within(PATIENCE, undefined, sent, () => leaving.abort());
  if (answer === undefined) throw new Error("the webhook has not answered in time");
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the webhook has answered with HTTP ${answer.status}`);
}

function usual(url) {
  if (url.startsWith("https://hooks.slack.com/")) return "slack";
  if (url.startsWith("https://discord.com/api/webhooks/")) return "discord";
  return "json";
}

const FORMS = {
  async json(approval, key) {
    const { id, asked_at: timestamp } = approval;
    const body = JSON.stringify({ type: "approval.requested", timestamp, data: approval });
    const seconds = String(Math.floor(Date.now() / 1000));
    const headers = { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": await signature(key, `${id}.${seconds}.${body}`) };
    return { body, headers };
  },

  // Texts of the kind `plain_text`, in which nothing is markup; in `text`, which notifications show, three characters are.
  async slack(approval) {
    const plain = (text) => ({ type: "plain_text", text, emoji: false });
    const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
    const body = JSON.stringify({
      text: sentence(approval).replace(/[&<>]/g, (character) => escapes[character]),
      blocks: [
        { type: "section", text: plain(sentence(approval)) },
        { type: "context", elements: [plain(until(approval))] },
        { type: "actions", elements: [{ type: "button", text: plain("Look at it"), url: approval.url }] },
      ],
    });
    return { body };
  },

  // Every character is escaped that means something, and nobody is mentioned.
  async discord(approval) {
    const description = sentence(approval).replace(/[!-/:-@[-`{-~]/g, "\\$&");
    const footer = { text: until(approval) };
    const embed = { title: "An agent asks for approval", url: approval.url, description, footer };
    return { body: JSON.stringify({ allowed_mentions: { parse: [] }, embeds: [embed] }) };
  },
};

/** Without the arguments: a chat is no place for them. */
function sentence({ grant, name, server }) {
  return `${grant.label} asks to use ${name.slice(0, MOST)} on ${server}.`;
}

function until({ expires_at }) {
  return `It waits until ${expires_at}.`;
}

async function signature(key, text) {
  if (key === undefined) throw new Error("the secret WEBHOOK_KEY is not set");
  if (!key.startsWith("whsec_")) throw new Error("WEBHOOK_KEY must be `whsec_` and a key in base64");
  const bytes = Uint8Array.from(atob(key.slice("whsec_".length)), (character) => character.charCodeAt(0));
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const signing = await crypto.subtle.importKey("raw", bytes, hmac, false, ["sign"]);
  const mac = await crypto.subtle.sign(hmac.name, signing, new TextEncoder().encode(text));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}`;
}
