// The approval page. It needs no script, and may run none.

import { question } from "./question.js";
import { STYLE } from "./style.js";
import { escaped } from "./text.js";

/**
 * A page as a response.
 * @param {number} status
 * @param {string} what JSON: `page` says which one, the rest what it shows
 */
export function page(status, what) {
  const shown = JSON.parse(what);
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
  const { title, head = "", who = "", body } = PAGES[shown.page](shown);
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">${head}<title>${title} · Tollgate</title><style nonce="${nonce}">${STYLE}</style></head>
<body><header><span>Tollgate</span>${who}</header><main>${body}</main></body></html>
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
    body: `<h1>One moment</h1><p><a href="?here">Go on</a></p>`,
  }),

  "sign-in": ({ problem }) => ({
    title: "Sign in",
    body: `<div class="enter"><h1>An agent asks for approval</h1>${notice(problem)}
<form class="sheet" method="post"><input type="hidden" name="do" value="sign-in">
<label for="token">Your token</label>
<input id="token" name="token" type="password" autocomplete="current-password" autocapitalize="none" spellcheck="false" required autofocus aria-describedby="which">
<p id="which" class="by">An operator's begins with <code>to_</code>. Where the call is yours to approve, show the grant of the agent: it begins with <code>tg_</code>.</p>
<div class="answers"><button class="yes">Sign in</button></div></form></div>`,
  }),

  problem: ({ problem }) => ({
    title: "Not possible",
    body: `<h1>This is not possible</h1>${notice(problem)}<p><a href="?here">Open the page again</a></p>`,
  }),

  question: (shown) => {
    const { title, who, heading, body } = question(shown);
    return { title, who, body: `<h1>${heading}</h1>${notice(shown.problem)}${body}` };
  },
};

const notice = (problem) => (problem == null ? "" : `<p class="notice" role="alert">${escaped(problem)}</p>`);
