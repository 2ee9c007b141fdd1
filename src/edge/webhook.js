// Telling people that an agent asks: one HTTP request, in a form that the other side understands.
//
// The usual form is signed by the rules of Standard Webhooks (standardwebhooks.com), for which there are libraries: over the id, the
// time and the body. Slack and Discord take no signature; their URL is the secret.

import { within } from "./patience.js";

/** Milliseconds until the other side must have answered. */
const PATIENCE = 10_000;

/** The most characters of a name that an agent or an operator has chosen. */
const MOST = 200;

/** What stands before a key, and how many bytes it may have (Standard Webhooks, Signature scheme). */
const PREFIX = "whsec_";
const FEWEST_BYTES = 24;
const MOST_BYTES = 64;

/** The form that a host expects. */
const USUAL = {
  "hooks.slack.com": "slack",
  "hooks.slack-gov.com": "slack",
  "discord.com": "discord",
  "canary.discord.com": "discord",
  "ptb.discord.com": "discord",
};

/**
 * Tells of a question. Resolves to nothing or, if that has failed, to why: several are under way at once, and nobody may be waiting for
 * this one yet.
 * @param {string} url
 * @param {string | undefined} form json, slack or discord; if it is not said, the host shows it
 * @param {string | undefined} key of the signed form: `whsec_`, and the key in base64; while it is changed, the new one, a comma, the old one
 * @param {string} shown the question, as the admin API shows it
 * @returns {Promise<string | undefined>}
 */
export function tell(url, form, key, shown) {
  // The URL is a secret, and what is said here goes to the log.
  return send(url, form, key, shown).then(() => undefined, (error) => String(error).replaceAll(url, "WEBHOOK_URL"));
}

async function send(url, form, key, shown) {
  if (!/^https?:$/.test(URL.parse(url)?.protocol)) throw new Error("the secret WEBHOOK_URL must be a URL that begins with https://");
  const message = FORMS[form ?? USUAL[new URL(url).host] ?? "json"];
  if (message === undefined) throw new Error(`the variable WEBHOOK_FORM must be json, slack or discord, not ${form}`);
  const { body, headers } = await message(shown, key);
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

const FORMS = {
  // The question as it is, and not as JavaScript would write it again: that would round its numbers.
  async json(shown, keys) {
    const { id, asked_at } = JSON.parse(shown);
    const body = `{"type":"approval.requested","timestamp":${JSON.stringify(asked_at)},"data":${shown}}`;
    const seconds = String(Math.floor(Date.now() / 1000));
    const signature = await signatures(keys, `${id}.${seconds}.${body}`);
    return { body, headers: { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signature } };
  },

  // Texts of the kind `plain_text`, in which nothing is markup; in `text`, which notifications show, three characters are.
  async slack(shown) {
    const approval = JSON.parse(shown);
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
  async discord(shown) {
    const approval = JSON.parse(shown);
    const description = sentence(approval).replace(/[!-/:-@[-`{-~]/g, "\\$&");
    const footer = { text: until(approval) };
    const embed = { title: "An agent asks for approval", url: approval.url, description, footer };
    return { body: JSON.stringify({ allowed_mentions: { parse: [] }, embeds: [embed] }) };
  },
};

/** Without the arguments: a chat is no place for them. */
function sentence({ grant, name, server }) {
  return `${chosen(grant.label)} asks to use ${chosen(name)} on ${server}.`;
}

function until({ expires_at }) {
  return `It waits until ${expires_at}.`;
}

/** Characters that show nothing, or that make others stand elsewhere than they do. A blank is what it is. */
const UNSEEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

/** What somebody has chosen, each character to be seen, and not too many of them. */
function chosen(text) {
  const characters = [...text.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0).toString(16)}}`)];
  return characters.length <= MOST ? characters.join("") : `${characters.slice(0, MOST).join("")}…`;
}

/** One signature for each key, as Standard Webhooks wants it while a key is changed. */
async function signatures(keys, text) {
  if (keys === undefined) throw new Error("the secret WEBHOOK_KEY is not set");
  return (await Promise.all(keys.split(",").map((key) => signature(key.trim(), text)))).join(" ");
}

async function signature(key, text) {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const signing = await crypto.subtle.importKey("raw", bytesOf(key), hmac, false, ["sign"]);
  const mac = await crypto.subtle.sign(hmac.name, signing, new TextEncoder().encode(text));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}`;
}

function bytesOf(key) {
  const wrong = new Error(`the secret WEBHOOK_KEY must be ${PREFIX} and ${FEWEST_BYTES} to ${MOST_BYTES} bytes in base64`);
  if (!key.startsWith(PREFIX)) throw wrong;
  let text;
  try {
    text = atob(key.slice(PREFIX.length));
  } catch {
    throw wrong;
  }
  if (text.length < FEWEST_BYTES || text.length > MOST_BYTES) throw wrong;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
