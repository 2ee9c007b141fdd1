//! Conditions beside the schema of the tool that they are about.

use std::collections::BTreeMap;

use super::contradiction::lists;
use super::warning;
use crate::policy::Rule;
use crate::policy::condition::{Condition, Expression, Path, Test};
use crate::wire::json::{Invalid, Literal, parse};

use super::live::LiveTool;

/// Warns of paths that the schema does not know, and of conditions that no value that it allows meets.
pub(super) fn warn_of_arguments(tool: &LiveTool, rule: &Rule, warnings: &mut Vec<Invalid>) {
    let Some(schema) = &tool.input_schema else { return };
    for condition in lists(rule).into_iter().flatten() {
        leaves(condition, &mut |condition, path, test| {
            let Some(places) = places(schema, path) else {
                let message = format!("`{path}` is no argument of `{}`, by its input schema", tool.name);
                return warnings.push(warning(&condition.pointer, message));
            };
            if !places.is_empty() && !places.iter().any(|place| may_hold(place, test)) {
                let message = format!("can never hold: no value that the input schema allows at `{path}` is `{test}`");
                warnings.push(warning(&condition.pointer, message));
            }
        });
    }
    for limit in &rule.limits {
        if let Some(path) = limit.cost.as_ref().filter(|path| places(schema, path).is_none()) {
            let message = format!("`{path}` is no argument of `{}`, by its input schema", tool.name);
            warnings.push(warning(&limit.pointer.key("cost_from"), message));
        }
    }
}

fn leaves(condition: &Condition, each: &mut impl FnMut(&Condition, &Path, &Test)) {
    match &condition.expression {
        Expression::Leaf(path, test) => each(condition, path, test),
        Expression::Not(inner) => leaves(inner, each),
        Expression::Any(conditions) | Expression::All(conditions) => {
            for condition in conditions {
                leaves(condition, each);
            }
        }
    }
}

/// The schemas of what `path` leads to: empty where the schema does not tell, none where it tells that there is no such
/// place.
fn places<'s>(root: &'s Literal, path: &Path) -> Option<Vec<&'s Literal>> {
    let mut here = alternatives(root, root, 0);
    for step in path.steps() {
        let mut next = Vec::new();
        let mut told = !here.is_empty();
        for schema in &here {
            match inside(schema, step) {
                Inside::Schema(schema) => next.extend(alternatives(root, schema, 0)),
                Inside::Nothing => {}
                Inside::Untold => told = false,
            }
        }
        if next.is_empty() {
            return if told { None } else { Some(Vec::new()) };
        }
        here = next;
    }
    Some(here)
}

enum Inside<'s> {
    Schema(&'s Literal),
    Nothing,
    Untold,
}

/// What a schema says of the part `step` of a value: a member, or (none) an element.
fn inside<'s>(schema: &'s Literal, step: Option<&str>) -> Inside<'s> {
    let Literal::Object(keywords) = schema else { return Inside::Untold };
    let types = types(keywords);
    let wanted = if step.is_some() { "object" } else { "array" };
    if !types.is_empty() && !types.contains(&wanted) {
        return Inside::Nothing;
    }
    let Some(name) = step else {
        return keywords.get("items").map_or(Inside::Untold, Inside::Schema);
    };
    if let Some(Literal::Object(properties)) = keywords.get("properties")
        && let Some(schema) = properties.get(name)
    {
        return Inside::Schema(schema);
    }
    match keywords.get("additionalProperties") {
        Some(schema @ Literal::Object(_)) => Inside::Schema(schema),
        // What is not named may be sent, by the letter; who names some has most often named all.
        None if keywords.contains_key("properties") && !keywords.contains_key("patternProperties") => Inside::Nothing,
        None | Some(Literal::Bool(true)) => Inside::Untold,
        Some(_) => Inside::Nothing,
    }
}

/// The schemas that a value may fit, of one that refers to others or combines them.
fn alternatives<'s>(root: &'s Literal, schema: &'s Literal, depth: usize) -> Vec<&'s Literal> {
    let Literal::Object(keywords) = schema else { return vec![schema] };
    if depth > 8 {
        return Vec::new();
    }
    if let Some(Literal::String(reference)) = keywords.get("$ref") {
        let mut target = Some(root);
        for part in reference.strip_prefix("#/").unwrap_or_default().split('/') {
            target = match target {
                Some(Literal::Object(members)) => members.get(&part.replace("~1", "/").replace("~0", "~")),
                Some(_) | None => None,
            };
        }
        return target.map(|target| alternatives(root, target, depth + 1)).unwrap_or_default();
    }
    let combined = ["anyOf", "oneOf", "allOf"].into_iter().find_map(|keyword| match keywords.get(keyword) {
        Some(Literal::Array(schemas)) => Some(schemas),
        Some(_) | None => None,
    });
    match combined {
        Some(schemas) => schemas.iter().flat_map(|schema| alternatives(root, schema, depth + 1)).collect(),
        None => vec![schema],
    }
}

fn types(keywords: &BTreeMap<String, Literal>) -> Vec<&str> {
    match keywords.get("type") {
        Some(Literal::String(kind)) => vec![kind],
        Some(Literal::Array(kinds)) => kinds
            .iter()
            .filter_map(|kind| match kind {
                Literal::String(kind) => Some(kind.as_str()),
                Literal::Null | Literal::Bool(_) | Literal::Number(_) | Literal::Array(_) | Literal::Object(_) => None,
            })
            .collect(),
        Some(_) | None => Vec::new(),
    }
}

/// Whether some value that fits `schema` may pass `test`, as far as types and named values tell.
fn may_hold(schema: &Literal, test: &Test) -> bool {
    let Literal::Object(keywords) = schema else { return true };
    let named = match (keywords.get("enum"), keywords.get("const")) {
        (Some(Literal::Array(values)), _) => Some(values.as_slice()),
        (_, Some(value)) => Some(std::slice::from_ref(value)),
        (_, None) => None,
    };
    if let Some(values) = named {
        return values.iter().any(|value| {
            let written = value.to_string();
            parse(written.as_bytes()).is_ok_and(|node| test.accepts(&node))
        });
    }
    let types = types(keywords);
    let has = |kind: &str| types.is_empty() || types.contains(&kind);
    let fits = |literal: &Literal| match literal {
        Literal::Null => has("null"),
        Literal::Bool(_) => has("boolean"),
        Literal::Number(_) => has("number") || has("integer"),
        Literal::String(_) => has("string"),
        Literal::Array(_) => has("array"),
        Literal::Object(_) => has("object"),
    };
    match test {
        Test::Equal(literal) | Test::Unequal(literal) => fits(literal),
        Test::In(literals) | Test::NotIn(literals) => literals.iter().any(fits),
        Test::Order(..) => has("number") || has("integer"),
        Test::Regex(_) => has("string"),
        Test::Contains(Literal::String(_)) => has("string") || has("array"),
        Test::Contains(_) => has("array"),
        Test::Exists(_) => true,
    }
}
