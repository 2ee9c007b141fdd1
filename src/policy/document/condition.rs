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

/// A condition on the result of a call.
pub(super) fn outcome(node: &Node<'_>, pointer: Pointer, errors: &mut Errors) -> Option<Condition> {
    condition(node, pointer, Root::Result, errors)
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
        Some(combinator) => several(combinator, &mut fields, root, errors).map(if combinator == "any" {
            Expression::Any
        } else {
            Expression::All
        }),
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

fn several(combinator: &str, fields: &mut Fields<'_, '_>, root: Root, errors: &mut Errors) -> Option<Vec<Condition>> {
    let pointer = fields.pointer().key(combinator);
    let mut conditions = Vec::new();
    let mut count = 0;
    for (node, pointer) in errors.elements(fields, combinator) {
        count += 1;
        conditions.extend(inner(node, pointer, root, errors));
    }
    if count == 0 {
        errors.add(&pointer, "needs an array with at least one condition");
    }
    (conditions.len() == count && count > 0).then_some(conditions)
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
