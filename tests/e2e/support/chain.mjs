// `tollgate audit verify`, as an auditor runs it on what a gateway has exported.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { commandLine } from "./cli.mjs";
import { SEAL_KEY } from "./gateway.mjs";

let built;

/** Verifies the text of an export, beside a log if there is one; gives the status, and what is said as JSON. */
export async function verify(t, text, { keys = SEAL_KEY, log } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), "tollgate-audit-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, "export.ndjson"), text);
  if (log !== undefined) await writeFile(path.join(folder, "log"), log);
  const heads = log === undefined ? [] : ["--head", path.join(folder, "log")];
  built ??= commandLine(tmpdir());
  return (await built)(["audit", "verify", path.join(folder, "export.ndjson"), ...heads], { SEAL_KEY: keys });
}
