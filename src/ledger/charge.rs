//! One call charged to all of its limits, or to none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CounterName, Limit, Millis, Sliding, Window};

/// One limit that a call is charged to, as the ledger is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The counter.
    pub counter: CounterName,
    /// Its window, in seconds.
    pub window: Window,
    /// The most within any window.
    pub max: u64,
}

/// What the ledger answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// Every limit had room and has been charged; one tally for each, in order.
    Admitted(Vec<Tally>),
    /// Some limit had no room, and nothing was charged.
    Refused(Overrun),
    /// The grant has been revoked.
    Revoked,
}

/// Where a limit stands after a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How much may still be used now.
    pub remaining: u64,
    /// Milliseconds until everything that counts now no longer does.
    pub resets_in: u64,
}

/// The refusal of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrun {
    /// Which limit of the charge had no room; the first, if several had none.
    pub limit: usize,
    /// Milliseconds after which the same charge is admitted if nobody else comes first: the longest over all limits
    /// that had no room.
    pub retry_after: u64,
}

impl From<&Limit> for Charge {
    fn from(limit: &Limit) -> Self {
        Self { counter: limit.counter.name.clone(), window: limit.counter.window, max: limit.max.get() }
    }
}

impl Charge {
    /// The identity of the counter within its ledger: name, window, algorithm and unit. `max` is no part of it, so an
    /// edit of `max` keeps the count. This is the stored key.
    pub fn identity(&self) -> String {
        format!("{} {}s sliding calls", self.counter.as_str(), self.window.seconds())
    }
}

/// What a ledger has stored, by [`Charge::identity`]; a counter that was never used is absent.
pub type Counters = BTreeMap<String, Sliding>;

/// Charges one call to all `charges`, each counter once, or to none. `counters` change only if all limits have room.
pub fn charge(charges: &[Charge], counters: &mut Counters, now: Millis) -> Admission {
    let now = counters.values().map(|counter| counter.time(now)).fold(now, Ord::max);
    let overruns = charges.iter().enumerate().filter_map(|(limit, charge)| {
        let room_for_one = charge.max.saturating_sub(1);
        let counter = counters.get(&charge.identity())?;
        let retry_after = counter.until_at_most(charge.window, now, room_for_one);
        (retry_after > 0).then_some(Overrun { limit, retry_after })
    });
    let refused = overruns
        .reduce(|first, next| Overrun { limit: first.limit, retry_after: first.retry_after.max(next.retry_after) });
    if let Some(overrun) = refused {
        return Admission::Refused(overrun);
    }
    record(charges, counters, now);
    let tallies = charges.iter().filter_map(|charge| {
        let counter = counters.get(&charge.identity())?;
        Some(Tally {
            remaining: charge.max.saturating_sub(counter.used(charge.window, now)),
            resets_in: counter.until_at_most(charge.window, now, 0),
        })
    });
    Admission::Admitted(tallies.collect())
}

/// Charges one call that was admitted at `at` to all `charges`, each counter once.
pub fn record(charges: &[Charge], counters: &mut Counters, at: Millis) {
    let mut each_once = BTreeMap::new();
    each_once.extend(charges.iter().map(|charge| (charge.identity(), charge.window)));
    for (identity, window) in each_once {
        counters.entry(identity).or_default().record(window, at, 1);
    }
}
