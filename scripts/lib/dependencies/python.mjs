// What is wrong with the packages of a requirements.txt.

/** One version, and perhaps where it is the one: `name==1.2 ; python_full_version < '3.11'`. */
const PINNED = /^[A-Za-z0-9][\w.-]*(\[[\w,-]+\])?==[\w.+!-]+(\s*;\s*[^\\]+)?(\s*\\)?$/;
const HASH = /^\s+--hash=sha256:[0-9a-f]{64}(\s*\\)?$/;

/** @param {string} text @returns {string[]} a sentence for each fault */
export function wrongWithPython(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  const loose = lines.filter((line) => !PINNED.test(line) && !HASH.test(line));
  const wrong = loose.map((line) => `\`${line.trim()}\` pins nothing: name one version with ==, of a package of PyPI.`);
  const packages = lines.filter((line) => PINNED.test(line));
  const hashed = lines.filter((line, at) => HASH.test(line) && PINNED.test(lines[at - 1] ?? ""));
  // pip wants them of all, or of none.
  const bare = packages.length - hashed.length;
  if (hashed.length > 0 && bare > 0) wrong.push(`${bare} of ${packages.length} packages have no hash, and the others have.`);
  return wrong;
}
