// `npm run check-dependencies`: that it finds what it promises to find. The lock files here are the repository's own, each with one thing changed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { wrongWithCrates } from "../../scripts/lib/dependencies/crates.mjs";
import { Licences } from "../../scripts/lib/dependencies/licences.mjs";
import { wrongWithNpm } from "../../scripts/lib/dependencies/npm.mjs";
import { wrongWithPython } from "../../scripts/lib/dependencies/python.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";

const text = (file) => readFile(inRoot(file), "utf8");
const licences = Licences.read(await text("deny.toml"));

/** There is one fault, and it says this. */
function finds(wrong, expected) {
  assert.equal(wrong.length, 1, wrong.join("\n"));
  assert.match(wrong[0], expected);
}

describe("Crates", () => {
  const none = { packages: [] };
  const crate = (more) => ({ packages: [{ name: "c", version: "1.0.0", source: null, license: "MIT", manifest_path: inRoot("c/Cargo.toml"), ...more }] });

  test("a crate of another registry, of git, or without a checksum", async () => {
    const lock = await text("Cargo.lock");
    assert.deepEqual(wrongWithCrates(lock, none, licences, inRoot()), []);
    const changed = (what, by) => wrongWithCrates(lock.replace(what, by), none, licences, inRoot());
    finds(changed(/^source = .*$/m, 'source = "registry+https://crates.example/index"'), /crates\.example\/index, not from crates\.io/);
    finds(changed(/^source = .*$/m, 'source = "git+https://git.example/c#0123"'), /git\.example/);
    finds(changed(/^checksum = .*\n/m, ""), /has no checksum/);
  });

  test("a folder outside of the repository", () => {
    finds(wrongWithCrates("", crate({ manifest_path: "/elsewhere/Cargo.toml" }), licences, inRoot()), /outside of this repository/);
  });

  for (const [license, allowed] of Object.entries({
    MIT: true,
    "GPL-3.0-only": false,
    "MIT OR GPL-3.0-only": true,
    "GPL-3.0-only OR MIT": true,
    "MIT AND GPL-3.0-only": false,
    "(MIT OR GPL-3.0-only) AND ISC": true,
    "(MIT OR Apache-2.0) AND GPL-3.0-only": false,
    "GPL-2.0-only AND MIT OR ISC": true,
    "MIT/Apache-2.0": true,
    "Apache-2.0 WITH LLVM-exception": true,
    "MIT WITH LLVM-exception": false,
    "MIT)": false,
  })) {
    test(`a crate under ${license} is ${allowed ? "allowed" : "refused"}`, () => {
      const wrong = wrongWithCrates("", crate({ license }), licences, inRoot());
      if (allowed) assert.deepEqual(wrong, []);
      else finds(wrong, /which deny\.toml does not allow/);
    });
  }

  test("a crate that names no licence", () => finds(wrongWithCrates("", crate({ license: null }), licences, inRoot()), /no licence that it names/));
});

describe("npm packages", async () => {
  const lock = JSON.parse(await text("package-lock.json"));
  const wanted = JSON.parse(await text("package.json"));
  const name = "node_modules/wrangler";
  const changed = (more) => ({ ...lock, packages: { ...lock.packages, [name]: { ...lock.packages[name], ...more } } });

  test("the repository's own are as they should be", () => assert.deepEqual(wrongWithNpm(lock, wanted, licences), []));
  test("one without a checksum, or with a weak one", () => {
    finds(wrongWithNpm(changed({ integrity: undefined }), wanted, licences), /wrangler .* has no SHA-512/);
    finds(wrongWithNpm(changed({ integrity: "sha1-AAAA" }), wanted, licences), /has no SHA-512/);
  });
  test("one from elsewhere: git, a folder, another registry", () => {
    for (const resolved of ["git+ssh://git@git.example/w.git#0123", "file:../w", "http://registry.npmjs.org/w", "https://registry.example/w/-/w-1.0.0.tgz"]) {
      finds(wrongWithNpm(changed({ resolved }), wanted, licences), /not from the npm registry/);
    }
  });
  test("one whose licence is not allowed", () => finds(wrongWithNpm(changed({ license: "AGPL-3.0-only" }), wanted, licences), /is under AGPL-3\.0-only/));
  test("a script that runs when it is installed, of which package.json says nothing; a permission for none", () => {
    finds(wrongWithNpm(changed({ hasInstallScript: true }), wanted, licences), /wrangler .* wants to run a script/);
    finds(wrongWithNpm(lock, { ...wanted, allowScripts: { ...wanted.allowScripts, wrangler: true } }, licences), /a script that it does not have/);
  });
  test("a range in package.json", () => {
    for (const version of ["^4.0.0", "4.x", "latest", "*", "github:a/b", ">=4.0.0"]) {
      finds(wrongWithNpm(lock, { ...wanted, dependencies: { wrangler: version } }, licences), /name one version/);
    }
  });
});

describe("Python packages", () => {
  test("what is pinned passes, with a marker or a hash", () => {
    const hash = `    --hash=sha256:${"0".repeat(64)}`;
    assert.deepEqual(wrongWithPython(`# a\na==1.0\nb[c]==2.0.post1 ; python_full_version < '3.11'\n`), []);
    assert.deepEqual(wrongWithPython(`a==1.0 \\\n${hash}\nb==2.0 \\\n${hash}\n`), []);
  });
  test("what is not: a range, a URL, git, another index, a folder", () => {
    const elsewhere = ["a @ https://pypi.example/a.whl", "git+https://git.example/a", "--index-url https://pypi.example", "-e ."];
    for (const line of ["a", "a>=1.0", "a~=1.0", "a==1.*", ...elsewhere]) {
      finds(wrongWithPython(`${line}\nb==1.0\n`), /pins nothing/);
    }
  });
  test("hashes of some only", () => finds(wrongWithPython(`a==1.0 \\\n    --hash=sha256:${"0".repeat(64)}\nb==1.0\n`), /1 of 2 packages have no hash/));
});
