//! Marks: how far a ledger says that its audit reaches.
//!
//! A mark begins and ends each export, is what retention leaves of the entries that it deletes, and stands in the log each
//! day. What was exported or noted elsewhere can so be compared with what the ledger has, and with what it had.

use serde::{Deserialize, Serialize};

use super::{Link, Millis};

/// What a mark's message begins with.
const MARK: &[u8] = b"tollgate audit mark\0";

/// "In this ledger the entry `seq` has this mac", signed. Made by [`super::ChainKeys::mark`]; one that was read is a claim
/// until [`super::ChainKeys::is_signed`] has seen it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The ledger's name.
    pub ledger: String,
    /// The last entry that there was; 0 before the first one.
    pub seq: u64,
    /// Its mac. As long as no entry has one, the ledger's anchor.
    pub mac: Link,
    /// When this was stated.
    pub at: Millis,
    /// Over all of the above.
    pub signature: Link,
}

impl Mark {
    /// What is signed: numbers as 64 bits, big-endian; the mac; the id of its key with its length before it; the ledger's
    /// name, which is the rest. So no two marks read alike.
    pub(super) fn message(ledger: &str, seq: u64, mac: &Link, at: Millis) -> Vec<u8> {
        let key = mac.key().as_bytes();
        let length = (key.len() as u64).to_be_bytes();
        [MARK, &seq.to_be_bytes(), &at.0.to_be_bytes(), mac.mac(), &length, key, ledger.as_bytes()].concat()
    }
}
