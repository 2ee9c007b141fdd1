// The pages of the documentation, as GitHub reads them: links, anchors, tables.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { inRoot } from "../../../scripts/lib/paths.mjs";

/** The pages that people begin with, and all of docs/. */
export async function pages() {
  const names = ["README.md", "SECURITY.md", ...(await readdir(inRoot("docs"))).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
  return Promise.all(names.map((name) => page(name)));
}

/** One page, by its path in the repository. */
export async function page(name) {
  return new Page(name, await readFile(inRoot(name), "utf8"));
}

export class Page {
  constructor(name, text) {
    this.name = name;
    this.text = text;
    /** Without what stands in fences, where a link is none. */
    this.prose = text.replace(/^```[\s\S]*?^```/gm, "");
    /** What `[name]` stands for, by the lines `[name]: target` at the end. */
    this.references = new Map([...this.prose.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, name_, target]) => [name_, target]));
  }

  /** The path in the repository, and the anchor, that a target of this page means; nothing if it leads out of it. */
  resolve(target) {
    if (/^[a-z]+:/.test(target)) return undefined;
    const [file, anchor] = target.split("#");
    const where = file === "" ? this.name : path.posix.normalize(path.posix.join(path.posix.dirname(this.name), file));
    return { file: where, anchor };
  }

  /** Every target: of links in the text, and of references. */
  get targets() {
    // What stands in backticks is no link; the text of a link may.
    const inline = [...this.prose.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, "").matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => target);
    return [...inline, ...this.references.values()];
  }

  /** The anchors of the headings. */
  get anchors() {
    const seen = new Map();
    return [...this.prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
      const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "").trim().toLowerCase();
      const slug = plain.replace(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    });
  }

  /** The tables: `{ heads, rows }`, cells as they are written. */
  get tables() {
    const blocks = this.prose.match(/(^\|.*\|$\n?)+/gm) ?? [];
    return blocks.map((block) => {
      const [heads, , ...rows] = block.trim().split("\n").map(cells);
      return { heads, rows };
    });
  }

  /** The tests that are named: `[suite] “title”`. */
  get proofs() {
    return [...this.prose.matchAll(/\[([^\]]+)\]\s“([^”]+)”/g)].map(([, suite, title]) => ({ suite, title: title.replace(/\s+/g, " ") }));
  }
}

/** What stands in backticks in a cell, each as it is. */
export const spans = (cell) => [...cell.matchAll(/``\s?(.*?)\s?``|`([^`]+)`/g)].map(([, twice, once]) => twice ?? once);

function cells(line) {
  return line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim());
}
