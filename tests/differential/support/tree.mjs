// JSON as a tree that keeps what parsers lose: members in order and repeated, and how each was spelled.
//
// The reading is as lenient as anybody's might be (comments, single quotes, bare words, commas too many or too few, several
// values), and says whether it needed to be: `clean` is what a strict reader would have taken.

/** Past this depth a text is only an attack on the reader. */
const DEEPEST = 400;
const STRICT_DEPTH = 64;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const WORDS = new Set(["true", "false", "null"]);
const LENIENT_SPACE = /[\s\0\u0085\u200b\u2060\ufeff]/;
const ESCAPES = { '"': '"', "'": "'", "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", 0: "\0" };

/** Reads every value of a text: `{ values, clean }`. */
export function readValues(text) {
  const reader = new Reader(text);
  const values = [];
  for (;;) {
    reader.space();
    if (reader.ended) break;
    const before = reader.at;
    const value = reader.value();
    if (value === undefined || reader.at === before) {
      reader.clean = false;
      break;
    }
    values.push(value);
  }
  return { values, clean: reader.clean && values.length === 1 };
}

/** The text of a tree. */
export function write(node) {
  if (node.kind === "object") return `{${node.members.map(({ key, value }) => `${key.text}:${write(value)}`).join(",")}}`;
  if (node.kind === "array") return `[${node.items.map(write).join(",")}]`;
  return node.text;
}

/** The one node of a text that is known to be JSON. */
export const nodeOf = (text) => readValues(text).values[0];

/** A copy that shares nothing. (The built-in one gives up on trees that are spliced into each other often enough.) */
export function copy(node) {
  if (node.kind === "object") return { ...node, members: node.members.map(({ key, value }) => ({ key: { ...key }, value: copy(value) })) };
  if (node.kind === "array") return { ...node, items: node.items.map(copy) };
  return { ...node };
}

class Reader {
  at = 0;
  clean = true;
  #depth = 0;

  constructor(text) {
    this.text = text;
  }

  get ended() {
    return this.at >= this.text.length;
  }

  get #here() {
    return this.text[this.at];
  }

  #unclean() {
    this.clean = false;
  }

  space() {
    while (!this.ended) {
      const here = this.#here;
      if (" \t\n\r".includes(here)) this.at += 1;
      else if (LENIENT_SPACE.test(here)) this.#unclean(this.at++);
      else if (here === "#" || this.text.startsWith("//", this.at)) this.#skipTo("\n");
      else if (this.text.startsWith("/*", this.at)) this.#skipTo("*/");
      else return;
    }
  }

  #skipTo(end) {
    this.#unclean();
    const found = this.text.indexOf(end, this.at);
    this.at = found < 0 ? this.text.length : found + end.length;
  }

  value() {
    switch (this.#here) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
      case "'":
        return this.#string();
      default:
        return this.#word();
    }
  }

  #nested(read) {
    this.#depth += 1;
    if (this.#depth > STRICT_DEPTH) this.#unclean();
    if (this.#depth > DEEPEST) return undefined;
    this.at += 1;
    const node = read();
    this.#depth -= 1;
    return node;
  }

  #object() {
    const members = [];
    const keys = new Set();
    const closed = this.#each("}", () => {
      const key = "\"'".includes(this.#here) ? this.#string() : this.#word();
      if (key === undefined) return false;
      if (key.kind !== "string") this.#unclean();
      this.space();
      if (this.#here !== ":") return false;
      this.at += 1;
      this.space();
      const value = this.ended ? undefined : this.value();
      if (value === undefined) return false;
      const name = key.kind === "string" ? key.string : key.text;
      if (keys.has(name)) this.#unclean();
      keys.add(name);
      members.push({ key: { name, text: key.text }, value });
      return true;
    });
    if (!closed) this.#unclean();
    return { kind: "object", members };
  }

  #array() {
    const items = [];
    const closed = this.#each("]", () => {
      const value = this.value();
      if (value === undefined) return false;
      items.push(value);
      return true;
    });
    if (!closed) this.#unclean();
    return { kind: "array", items };
  }

  /** Reads what stands between commas until `end`; false if it never came. */
  #each(end, read) {
    let needsComma = false;
    let afterComma = false;
    for (;;) {
      this.space();
      if (this.ended) return false;
      if (this.#here === end) {
        if (afterComma) this.#unclean();
        this.at += 1;
        return true;
      }
      if (this.#here === ",") {
        if (!needsComma) this.#unclean();
        this.at += 1;
        needsComma = false;
        afterComma = true;
        continue;
      }
      if (needsComma) this.#unclean();
      const before = this.at;
      if (!read() || this.at === before) return false;
      needsComma = true;
      afterComma = false;
    }
  }

  #string() {
    const start = this.at;
    const quote = this.#here;
    if (quote !== '"') this.#unclean();
    let string = "";
    for (this.at += 1; ; ) {
      if (this.ended) {
        this.#unclean();
        break;
      }
      const here = this.text[this.at++];
      if (here === quote) break;
      if (here === "\\") string += this.#escape();
      else {
        if (here < " ") this.#unclean();
        string += here;
      }
    }
    if (!string.isWellFormed()) this.#unclean();
    return { kind: "string", string, text: this.text.slice(start, this.at) };
  }

  #escape() {
    const letter = this.text[this.at++] ?? "";
    const digits = { u: 4, x: 2 }[letter];
    if (digits === undefined) {
      if (!'"\\/bfnrt'.includes(letter) || letter === "") this.#unclean();
      return ESCAPES[letter] ?? letter;
    }
    const hex = this.text.slice(this.at, this.at + digits);
    if (letter === "x" || !/^[0-9a-fA-F]{4}$/.test(hex)) this.#unclean();
    if (!/^[0-9a-fA-F]+$/.test(hex)) return letter;
    this.at += digits;
    return String.fromCharCode(parseInt(hex, 16));
  }

  /** A number, a literal, or a bare word that only some readers know. */
  #word() {
    const [text] = /^[^\s,:{}[\]"']+/.exec(this.text.slice(this.at, this.at + 4096)) ?? [""];
    this.at += text.length;
    if (text === "") return undefined;
    if (NUMBER.test(text)) {
      if (!Number.isFinite(Number(text))) this.#unclean();
      return { kind: "number", text };
    }
    if (!WORDS.has(text)) this.#unclean();
    return { kind: "word", text };
  }
}
