// What is wrong with the crates of a Cargo.lock.

const CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index";

/**
 * @param {string} lock Cargo.lock
 * @param {{packages: object[]}} metadata what `cargo metadata --locked` says: of each its name, version, source, license and manifest_path
 * @param {import("./licences.mjs").Licences} licences
 * @param {string} root the folder in which crates may be that come from no registry
 * @returns {string[]} a sentence for each fault
 */
export function wrongWithCrates(lock, metadata, licences, root) {
  const wrong = [];
  for (const { name, version, source, checksum } of locked(lock)) {
    if (source === undefined) continue;
    if (source !== CRATES_IO) wrong.push(`${name} ${version} comes from ${source}, not from crates.io.`);
    else if (!/^[0-9a-f]{64}$/.test(checksum ?? "")) wrong.push(`${name} ${version} has no checksum.`);
  }
  for (const { name, version, source, license, manifest_path: manifest } of metadata.packages) {
    if (source === null && !manifest.startsWith(root)) wrong.push(`${name} ${version} is a folder outside of this repository.`);
    if (!licences.allow(name, license)) wrong.push(`${name} ${version} is under ${license ?? "no licence that it names"}, which deny.toml does not allow.`);
  }
  return wrong;
}

/** The packages that a Cargo.lock names. */
function locked(lock) {
  return lock.split(/^\[\[package\]\]$/m).slice(1).map((block) => {
    const field = (name) => block.match(new RegExp(`^${name} = "([^"]*)"$`, "m"))?.[1];
    return { name: field("name"), version: field("version"), source: field("source"), checksum: field("checksum") };
  });
}
