//! The beginning of a text, where the whole may be too long to be shown.

/// The first `most` characters of a text, and `…` if there are more.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
