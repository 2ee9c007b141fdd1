//! What is allowed: a policy document read into a [`Policy`] that cannot be wrong, bound to one server as a [`Rulebook`],
//! and [`decide`], the one function that the gateway, the list filter, the command line and the case files ask.

mod arguments;
mod change;
mod condition;
mod decide;
mod document;
mod due;
mod glob;
mod hold;
mod kept;
mod lint;
mod naming;
mod pattern;
mod refund;
mod refusal;
mod resources;
mod rule;
mod rulebook;
mod ruling;
mod schema;
mod template;
mod truth;
mod witness;

pub use condition::{Condition, OPERATORS, Path};
pub use decide::{Decided, decide, explain, is_listed};
pub use document::MAX_DOCUMENT;
pub use due::Due;
pub use hold::{Asks, Hold};
pub use lint::{Live, LiveTool, nearest};
pub use refund::{Outcome, Refunds};
pub use refusal::{Context, refuse, refuse_any};
pub use rulebook::{Collision, Edition, Rulebook};
pub use ruling::{Denial, Meter, Permit, Reason, RuleId, Ruling};
pub use schema::{Schema, Violation};
pub use truth::Truth;
pub use witness::Witness;

use std::collections::BTreeMap;

use crate::ledger::{Charge, CounterKey};

use arguments::Arguments;
use glob::Glob;
use resources::Resources;
use rule::{Action, Mode, PlacedLimit, Rule};

/// A valid policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    mode: Mode,
    default: Default,
    hide: Vec<Glob>,
    all_tools: Option<Rule>,
    tools: BTreeMap<String, Rule>,
    resources: Resources,
    prompts: BTreeMap<String, Rule>,
}

/// What happens to a tool, prompt or resource that no rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Default {
    Deny,
    Allow,
}

impl Policy {
    /// Every rule.
    fn rules(&self) -> impl Iterator<Item = &Rule> {
        let tools = self.all_tools.iter().chain(self.tools.values());
        tools.chain(self.resources.rules()).chain(self.prompts.values())
    }

    /// What calls of no cost and of no session would be charged: each counter of the policy once, under its highest `max`.
    pub fn counters(&self) -> Vec<Charge> {
        let mut counters: Vec<Charge> = Vec::new();
        for rule in self.rules() {
            for placed in &rule.limits {
                let modes = [self.mode, rule.mode, placed.mode];
                let mode = if modes.contains(&Mode::Shadow) { Mode::Shadow } else { Mode::Enforce };
                let charge = Due::nothing(placed, mode, rule).charge(None);
                match counters.iter_mut().find(|known| CounterKey::of(known) == CounterKey::of(&charge)) {
                    Some(known) => known.max = known.max.max(charge.max),
                    None => counters.push(charge),
                }
            }
        }
        counters
    }

    /// Every limit of every rule.
    fn limits(&self) -> impl Iterator<Item = &PlacedLimit> {
        self.rules().flat_map(|rule| &rule.limits)
    }
}
