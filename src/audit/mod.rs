//! Exports of the audit: whether one is what the ledger wrote, whole and unaltered.
//!
//! A [`Verifier`] is shown an export line by line and keeps no line, so an export may be of any length. Nothing passes but
//! entries that follow each other from a signed beginning to a signed end. After a finding it goes on from what the line
//! claims, so that each further one is found where it is.

mod entry;
mod finding;
mod heads;
mod numbers;
mod verdict;
mod verify;

pub use finding::{Fault, Finding};
pub use heads::Heads;
pub use numbers::Gap;
pub use verdict::{Span, Verdict};
pub use verify::Verifier;
