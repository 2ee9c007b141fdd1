//! What the policy says of one message.

use std::fmt;

use super::PlacedLimit;
use crate::ledger::{Admission, Charge, Tally};
use crate::wire::json::Pointer;

/// What to do with a message.
#[derive(Debug, PartialEq)]
pub enum Ruling {
    /// Forward it.
    Allow(Permit),
    /// Ask the ledger, then settle.
    Meter(Meter),
    /// Refuse it.
    Deny(Denial),
}

/// The value without which nothing that a policy governs reaches the origin. Only a ruling makes one:
///
/// ```compile_fail
/// use tollgate::policy::{Permit, RuleId};
/// let forged = Permit { rule: RuleId::DefaultAllow };
/// ```
#[derive(Debug, PartialEq)]
pub struct Permit {
    rule: RuleId,
}

/// A call that is allowed if its limits have room.
#[derive(Debug, PartialEq)]
pub struct Meter {
    rule: RuleId,
    reason: Option<String>,
    limits: Vec<PlacedLimit>,
}

/// A refusal, with the rule that made it and the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Denial {
    /// The rule.
    pub rule: RuleId,
    /// Why.
    pub reason: Reason,
    /// What the policy's author has to say about it.
    pub told: Option<String>,
}

/// The rule behind a ruling: a place in the policy document, or one of the rules that need none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleId {
    /// A place in the document.
    At(Pointer),
    /// No rule names it, and `default` is deny.
    DefaultDeny,
    /// No rule names it, and `default` is allow.
    DefaultAllow,
    /// `hide` names it.
    Hidden,
    /// The grant's policy does not exist.
    NoPolicy,
    /// The grant's policy cannot be read.
    InvalidPolicy,
    /// Two rules name it.
    AmbiguousAlias,
}

/// Why a message is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// To the agent it does not exist.
    Hidden,
    /// No rule allows it.
    DefaultDeny,
    /// A rule says deny.
    DeniedByRule,
    /// It was called by another name than the one it lives under.
    CalledByAlias {
        /// The name it lives under.
        live: String,
    },
    /// Two rules name it.
    AmbiguousAlias,
    /// There is no policy.
    NoPolicy,
    /// The policy cannot be read.
    InvalidPolicy,
    /// A limit has no room.
    RateLimited {
        /// The most calls within a window.
        max: u64,
        /// The window in words.
        window: String,
        /// Whole seconds after which the same call is admitted if nobody else comes first.
        retry_after: u64,
    },
}

/// What became of a metered call.
#[derive(Debug, PartialEq)]
pub enum Settled {
    /// Forward it.
    Allow(Permit),
    /// Refuse it.
    Deny(Denial),
    /// The grant is worth nothing any more.
    Revoked,
}

impl Permit {
    pub(super) fn of(rule: RuleId) -> Self {
        Self { rule }
    }

    /// The rule that allowed it.
    pub fn rule(&self) -> &RuleId {
        &self.rule
    }
}

impl Meter {
    pub(super) fn of(rule: RuleId, reason: Option<String>, limits: Vec<PlacedLimit>) -> Self {
        Self { rule, reason, limits }
    }

    /// The rule that meters it.
    pub fn rule(&self) -> &RuleId {
        &self.rule
    }

    /// What the ledger is to charge.
    pub fn charges(&self) -> Vec<Charge> {
        self.limits.iter().map(|placed| Charge::from(&placed.limit)).collect()
    }

    /// Turns the ledger's answer into a permit or a denial.
    pub fn settle(self, admission: &Admission) -> Settled {
        match admission {
            Admission::Admitted(_) => Settled::Allow(Permit::of(self.rule)),
            Admission::Revoked => Settled::Revoked,
            Admission::Refused(overrun) => match self.limits.get(overrun.limit) {
                Some(placed) => Settled::Deny(Denial {
                    rule: RuleId::At(placed.pointer.clone()),
                    reason: Reason::RateLimited {
                        max: placed.limit.max.get(),
                        window: placed.limit.window.to_string(),
                        retry_after: overrun.retry_after.div_ceil(1000),
                    },
                    told: self.reason,
                }),
                // A ledger that names a limit we did not send is not to be believed.
                None => Settled::Deny(Denial { rule: self.rule, reason: Reason::DeniedByRule, told: self.reason }),
            },
        }
    }

    /// The header fields `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) for what the ledger
    /// admitted: quota and window in whole seconds, what remains, and the seconds until all of it is there again.
    pub fn rate_limit_fields(&self, tallies: &[Tally]) -> (String, String) {
        let items = self.limits.iter().zip(tallies).map(|(placed, tally)| {
            let name = placed.limit.counter.as_str();
            (
                format!("\"{name}\";q={};w={}", placed.limit.max, placed.limit.window.seconds()),
                format!("\"{name}\";r={};t={}", tally.remaining, tally.resets_in.div_ceil(1000)),
            )
        });
        let (policies, states): (Vec<_>, Vec<_>) = items.unzip();
        (policies.join(", "), states.join(", "))
    }
}

impl Reason {
    /// The stable code of the reason, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::DefaultDeny => "default_deny",
            Self::DeniedByRule => "denied_by_rule",
            Self::CalledByAlias { .. } => "called_by_alias",
            Self::AmbiguousAlias => "ambiguous_alias",
            Self::NoPolicy => "no_policy",
            Self::InvalidPolicy => "invalid_policy",
            Self::RateLimited { .. } => "rate_limited",
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(pointer) => pointer.fmt(f),
            Self::DefaultDeny => f.write_str("(default deny)"),
            Self::DefaultAllow => f.write_str("(default allow)"),
            Self::Hidden => f.write_str("(hidden)"),
            Self::NoPolicy => f.write_str("(no policy)"),
            Self::InvalidPolicy => f.write_str("(invalid policy)"),
            Self::AmbiguousAlias => f.write_str("(ambiguous alias)"),
        }
    }
}
