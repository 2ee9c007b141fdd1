//! What a ledger writes in one transaction. The log of entries is the truth: counters are made from it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Millis, Spent};

/// One entry, as a JSON text that is never changed. `docs/audit.md` explains it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Entry<'e> {
    /// Its number, counted from one.
    pub seq: u64,
    /// The ledger's time.
    pub at: Millis,
    /// What was charged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<Spent>,
    /// For which call: the id of its request. Who asks again with the same one is not charged again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<String>,
    /// For which grant, in the ledger of a server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// What was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<Refunded>,
    /// What the gateway has to say of requests, each a [`Record`](super::Record).
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<&'e RawValue>,
}

/// What was given back of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// The call.
    pub reservation: String,
    /// When it was charged.
    pub at: Millis,
    /// From which counters.
    pub charges: Vec<Spent>,
}
