//! Warnings: what a valid policy says that its author may not mean.
//!
//! The gateway gives those that need nothing but the document ([`Policy::warnings`]); the command line adds those that take
//! more work ([`Policy::contradictions`]) or know the server ([`Policy::warnings_against`]).

mod argument;
mod contradiction;
mod live;
mod nearest;
mod server;

pub use live::{Live, LiveTool};
pub use nearest::nearest;

use super::rule::{Mode, Rule};
use super::{Default, Path, Policy};
use crate::wire::json::{Invalid, Pointer};

/// A warning at a place of the document.
fn warning(pointer: &Pointer, message: impl Into<String>) -> Invalid {
    Invalid { pointer: pointer.clone(), message: message.into() }
}

impl Policy {
    /// What the document alone gives reason to warn of.
    pub fn warnings(&self) -> Vec<Invalid> {
        let root = Pointer::default();
        let mut warnings = Vec::new();
        if self.mode == Mode::Shadow {
            let message = "nothing of this policy is enforced: it is observed, and every call is let through";
            warnings.push(warning(&root.key("mode"), message));
        }
        if self.default == Default::Allow {
            let message = "what no rule names is allowed, also what the server offers tomorrow";
            warnings.push(warning(&root.key("default"), message));
        }
        for (name, rule) in self.tools.iter().chain(&self.prompts) {
            if self.hide.iter().any(|glob| glob.matches(name)) {
                warnings.push(warning(&rule.pointer, "`hide` hides it, so this rule is never looked at"));
            }
        }
        for rule in self.rules() {
            self.warn_of_rule(rule, &mut warnings);
        }
        warnings
    }

    fn warn_of_rule(&self, rule: &Rule, warnings: &mut Vec<Invalid>) {
        let names = self.all_tools.as_ref().is_none_or(|all_tools| all_tools.pointer != rule.pointer);
        if rule.mode == Mode::Shadow && self.default == Default::Deny && names {
            let message =
                "is observed, not enforced: it names what `\"default\": \"deny\"` would refuse, and so opens it";
            warnings.push(warning(&rule.pointer.key("mode"), message));
        }
        if !rule.refund_on.is_empty() {
            let message = if rule.limits.is_empty() {
                "gives nothing back: this rule has no limits"
            } else {
                "who can make the origin fail so calls for nothing"
            };
            warnings.push(warning(&rule.pointer.key("refund_on"), message));
        }
        for limit in rule.limits.iter().filter(|limit| limit.cost.as_ref().is_some_and(Path::may_be_several)) {
            let message = "may lead to several values, which are no one cost: every call is refused";
            warnings.push(warning(&limit.pointer.key("cost_from"), message));
        }
    }
}
