//! What an edit of a policy does that its author may not expect.

use std::collections::BTreeMap;

use super::Policy;
use crate::ledger::Counter;
use crate::wire::json::{Invalid, quote};

impl Policy {
    /// Warnings about replacing `before` with this policy: a name that stands for another counter than before begins at zero.
    pub fn warnings_over(&self, before: &Self) -> Vec<Invalid> {
        let mut known: BTreeMap<&str, &Counter> = BTreeMap::new();
        known.extend(before.limits().map(|placed| (placed.limit.counter.name.as_str(), &placed.limit.counter)));
        let changed = self.limits().filter_map(|placed| {
            let counter = &placed.limit.counter;
            let before = known.get(counter.name.as_str()).filter(|before| **before != counter)?;
            let name = quote(counter.name.as_str());
            let message = format!("counter {name} counted {before}; now it counts {counter}, and begins at zero");
            Some(Invalid { pointer: placed.pointer.clone(), message })
        });
        changed.collect()
    }
}
