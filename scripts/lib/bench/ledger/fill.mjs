// A ledger of a million entries, made while the runtime is down: those that the gateway would have written, to the byte.

import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { progress } from "../../terminal.mjs";
import { using } from "./disk.mjs";

/** Days over which the entries lie. */
const DAYS = 30;

/**
 * Repeats the newest metered call of a ledger until it has `count` of them, each with its mac, as `docs/audit.md` says: what is
 * exported of it can be verified.
 */
export async function fill(state, file, count) {
  const shown = progress(`writing ${count.toLocaleString("en")} entries into a ledger`);
  const [id, key] = (await readFile(path.join(state, "seal-key"), "utf8")).trim().split(",")[0].split(".");
  const chainKey = createHmac("sha256", Buffer.from(key, "base64url")).update("tollgate audit").digest();
  using(file, (database) => {
    const newest = database.prepare("SELECT seq, link FROM entries ORDER BY seq DESC LIMIT 1").get();
    const { entry } = database.prepare("SELECT entry FROM entries WHERE json_array_length(entry, '$.charges') > 0 ORDER BY seq DESC LIMIT 1").get();
    const rest = count - newest.seq;
    const insert = database.prepare("INSERT INTO entries (seq, at, entry, link) VALUES (?, ?, ?, ?)");
    let mac = Buffer.from(newest.link.split(".")[1], "hex");
    // What there is, is the oldest from now on.
    const begun = Date.now() - DAYS * 86_400_000;
    database.exec(`BEGIN; UPDATE entries SET at = ${begun}`);
    for (let n = 1; n <= rest; n += 1) {
      const at = begun + Math.floor((n / rest) * (DAYS * 86_400_000 - 60_000));
      const text = JSON.stringify(again(JSON.parse(entry), newest.seq + n, at));
      mac = createHmac("sha256", chainKey).update(mac).update(text).digest();
      insert.run(newest.seq + n, at, text, `${id}.${mac.toString("hex")}`);
      if (n % 50_000 === 0) shown.note(`${n}`);
    }
    // As far behind as counters may be: what a ledger that wakes up has to make up for is the most that there can be.
    database.exec(`INSERT OR REPLACE INTO facts (name, value) VALUES ('checkpoint', ${count - 63}); COMMIT`);
  });
  shown.done();
}

function again(entry, seq, at) {
  const request = seq.toString(16).padStart(16, "0");
  const records = entry.records.map((record, n) => ({ ...record, request_id: request, number: 2 * seq + n, at }));
  return { ...entry, seq, at, reservation: request, records };
}
