//! Regular expressions, in time that is linear in the text.

use regex_lite::{Regex, RegexBuilder};

/// The most characters that an expression may have.
const MAX_PATTERN: usize = 1024;
/// The most bytes that a compiled expression may take: this bounds `a{1000}{1000}`.
const MAX_COMPILED: usize = 64 * 1024;
/// The longest text that is looked at, in bytes. The engine takes steps for each of its states and each byte of the text,
/// and the time of one call is bounded.
const MAX_TEXT: usize = 16 * 1024;

/// A compiled expression.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    source: String,
    regex: Regex,
}

impl Pattern {
    /// An expression that describes the whole of a text, unless it says otherwise with `.*`. A `.` is any character, a line
    /// feed too: what is forbidden must not get by on a second line.
    pub(super) fn whole(source: &str) -> Result<Self, String> {
        // By itself first: `a)|(?:b` would be an expression only inside the parentheses.
        Self::compiled(source, source, true)?;
        Self::compiled(source, &format!(r"\A(?:{source})\z"), true)
    }

    /// An expression that is found somewhere in a text (JSON Schema, `pattern`).
    pub(super) fn anywhere(source: &str) -> Result<Self, String> {
        Self::compiled(source, source, false)
    }

    fn compiled(source: &str, expression: &str, dot_is_any: bool) -> Result<Self, String> {
        if source.chars().count() > MAX_PATTERN {
            return Err(format!("a regular expression has at most {MAX_PATTERN} characters"));
        }
        let mut builder = RegexBuilder::new(expression);
        let builder = builder.size_limit(MAX_COMPILED).dot_matches_new_line(dot_is_any);
        let regex = builder.build().map_err(|error| format!("is no regular expression that we know: {error}"))?;
        Ok(Self { source: source.to_owned(), regex })
    }

    /// Whether `text` matches; none if it is too long to be looked at.
    pub(super) fn matches(&self, text: &str) -> Option<bool> {
        (text.len() <= MAX_TEXT).then(|| self.regex.is_match(text))
    }

    /// The expression as it was written.
    pub(super) fn source(&self) -> &str {
        &self.source
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}
