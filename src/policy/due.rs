//! What one call owes to one limit.

use super::{Arguments, Denial, PlacedLimit, Reason, Rule, RuleId};
use crate::ledger::{Algorithm, Charge, Overrun, Scope};
use crate::wire::json::{Decimal, Value};

/// A limit, and the rule that has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Due<'r> {
    pub(super) placed: &'r PlacedLimit,
    rule: &'r Rule,
}

impl<'r> Due<'r> {
    /// What a call with these arguments owes, or why it cannot be charged.
    pub(super) fn of(placed: &'r PlacedLimit, arguments: &Arguments<'_>, rule: &'r Rule) -> Result<Self, Denial<'r>> {
        let refused = |reason| Err(Denial::by(RuleId::At(&placed.pointer), reason, rule));
        let counter = &placed.limit.counter;
        if let (Some(path), Some(name)) = (&placed.cost, &counter.unit) {
            let cost = arguments.object().and_then(|object| match &path.value(object)?.value {
                Value::Number(number) => Some(Decimal::of(number)),
                Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
            });
            let max = placed.limit.max.get();
            return refused(match cost {
                // Before it is counted in millionths, of which 64 bits do not hold every number.
                Some(cost) if cost > Decimal::of(&max.to_string()) => Reason::CostExceedsLimit { max },
                Some(cost) if cost.millionths().is_some() => Reason::NotMetered { kind: "cost_from" },
                Some(_) | None => Reason::CostUnreadable { path: name },
            });
        }
        let kind = match (counter.scope, counter.algorithm) {
            (Scope::Grant, Algorithm::Sliding) => return Ok(Self { placed, rule }),
            (Scope::Session(_), _) => "scope session",
            (Scope::Server, _) => "scope server",
            (Scope::Grant, Algorithm::Fixed) => "algorithm fixed",
        };
        refused(Reason::NotMetered { kind })
    }

    pub(super) fn charge(&self) -> Charge {
        Charge::from(&self.placed.limit)
    }

    /// The refusal where the limit has no room.
    pub(super) fn overrun(&self, overrun: &Overrun) -> Denial<'r> {
        let limit = &self.placed.limit;
        let reason = Reason::RateLimited {
            max: limit.max.get(),
            window: limit.counter.window.to_string(),
            retry_after: overrun.retry_after.div_ceil(1000),
        };
        Denial::by(RuleId::At(&self.placed.pointer), reason, self.rule)
    }
}
