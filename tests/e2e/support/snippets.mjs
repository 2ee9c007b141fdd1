// What the pages show as code, run as it stands there.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { systemPython } from "../../../scripts/lib/python.mjs";

/** The one block of a page in that language. */
export async function snippet(page, language) {
  const blocks = [...(await readFile(inRoot("docs", page), "utf8")).matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, written]) => written === language);
  if (blocks.length !== 1) throw new Error(`${page} has ${blocks.length} blocks of ${language}, where one is looked for`);
  return blocks[0][2];
}

/** What a block of JavaScript exports. */
export const moduleOf = (code) => import(`data:text/javascript,${encodeURIComponent(code)}`);

/** Runs a block of Python and then `last`, with `input` as JSON in `given`; gives what that prints, as JSON. Rejects with what Python says. */
export async function inPython(code, last, input) {
  const program = `${code}\nimport sys\ngiven = json.load(sys.stdin)\n${last}\n`;
  const python = await systemPython();
  return new Promise((resolve, reject) => {
    const child = execFile(python, ["-I", "-c", program], (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(JSON.parse(stdout))));
    child.stdin.end(JSON.stringify(input));
  });
}
