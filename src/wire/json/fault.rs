//! Why a text is not the JSON that we accept.

use std::fmt;

/// A text that was refused, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable {
    /// Offset in bytes of the first byte that cannot stand.
    pub at: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The text begins with a byte-order mark.
    ByteOrderMark,
    /// The text ends inside a value.
    Ends,
    /// This byte cannot stand here.
    Unexpected,
    /// Something follows the value.
    Trailing,
    /// Arrays and objects nest deeper than [`super::MAX_DEPTH`].
    TooDeep,
    /// An object has one key twice, compared as decoded strings.
    DuplicateKey,
    /// A number that no double can hold.
    NumberOverflows,
    /// A control character inside a string, not escaped.
    ControlCharacter,
    /// An escape that JSON does not know.
    BadEscape,
    /// Half of a surrogate pair.
    LoneSurrogate,
}

impl Unreadable {
    /// Line and column of the fault, both from 1, the column in characters.
    pub fn position(&self, text: &str) -> (usize, usize) {
        let before = text.get(..self.at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        (line, column)
    }

    /// The fault and its place in `document`, for the author of the document.
    pub fn placed_in(&self, document: &[u8]) -> String {
        let (line, column) = self.position(&String::from_utf8_lossy(document));
        format!("{} at line {line}, column {column}", self.fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotUtf8 => "the text is not UTF-8",
            Self::ByteOrderMark => "the text begins with a byte-order mark",
            Self::Ends => "the text ends before the value does",
            Self::Unexpected => "unexpected character",
            Self::Trailing => "something follows the value",
            Self::TooDeep => "nested deeper than 64 levels",
            Self::DuplicateKey => "duplicate key in an object",
            Self::NumberOverflows => "number too large",
            Self::ControlCharacter => "control character inside a string",
            Self::BadEscape => "unknown escape in a string",
            Self::LoneSurrogate => "half of a surrogate pair",
        })
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.fault, self.at)
    }
}
