//! What a call is charged, and what came of it.

use serde::{Deserialize, Serialize};

use super::approval::Held;
use super::{Algorithm, CounterKey, CounterName, Millis, Span, Window};

/// The units of one call, where it is calls that count.
pub const ONE_CALL: u64 = 1;

/// One limit that a call is charged to, as the ledger is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The counter's name.
    pub counter: CounterName,
    /// Its window, in seconds.
    pub window: Window,
    /// Where a window begins.
    #[serde(default)]
    pub algorithm: Algorithm,
    /// Whose budget it is.
    #[serde(default)]
    pub share: Share,
    /// What is counted, if not calls: the argument that says the cost, of which the counter holds millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What this call costs: one, or so many millionths. At most `max`.
    pub cost: u64,
    /// The most units within a window.
    pub max: u64,
    /// Whether it is only observed.
    #[serde(default)]
    pub shadow: bool,
}

/// Whose uses count together, as far as the caller knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Those of the grant.
    #[default]
    Grant,
    /// Those of one session, as long as no more than so many have a budget of their own.
    Session {
        /// The session that the call belongs to: letters and digits. A call without one counts at the grant.
        id: Option<String>,
        /// How many have a budget of their own within a window; a further one shares the fullest.
        sessions: u32,
    },
    /// Those of all grants of the server. They are counted in the server's own ledger.
    Server,
}

/// What was charged to one counter: what the log says, and what a refund takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The counter.
    pub counter: CounterKey,
    /// How many units.
    pub units: u64,
    /// For which charges of the call: one counter is charged once.
    #[serde(default)]
    pub limits: Vec<usize>,
}

/// What a ledger says of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// Every limit had room and has been charged.
    Admitted(Receipt),
    /// Some limit had no room, and nothing was charged.
    Refused(Overrun),
    /// A person has to say yes first; nothing was charged.
    Held(Held),
}

/// What was charged for a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The ledger's time of it.
    pub at: Millis,
    /// Each counter once; those of charges in shadow too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spent: Vec<Spent>,
    /// Where each limit stands now, in the order of the charges.
    pub tallies: Vec<Tally>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    /// Which charges in shadow would have refused the call.
    pub observed: Vec<Overrun>,
    /// The yes that the call has used up, if it needed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
}

/// Where a limit stands after a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many units may still be used now.
    pub remaining: u64,
    /// Milliseconds until everything that counts now no longer does.
    pub resets_in: u64,
}

/// The refusal of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrun {
    /// Which charge had no room; the first, if several had none.
    pub limit: usize,
    /// Milliseconds after which the same call is admitted if nobody else comes first: the longest over all limits that had
    /// no room.
    pub retry_after: u64,
}

impl Spent {
    /// Whether the outcome of the call gives it back, if that gives back what these limits were charged: a counter that several
    /// share only where each of them is among them, since what one of them limits stays spent.
    pub fn is_given_back(&self, limits: &[usize]) -> bool {
        !self.limits.is_empty() && self.limits.iter().all(|limit| limits.contains(limit))
    }
}

impl Charge {
    pub(super) fn span(&self) -> Span {
        Span { window: self.window, algorithm: self.algorithm }
    }
}
