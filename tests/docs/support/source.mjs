// What the source says in words that operators and agents meet: codes, variables, log lines.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { inRoot } from "../../../scripts/lib/paths.mjs";

const text = (...parts) => readFile(inRoot(...parts), "utf8");

/** All of src/edge, one file after the other. */
export async function edge() {
  const files = (await readdir(inRoot("src", "edge"), { recursive: true })).filter((file) => /\.(rs|js)$/.test(file));
  const texts = await Promise.all(files.sort().map((file) => text("src", "edge", file)));
  return texts.join("\n");
}

const all = (text_, pattern) => [...new Set([...text_.matchAll(pattern)].map(([, found]) => found))].sort();

/** The reason codes: of denials, and of what is refused without a ruling. */
export async function reasonCodes() {
  const ruling = await text("src", "policy", "ruling.rs");
  const table = ruling.match(/pub fn code\(&self\)[\s\S]*?\n {4}\}\n/)?.[0] ?? "";
  const denials = all(table, /=> "([a-z_]+)"/g);
  const refused = all(await edge(), /(?:(?:reason_code: Some|note_unread|\.refused)\(|Unfit::\w+(?:\(_\))? =>)\s*"([a-z_]+)"/g);
  if (denials.length === 0 || refused.length === 0) throw new Error("the source is not where it was");
  return { denials, refused };
}

/** What became of a call, as the audit says. */
export async function outcomes() {
  const record = await text("src", "ledger", "record.rs");
  const names = all(record.match(/pub enum Outcome \{[\s\S]*?\n\}/)?.[0] ?? "", /^ {4}([A-Z]\w+),/gm);
  if (names.length === 0) throw new Error("the source is not where it was");
  return names.map((name) => name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase());
}

/** The codes of the admin API's errors. */
export const adminCodes = async () => all(await text("src", "edge", "admin", "problem.rs"), /\(\s*(?:\d{3}|refused\.status),\s*"([a-z_]+)"/g);

/** The codes of JSON-RPC errors that the gateway makes. */
export async function errorCodes() {
  const codes = all(await text("src", "wire", "answer.rs"), /^(?:pub(?:\(super\))? )?const [A-Z_]+: i32 = (-?\d[\d_]*);/gm);
  return codes.map((code) => code.replaceAll("_", ""));
}

/** The HTTP statuses other than success that the gateway answers with. */
export async function statuses() {
  const sources = [await edge(), await text("src", "wire", "answer.rs"), await text("src", "wire", "refused.rs")].join("\n");
  return all(sources, /(?:\(|=> )\s*([45]\d{2}),/g);
}

/** The variables that the Worker reads, and those of wrangler.toml; the bindings there. */
export async function variables() {
  const source = await edge();
  const read = all(source, /(?:variable\(env, |list\(env, |millis\(|env\.var\()"([A-Z_]+)"/g);
  const config = await text("wrangler.toml");
  const section = (name) => config.match(new RegExp(`^\\[${name}\\]\\n([\\s\\S]*?)(?=^\\[|$(?![\\s\\S]))`, "m"))?.[1] ?? "";
  const named = all(section("vars"), /^([A-Z_]+) =/gm);
  const bindings = all(config, /^(?:binding|name) = "([A-Z_]+)"$/gm);
  return { variables: [...new Set([...read, ...named])].sort(), bindings };
}

/** The secrets that the Worker reads by name, and those that wrangler.toml requires. */
export async function secrets() {
  const required = (await text("wrangler.toml")).match(/^required = \[([^\]]*)\]/m)?.[1] ?? "";
  return [...new Set([...all(await edge(), /\.secret\("([A-Z_]+)"\)/g), ...all(required, /"([A-Z_]+)"/g)])].sort();
}

/** What the Worker writes to its log: each line as the parts between what it fills in. */
export async function logLines() {
  const lines = all(await edge(), /console(?:_error!|_log!|\.error)\(\s*r?#?"((?:[^"\\]|\\.|"(?!#|,|\)))*)"/g);
  // `{{` is a brace that is meant, `{…}` is filled in.
  const parts = (line) => line.replaceAll("{{", "\u0001").split(/\{[^}]*\}/).map((part) => part.replaceAll("\u0001", "{").trim());
  return lines.map((line) => parts(line).filter((part) => part.length > 2));
}

/** Whether a word stands anywhere in a file of the repository that is run. */
export async function isKnown(word, folders = ["src", "scripts", "tests"]) {
  for (const folder of folders) {
    for (const file of (await readdir(inRoot(folder), { recursive: true })).filter((name) => /\.(rs|m?js)$/.test(name) && !name.includes("node_modules"))) {
      if ((await text(folder, ...file.split(path.sep))).includes(word)) return true;
    }
  }
  return (await text("wrangler.toml")).includes(word);
}
