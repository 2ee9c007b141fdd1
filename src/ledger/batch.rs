//! The records of one grant that an isolate has not handed over yet.

use std::collections::BTreeMap;

/// How many alike denials of one batch get a record each; what comes after them is counted in the last.
const ALIKE: usize = 8;

/// How many records make a batch that is handed over at once.
const FULL: usize = 64;

/// How many bytes of records are handed over at once, if they are more than one record. They become one row, which the platform
/// wants to be smaller than two million bytes; and one record may be of a hundred thousand.
const HEAVY: usize = 500_000;

/// How many are kept at most, where nobody takes them. Older ones are lost, and their numbers are missing.
const MOST: usize = 1_024;

/// Records in the order in which they were made, each as JSON.
#[derive(Debug, Default)]
pub struct Batch {
    lines: Vec<Line>,
    /// How many denials of a kind there are, and the place of the last.
    kinds: BTreeMap<String, (usize, usize)>,
    /// The number of the newest record.
    newest: u64,
}

#[derive(Debug)]
struct Line {
    text: String,
    /// How many requests it stands for.
    count: u64,
    /// When the last of them came, in milliseconds since the Unix epoch.
    until: u64,
}

impl Batch {
    /// The number of the next record.
    pub fn number(&mut self) -> u64 {
        self.newest += 1;
        self.newest
    }

    /// Adds a record.
    pub fn add(&mut self, text: String) {
        self.lines.push(Line { text, count: 1, until: 0 });
        if self.lines.len() > MOST {
            self.lines.remove(0);
            self.kinds.clear();
        }
    }

    /// Counts a denial that came at `at` with those of its kind before it, if there are many. If not, it wants a record.
    pub fn fold(&mut self, kind: &str, at: u64) -> bool {
        let Some((seen, place)) = self.kinds.get_mut(kind) else {
            self.kinds.insert(kind.to_owned(), (1, self.lines.len()));
            return false;
        };
        *seen += 1;
        if *seen <= ALIKE {
            *place = self.lines.len();
            return false;
        }
        match self.lines.get_mut(*place) {
            Some(line) => {
                line.count += 1;
                line.until = at;
                true
            }
            None => false,
        }
    }

    /// Whether there is nothing to hand over.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether there is enough to hand over at once.
    pub fn is_full(&self) -> bool {
        self.lines.len() >= FULL
    }

    /// Takes the records to hand them over; the oldest, if they are too many bytes.
    pub fn take(&mut self) -> Vec<String> {
        self.kinds.clear();
        let mut bytes = 0;
        let light = self.lines.iter().take_while(|line| {
            bytes += line.text.len();
            bytes <= HEAVY
        });
        let count = light.count().max(1).min(self.lines.len());
        self.lines.drain(..count).map(Line::written).collect()
    }

    /// Puts back what could not be handed over, before what has come since.
    pub fn put_back(&mut self, texts: Vec<String>) {
        self.kinds.clear();
        let behind = std::mem::take(&mut self.lines);
        for text in texts {
            self.add(text);
        }
        for line in behind {
            self.lines.push(line);
        }
    }
}

impl Line {
    /// The record; one that stands for several says for how many, and until when.
    fn written(self) -> String {
        let Self { text, count, until } = self;
        match text.strip_suffix('}') {
            Some(open) if count > 1 => format!(r#"{open},"count":{count},"until":{until}}}"#),
            Some(_) | None => text,
        }
    }
}
