//! Reading conditions.

use super::errors::Errors;
use super::mode;
use crate::policy::condition::{Condition, Expression, Path, Root, Test};
use crate::policy::{Mode, OPERATORS};
use crate::wire::json::{Fields, Node, Pointer};

/// The conditions on arguments under `name`.
pub(super) fn conditions(name: &str, fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for (node, pointer) in errors.elements(fields, name) {
        conditions.extend(condition(node, pointer, Root::Arguments, errors));
    }
    conditions
}

/// A condition on the result of a call. It refuses nothing, so it cannot be in shadow.
pub(super) fn outcome(node: &Node<'_>, pointer: Pointer, errors: &mut Errors) -> Option<Condition> {
    let condition = condition(node, pointer, Root::Result, errors)?;
    if condition.mode == Mode::Shadow {
        errors.add(&condition.pointer.key("mode"), "stands on what may refuse; to give nothing back, leave it out");
    }
    Some(condition)
}

/// One condition, or what it is combined of.
fn condition(node: &Node<'_>, pointer: Pointer, root: Root, errors: &mut Errors) -> Option<Condition> {
    let mut fields = errors.catch(Fields::of(node, pointer.clone()))?;
    let mode = mode(&mut fields, errors);
    let reason = errors.catch(fields.take_string("reason")).flatten().map(str::to_owned);
    let expression = match ["any", "all", "not"].into_iter().find(|combinator| fields.has(combinator)) {
        Some("not") => fields
            .take("not")
            .and_then(|(node, pointer)| inner(node, pointer, root, errors))
            .map(|condition| Expression::Not(Box::new(condition))),
        Some("any") => Some(Expression::Any(several("any", &mut fields, root, errors))),
        Some(_) => Some(Expression::All(several("all", &mut fields, root, errors))),
        None => leaf(&mut fields, root, errors),
    };
    errors.finish(fields);
    Some(Condition { pointer, expression: expression?, mode, reason })
}

/// A condition inside another. It is not enforced by itself, so it cannot be in shadow by itself.
fn inner(node: &Node<'_>, pointer: Pointer, root: Root, errors: &mut Errors) -> Option<Condition> {
    let condition = condition(node, pointer, root, errors)?;
    if condition.mode == Mode::Shadow {
        errors.add(&condition.pointer.key("mode"), "stands on the whole condition, not on a part of it");
    }
    Some(condition)
}

fn several(combinator: &str, fields: &mut Fields<'_, '_>, root: Root, errors: &mut Errors) -> Vec<Condition> {
    let pointer = fields.pointer().key(combinator);
    let nodes: Vec<_> = errors.elements(fields, combinator).collect();
    if nodes.is_empty() {
        errors.add(&pointer, "needs an array with at least one condition");
    }
    nodes.into_iter().filter_map(|(node, pointer)| inner(node, pointer, root, errors)).collect()
}

fn leaf(fields: &mut Fields<'_, '_>, root: Root, errors: &mut Errors) -> Option<Expression> {
    let pointer = fields.pointer().clone();
    let path = errors.catch(fields.require_string("path"));
    let path = path.and_then(|text| errors.at(&pointer.key("path"), Path::read(text, root)));
    let operator = errors.catch(fields.require_string("op"));
    let value = fields.take("value");
    let test = operator.and_then(|operator| {
        let place = if OPERATORS.contains(&operator) { "value" } else { "op" };
        let value = value.map(|(node, _)| node);
        errors.at(&pointer.key(place), Test::read(operator, value))
    });
    Some(Expression::Leaf(path?, test?))
}
