//! What is allowed: a policy document read into a [`Policy`] that cannot be wrong, bound to one server as a [`Rulebook`],
//! and [`decide`], the one function that the gateway, the list filter and the case files ask.

mod change;
mod decide;
mod document;
mod glob;
#[expect(dead_code, reason = "rules on arguments use it next")]
mod pattern;
mod refusal;
mod rulebook;
mod ruling;

pub use decide::{decide, is_listed};
pub use document::MAX_DOCUMENT;
pub use refusal::{Context, refuse};
pub use rulebook::{Collision, Edition, Rulebook};
pub use ruling::{Denial, Meter, Permit, Reason, RuleId, Ruling, Settled};

use std::collections::BTreeMap;

use crate::ledger::Limit;
use crate::wire::json::Pointer;
use glob::Glob;

/// A valid policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    default: Default,
    hide: Vec<Glob>,
    tools: BTreeMap<String, Rule>,
}

impl Policy {
    /// Every limit of every rule.
    fn limits(&self) -> impl Iterator<Item = &PlacedLimit> {
        self.tools.values().flat_map(|rule| &rule.limits)
    }
}

/// What happens to a tool, prompt or resource that no rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Default {
    Deny,
    Allow,
}

/// What holds for one tool.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    pointer: Pointer,
    action: Action,
    reason: Option<String>,
    limits: Vec<PlacedLimit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Allow,
    Deny,
}

/// A limit and where it stands in the document.
#[derive(Debug, Clone, PartialEq)]
struct PlacedLimit {
    pointer: Pointer,
    limit: Limit,
}
