//! What an edit of a policy does that its author may not expect.

use std::collections::BTreeMap;

use super::Policy;
use crate::ledger::Window;
use crate::wire::json::{Invalid, quote};

impl Policy {
    /// Warnings about replacing `before` with this policy: a counter is its name and its window, so a name that gets
    /// another window begins at zero.
    pub fn warnings_over(&self, before: &Self) -> Vec<Invalid> {
        let known: BTreeMap<&str, Window> =
            before.limits().map(|placed| (placed.limit.counter.as_str(), placed.limit.window)).collect();
        self.limits()
            .filter_map(|placed| {
                let counter = placed.limit.counter.as_str();
                let window = known.get(counter).filter(|window| **window != placed.limit.window)?;
                let message = format!(
                    "counter {} had a window of {} s and now has {} s: it begins at zero",
                    quote(counter),
                    window.seconds(),
                    placed.limit.window.seconds()
                );
                Some(Invalid { pointer: placed.pointer.clone(), message })
            })
            .collect()
    }
}
