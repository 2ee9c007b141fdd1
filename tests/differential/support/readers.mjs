// The readers: each makes a value of a body as some real one does, so that what they disagree on is seen.
import { guessed } from "./bytes.mjs";
import { startPython } from "./python.mjs";
import { readValues } from "./tree.mjs";

/** Keys that somebody decodes into a field of a struct; Go's encoding/json finds them in any case. */
const FIELDS = [
  ..."jsonrpc id method params result error name arguments uri ref type argument notifications resourceSubscriptions".split(" "),
  ..."_meta cursor requestId task inputResponses requestState level protocolVersion capabilities clientInfo".split(" "),
];
/** What is decoded into a map, where every key is only itself. */
const MAPS = new Set(["arguments", "_meta"]);
const FOLDED = new Map(FIELDS.map((field) => [folded(field), field]));

/**
 * Starts the readers. `read(bytes)` gives what each made of a body: `[{ reader, value } | { reader, unreadable }]`.
 * @returns {Promise<{read: (bytes: Buffer) => Promise<object[]>, stop: () => void}>}
 */
export async function startReaders() {
  const python = await startPython();
  return {
    stop: () => python.stop(),
    read: async (bytes) => {
      const { json, jiter } = await python.read(bytes);
      return [
        attempt("JSON.parse, the last key wins", () => JSON.parse(bytes.toString("utf8").replace(/^\uFEFF/, ""))),
        attempt("the first key wins", () => lenient(bytes, { first: true })),
        attempt("lenient, the last key wins", () => lenient(bytes, {})),
        attempt("Go's encoding/json", () => lenient(bytes, { fold: true, merge: true })),
        attempt("any case, the first key wins", () => lenient(bytes, { fold: true, first: true })),
        { reader: "Python's json", ...json },
        { reader: "pydantic_core.from_json", ...jiter },
      ];
    },
  };
}

function attempt(reader, read) {
  try {
    return { reader, value: read() };
  } catch (error) {
    return { reader, unreadable: error.message };
  }
}

/** Several values are a batch to those who read a stream of them. */
function lenient(bytes, how) {
  const { values } = readValues(guessed(bytes));
  if (values.length === 0) throw new Error("no value");
  return values.length === 1 ? plain(values[0], how) : values.map((value) => plain(value, how));
}

/** The value of a tree, by one reader's habits. */
function plain(node, how, inMap = false) {
  switch (node.kind) {
    case "string":
      return node.string;
    case "number":
      return Number(node.text);
    case "word":
      return { true: true, false: false, null: null }[node.text] ?? (node.text === "null" ? null : node.text);
    case "array":
      return node.items.map((item) => plain(item, how, inMap));
    default:
      return object(node, how, inMap);
  }
}

function object({ members }, how, inMap) {
  const value = Object.create(null);
  for (const { key, value: node } of members) {
    const name = how.fold && !inMap ? (FOLDED.get(folded(key.name)) ?? key.name) : key.name;
    if (how.first && name in value) continue;
    const read = plain(node, how, inMap || MAPS.has(name));
    // Go decodes a key that comes again into the struct that is there already.
    value[name] = how.merge && isObject(read) && isObject(value[name]) ? Object.assign(value[name], read) : read;
  }
  return value;
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Unicode simple case folding, which takes the long s (U+017F) for an s and the Kelvin sign (U+212A) for a k. */
function folded(text) {
  return Array.from(text, (character) => {
    const upper = character.toUpperCase();
    return upper.length === character.length ? upper.toLowerCase() : character;
  }).join("");
}
