//! What is wrong with an export, where, and what that means.

use std::fmt;

/// A fault and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line of the export, from 1; past its end, the last one.
    pub line: u64,
    /// The entry that it is about.
    pub seq: Option<u64>,
    /// What is wrong.
    pub fault: Fault,
}

/// What can be wrong with an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The line is none of an export's.
    Unreadable,
    /// The first line is no `begin` mark.
    NoBeginning,
    /// There is a `begin` mark on a later line.
    BeginsAgain,
    /// The signature of a mark is not that of the key that it names.
    ForgedMark,
    /// There is no key of this id.
    UnknownKey(String),
    /// The mac of an entry is not that of its text after the entry before it.
    Altered,
    /// An entry has no mac, where the chain has begun already.
    Unchained,
    /// Entries are missing before this one.
    Missing {
        /// The first of them.
        from: u64,
    },
    /// An entry stands where a later one should.
    OutOfOrder {
        /// The one that should stand here.
        expected: u64,
    },
    /// The `end` mark is of another ledger, whose name this is.
    ForeignEnd(String),
    /// The `end` mark is of a later entry than the last one.
    CutOff {
        /// The last entry that there is.
        last: u64,
    },
    /// The `end` mark is of an earlier entry than the last one.
    EndsBefore {
        /// The last entry that there is.
        last: u64,
    },
    /// The `end` mark has another mac for the last entry.
    EndDiffers,
    /// There is no `end` mark.
    NoEnd,
    /// There is a line after the `end` mark.
    AfterEnd,
    /// What was noted elsewhere has another mac for this entry. Where it stands.
    HeadDiffers(String),
    /// What was noted elsewhere is of a later entry than the last one. Where it stands.
    HeadLater(String),
    /// What was noted elsewhere is not signed by any key that is here. Where it stands.
    HeadForged(String),
}

impl Fault {
    /// Its name, for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NoBeginning => "no_beginning",
            Self::BeginsAgain => "begins_again",
            Self::ForgedMark => "forged_mark",
            Self::UnknownKey(_) => "unknown_key",
            Self::Altered => "altered",
            Self::Unchained => "unchained",
            Self::Missing { .. } => "missing",
            Self::OutOfOrder { .. } => "out_of_order",
            Self::ForeignEnd(_) => "foreign_end",
            Self::CutOff { .. } => "cut_off",
            Self::EndsBefore { .. } => "ends_before",
            Self::EndDiffers => "end_differs",
            Self::NoEnd => "no_end",
            Self::AfterEnd => "after_end",
            Self::HeadDiffers(_) => "head_differs",
            Self::HeadLater(_) => "head_later",
            Self::HeadForged(_) => "head_forged",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq.unwrap_or_default();
        match &self.fault {
            Fault::Unreadable => f.write_str("this is no line of an export, to the byte as a ledger writes it"),
            Fault::NoBeginning => {
                f.write_str("the export does not begin with a `begin` mark: its beginning was cut off")
            }
            Fault::BeginsAgain => f.write_str("a second beginning: another export, or a part of one, was put in here"),
            Fault::ForgedMark => {
                f.write_str("the mark is not signed by the key that it names: forged, or the key is another gateway's")
            }
            Fault::UnknownKey(id) => write!(
                f,
                "made with the key `{id}`, which SEAL_KEY does not have; old keys are added to it: NEW.KEY,OLD.KEY"
            ),
            Fault::Altered => write!(
                f,
                "entry {seq} is not what the ledger wrote here: it or its mac was altered, or it is from elsewhere"
            ),
            Fault::Unchained => {
                write!(f, "entry {seq} has no mac, and is not older than the chain: its mac was removed")
            }
            Fault::Missing { from } if from + 1 == seq => write!(f, "entry {from} is missing: it was removed"),
            Fault::Missing { from } => write!(f, "entries {from} to {} are missing: they were removed", seq - 1),
            Fault::OutOfOrder { expected } => write!(
                f,
                "entry {seq} stands where entry {expected} should: it was repeated or moved, or is from elsewhere"
            ),
            Fault::ForeignEnd(ledger) => write!(f, "the `end` mark is of another ledger, `{ledger}`"),
            Fault::CutOff { last } => {
                write!(f, "the export should reach entry {seq} and stops at {last}: its end was cut off")
            }
            Fault::EndsBefore { last } => {
                write!(f, "the `end` mark is of entry {seq}, and entry {last} stands before it: it is an older one")
            }
            Fault::EndDiffers => write!(f, "the `end` mark does not have the mac of entry {seq} that stands before it"),
            Fault::NoEnd => f.write_str("there is no `end` mark: the end of the export was cut off"),
            Fault::AfterEnd => f.write_str("a line after the end: it was added"),
            Fault::HeadDiffers(noted) => {
                write!(f, "entry {seq} is not the one that {noted} has noted: this is not the chain that was seen then")
            }
            Fault::HeadLater(noted) => {
                write!(f, "the export ends before what the log saw: {noted} has noted entry {seq}")
            }
            Fault::HeadForged(noted) => write!(
                f,
                "the mark of entry {seq} that {noted} has is not signed by a key of SEAL_KEY: forged, or of another key"
            ),
        }
    }
}
