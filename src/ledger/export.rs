//! The lines of an export of the audit: `{"begin":MARK}`, each entry with its mac, `{"end":MARK}`.
//!
//! Each line has one form, to the byte: an entry stands in it as it is stored, which is what its mac is over.

use std::fmt;

use super::{Link, Mark};

const BEGIN: &str = r#"{"begin":"#;
const END: &str = r#"{"end":"#;
const MAC: &str = r#"{"mac":""#;
const ENTRY_AFTER_MAC: &str = r#"","entry":"#;
const ENTRY: &str = r#"{"entry":"#;
const CLOSE: &str = "}";

/// A line of an export, without its newline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportLine<'t> {
    /// How far the ledger had come before the entries that follow.
    Begin(Mark),
    /// An entry.
    Entry {
        /// Its mac; nothing if it is older than the chain.
        mac: Option<Link>,
        /// As it is stored: JSON, which nobody has looked at here.
        text: &'t str,
    },
    /// How far the ledger had come with the last of them.
    End(Mark),
}

impl<'t> ExportLine<'t> {
    /// The line that `text` is, if it is written as this gateway writes it.
    pub fn read(text: &'t str) -> Option<Self> {
        let inner = text.strip_suffix(CLOSE)?;
        let line = if let Some(mark) = inner.strip_prefix(BEGIN) {
            Self::Begin(serde_json::from_str(mark).ok()?)
        } else if let Some(mark) = inner.strip_prefix(END) {
            Self::End(serde_json::from_str(mark).ok()?)
        } else if let Some(linked) = inner.strip_prefix(MAC) {
            // The first of them: no mac has a quotation mark in it.
            let (mac, text) = linked.split_once(ENTRY_AFTER_MAC)?;
            return Some(Self::Entry { mac: Some(Link::read(mac)?), text });
        } else {
            return Some(Self::Entry { mac: None, text: inner.strip_prefix(ENTRY)? });
        };
        // JSON may be written in many ways, a mark in one.
        (line.to_string() == text).then_some(line)
    }
}

impl fmt::Display for ExportLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = |mark: &Mark| serde_json::to_string(mark).map_err(|_| fmt::Error);
        match self {
            Self::Begin(mark) => write!(f, "{BEGIN}{}{CLOSE}", json(mark)?),
            Self::Entry { mac: Some(mac), text } => write!(f, "{MAC}{mac}{ENTRY_AFTER_MAC}{text}{CLOSE}"),
            Self::Entry { mac: None, text } => write!(f, "{ENTRY}{text}{CLOSE}"),
            Self::End(mark) => write!(f, "{END}{}{CLOSE}", json(mark)?),
        }
    }
}
