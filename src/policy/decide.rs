//! The decision: one function for the gateway, the list filter, the command line and the case files.

use super::condition::Quantifier;
use super::due::Due;
use super::kept::kept;
use super::naming::Named;
use super::ruling::at;
use super::{
    Action, Arguments, Asks, Condition, Denial, Edition, Hold, Meter, Mode, Permit, Policy, Reason, Rule, RuleId,
    Rulebook, Ruling, Truth, Witness,
};
use crate::wire::{ListKind, Subject};

/// What becomes of a message, and what would have become of it if the rules in shadow were enforced.
#[derive(Debug, PartialEq)]
pub struct Decided<'r> {
    /// What the policy says.
    pub ruling: Ruling<'r>,
    /// What rules in shadow would have refused, in order.
    pub observed: Vec<Denial<'r>>,
    /// The arguments whose values the policy wants kept: each path as it was written, once, and the value there as JSON.
    /// Those of a call that is denied too, as far as the rules that name it are known.
    pub kept: Vec<(&'r str, String)>,
}

/// What the policy says of `subject`. The order is the specification's: hidden, default, action, `deny_if`, `require`,
/// `arguments`, approval, limits; the first refusal wins, and what was refused has cost nothing.
pub fn decide<'r>(rulebook: Rulebook<'r>, subject: &Subject<'_>) -> Decided<'r> {
    explain(rulebook, subject, &mut ())
}

/// The same, with a witness of each condition that is judged.
pub fn explain<'r>(rulebook: Rulebook<'r>, subject: &Subject<'_>, witness: &mut impl Witness) -> Decided<'r> {
    let policy = match policy(rulebook) {
        Ok(policy) => policy,
        Err(denial) => {
            return Decided { ruling: Ruling::Deny(denial), observed: Vec::new(), kept: Vec::new() };
        }
    };
    let mut bench = Bench { mode: policy.mode, observed: Vec::new() };
    let named = Named::of(&rulebook, policy, subject);
    let kept = kept(&named.rules);
    let ruling = bench.judge(named, witness).unwrap_or_else(Ruling::Deny);
    Decided { ruling, observed: bench.observed, kept }
}

/// Whether a list shows the item `name`: exactly what the same grant could use. Of a tool, a prompt and a template, whose
/// arguments nobody has chosen yet, naming, `hide` and `action` judge; a resource is judged as if it were read. What needs
/// an approval, or is over its limit, is shown.
pub fn is_listed(rulebook: Rulebook<'_>, kind: ListKind, name: &str) -> bool {
    let Ok(policy) = policy(rulebook) else { return false };
    if policy.mode == Mode::Shadow {
        return true;
    }
    let named = match kind {
        ListKind::Tools => Named::of_tool(&rulebook, policy, name, || Arguments::Unknown),
        ListKind::Prompts => Named::of_prompt(&rulebook, policy, name, Arguments::Unknown),
        ListKind::ResourceTemplates => Named::of_template(policy, name),
        ListKind::Resources => {
            let named = Named::of_resources(policy, std::iter::once(name));
            let mut bench = Bench { mode: policy.mode, observed: Vec::new() };
            return bench.judge(named, &mut ()).is_ok();
        }
    };
    named.refused.is_none() && !named.rules.iter().any(|(rule, _)| denies(rule) && rule.mode == Mode::Enforce)
}

fn policy(rulebook: Rulebook<'_>) -> Result<&Policy, Denial<'_>> {
    match rulebook.edition {
        Edition::Valid(policy, _) => Ok(policy),
        Edition::Missing => Err(Denial::of(RuleId::NoPolicy, Reason::NoPolicy)),
        Edition::Invalid(_) => Err(Denial::of(RuleId::InvalidPolicy, Reason::InvalidPolicy)),
    }
}

fn denies(rule: &Rule) -> bool {
    matches!(rule.action, Action::Deny)
}

/// Where one message is judged.
struct Bench<'r> {
    /// The policy's.
    mode: Mode,
    observed: Vec<Denial<'r>>,
}

impl<'r> Bench<'r> {
    fn judge(&mut self, named: Named<'r, '_>, witness: &mut impl Witness) -> Result<Ruling<'r>, Denial<'r>> {
        if let Some(denial) = named.refused {
            self.refuse(Mode::Enforce, denial)?;
        }
        let rules = || named.rules.iter().map(|(rule, arguments)| (*rule, arguments));
        for (rule, _) in rules().filter(|(rule, _)| denies(rule)) {
            self.refuse(rule.mode, Denial::by(at(rule), Reason::DeniedByRule, rule))?;
        }
        for (rule, arguments) in rules() {
            for condition in &rule.deny_if {
                let truth = judged(condition, arguments, Quantifier::Any, witness);
                if truth != Truth::False {
                    self.refuse_for(rule, condition, Reason::Forbidden(condition, truth))?;
                }
            }
        }
        for (rule, arguments) in rules() {
            for condition in &rule.require {
                let truth = judged(condition, arguments, Quantifier::Every, witness);
                if truth != Truth::True {
                    self.refuse_for(rule, condition, Reason::Unmet(condition, truth))?;
                }
            }
        }
        for (rule, arguments) in rules() {
            let Some(fit) = &rule.arguments else { continue };
            let reason = match arguments.object() {
                Some(object) => fit.schema.violation_of_object(object).map(Reason::Unfit),
                None => Some(Reason::Unknown),
            };
            if let Some(reason) = reason {
                self.refuse(rule.mode, Denial::by(RuleId::At(&fit.pointer), reason, rule))?;
            }
        }
        let asks = self.asks(rules(), witness);
        // Before a person is asked: nobody should say yes to what cannot be charged.
        let limits = self.limits(rules())?;
        Ok(if let Some(asks) = asks {
            let rules = rules().map(|(rule, _)| &rule.stamp).collect();
            Ruling::Hold(Hold::of(Asks { rules, ..asks }, Meter::of(named.rule, limits)))
        } else if limits.is_empty() {
            Ruling::Allow(Permit::of(named.rule))
        } else {
            Ruling::Meter(Meter::of(named.rule, limits))
        })
    }

    /// The first rule that asks a person, and how: where several ask, for the shortest time of all, and an operator if one of
    /// them wants one.
    fn asks<'s>(
        &mut self,
        rules: impl Iterator<Item = (&'r Rule, &'s Arguments<'s>)>,
        witness: &mut impl Witness,
    ) -> Option<Asks<'r>> {
        let mut first: Option<Asks<'_>> = None;
        for (rule, arguments) in rules {
            let Action::RequireApproval(approval) = &rule.action else { continue };
            let mut mode = approval.when.is_empty().then_some(Mode::Enforce);
            for condition in &approval.when {
                if judged(condition, arguments, Quantifier::Any, witness) != Truth::False {
                    mode = Some(condition.mode);
                    if condition.mode == Mode::Enforce {
                        break;
                    }
                }
            }
            let Some(mode) = mode else { continue };
            if self.enforces(rule.mode) && self.enforces(mode) {
                let asks = Asks { rule, rules: Vec::new(), ttl: approval.ttl, by: approval.by };
                first = Some(first.map_or(asks.clone(), |first| first.and(&asks)));
            } else {
                self.observed.push(Denial::by(at(rule), Reason::NeedsApproval, rule));
            }
        }
        first
    }

    /// What the ledger is to charge. What cannot be charged is refused.
    fn limits<'s>(
        &mut self,
        rules: impl Iterator<Item = (&'r Rule, &'s Arguments<'s>)>,
    ) -> Result<Vec<Due<'r>>, Denial<'r>> {
        let mut dues = Vec::new();
        for (rule, arguments) in rules {
            for placed in &rule.limits {
                let mode = if self.enforces(rule.mode) { placed.mode } else { Mode::Shadow };
                let mode = if self.enforces(mode) { Mode::Enforce } else { Mode::Shadow };
                match Due::of(placed, mode, arguments, rule) {
                    Ok(due) => dues.push(due),
                    Err(denial) => self.refuse(mode, denial)?,
                }
            }
        }
        Ok(dues)
    }

    fn refuse_for(&mut self, rule: &'r Rule, condition: &'r Condition, reason: Reason<'r>) -> Result<(), Denial<'r>> {
        let mode = if self.enforces(rule.mode) { condition.mode } else { Mode::Shadow };
        let denial = Denial::by(RuleId::At(&condition.pointer), reason, rule);
        self.refuse(mode, Denial { told: condition.reason.as_deref().or(denial.told), ..denial })
    }

    /// Refuses where that is enforced, and takes note of it where it is not.
    fn refuse(&mut self, mode: Mode, denial: Denial<'r>) -> Result<(), Denial<'r>> {
        if self.enforces(mode) {
            return Err(denial);
        }
        self.observed.push(denial);
        Ok(())
    }

    fn enforces(&self, mode: Mode) -> bool {
        (self.mode, mode) == (Mode::Enforce, Mode::Enforce)
    }
}

fn judged(
    condition: &Condition,
    arguments: &Arguments<'_>,
    quantifier: Quantifier,
    witness: &mut impl Witness,
) -> Truth {
    let truth = condition.judge(arguments, quantifier, witness);
    witness.judged(condition, truth);
    truth
}
