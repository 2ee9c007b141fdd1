//! A call that a person has to say yes to.

use super::due::Due;
use super::ruling::at;
use super::{Denial, Meter, Reason, Rule, RuleId};
use crate::ledger::{Approver, fingerprint};
use crate::registry::Stamp;

/// A call that is allowed if a person says yes, and then if its limits have room.
#[derive(Debug, PartialEq)]
pub struct Hold<'r> {
    asks: Asks<'r>,
    meter: Meter<'r>,
}

/// How a person is asked about a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Asks<'r> {
    /// The first rule that asks.
    pub(super) rule: &'r Rule,
    /// The stamps of all rules that judge the call.
    pub(super) rules: Vec<&'r Stamp>,
    pub(super) ttl: u64,
    pub(super) by: Approver,
}

impl<'r> Hold<'r> {
    pub(super) fn of(asks: Asks<'r>, meter: Meter<'r>) -> Self {
        Self { asks, meter }
    }

    /// How a person is asked.
    pub fn asks(&self) -> &Asks<'r> {
        &self.asks
    }

    /// What is left when a person is asked: the ledger's answer settles both.
    pub fn meter(self) -> Meter<'r> {
        self.meter.asking(self.asks)
    }

    /// What the call owes to each limit once it has its yes.
    pub fn dues(&self) -> &[Due<'r>] {
        self.meter.dues()
    }

    /// The refusal of a call about which nobody can be asked.
    pub fn refused(&self) -> Denial<'r> {
        self.asks.denial(Reason::NeedsApproval)
    }
}

impl<'r> Asks<'r> {
    /// For how many milliseconds.
    pub fn ttl(&self) -> u64 {
        self.ttl.saturating_mul(1_000)
    }

    /// Who may say yes.
    pub fn by(&self) -> Approver {
        self.by
    }

    /// The rule that asks.
    pub fn rule(&self) -> RuleId<'r> {
        at(self.rule)
    }

    /// What the author of the rule has to say.
    pub fn told(&self) -> Option<&'r str> {
        self.rule.reason.as_deref()
    }

    /// What a call is recognised by, under the rules as they are: `parts` tell it from others.
    pub fn fingerprint(&self, parts: &[&str]) -> String {
        fingerprint(parts.iter().copied().chain(self.rules.iter().map(|stamp| stamp.as_str())))
    }

    /// Both ask: for the shorter time, and an operator if one of them wants one.
    pub(super) fn and(self, other: &Self) -> Self {
        let by = match (self.by, other.by) {
            (Approver::User, Approver::User) => Approver::User,
            (Approver::Operator, _) | (_, Approver::Operator) => Approver::Operator,
        };
        Self { ttl: self.ttl.min(other.ttl), by, ..self }
    }

    pub(super) fn denial(&self, reason: Reason<'r>) -> Denial<'r> {
        Denial::by(self.rule(), reason, self.rule)
    }
}
