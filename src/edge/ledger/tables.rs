//! The tables of a ledger.

use worker::Result;

use crate::edge::object::Database;

/// The tables, schema by schema.
pub(super) const STEPS: [&[&str]; 4] = [
    // 1: what has been used lately, by `CounterKey`.
    &["CREATE TABLE counters (identity TEXT PRIMARY KEY, grains BLOB NOT NULL)"],
    // 2: the decisions. `at` is the ledger's time; `charges` is a JSON array.
    &["CREATE TABLE decisions (
        seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, request_id TEXT NOT NULL, server TEXT NOT NULL, method TEXT NOT NULL,
        tool TEXT NOT NULL, ruling TEXT NOT NULL, rule TEXT NOT NULL, policy TEXT NOT NULL, stamp TEXT NOT NULL,
        argument_keys TEXT NOT NULL, arguments_sha256 TEXT NOT NULL, charges TEXT NOT NULL)"],
    // 3: the entries, each an `Entry` and its link in the chain (none for those that schema 2 had written as decisions); the
    // calls whose outcome may give something back; and the texts that there is one of: `ledger` (its name), `grant` (the
    // newest record), `anchor` (what the chain begins with), `base` (the mark that retention has left).
    &[
        "CREATE TABLE entries (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, entry TEXT NOT NULL, link TEXT)",
        "INSERT INTO entries SELECT seq, at, json_object('seq', seq, 'at', at,
            'charges', (SELECT json_group_array(json_object('units', 1, 'counter',
                value ->> 'counter' || ' ' || (value ->> 'window') || 's sliding calls')) FROM json_each(charges)),
            'reservation', request_id,
            'records', json_array(json_object('request_id', request_id, 'at', at, 'server', server, 'method', method,
                'name', tool, 'ruling', ruling, 'rule', rule, 'policy', policy, 'stamp', stamp,
                'argument_keys', json(argument_keys), 'arguments_sha256', arguments_sha256))), NULL FROM decisions",
        "DROP TABLE decisions",
        "CREATE TABLE refundable (reservation TEXT PRIMARY KEY, at INTEGER NOT NULL, spent TEXT NOT NULL)",
        "CREATE TABLE texts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    ],
    // 4: the questions to people, each an `Approval`, and what others have still to be told of them.
    &[
        "CREATE TABLE approvals (id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status TEXT NOT NULL,
            asked_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, approval TEXT NOT NULL)",
        "CREATE INDEX approvals_by_call ON approvals (fingerprint, asked_at)",
        "CREATE INDEX approvals_by_end ON approvals (status, expires_at)",
        "CREATE TABLE deliveries (number INTEGER PRIMARY KEY AUTOINCREMENT, approval TEXT NOT NULL, kind TEXT NOT NULL,
            due INTEGER NOT NULL, failed INTEGER NOT NULL)",
    ],
];

/// The text that there is one of.
pub(super) fn text(database: &Database, name: &str) -> Result<Option<String>> {
    let rows: Vec<(String,)> = database.rows("SELECT value FROM texts WHERE name = ?", &(name,))?;
    Ok(rows.into_iter().next().map(|(value,)| value))
}

/// Keeps it.
pub(super) fn set_text(database: &Database, name: &str, value: &str) -> Result<()> {
    database.run("INSERT OR REPLACE INTO texts (name, value) VALUES (?, ?)", &(name, value))
}
