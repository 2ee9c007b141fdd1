//! What a verifier reads of an entry. The rest is for those who read the audit.

use serde::Deserialize;

use crate::ledger::Millis;

/// An entry.
#[derive(Deserialize)]
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) at: Millis,
    #[serde(default)]
    pub(super) records: Vec<Record>,
}

/// A record of it. Those that are older than their numbers have none.
#[derive(Deserialize)]
pub(super) struct Record {
    pub(super) isolate: Option<String>,
    pub(super) number: Option<u64>,
}
