//! Follows an export from its beginning to its end.

use std::cmp::Ordering;

use super::entry::Entry;
use super::heads::{Head, Heads};
use super::numbers::Numbers;
use super::{Fault, Finding, Verdict};
use crate::ledger::{ChainKeys, ExportLine, Link, Mark};

/// Is shown the lines of one export, in order.
pub struct Verifier<'k> {
    keys: &'k ChainKeys,
    heads: Option<Heads>,
    stage: Stage,
    /// The entry that the next one must follow. Unknown only after a finding.
    last: Option<u64>,
    /// The mac that the next one must follow. Unknown only after a finding.
    mac: Option<Link>,
    /// Whether that is the ledger's anchor still, so that entries may be older than the chain.
    anchored: bool,
    numbers: Numbers,
    line: u64,
    verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    NothingYet,
    Within,
    Ended,
}

impl<'k> Verifier<'k> {
    /// Before the first line.
    pub fn new(keys: &'k ChainKeys) -> Self {
        Self {
            keys,
            heads: None,
            stage: Stage::NothingYet,
            last: None,
            mac: None,
            anchored: false,
            numbers: Numbers::default(),
            line: 0,
            verdict: Verdict::default(),
        }
    }

    /// The ledger that the first line names, once that was shown.
    pub fn ledger(&self) -> Option<&str> {
        self.verdict.ledger.as_deref()
    }

    /// What else the export must agree with. To be said after the first line, before the second.
    pub fn agree_with(&mut self, mut heads: Heads) {
        let earlier = heads.take_before(self.verdict.after);
        self.verdict.earlier_heads = earlier.len() as u64;
        self.heads = Some(heads);
        self.compare();
    }

    /// Looks at the next line, without its newline.
    pub fn read(&mut self, line: &[u8]) {
        self.line += 1;
        let line = std::str::from_utf8(line).ok().and_then(ExportLine::read);
        match (self.stage, line) {
            (Stage::Ended, _) => self.find(None, Fault::AfterEnd),
            (Stage::NothingYet, Some(ExportLine::Begin(mark))) => self.begin(mark),
            (Stage::NothingYet, line) => {
                self.find(None, Fault::NoBeginning);
                self.go_on(line);
            }
            (Stage::Within, line) => self.go_on(line),
        }
    }

    /// After the last line.
    pub fn finish(mut self) -> Verdict {
        match self.stage {
            Stage::NothingYet => self.find(None, Fault::NoBeginning),
            Stage::Within => self.find(self.last, Fault::NoEnd),
            Stage::Ended => {}
        }
        for Head { mark, noted } in self.heads.as_mut().map(Heads::take_rest).unwrap_or_default() {
            // Those before the last entry are of entries that are missing, which has been found.
            if self.last.is_none_or(|last| mark.seq > last) {
                let signed = self.keys.is_signed(&mark);
                self.find(Some(mark.seq), if signed { Fault::HeadLater(noted) } else { Fault::HeadForged(noted) });
            }
        }
        self.verdict.gaps = self.numbers.gaps(self.verdict.after == 0);
        self.verdict
    }

    fn go_on(&mut self, line: Option<ExportLine<'_>>) {
        self.stage = Stage::Within;
        match line {
            Some(ExportLine::Begin(_)) => self.find(None, Fault::BeginsAgain),
            Some(ExportLine::Entry { mac, text }) => self.entry(mac, text),
            Some(ExportLine::End(mark)) => self.end(&mark),
            None => self.find(None, Fault::Unreadable),
        }
    }

    fn begin(&mut self, mark: Mark) {
        self.stage = Stage::Within;
        self.check_signature(&mark);
        self.anchored = self.keys.is_anchor(&mark.mac, &mark.ledger);
        self.last = Some(mark.seq);
        self.verdict.after = mark.seq;
        self.verdict.ledger = Some(mark.ledger);
        self.mac = Some(mark.mac);
    }

    fn entry(&mut self, mac: Option<Link>, text: &str) {
        let Ok(entry) = serde_json::from_str::<Entry>(text) else {
            return self.find(None, Fault::Unreadable);
        };
        let seq = entry.seq;
        let expected = self.last.map_or(seq, |last| last.saturating_add(1));
        match seq.cmp(&expected) {
            // What is expected stays the same: the entry may follow yet.
            Ordering::Less => return self.find(Some(seq), Fault::OutOfOrder { expected }),
            // What it follows is not here, so whether it does cannot be said.
            Ordering::Greater => self.find(Some(seq), Fault::Missing { from: expected }),
            Ordering::Equal => self.check_chain(mac.as_ref(), text, seq),
        }
        if let Some(mac) = mac {
            self.verdict.keys.insert(mac.key().to_owned());
            self.mac = Some(mac);
            self.anchored = false;
        } else if self.anchored {
            self.verdict.uncovered_to = Some(seq);
        }
        self.last = Some(seq);
        self.verdict.entries += 1;
        self.verdict.records += entry.records.len() as u64;
        self.verdict.reach(seq, entry.at);
        for record in entry.records {
            if let (Some(isolate), Some(number)) = (record.isolate, record.number) {
                self.numbers.saw(isolate, number);
            }
        }
        self.compare();
    }

    fn check_chain(&mut self, mac: Option<&Link>, text: &str, seq: u64) {
        match (mac, &self.mac) {
            (None, _) if self.anchored => {}
            (None, _) => self.find(Some(seq), Fault::Unchained),
            (Some(mac), Some(before)) if self.keys.follows(before, text, mac) => {}
            (Some(mac), Some(_)) if self.keys.know(mac) => self.find(Some(seq), Fault::Altered),
            (Some(mac), Some(_)) => self.find(Some(seq), Fault::UnknownKey(mac.key().to_owned())),
            // There was no beginning, which has been found.
            (Some(_), None) => {}
        }
    }

    fn end(&mut self, mark: &Mark) {
        self.stage = Stage::Ended;
        self.check_signature(mark);
        if self.verdict.ledger.as_ref().is_some_and(|ledger| *ledger != mark.ledger) {
            return self.find(None, Fault::ForeignEnd(mark.ledger.clone()));
        }
        let Some(last) = self.last else { return };
        match mark.seq.cmp(&last) {
            Ordering::Less => self.find(Some(mark.seq), Fault::EndsBefore { last }),
            Ordering::Greater => self.find(Some(mark.seq), Fault::CutOff { last }),
            Ordering::Equal if self.mac.as_ref() == Some(&mark.mac) => {}
            Ordering::Equal => self.find(Some(last), Fault::EndDiffers),
        }
    }

    fn check_signature(&mut self, mark: &Mark) {
        if self.keys.is_signed(mark) {
            return;
        }
        let known = self.keys.know(&mark.signature);
        self.find(None, if known { Fault::ForgedMark } else { Fault::UnknownKey(mark.signature.key().to_owned()) });
    }

    /// With what was noted elsewhere of the entry that has just been read.
    fn compare(&mut self) {
        let (Some(heads), Some(seq)) = (&mut self.heads, self.last) else { return };
        for Head { mark, noted } in heads.take(seq) {
            self.verdict.heads += 1;
            if !self.keys.is_signed(&mark) {
                self.find(Some(seq), Fault::HeadForged(noted));
            } else if self.mac.as_ref() != Some(&mark.mac) {
                self.find(Some(seq), Fault::HeadDiffers(noted));
            }
        }
    }

    fn find(&mut self, seq: Option<u64>, fault: Fault) {
        self.verdict.find(Finding { line: self.line, seq, fault });
    }
}
