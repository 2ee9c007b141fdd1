//! What a terminal is shown: colours where they are wanted, columns, and never a control character of somebody else's.

use super::visible::seen;

/// A text that grows by lines.
#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.0.push_str(line.as_ref());
        self.0.push('\n');
    }

    /// Adds a text that ends its lines itself.
    pub(super) fn text(&mut self, text: &str) {
        self.0.push_str(text);
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// Colours, or none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub(super) on: bool,
}

impl Paint {
    pub(super) fn red(self, text: &str) -> String {
        self.coded("1;31", text)
    }

    pub(super) fn yellow(self, text: &str) -> String {
        self.coded("1;33", text)
    }

    pub(super) fn green(self, text: &str) -> String {
        self.coded("1;32", text)
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.coded("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.coded("2", text)
    }

    fn coded(self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// `text` on one line, without anything that a terminal obeys or does not show: names and descriptions are an origin's.
pub(super) fn plain(text: &str) -> String {
    seen(&text.replace(['\n', '\r', '\t'], " "))
}

/// Rows as columns, the last one as it comes.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| shown(cell)).max().unwrap_or_default())
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(shown(cell)) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How many characters of `cell` are seen: colours are not.
fn shown(cell: &str) -> usize {
    let mut count = 0;
    let mut in_code = false;
    for character in cell.chars() {
        match character {
            '\u{1b}' => in_code = true,
            'm' if in_code => in_code = false,
            _ if in_code => {}
            _ => count += 1,
        }
    }
    count
}

/// `1 tool`, `2 tools`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
