//! The decision: one function for the gateway, the list filter and the case files.

use super::rulebook::Found;
use super::{Action, Default, Denial, Edition, Meter, Permit, Policy, Reason, Rule, RuleId, Rulebook, Ruling};
use crate::wire::{ListKind, Subject};

/// What the policy says of `subject`. The order is the specification's: hidden, default, action, limits; the first
/// refusal wins, and what was refused has cost nothing.
pub fn decide(rulebook: Rulebook<'_>, subject: &Subject<'_>) -> Ruling {
    match subject {
        Subject::Tool { name, .. } => match tool(rulebook, name.as_str()) {
            Standing::Refused(denial) => Ruling::Deny(denial),
            Standing::Unnamed => Ruling::Allow(Permit::of(RuleId::DefaultAllow)),
            Standing::Under(rule) if rule.limits.is_empty() => Ruling::Allow(Permit::of(at(rule))),
            Standing::Under(rule) => Ruling::Meter(Meter::of(at(rule), rule.reason.clone(), rule.limits.clone())),
        },
        Subject::Prompt { name } => by_default(rulebook, Some(name.as_str())),
        Subject::Resources { .. } => by_default(rulebook, None),
    }
}

/// Whether a list shows the item `name`: exactly what the same grant could use. Arguments and limits have no say in it.
pub fn is_listed(rulebook: Rulebook<'_>, kind: ListKind, name: &str) -> bool {
    match kind {
        ListKind::Tools => !matches!(tool(rulebook, name), Standing::Refused(_)),
        ListKind::Prompts => !matches!(by_default(rulebook, Some(name)), Ruling::Deny(_)),
        ListKind::Resources | ListKind::ResourceTemplates => !matches!(by_default(rulebook, None), Ruling::Deny(_)),
    }
}

/// Where a tool stands by its name alone.
enum Standing<'r> {
    /// It is refused whatever its arguments are.
    Refused(Denial),
    /// No rule names it, and the default lets it through.
    Unnamed,
    /// This rule governs it.
    Under(&'r Rule),
}

fn tool<'r>(rulebook: Rulebook<'r>, name: &str) -> Standing<'r> {
    let policy = match policy(rulebook) {
        Ok(policy) => policy,
        Err(denial) => return Standing::Refused(denial),
    };
    if rulebook.hides(policy, name) {
        return Standing::Refused(denial(RuleId::Hidden, Reason::Hidden));
    }
    if let Some(live) = rulebook.aliases.live_of(name) {
        let rule = match rulebook.rule(policy, live) {
            Found::One(rule) => at(rule),
            Found::None => RuleId::DefaultDeny,
            Found::Two => RuleId::AmbiguousAlias,
        };
        return Standing::Refused(denial(rule, Reason::CalledByAlias { live: live.to_owned() }));
    }
    match (rulebook.rule(policy, name), policy.default) {
        (Found::Two, _) => Standing::Refused(denial(RuleId::AmbiguousAlias, Reason::AmbiguousAlias)),
        (Found::None, Default::Deny) => Standing::Refused(denial(RuleId::DefaultDeny, Reason::DefaultDeny)),
        (Found::None, Default::Allow) => Standing::Unnamed,
        (Found::One(rule), _) => match rule.action {
            Action::Allow => Standing::Under(rule),
            Action::Deny => {
                let told = rule.reason.clone();
                Standing::Refused(Denial { rule: at(rule), reason: Reason::DeniedByRule, told })
            }
        },
    }
}

/// Prompts and resources have no rules of their own yet: `hide` (prompts only) and the default decide.
fn by_default(rulebook: Rulebook<'_>, prompt: Option<&str>) -> Ruling {
    let policy = match policy(rulebook) {
        Ok(policy) => policy,
        Err(denial) => return Ruling::Deny(denial),
    };
    if prompt.is_some_and(|name| rulebook.hides(policy, name)) {
        return Ruling::Deny(denial(RuleId::Hidden, Reason::Hidden));
    }
    match policy.default {
        Default::Deny => Ruling::Deny(denial(RuleId::DefaultDeny, Reason::DefaultDeny)),
        Default::Allow => Ruling::Allow(Permit::of(RuleId::DefaultAllow)),
    }
}

fn policy(rulebook: Rulebook<'_>) -> Result<&Policy, Denial> {
    match rulebook.edition {
        Edition::Valid(policy, _) => Ok(policy),
        Edition::Missing => Err(denial(RuleId::NoPolicy, Reason::NoPolicy)),
        Edition::Invalid(_) => Err(denial(RuleId::InvalidPolicy, Reason::InvalidPolicy)),
    }
}

fn at(rule: &Rule) -> RuleId {
    RuleId::At(rule.pointer.clone())
}

fn denial(rule: RuleId, reason: Reason) -> Denial {
    Denial { rule, reason, told: None }
}
