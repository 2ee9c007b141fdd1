// What the ledgers have written down, in all lives: read from the disk, when the gateway has ended for good.

const QUERY = "SELECT (SELECT value FROM texts WHERE name = 'ledger') AS ledger, entry FROM entries ORDER BY seq";

export class Ledgers {
  /** The entries of each ledger, by its name: `{ seq, at, charges, reservation, refund, records }`, in order. */
  entries = new Map();
  /** What was allowed: `{ grant, entry, record }`, by the id of the request; one that was written twice bears one number. */
  allowed = new Map();
  /** The same by what marks a call: the id that its agent gave it. */
  byMark = new Map();
  /** The call of each entry of a server's ledger, by its reservation. */
  reserved = new Map();
  records = 0;
  /** What should not be. */
  findings = [];

  static async read(gateway) {
    const ledgers = new Ledgers();
    for (const rows of await gateway.everyRowOnDisk("Ledger", QUERY)) {
      if (rows.length > 0) ledgers.#add(rows[0].ledger, rows.map(({ entry }) => JSON.parse(entry)));
    }
    return ledgers;
  }

  #add(ledger, entries) {
    this.entries.set(ledger, entries);
    let before = { seq: 0, at: 0 };
    for (const entry of entries) {
      if (entry.seq !== before.seq + 1 || entry.at < before.at) {
        this.findings.push(`${ledger}: entry ${entry.seq} at ${entry.at} follows ${before.seq} at ${before.at}`);
      }
      before = entry;
      if (entry.grant !== undefined) this.reserved.set(entry.reservation, { ledger, entry });
      for (const record of entry.records ?? []) this.#write(ledger, entry, record);
    }
  }

  #write(ledger, entry, record) {
    this.records += 1;
    if (record.ruling !== "allow") return;
    const known = this.allowed.get(record.request_id);
    if (known !== undefined) {
      const { isolate, number } = known.record;
      if (isolate !== record.isolate || number !== record.number) this.findings.push(`${ledger}: two decisions of ${record.request_id}`);
      // The one that stands with the charge.
      if (entry.reservation !== record.request_id) return;
    }
    const allowed = { grant: ledger, entry, record };
    this.allowed.set(record.request_id, allowed);
    const mark = record.values?.["args.mark"] ?? record.values?.mark;
    if (mark === undefined) return;
    const other = this.byMark.get(mark);
    if (other !== undefined && other.record.request_id !== record.request_id) this.findings.push(`${ledger}: ${mark} was allowed twice`);
    this.byMark.set(mark, allowed);
  }
}
