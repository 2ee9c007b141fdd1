// JSON texts as they are written: a case's numbers, escapes and duplicate keys must reach the gateway unread.

const SPACE = /[ \t\r\n]*/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const PLAIN = /[^\s,:[\]{}"]+/y;

/** The texts of an object's values by their keys. */
export function membersOf(text) {
  const members = {};
  for (const [key, value] of parts(text, "{", "}")) members[JSON.parse(key)] = value;
  return members;
}

/** The texts of an array's elements. */
export function elementsOf(text) {
  return parts(text, "[", "]").map(([element]) => element);
}

/** What stands between the commas of an object or an array: each a list of the texts that its colon separates. */
function parts(text, opens, closes) {
  const reader = new Reader(text);
  const found = [];
  reader.expect(opens);
  while (!reader.sees(closes)) {
    if (found.length > 0) reader.expect(",");
    const part = [reader.value()];
    if (opens === "{") {
      reader.expect(":");
      part.push(reader.value());
    }
    found.push(part);
  }
  return found;
}

class Reader {
  #text;
  #at = 0;

  constructor(text) {
    this.#text = text;
  }

  sees(character) {
    this.#take(SPACE);
    return this.#text[this.#at] === character;
  }

  expect(character) {
    if (!this.sees(character)) throw new Error(`no ${character} at ${this.#text.slice(this.#at, this.#at + 40)}`);
    this.#at += 1;
  }

  /** The text of the value that comes next. */
  value() {
    this.#take(SPACE);
    const start = this.#at;
    if (!this.#take(STRING) && !this.#take(PLAIN)) this.#skipInside();
    return this.#text.slice(start, this.#at);
  }

  /** Past an object or an array. */
  #skipInside() {
    let depth = 0;
    do {
      if (this.#at >= this.#text.length) throw new Error("the text ends before the value does");
      if (this.#take(STRING)) continue;
      const character = this.#text[this.#at];
      if (character === "{" || character === "[") depth += 1;
      if (character === "}" || character === "]") depth -= 1;
      this.#at += 1;
    } while (depth > 0);
  }

  #take(pattern) {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += taken.length;
    return taken !== "";
  }
}
