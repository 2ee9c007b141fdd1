//! The numbers that isolates give their records, and which of them are missing.
//!
//! An isolate numbers what it records, from 1, and hands it over later. One that is killed before never does, and its
//! numbers show that. What it had recorded last leaves no trace: no later number tells of it.

use std::collections::BTreeMap;

/// Numbers of one isolate that are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The isolate.
    pub isolate: String,
    /// The first of them.
    pub from: u64,
    /// The last of them.
    pub to: u64,
}

impl Gap {
    /// How many they are.
    pub fn count(&self) -> u64 {
        (self.to - self.from).saturating_add(1)
    }
}

/// All numbers seen, by isolate: of each run of them the first and the last. They may come in any order.
#[derive(Default)]
pub(super) struct Numbers(BTreeMap<String, BTreeMap<u64, u64>>);

impl Numbers {
    pub(super) fn saw(&mut self, isolate: String, number: u64) {
        let runs = self.0.entry(isolate).or_default();
        let before = runs.range(..=number).next_back().map(|(first, last)| (*first, *last));
        if before.is_some_and(|(_, last)| number <= last) {
            return;
        }
        let first = match before {
            Some((first, last)) if last + 1 == number => first,
            Some(_) | None => number,
        };
        let last = number.checked_add(1).and_then(|next| runs.remove(&next)).unwrap_or(number);
        runs.insert(first, last);
    }

    /// What is missing between the numbers that were seen, and before them where everything `from_the_first` entry on was.
    pub(super) fn gaps(&self, from_the_first: bool) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for (isolate, runs) in &self.0 {
            let mut expected = from_the_first.then_some(1);
            for (first, last) in runs {
                if let Some(from) = expected.filter(|from| from < first) {
                    gaps.push(Gap { isolate: isolate.clone(), from, to: first - 1 });
                }
                expected = last.checked_add(1);
            }
        }
        gaps
    }
}
