// docs/clients.md: the snippets that it prints are what the tests run, and what it says that clients show is what they showed.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { inRoot } from "../../../scripts/lib/paths.mjs";

const PAGE = inRoot("docs", "clients.md");

/** The code blocks under a heading, in their order. */
export async function snippets(heading) {
  const sections = (await readFile(PAGE, "utf8")).split(/^(?=##+ )/m);
  const section = sections.find((text) => text.startsWith(`### ${heading}\n`));
  if (section === undefined) throw new Error(`docs/clients.md has no section \`${heading}\``);
  return [...section.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, code]) => code);
}

/** The snippet for this gateway URL and this grant. */
export const pointed = (snippet, { url, token }) => snippet.replaceAll("https://YOUR-HOST/shop/mcp", url).replaceAll("tg_…", token);

/** What is the page's own: the gateway, the grant out of the environment, the era. */
const SETTING = /^(?:(?:const |let )?(?:url|token|mode|lifecycle) = |import os$)/;

/** Every other line of a client's snippet stands in the code that the tests run. */
export async function assertRun(client) {
  const run = (await readFile(client.code, "utf8")).split("\n").map((line) => line.trim());
  const [snippet] = await snippets(client.name);
  for (const line of snippet.split("\n").map((line) => line.trim())) {
    if (line !== "" && !SETTING.test(line)) assert.ok(run.includes(line), `docs/clients.md prints a line that no test runs: ${line}`);
  }
}

/**
 * The part of the page that a run writes, between its two marks, is what this run saw, but for the seconds that it was told to wait.
 * With SAVE_DOCS=1 it is put there.
 */
export async function assertWritten(part, seen) {
  const marks = [`<!-- what \`npm test ${part}\` saw -->\n`, "<!-- end of what it saw -->\n"];
  const page = await readFile(PAGE, "utf8");
  const begin = page.indexOf(marks[0]);
  const end = page.indexOf(marks[1], begin);
  if (begin < 0 || end < begin) throw new Error(`docs/clients.md has lost the marks that ${part} writes between: ${marks.join(" and ")}`);
  const from = begin + marks[0].length;
  if (process.env.SAVE_DOCS === "1") return writeFile(PAGE, `${page.slice(0, from)}${seen}${page.slice(end)}`);
  const advice = `docs/clients.md says something else. If what clients show was meant to change: SAVE_DOCS=1 npm test ${part}`;
  assert.equal(timeless(page.slice(from, end)), timeless(seen), advice);
}

/** Words as somebody said them, back ticks and all. */
export const quoted = (text) => `\`\` ${text} \`\``;

/** However long a call was told to wait. */
export const timeless = (text) => text.replace(/Wait \d+ seconds?/g, "Wait N seconds");
