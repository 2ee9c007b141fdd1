// What an agent or an operator has chosen, as HTML: always text, each character to be seen.

/** Characters that show nothing, or that make others stand elsewhere than they do. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/gu;

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {string} text */
export const escaped = (text) => text.replace(/[&<>"']/g, (character) => ESCAPES[character]);

/** A name, say: on one line. @param {string} text */
export const plain = (text) => seen(escaped(text));

const seen = (html) => html.replace(UNSEEN, (character) => `<mark>\\u{${character.codePointAt(0).toString(16)}}</mark>`);

/**
 * A JSON text, a line for each value, numbers as they were written. In strings, an escape is marked, and a line end ends the line.
 * @param {string} json
 */
export function readable(json) {
  // The source of a number is what it says exactly; JavaScript would round it.
  const numbers = (_, value, { source }) => (typeof value === "number" ? new Exactly(source) : value);
  return written(JSON.parse(json, numbers), "");
}

class Exactly {
  constructor(source) {
    this.source = source;
  }
}

function written(value, indent) {
  if (value instanceof Exactly) return escaped(value.source);
  if (typeof value === "string") return string(value, indent);
  if (value === null || typeof value !== "object") return String(value);
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const members = Array.isArray(value)
    ? value.map((element) => written(element, deeper))
    : Object.entries(value).map(([key, member]) => `<b>${string(key, deeper)}</b>: ${written(member, deeper)}`);
  if (members.length === 0) return open + close;
  return `${open}\n${members.map((member) => deeper + member).join(",\n")}\n${indent}${close}`;
}

function string(value, indent) {
  // What is escaped in JSON is one of these; all else stands for itself.
  const json = seen(escaped(JSON.stringify(value)).replaceAll("&quot;", '"'));
  return json.replace(/\\(u[0-9a-f]{4}|["\\bfnrt])/g, (escape, kind) => `<mark>${escape}</mark>${kind === "n" ? `\n${indent}` : ""}`);
}
