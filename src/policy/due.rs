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

impl PlacedLimit {
    /// What of the limit the ledger cannot meter yet.
    pub(super) fn not_metered(&self) -> Option<&'static str> {
        match (&self.cost, self.limit.counter.scope, self.limit.counter.algorithm) {
            (Some(_), _, _) => Some("cost_from"),
            (None, Scope::Session(_), _) => Some("scope session"),
            (None, Scope::Server, _) => Some("scope server"),
            (None, Scope::Grant, Algorithm::Fixed) => Some("algorithm fixed"),
            (None, Scope::Grant, Algorithm::Sliding) => None,
        }
    }
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
            match cost {
                // Before it is counted in millionths, of which 64 bits do not hold every number.
                Some(cost) if cost > Decimal::of(&max.to_string()) => return refused(Reason::CostExceedsLimit { max }),
                Some(cost) if cost.millionths().is_some() => {}
                Some(_) | None => return refused(Reason::CostUnreadable { path: name }),
            }
        }
        match placed.not_metered() {
            Some(kind) => refused(Reason::NotMetered { kind }),
            None => Ok(Self { placed, rule }),
        }
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
