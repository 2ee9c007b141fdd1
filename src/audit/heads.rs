//! Marks of a ledger that were noted outside of it, in a log or an earlier export: the one thing that tells an export from
//! an older one.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ledger::Mark;

/// The marks of one ledger.
pub struct Heads {
    ledger: String,
    by_seq: BTreeMap<u64, Vec<Head>>,
}

/// A mark and where it stands.
pub(super) struct Head {
    pub(super) mark: Mark,
    pub(super) noted: String,
}

/// A line of a log, or of another export, that holds a mark.
#[derive(Deserialize)]
#[serde(untagged)]
enum LogLine {
    Under {
        #[serde(alias = "begin", alias = "end")]
        mark: Mark,
    },
    Bare(Mark),
}

impl Heads {
    /// None yet, of `ledger`.
    pub fn of(ledger: &str) -> Self {
        Self { ledger: ledger.to_owned(), by_seq: BTreeMap::new() }
    }

    /// Takes the mark from a line of a log, which is at `noted`; from a line that has none, or one of another ledger,
    /// nothing. A mark that says what another one says is kept once.
    pub fn note(&mut self, line: &[u8], noted: impl FnOnce() -> String) {
        let Ok(LogLine::Under { mark } | LogLine::Bare(mark)) = serde_json::from_slice(line) else { return };
        if mark.ledger != self.ledger {
            return;
        }
        let heads = self.by_seq.entry(mark.seq).or_default();
        if heads.iter().all(|head| head.mark != mark) {
            heads.push(Head { mark, noted: noted() });
        }
    }

    /// Takes out those of the entry `seq`.
    pub(super) fn take(&mut self, seq: u64) -> Vec<Head> {
        self.by_seq.remove(&seq).unwrap_or_default()
    }

    /// Takes out those of entries before `seq`.
    pub(super) fn take_before(&mut self, seq: u64) -> Vec<Head> {
        let rest = self.by_seq.split_off(&seq);
        std::mem::replace(&mut self.by_seq, rest).into_values().flatten().collect()
    }

    /// Takes out all that are left.
    pub(super) fn take_rest(&mut self) -> Vec<Head> {
        std::mem::take(&mut self.by_seq).into_values().flatten().collect()
    }
}
