//! What has been used: limits, sliding windows, and the charge that takes all of its limits or none; and the chain that
//! what is written down of it stands in.
//!
//! Pure arithmetic over values. The Durable Object only calls [`charge`] and writes the [`Decision`] down, with no `await`
//! between: that is what makes it exact under any load.

mod chain;
mod charge;
mod decision;
mod export;
mod limit;
mod link;
mod mark;
mod sliding;

pub use chain::ChainKeys;
pub use charge::{Admission, Charge, Counters, Overrun, Tally, charge, record};
pub use decision::Decision;
pub use export::ExportLine;
pub use limit::{Algorithm, Counter, CounterName, Limit, Scope, WINDOW_NAMES, Window};
pub use link::Link;
pub use mark::Mark;
pub use sliding::{Corrupt, Sliding};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// An instant, in milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// How long after `earlier` this is, in milliseconds; zero if it is not after it.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// As RFC 3339 writes it, in UTC.
    pub fn timestamp(self) -> String {
        let millis = i64::try_from(self.0).unwrap_or(i64::MAX);
        DateTime::<Utc>::from_timestamp_millis(millis)
            .map_or_else(|| self.0.to_string(), |time| time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}
