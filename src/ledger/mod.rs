//! What has been used: limits, the counters behind them, the step that charges all limits of a call or none; what people have been
//! asked, and have said; and the audit, a chain of what is written down of it all.
//!
//! Pure arithmetic over values. The Durable Object asks an [`Account`] and writes down what it says, with no `await` between:
//! that is what makes it exact under any load.

mod account;
mod approval;
mod batch;
mod chain;
mod charge;
mod crowd;
mod entry;
mod export;
mod key;
mod limit;
mod link;
mod mark;
mod record;
mod shown;
mod uses;

pub use account::Account;
pub use approval::{
    Approval, Approver, Decision, Heard, Held, MOST_PENDING, Petition, Status, approval_url, fingerprint,
};
pub use batch::Batch;
pub use chain::ChainKeys;
pub use charge::{Admission, Charge, ONE_CALL, Overrun, Receipt, Share, Spent, Tally};
pub use crowd::Crowd;
pub use entry::{Answered, Entry, Refunded};
pub use export::ExportLine;
pub use key::CounterKey;
pub use limit::{Algorithm, Counter, CounterName, Limit, Scope, WINDOW_NAMES, Window};
pub use link::Link;
pub use mark::Mark;
pub use record::{Ending, Observed, Outcome, Record, Ruled};
pub use uses::{Corrupt, Span, Uses};

use chrono::{DateTime, SecondsFormat, Utc};
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

    /// As RFC 3339 writes it, in UTC.
    pub fn timestamp(self) -> String {
        let millis = i64::try_from(self.0).unwrap_or(i64::MAX);
        DateTime::<Utc>::from_timestamp_millis(millis)
            .map_or_else(|| self.0.to_string(), |time| time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}
