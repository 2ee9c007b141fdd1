//! What one call owes to one limit.

use std::fmt;

use super::rule::{Mode, Refund};
use super::{Arguments, Denial, PlacedLimit, Reason, Rule, RuleId};
use crate::ledger::{Charge, ONE_CALL, Overrun, Scope, Share};
use crate::wire::json::{Decimal, Value};

/// How many millionths one is: what is counted where arguments say the cost.
pub(super) const MILLION: u64 = 1_000_000;

/// A limit, the rule that has it, and what the call costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Due<'r> {
    pub(super) placed: &'r PlacedLimit,
    rule: &'r Rule,
    /// Whether the limit is enforced on this call.
    mode: Mode,
    cost: u64,
}

impl<'r> Due<'r> {
    /// What a call with these arguments owes, or why it cannot be charged.
    pub(super) fn of(
        placed: &'r PlacedLimit,
        mode: Mode,
        arguments: &Arguments<'_>,
        rule: &'r Rule,
    ) -> Result<Self, Denial<'r>> {
        let refused = |reason| Err(Denial::by(RuleId::At(&placed.pointer), reason, rule));
        let (Some(path), Some(name)) = (&placed.cost, &placed.limit.counter.unit) else {
            return Ok(Self { placed, rule, mode, cost: ONE_CALL });
        };
        let cost = arguments.object().and_then(|object| match &path.value(object)?.value {
            Value::Number(number) => Some(Decimal::of(number)),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
        });
        let max = placed.limit.max.get();
        match cost {
            // Before it is counted in millionths, of which 64 bits do not hold every number.
            Some(cost) if cost > Decimal::of(&max.to_string()) => refused(Reason::CostExceedsLimit { path: name, max }),
            Some(cost) => match cost.millionths() {
                Some(cost) => Ok(Self { placed, rule, mode, cost }),
                None => refused(Reason::CostUnreadable { path: name }),
            },
            None => refused(Reason::CostUnreadable { path: name }),
        }
    }

    /// What a call owes that costs nothing.
    pub(super) fn nothing(placed: &'r PlacedLimit, mode: Mode, rule: &'r Rule) -> Self {
        Self { placed, rule, mode, cost: 0 }
    }

    /// What the ledger is asked, for a call on `session`.
    pub(super) fn charge(&self, session: Option<&str>) -> Charge {
        let limit = &self.placed.limit;
        let counter = &limit.counter;
        let share = match counter.scope {
            Scope::Grant => Share::Grant,
            Scope::Session(sessions) => Share::Session { id: session.map(str::to_owned), sessions: sessions.get() },
            Scope::Server => Share::Server,
        };
        Charge {
            counter: counter.name.clone(),
            window: counter.window,
            algorithm: counter.algorithm,
            share,
            unit: counter.unit.clone(),
            cost: self.cost,
            max: limit.max.get().saturating_mul(self.units_in_one()),
            shadow: !self.is_enforced(),
        }
    }

    /// Whether the limit is enforced on this call, not only observed.
    pub fn is_enforced(&self) -> bool {
        self.mode == Mode::Enforce
    }

    /// How many units of the ledger's are one of the limit's.
    pub(super) fn units_in_one(&self) -> u64 {
        if self.placed.cost.is_some() { MILLION } else { ONE_CALL }
    }

    /// What gives the budget back.
    pub(super) fn refund_on(&self) -> &'r [Refund] {
        &self.rule.refund_on
    }

    /// The refusal where the limit has no room.
    pub(super) fn overrun(&self, overrun: &Overrun) -> Denial<'r> {
        let limit = &self.placed.limit;
        let reason = Reason::RateLimited {
            max: limit.max.get(),
            unit: limit.counter.unit.as_deref(),
            window: limit.counter.window.to_string(),
            scope: limit.counter.scope,
            retry_after: overrun.retry_after.div_ceil(1000),
        };
        Denial::by(RuleId::At(&self.placed.pointer), reason, self.rule)
    }
}

/// `money: 12.5 of 100 in 86400 s, sliding, of each grant, in args.amount, in shadow`
impl fmt::Display for Due<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = &self.placed.limit;
        let one = self.units_in_one();
        write!(f, "{}: {}", limit.counter.name.as_str(), self.cost / one)?;
        if !self.cost.is_multiple_of(one) {
            let millionths = format!("{:06}", self.cost % one);
            write!(f, ".{}", millionths.trim_end_matches('0'))?;
        }
        write!(f, " of {} in {}{}", limit.max, limit.counter, if self.is_enforced() { "" } else { ", in shadow" })
    }
}
