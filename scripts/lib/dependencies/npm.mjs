// What is wrong with the packages of a package-lock.json.

const EXACT = /^(npm:(@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.-]+)?$/;
const REGISTRY = "https://registry.npmjs.org/";

/**
 * Packages that npm has written into the lock without a checksum: those of other platforms than the one it was made on. Such a
 * machine installs them unchecked; `npm view NAME@VERSION dist.integrity` tells the checksum, to be put there by hand.
 */
const UNCHECKED = ["@cloudflare/workerd-darwin-64", "@cloudflare/workerd-darwin-arm64", "@cloudflare/workerd-windows-64"];

/** Scripts that run where package.json does not say, and that somebody has read, at this version: what each does. */
const READ = new Map([["@modelcontextprotocol/inspector 2.12.0", "ends at once where it stands below node_modules"]]);

/**
 * @param {{packages: Record<string, {version?: string, resolved?: string, integrity?: string, license?: string, link?: boolean, hasInstallScript?: boolean}>}} lock
 * @param {{dependencies?: Record<string, string>, devDependencies?: Record<string, string>, allowScripts?: Record<string, boolean>}} wanted package.json
 * @param {import("./licences.mjs").Licences} licences
 * @returns {string[]} a sentence for each fault
 */
export function wrongWithNpm(lock, wanted, licences) {
  const wrong = [];
  for (const [name, version] of [wanted.dependencies, wanted.devDependencies].flatMap((kind) => Object.entries(kind ?? {}))) {
    if (!EXACT.test(version)) wrong.push(`package.json asks for ${name} ${version}: name one version, as 1.2.3.`);
  }
  const mayRun = wanted.allowScripts ?? {};
  for (const [where, found] of Object.entries(lock.packages)) {
    if (where === "") continue;
    const name = found.name ?? where.split("node_modules/").at(-1);
    const { version, resolved, integrity, license, link, hasInstallScript } = found;
    if (link === true || /^(git|file|link|http:)/.test(resolved ?? "") || (resolved !== undefined && !resolved.startsWith(REGISTRY))) {
      wrong.push(`${name} ${version} comes from ${resolved}, not from the npm registry.`);
    }
    const checked = /^sha512-/.test(integrity ?? "");
    if (!checked && !UNCHECKED.includes(name)) wrong.push(`${name} ${version} has no SHA-512.`);
    if (checked && UNCHECKED.includes(name)) wrong.push(`${name} ${version} has a SHA-512 now: take it out of scripts/lib/dependencies/npm.mjs.`);
    if (!licences.allow(name, license)) wrong.push(`${name} ${version} is under ${license ?? "no licence that it names"}, which is not allowed.`);
    if (hasInstallScript === true && mayRun[name] === undefined && !READ.has(`${name} ${version}`)) {
      wrong.push(`${name} ${version} wants to run a script when it is installed: say yes or no to it under allowScripts in package.json.`);
    }
  }
  for (const name of Object.keys(mayRun)) {
    if (!lock.packages[`node_modules/${name}`]?.hasInstallScript) wrong.push(`package.json allows or forbids ${name} a script that it does not have.`);
  }
  return wrong;
}
