//! Texts of somebody else's on a terminal: each character is seen, and none is obeyed.

use std::fmt::Write;

/// What has a shape, by its category, and is yet drawn as nothing (Unicode's `Default_Ignorable_Code_Point`), or as an empty field.
const EMPTY: [(char, char); 10] = [
    ('\u{34f}', '\u{34f}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{e0000}', '\u{e0fff}'),
    ('\u{1d159}', '\u{1d159}'),
];

/// Whether a character shows that it is there, and leaves the others where they stand. It does not if it is a control, a space other
/// than the usual one, a mark that joins, parts or turns round what stands beside it, or nothing that Unicode knows.
fn is_seen(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    // The standard library escapes what is not printable. Behind a letter, since accents, which stand on one, are.
    let printable = String::from_iter(['a', character]).escape_debug().eq(['a', character]);
    printable && !EMPTY.iter().any(|(first, last)| (*first..=*last).contains(&character))
}

/// `text` with what would not be seen of it written as `\u{…}`.
pub(super) fn seen(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    for character in text.chars() {
        if is_seen(character) {
            seen.push(character);
        } else {
            seen.push_str(&escape(character));
        }
    }
    seen
}

/// What stands for a character that would not be seen.
pub(super) fn escape_of(character: char) -> Option<String> {
    (!is_seen(character)).then(|| escape(character))
}

fn escape(character: char) -> String {
    format!("\\u{{{:x}}}", u32::from(character))
}

/// A JSON text that says the same to a program, and holds nothing that a terminal would obey. What is escaped can only stand in
/// strings; lines may end between values.
pub(super) fn seen_json(json: &str) -> String {
    let mut seen = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\n' || is_seen(character) {
            seen.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a `String` cannot fail.
            let _ = write!(seen, "\\u{unit:04x}");
        }
    }
    seen
}
