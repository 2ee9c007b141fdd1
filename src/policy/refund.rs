//! What gives the budget of a call back: nothing, unless its rule opts in.

use super::condition::Quantifier;
use super::rule::Refund;
use super::{Arguments, Truth};
use crate::wire::json::Object;
use crate::wire::says_is_error;

/// What became of a call that was forwarded.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'o> {
    /// The origin could not be reached, or answered with HTTP 5xx or a JSON-RPC error.
    Error,
    /// This result.
    Result(&'o Object<'o>),
    /// Nobody knows: the answer did not come, or is too long to be read.
    Unknown,
}

/// What may give back which of the charges of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Refunds {
    /// For each charge, in order.
    charges: Vec<Vec<Refund>>,
}

impl Refunds {
    pub(super) fn of<'r>(charges: impl Iterator<Item = &'r [Refund]>) -> Self {
        Self { charges: charges.map(<[Refund]>::to_vec).collect() }
    }

    /// Whether nothing ever gives anything back.
    pub fn are_none(&self) -> bool {
        self.charges.iter().all(Vec::is_empty)
    }

    /// Which charges `outcome` gives back, by their places: see [`Spent::is_given_back`](crate::ledger::Spent::is_given_back).
    pub fn given_by(&self, outcome: Outcome<'_>) -> Vec<usize> {
        let charges = self.charges.iter().enumerate();
        let given = charges.filter(|(_, refunds)| refunds.iter().any(|refund| refund.given_by(outcome)));
        given.map(|(charge, _)| charge).collect()
    }
}

impl Refund {
    fn given_by(&self, outcome: Outcome<'_>) -> bool {
        match (self, outcome) {
            (Self::Error, Outcome::Error) => true,
            (Self::ToolError, Outcome::Result(result)) => says_is_error(result),
            // Whichever way `[*]` is meant: of no elements every one is so, which is no reason to give anything back.
            (Self::Result(condition), Outcome::Result(result)) => [Quantifier::Every, Quantifier::Any]
                .into_iter()
                .all(|quantifier| condition.judge(&Arguments::Sent(result), quantifier, &mut ()) == Truth::True),
            (Self::Error, Outcome::Result(_))
            | (Self::ToolError | Self::Result(_), Outcome::Error)
            | (Self::Error | Self::ToolError | Self::Result(_), Outcome::Unknown) => false,
        }
    }
}
