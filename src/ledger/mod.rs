//! What has been used: limits, sliding windows, and the charge that takes all of its limits or none.
//!
//! Pure arithmetic over values. The Durable Object only calls [`charge`] and writes the [`Decision`] down, with no `await`
//! between: that is what makes it exact under any load.

mod charge;
mod decision;
mod limit;
mod sliding;

pub use charge::{Admission, Charge, Counters, Overrun, Tally, charge, record};
pub use decision::Decision;
pub use limit::{Algorithm, Counter, CounterName, Limit, Scope, WINDOW_NAMES, Window};
pub use sliding::{Corrupt, Sliding};

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
}
