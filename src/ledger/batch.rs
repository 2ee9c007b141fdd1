//! The records of one grant that an isolate has not handed over yet.

/// How many alike denials of one batch get a record each; what comes after them is counted in the last.
const ALIKE: usize = 8;

/// How many records make a batch that is handed over at once.
const FULL: usize = 64;

/// How many bytes are handed over at once, unless one record has more: an agent may write long ones, and a ledger takes no entry
/// of 2 MB.
const BYTES_AT_ONCE: usize = 512 * 1_024;

/// How many are kept at most, where nobody takes them, and how many bytes. Older ones are lost, and their numbers are missing.
const MOST: usize = 1_024;
const MOST_BYTES: usize = 4 * 1_024 * 1_024;

/// Records in the order in which they were made, each as JSON.
#[derive(Debug, Default)]
pub struct Batch {
    lines: Vec<Line>,
    kinds: Vec<Kind>,
    /// The bytes of all lines.
    bytes: usize,
    /// The number of the newest record.
    newest: u64,
    /// Numbers of records that were not made after all.
    unused: Vec<u64>,
}

/// Denials that are alike.
#[derive(Debug)]
struct Kind {
    name: String,
    seen: usize,
    /// The place of the last line that is one of them.
    place: usize,
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
        self.unused.pop().unwrap_or_else(|| {
            self.newest += 1;
            self.newest
        })
    }

    /// The record of this number is not made: another one gets it, since a number that is missing was lost.
    pub fn unnumber(&mut self, number: u64) {
        self.unused.push(number);
    }

    /// Adds a record.
    pub fn add(&mut self, text: String) {
        self.bytes += text.len();
        self.lines.push(Line { text, count: 1, until: 0 });
        while self.lines.len() > MOST || (self.bytes > MOST_BYTES && self.lines.len() > 1) {
            self.bytes -= self.lines.remove(0).text.len();
            self.kinds.clear();
        }
    }

    /// Counts a denial that came at `at` with those of its kind before it, if there are many. If not, it wants a record.
    pub fn fold(&mut self, kind: &str, at: u64) -> bool {
        let Some(kind) = self.kinds.iter_mut().find(|known| known.name == kind) else {
            self.kinds.push(Kind { name: kind.to_owned(), seen: 1, place: self.lines.len() });
            return false;
        };
        kind.seen += 1;
        if kind.seen <= ALIKE {
            kind.place = self.lines.len();
            return false;
        }
        match self.lines.get_mut(kind.place) {
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
        self.lines.len() >= FULL || self.bytes >= BYTES_AT_ONCE
    }

    /// Takes records to hand them over: the oldest, and as many as go at once.
    pub fn take(&mut self) -> Vec<String> {
        self.kinds.clear();
        let mut bytes = 0;
        let fits = |line: &&Line| {
            let first = bytes == 0;
            bytes += line.text.len();
            first || bytes <= BYTES_AT_ONCE
        };
        let many = self.lines.iter().take_while(fits).count();
        let taken: Vec<Line> = self.lines.drain(..many).collect();
        self.bytes -= taken.iter().map(|line| line.text.len()).sum::<usize>();
        taken.into_iter().map(Line::written).collect()
    }

    /// Puts back what could not be handed over, before what has come since.
    pub fn put_back(&mut self, texts: Vec<String>) {
        self.kinds.clear();
        let behind = std::mem::take(&mut self.lines);
        // Of those that follow, the bytes are counted already.
        for text in texts {
            self.add(text);
        }
        self.lines.extend(behind);
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
