//! What was found of an export, and what it holds.

use std::collections::BTreeSet;

use super::{Finding, Gap};
use crate::ledger::Millis;

/// How many findings are kept. Under a wrong key every line is one.
const MOST_FINDINGS: usize = 100;

/// What a verifier says of an export.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// What is wrong with it, the first hundred.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub further: u64,
    /// The ledger that its beginning names.
    pub ledger: Option<String>,
    /// The entry that its beginning names: the export should begin after it.
    pub after: u64,
    /// How many entries it has.
    pub entries: u64,
    /// How many records those have.
    pub records: u64,
    /// Its first and last entry.
    pub span: Option<Span>,
    /// The last of its entries that are older than the chain, if there are any. Nothing is known of those but that none is
    /// missing.
    pub uncovered_to: Option<u64>,
    /// The ids of the keys that its chain was made with.
    pub keys: BTreeSet<String>,
    /// Numbers of isolates that are missing. That is no fault of the export: they never came to the ledger.
    pub gaps: Vec<Gap>,
    /// How many marks that were noted elsewhere it was compared with.
    pub heads: u64,
    /// How many of those are older than its beginning, and cannot be compared with it.
    pub earlier_heads: u64,
}

/// From one entry to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first one: its number and time.
    pub from: (u64, Millis),
    /// The last one.
    pub to: (u64, Millis),
}

impl Verdict {
    /// Whether the export is what the ledger wrote, whole and unaltered.
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn find(&mut self, finding: Finding) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        } else {
            self.further += 1;
        }
    }

    pub(super) fn reach(&mut self, seq: u64, at: Millis) {
        let from = self.span.map_or((seq, at), |span| span.from);
        self.span = Some(Span { from, to: (seq, at) });
    }
}
