//! What the policy says of one message.

use std::fmt;

use super::due::Due;
use super::{Asks, Condition, Hold, Refunds, Rule, Truth, Violation};
use crate::ledger::{Admission, Charge, Held, Overrun, Scope, Tally};
use crate::wire::json::Pointer;

/// What to do with a message.
#[derive(Debug, PartialEq)]
pub enum Ruling<'r> {
    /// Forward it.
    Allow(Permit<'r>),
    /// Ask the ledger, then settle.
    Meter(Meter<'r>),
    /// Ask a person.
    Hold(Hold<'r>),
    /// Refuse it.
    Deny(Denial<'r>),
}

/// The value without which nothing that a policy governs reaches the origin. Only a ruling makes one:
///
/// ```compile_fail
/// use tollgate::policy::{Permit, RuleId};
/// let forged = Permit { rule: RuleId::DefaultAllow };
/// ```
#[derive(Debug, PartialEq)]
pub struct Permit<'r> {
    rule: RuleId<'r>,
}

/// A call that is allowed if its limits have room and, where it asks a person, if that one has said yes.
#[derive(Debug, PartialEq)]
pub struct Meter<'r> {
    rule: RuleId<'r>,
    dues: Vec<Due<'r>>,
    asks: Option<Asks<'r>>,
}

/// A refusal, with the rule that made it and the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Denial<'r> {
    /// The rule.
    pub rule: RuleId<'r>,
    /// Why.
    pub reason: Reason<'r>,
    /// What the policy's author has to say about it.
    pub told: Option<&'r str>,
}

/// The rule behind a ruling: a place in the policy document, or one of the rules that need none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleId<'r> {
    /// A place in the document.
    At(&'r Pointer),
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
    /// The operator has stopped the server.
    ServerStopped,
    /// The ledger has too much to do.
    Ledger,
}

/// Why a message is refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason<'r> {
    /// To the agent it does not exist.
    Hidden,
    /// No rule allows it.
    DefaultDeny,
    /// A rule says deny.
    DeniedByRule,
    /// It was called by another name than the one it lives under.
    CalledByAlias {
        /// The name it lives under.
        live: &'r str,
    },
    /// Two rules name it.
    AmbiguousAlias,
    /// There is no policy.
    NoPolicy,
    /// The policy cannot be read.
    InvalidPolicy,
    /// What is forbidden holds, or cannot be judged.
    Forbidden(&'r Condition, Truth),
    /// What is required does not hold, or cannot be judged.
    Unmet(&'r Condition, Truth),
    /// The arguments do not fit the schema.
    Unfit(Violation),
    /// A schema cannot be applied to arguments that are still being completed.
    Unknown,
    /// A person has to say yes, who cannot be asked about it.
    NeedsApproval,
    /// A person has been asked, and has not said yes.
    Held(Held),
    /// What the call costs cannot be read from its arguments.
    CostUnreadable {
        /// Where the cost should stand.
        path: &'r str,
    },
    /// It costs more than the limit ever has room for.
    CostExceedsLimit {
        /// Where the cost stands.
        path: &'r str,
        /// The most units within a window.
        max: u64,
    },
    /// A limit has no room.
    RateLimited {
        /// The most units within a window.
        max: u64,
        /// What is counted: the argument that says the cost, or calls.
        unit: Option<&'r str>,
        /// The window in words.
        window: String,
        /// Whose uses count together.
        scope: Scope,
        /// Whole seconds after which the same call is admitted if nobody else comes first.
        retry_after: u64,
    },
    /// The server is stopped.
    ServerStopped,
    /// The ledger has too much to do, and has charged nothing.
    LedgerOverloaded,
}

/// Seconds after which somebody may ask a ledger again that has too much to do.
pub(super) const OVERLOADED_RETRY: u64 = 2;

impl<'r> Permit<'r> {
    pub(super) fn of(rule: RuleId<'r>) -> Self {
        Self { rule }
    }

    /// The rule that allowed it.
    pub fn rule(&self) -> &RuleId<'r> {
        &self.rule
    }
}

impl<'r> Denial<'r> {
    pub(super) fn of(rule: RuleId<'r>, reason: Reason<'r>) -> Self {
        Self { rule, reason, told: None }
    }

    /// The refusal of anything on a server that its operator has stopped.
    pub fn server_stopped() -> Self {
        Self::of(RuleId::ServerStopped, Reason::ServerStopped)
    }

    /// The refusal where a ledger takes no more.
    pub fn ledger_overloaded() -> Self {
        Self::of(RuleId::Ledger, Reason::LedgerOverloaded)
    }

    /// A refusal that `refusing` makes: its author's words go with it.
    pub(super) fn by(rule: RuleId<'r>, reason: Reason<'r>, refusing: &'r Rule) -> Self {
        Self { rule, reason, told: refusing.reason.as_deref() }
    }
}

impl<'r> Meter<'r> {
    pub(super) fn of(rule: RuleId<'r>, dues: Vec<Due<'r>>) -> Self {
        Self { rule, dues, asks: None }
    }

    /// The same, if a person says yes first.
    pub(super) fn asking(self, asks: Asks<'r>) -> Self {
        Self { asks: Some(asks), ..self }
    }

    /// How a person is asked, where one has to say yes.
    pub fn asks(&self) -> Option<&Asks<'r>> {
        self.asks.as_ref()
    }

    /// The rule that meters it.
    pub fn rule(&self) -> &RuleId<'r> {
        &self.rule
    }

    /// What the call owes to each limit, in the order of the document.
    pub fn dues(&self) -> &[Due<'r>] {
        &self.dues
    }

    /// What the ledger is to charge for a call on `session`: each limit in the order of the document, those in shadow too.
    pub fn charges(&self, session: Option<&str>) -> Vec<Charge> {
        self.dues.iter().map(|due| due.charge(session)).collect()
    }

    /// What may give some of that back.
    pub fn refunds(&self) -> Refunds {
        Refunds::of(self.dues.iter().map(Due::refund_on))
    }

    /// Turns the ledger's answer into a permit or a denial, with what limits in shadow would have refused.
    pub fn settle(self, admission: &Admission) -> Result<(Permit<'r>, Vec<Denial<'r>>), Denial<'r>> {
        let overrun = |overrun: &Overrun| match self.dues.get(overrun.limit) {
            Some(due) => due.overrun(overrun),
            None => Denial::of(self.rule.clone(), Reason::DeniedByRule),
        };
        // A ledger that answers what we did not ask is not to be believed.
        let unasked = |meter: &Self| Denial::of(meter.rule.clone(), Reason::DeniedByRule);
        match admission {
            Admission::Admitted(receipt) if receipt.approval.is_some() != self.asks.is_some() => Err(unasked(&self)),
            Admission::Admitted(receipt) => {
                let observed = receipt.observed.iter().map(overrun).collect();
                Ok((Permit::of(self.rule), observed))
            }
            Admission::Refused(refused) => Err(overrun(refused)),
            Admission::Held(held) => {
                Err(self.asks.as_ref().map_or_else(|| unasked(&self), |asks| asks.denial(Reason::Held(held.clone()))))
            }
        }
    }

    /// The header fields `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) for what the ledger
    /// admitted: quota and window in whole seconds, what remains, and the seconds until all of it is there again. Of limits
    /// that are enforced; empty if none is.
    pub fn rate_limit_fields(&self, tallies: &[Tally]) -> (String, String) {
        let items = self.dues.iter().zip(tallies).filter(|(due, _)| due.is_enforced()).map(|(due, tally)| {
            let limit = &due.placed.limit;
            let name = limit.counter.name.as_str();
            (
                format!("\"{name}\";q={};w={}", limit.max, limit.counter.window.seconds()),
                format!("\"{name}\";r={};t={}", tally.remaining / due.units_in_one(), tally.resets_in.div_ceil(1000)),
            )
        });
        let (policies, states): (Vec<_>, Vec<_>) = items.unzip();
        (policies.join(", "), states.join(", "))
    }
}

/// The pointer of a rule.
pub(super) fn at(rule: &Rule) -> RuleId<'_> {
    RuleId::At(&rule.pointer)
}

impl Reason<'_> {
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
            Self::Forbidden(..) => "condition_forbids",
            Self::Unmet(..) => "condition_not_met",
            Self::Unfit(_) | Self::Unknown => "arguments_do_not_fit",
            Self::NeedsApproval => "needs_approval",
            Self::Held(Held::Pending { .. }) => "approval_pending",
            Self::Held(Held::Denied { .. }) => "approval_denied",
            Self::Held(Held::Crowded) => "too_many_approvals",
            Self::CostUnreadable { .. } => "cost_unreadable",
            Self::CostExceedsLimit { .. } => "cost_exceeds_limit",
            Self::RateLimited { .. } => "rate_limited",
            Self::ServerStopped => "server_stopped",
            Self::LedgerOverloaded => "ledger_overloaded",
        }
    }
}

impl fmt::Display for RuleId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(pointer) => pointer.fmt(f),
            Self::DefaultDeny => f.write_str("(default deny)"),
            Self::DefaultAllow => f.write_str("(default allow)"),
            Self::Hidden => f.write_str("(hidden)"),
            Self::NoPolicy => f.write_str("(no policy)"),
            Self::InvalidPolicy => f.write_str("(invalid policy)"),
            Self::AmbiguousAlias => f.write_str("(ambiguous alias)"),
            Self::ServerStopped => f.write_str("(server stopped)"),
            Self::Ledger => f.write_str("(ledger)"),
        }
    }
}
