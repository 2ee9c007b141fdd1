//! How long calls took. Every one is kept, and nothing is corrected after the fact.

use std::time::Duration;

use serde_json::{Value, json};

/// Latencies in nanoseconds.
#[derive(Default)]
pub struct Latencies(Vec<u64>);

impl Latencies {
    /// Keeps one.
    pub fn add(&mut self, took: Duration) {
        self.0.push(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Keeps those of others too.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Microseconds at some percentiles.
    pub fn summary(mut self) -> Value {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        let micros = |nanos: &u64| Duration::from_nanos(*nanos).as_secs_f64() * 1e6;
        let at = |permille: usize| self.0.get(last * permille / 1000).map_or(0.0, micros);
        json!({ "calls": self.0.len(), "p50": at(500), "p90": at(900), "p99": at(990), "p999": at(999), "max": at(1_000) })
    }
}
