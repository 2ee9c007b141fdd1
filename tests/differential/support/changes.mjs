// The ways in which a message is changed: its tree, its text, its header fields, its framing.
import { ENCODINGS } from "./bytes.mjs";
import { FRAMINGS } from "./framing.mjs";
import { fields } from "./message.mjs";
import { hostile } from "./phrase.mjs";
import { copy, nodeOf, readValues, write } from "./tree.mjs";
import { FIELDS, FOLDS, IDLE, JUNK, KEYS, STRANGE, VALUES } from "./vocabulary.mjs";

/** A change of the body's tree; a body that is none stays what it is. */
const ofTree = (change) => (message, chance, corpus) => {
  const { values } = readValues(message.body);
  if (values[0]?.kind !== "object") return message;
  change(values[0], chance, corpus);
  return { ...message, body: values.map(write).join("") };
};
/** A change of one object of the tree that has members; `all` are the tree's objects. */
const ofObject = (change) =>
  ofTree((root, chance, corpus) => {
    const all = objects(root);
    const full = all.filter(({ members }) => members.length > 0);
    change(chance.pick(full.length > 0 ? full : all), chance, all, corpus);
  });
const ofText = (change) => (message, chance, corpus) => ({ ...message, body: change(message.body, chance, corpus) });

function objects(node) {
  if (node.kind === "array") return node.items.flatMap(objects);
  if (node.kind !== "object") return [];
  return [node, ...node.members.flatMap(({ value }) => objects(value))];
}

const value = (chance) => nodeOf(chance.pick(VALUES)) ?? nodeOf("null");
const key = (name, text = JSON.stringify(name)) => ({ name, text });
const insert = (list, item, chance) => list.splice(chance.below(list.length + 1), 0, item);

/** A key as another reader might still find it. */
function respelled(name, chance) {
  const letters = Array.from(name);
  const at = chance.below(letters.length);
  const letter = letters[at] ?? "";
  switch (chance.below(5)) {
    case 0:
      letters[at] = `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
      return key(name, `"${letters.join("")}"`);
    case 1:
      letters[at] = letter.toUpperCase();
      break;
    case 2:
      return key(name, `"${letters.map((one) => FOLDS[one] ?? one).join("")}"`);
    case 3:
      return key(name, `"${name.toUpperCase()}"`);
    default:
      insert(letters, chance.pick([" ", "\\u0000", "\u200b", "\\u00ad"]), chance);
  }
  return key(name, `"${letters.join("")}"`);
}

function addField({ headers }, chance) {
  const name = chance.pick(Object.keys(FIELDS));
  return [headers, name, chance.pick(FIELDS[name])];
}

const ALL = {
  "a member twice": ofObject(({ members }, chance) => {
    if (members.length > 0) insert(members, { key: chance.pick(members).key, value: value(chance) }, chance);
  }),
  "a member twice, respelled": ofObject(({ members }, chance) => {
    if (members.length > 0) insert(members, { key: respelled(chance.pick(members).key.name, chance), value: value(chance) }, chance);
  }),
  "a key respelled": ofObject(({ members }, chance) => {
    if (members.length === 0) return;
    const member = chance.pick(members);
    member.key = respelled(member.key.name, chance);
  }),
  "a member moved": ofObject(({ members }, chance, all) => {
    if (members.length > 0) insert(chance.pick(all).members, members.splice(chance.below(members.length), 1)[0], chance);
  }),
  "a member copied elsewhere": ofObject(({ members }, chance, all) => {
    if (members.length === 0) return;
    const { members: elsewhere } = chance.pick(all);
    const { key, value } = chance.pick(members);
    insert(elsewhere, { key: { ...key }, value: copy(value) }, chance);
  }),
  "a member added": ofObject(({ members }, chance) => insert(members, { key: key(chance.pick(KEYS)), value: value(chance) }, chance)),
  "a respelled member added": ofObject(({ members }, chance) => {
    insert(members, { key: respelled(chance.pick(KEYS), chance), value: value(chance) }, chance);
  }),
  "a member taken away": ofObject(({ members }, chance) => members.splice(chance.below(members.length || 1), 1)),
  "a value changed": ofObject(({ members }, chance) => {
    if (members.length > 0) chance.pick(members).value = value(chance);
  }),
  "a value in an array": ofObject(({ members }, chance) => {
    if (members.length === 0) return;
    const member = chance.pick(members);
    member.value = { kind: "array", items: [member.value] };
  }),
  "members shuffled": ofObject(({ members }, chance) => {
    for (let at = members.length - 1; at > 0; at -= 1) {
      const other = chance.below(at + 1);
      [members[at], members[other]] = [members[other], members[at]];
    }
  }),
  // What readers must see alike, and what the policy has no say in.
  "a strange argument": ofObject((_, chance, all) => {
    const place = all.find(({ members }) => members.some(({ key: { name } }) => name === "arguments")) ?? chance.pick(all);
    const inner = place.members.find(({ key: { name } }) => name === "arguments")?.value;
    const { members } = inner?.kind === "object" ? inner : place;
    insert(members, { key: key("", chance.pick(STRANGE)), value: nodeOf(chance.pick(STRANGE)) }, chance);
  }),
  "a strange member of params": ofTree((root, chance) => {
    const inner = root.members.find(({ key: { name } }) => name === "params")?.value;
    if (inner?.kind === "object") insert(inner.members, { key: key("", chance.pick(STRANGE)), value: value(chance) }, chance);
  }),
  "another message's params": ofTree((root, chance, corpus) => {
    const donor = objects(nodeOf(chance.pick(corpus).body) ?? nodeOf("{}")).flatMap(({ members }) => members);
    if (donor.length > 0) insert(root.members, chance.pick(donor), chance);
  }),
  "a string respelled": ofText((body, chance) =>
    body.replace(chance.pick(["tools/call", "tools/list", "2.0", "ping"]), (found) => respelled(found, chance).text.slice(1, -1)),
  ),
  "something before or behind a name": ofText((body, chance) => {
    const extra = chance.pick(["\\u0000", " ", "\\u200b", "\\n", ",", "/"]);
    return body.replace(chance.pick(["$GOOD", "$BAD"]), (found) => (chance.odds(0.5) ? extra + found : found + extra));
  }),
  "white space": ofText((body, chance) => body.replaceAll(",", chance.pick([", ", ",\n", " ,", ",\t\r\n", ",\u00a0"]))),
  "junk inserted": ofText((body, chance) => {
    const at = chance.below(body.length + 1);
    return body.slice(0, at) + chance.pick(JUNK) + body.slice(at);
  }),
  "a piece cut out": ofText((body, chance) => {
    const at = chance.below(body.length + 1);
    return body.slice(0, at) + body.slice(at + 1 + chance.below(12));
  }),
  "spliced with another": ofText((body, chance, corpus) => {
    const other = chance.pick(corpus).body;
    return body.slice(0, chance.below(body.length + 1)) + other.slice(chance.below(other.length + 1)).slice(0, 5000);
  }),
  "another behind": ofText((body, chance) => body + chance.pick(["", "\n", ",", "\0", "\x1e"]) + hostile.replace("$META", "")),
  "in a batch": ofText((body, chance) => chance.pick([`[${body}]`, `[${body},${hostile.replace("$META", "")}]`, `[[${body}]]`])),
  "a header changed": (message, chance) => {
    const [headers, name, changed] = addField(message, chance);
    const others = headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
    return { ...message, headers: changed === null ? others : [...others, [name, changed]] };
  },
  "an idle header": (message, chance) => ({ ...message, headers: [...message.headers, chance.pick(IDLE)] }),
  "a mirrored argument": (message, chance) => {
    const region = chance.pick(["eu", "us", "\u00fc", ""]);
    const said = chance.odds(0.5) ? region : chance.pick(["eu", "us", "=?base64?w7w=?=", "=?base64??="]);
    const comma = message.body.includes('"arguments":{}') ? "" : ",";
    const body = message.body.replace('"arguments":{', `"arguments":{"region":"${region}"${comma}`);
    return { ...message, body, headers: [...message.headers, ["Mcp-Param-Region", said]] };
  },
  "a header twice": (message, chance) => {
    const [headers, name, added] = addField(message, chance);
    insert(headers, [chance.odds(0.5) ? name : name.toUpperCase(), added ?? ""], chance);
    return message;
  },
  "another era's headers": (message, chance) => {
    const other = message.era === "legacy" ? "modern" : "legacy";
    return { ...message, headers: fields(other, { name: chance.pick(["$GOOD", "$BAD"]) }) };
  },
  "another encoding": (message, chance) => ({ ...message, encoding: chance.pick(Object.keys(ENCODINGS)) }),
  "another framing": (message, chance) => ({ ...message, framing: chance.pick(Object.keys(FRAMINGS)) }),
};

/** These a gateway may well let through, and what is let through is what tests most: they are drawn more often. */
const QUIET = [
  "a strange argument", "a strange member of params", "a respelled member added", "members shuffled", "an idle header", "a mirrored argument",
  "a header changed",
];
export const CHANGES = [...Object.entries(ALL), ...QUIET.flatMap((name) => Array(3).fill([name, ALL[name]]))];
