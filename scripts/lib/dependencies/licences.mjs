// Which licences are allowed: those of deny.toml, and a few of packages that only stand on a developer's machine.

import { Trouble } from "../trouble.mjs";

/**
 * By package, what deny.toml does not allow, and why it may be there all the same. None of them is in the Worker, nor in anything
 * that this repository publishes.
 */
const EXCEPTIONS = [
  { of: /^@img\/sharp-/, licence: "LGPL-3.0-or-later", why: "libvips, a library that wrangler's Miniflare loads; linked, not copied" },
  { of: /^lightningcss(-|$)/, licence: "MPL-2.0", why: "a part of the inspector, which the tests drive as it is" },
  { of: /^@modelcontextprotocol\/inspector$/, licence: "SEE LICENSE IN LICENSE", why: "MIT, on its way to Apache-2.0, as its LICENSE says" },
  { of: /^axe-core$/, licence: "MPL-2.0", why: "looks at the approval page for the tests, as it is" },
  { of: /^fast-sha256$/, licence: "Unlicense", why: "the public domain; a part of standardwebhooks, which the tests drive as it is" },
];

export class Licences {
  #allowed;
  #used = new Set();

  /** @param {string[]} allowed SPDX identifiers, with their exceptions (`… WITH …`) */
  constructor(allowed) {
    this.#allowed = new Set(allowed);
  }

  /** Those that deny.toml allows. */
  static read(denyToml) {
    const list = denyToml.match(/^\[licenses\]$[^[]*?^allow = \[([^\]]*)\]/m)?.[1];
    const allowed = [...(list ?? "").matchAll(/"([^"]+)"/g)].map(([, licence]) => licence);
    if (allowed.length === 0) throw new Trouble("deny.toml allows no licence: it has a section [licenses] with `allow = […]`.");
    return new Licences(allowed);
  }

  /** Whether a package may be used under an SPDX expression; older crates write `/` for OR. */
  allow(name, expression) {
    if (typeof expression !== "string" || expression.trim() === "") return false;
    const excused = EXCEPTIONS.find(({ of, licence }) => of.test(name) && expression.includes(licence));
    const allowed = (licence) => this.#allowed.has(licence);
    if (satisfied(expression, allowed)) return true;
    if (excused === undefined) return false;
    this.#used.add(excused);
    return satisfied(expression, (licence) => allowed(licence) || licence === excused.licence) || expression === excused.licence;
  }

  /** What is excused and not there any more. */
  unused() {
    const unused = EXCEPTIONS.filter((exception) => !this.#used.has(exception));
    return unused.map(({ of, licence }) => `No package ${of} is under ${licence} any more: take it out of scripts/lib/dependencies/licences.mjs.`);
  }
}

/** Whether what is allowed satisfies an expression: OR of ANDs, with parentheses; AND binds tighter. */
function satisfied(expression, allowed) {
  const tokens = expression.replaceAll("/", " OR ").match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const either = () => {
    let holds = both();
    while (tokens[at] === "OR") {
      at += 1;
      // Read in any case, so that the place is right behind it.
      holds = both() || holds;
    }
    return holds;
  };
  const both = () => {
    let holds = one();
    while (tokens[at] === "AND") {
      at += 1;
      holds = one() && holds;
    }
    return holds;
  };
  const one = () => {
    if (tokens[at] === "(") {
      at += 1;
      const holds = either();
      at += 1;
      return holds;
    }
    let licence = tokens[at] ?? "";
    at += 1;
    if (tokens[at] === "WITH") {
      licence = `${licence} WITH ${tokens[at + 1]}`;
      at += 2;
    }
    return allowed(licence);
  };
  const holds = either();
  return holds && at === tokens.length;
}
