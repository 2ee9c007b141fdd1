// What an agent or an operator has chosen, as HTML: always text, each character to be seen.

/** Characters that show nothing, or that make others stand elsewhere than they do. */
const UNSEEN =
  "[\\p{Cc}\\p{Cf}\\p{Cn}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u2800\\u3000]";

/** Marks that enclose what is before them, that stand on no letter, or of which a letter bears more than three: they paint over others. */
const PAINTED = "\\p{Me}|(?<!\\p{L}\\p{M}{0,2})\\p{M}";

/** A run of blanks that begins no line: where it ends one, what comes next would look like a line of its own. */
const GAP = "(?<=^|[^\\n ]) {3,}";

const ODD = new RegExp(`[&<>"'\\\\]|${UNSEEN}|${PAINTED}|${GAP}`, "gu");

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\\": "\\" };

/** @param {string} text */
export const escaped = (text) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]);

const marked = (written) => `<mark>${written}</mark>`;
const coded = (odd) => (odd.startsWith(" ") ? odd : `\\u{${odd.codePointAt(0).toString(16)}}`);

/** The same as plain text, where no element can stand. @param {string} text */
export const untagged = (text) => text.replace(ODD, (odd) => ENTITIES[odd] ?? coded(odd));

/** A name, say: on one line, whatever its direction. @param {string} text */
export const plain = (text) => `<bdi>${text.replace(ODD, (odd) => ENTITIES[odd] ?? marked(coded(odd)))}</bdi>`;

/** What a person has written into a form, which sends line ends as CRLF. @param {string} text */
export const words = (text) => text.split(/\r?\n/).map(plain).join("<br>");

/** The words of a JSON text: strings, numbers and names, and what stands between. */
const TOKEN = /"(?:[^"\\]+|\\.)*"|[^\s"{}[\],:]+|[{}[\],:]/g;

/** Levels up to which a line is moved in, so that on a phone there is room for what it says. */
const MOST_LEVELS = 8;

/**
 * A JSON text, a line for each value; members in their order, numbers as they were written. In strings, an escape is marked, and a
 * line end ends the line.
 * @param {string} json that the gateway has parsed: no more is checked here
 */
export function readable(json) {
  const tokens = json.match(TOKEN);
  let level = 0;
  const indent = () => "  ".repeat(Math.min(level, MOST_LEVELS));
  const shown = tokens.map((token, n) => {
    switch (token) {
      case "{":
      case "[":
        if ("]}".includes(tokens[n + 1])) return token;
        level += 1;
        return `${token}\n${indent()}`;
      case "}":
      case "]":
        if ("[{".includes(tokens[n - 1])) return token;
        level -= 1;
        return `\n${indent()}${token}`;
      case ",":
        return `,\n${indent()}`;
      case ":":
        return ": ";
    }
    if (!token.startsWith('"')) return escaped(token);
    const text = `"${inString(JSON.parse(token), `${indent()}  `)}"`;
    return tokens[n + 1] === ":" ? `<b>${text}</b>` : text;
  });
  return shown.join("");
}

const ESCAPES = { '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function inString(value, indent) {
  return value.replace(ODD, (odd) => {
    if (odd in ESCAPES) return `${marked(escaped(ESCAPES[odd]))}${odd === "\n" ? `\n${indent}` : ""}`;
    return ENTITIES[odd] ?? marked(coded(odd));
  });
}
