//! The one thing that we write of JSON by hand: a quoted string.

use std::fmt::Write;

/// `text` as a JSON string, quotes included.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut rest = text;
    // What needs an escape is one byte long, and no byte of a longer character looks like it.
    while let Some(place) = rest.bytes().position(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        let (plain, from) = rest.split_at_checked(place).unwrap_or((rest, ""));
        quoted.push_str(plain);
        let mut characters = from.chars();
        match characters.next() {
            Some('\n') => quoted.push_str("\\n"),
            Some('\r') => quoted.push_str("\\r"),
            Some('\t') => quoted.push_str("\\t"),
            Some(control) if control < ' ' => {
                // Writing to a `String` cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => {
                quoted.push('\\');
                quoted.extend(other);
            }
        }
        rest = characters.as_str();
    }
    quoted.push_str(rest);
    quoted.push('"');
    quoted
}
