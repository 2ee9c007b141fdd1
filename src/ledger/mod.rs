//! What has been used: limits, the counters behind them, and the step that charges all limits of a call or none.
//!
//! Pure arithmetic over values. The Durable Object asks an [`Account`] and writes down what it says, with no `await` between:
//! that is what makes it exact under any load.

mod account;
mod charge;
mod decision;
mod key;
mod limit;
mod uses;

pub use account::Account;
pub use charge::{Admission, Charge, ONE_CALL, Overrun, Receipt, Share, Spent, Tally};
pub use decision::Decision;
pub use key::CounterKey;
pub use limit::{Algorithm, Counter, CounterName, Limit, Scope, WINDOW_NAMES, Window};
pub use uses::{Corrupt, Span, Uses};

use serde::{Deserialize, Serialize};

/// An instant, in milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// How long after `earlier` this is, in milliseconds; zero if it is not after it.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
