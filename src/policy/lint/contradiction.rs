//! Conditions that can never hold, by the document alone.

use super::warning;
use crate::policy::condition::{Condition, Expression, Order, Test};
use crate::policy::rule::Action;
use crate::policy::{Policy, Rule};
use crate::wire::json::{Decimal, Invalid, Literal, Node, parse};

impl Policy {
    /// Conditions that can never hold, whatever the arguments are: a rule that requires one refuses every call, and one
    /// that denies for it denies nothing.
    pub fn contradictions(&self) -> Vec<Invalid> {
        let mut warnings = Vec::new();
        for rule in self.rules() {
            for list in lists(rule) {
                for condition in list {
                    within(condition, &mut warnings);
                }
            }
            // All that is required must hold together.
            let required: Vec<_> = rule.require.iter().collect();
            if let Some((first, second)) = contradiction(&required) {
                let message = format!("can never hold together with `{first}`, so every call is refused");
                warnings.push(warning(&second.pointer, message));
            }
        }
        warnings
    }
}

/// The lists of conditions that a rule has.
pub(super) fn lists(rule: &Rule) -> Vec<&[Condition]> {
    let mut lists = vec![rule.deny_if.as_slice(), rule.require.as_slice()];
    if let Action::RequireApproval(approval) = &rule.action {
        lists.push(&approval.when);
    }
    lists
}

fn within(condition: &Condition, warnings: &mut Vec<Invalid>) {
    match &condition.expression {
        Expression::Leaf(..) => {}
        Expression::Not(inner) => within(inner, warnings),
        Expression::Any(conditions) => {
            for condition in conditions {
                within(condition, warnings);
            }
        }
        Expression::All(conditions) => {
            for condition in conditions {
                within(condition, warnings);
            }
            if let Some((first, second)) = contradiction(&conditions.iter().collect::<Vec<_>>()) {
                warnings.push(warning(&condition.pointer, format!("can never hold: `{first}` and `{second}`")));
            }
        }
    }
}

/// Two of `conditions` that cannot both hold.
fn contradiction<'c>(conditions: &[&'c Condition]) -> Option<(&'c Condition, &'c Condition)> {
    conditions.iter().enumerate().find_map(|(n, second)| {
        let first = conditions.iter().take(n).find(|first| match (&first.expression, &second.expression) {
            (Expression::Leaf(path, first), Expression::Leaf(other, second)) => {
                // Under `[*]`, two conditions may hold of two elements.
                path == other && !path.may_be_several() && (excludes(first, second) || excludes(second, first))
            }
            (Expression::Leaf(..) | Expression::Any(_) | Expression::All(_) | Expression::Not(_), _) => false,
        });
        first.map(|first| (*first, *second))
    })
}

/// Whether no value passes both tests, as far as `first` names all values that it accepts, or bounds them.
fn excludes(first: &Test, second: &Test) -> bool {
    let rejects = |literal: &Literal| {
        let text = literal.to_string();
        parse(text.as_bytes()).is_ok_and(|node: Node<'_>| !second.accepts(&node))
    };
    match first {
        Test::Equal(literal) => rejects(literal),
        Test::In(literals) => literals.iter().all(rejects),
        Test::Exists(false) => !matches!(second, Test::Exists(false)),
        Test::Order(Order::Less | Order::AtMost, most) => match second {
            Test::Order(Order::Greater | Order::AtLeast, least) => Decimal::of(most) < Decimal::of(least),
            Test::Order(Order::Less | Order::AtMost, _)
            | Test::Equal(_)
            | Test::Unequal(_)
            | Test::In(_)
            | Test::NotIn(_)
            | Test::Regex(_)
            | Test::Contains(_)
            | Test::Exists(_) => false,
        },
        Test::Order(Order::Greater | Order::AtLeast, _)
        | Test::Unequal(_)
        | Test::NotIn(_)
        | Test::Regex(_)
        | Test::Contains(_)
        | Test::Exists(true) => false,
    }
}
