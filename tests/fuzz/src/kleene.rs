//! Conditions once more, over another tree, by the letter of the specification and in no hurry. Numbers are doubles here, and
//! expressions are nobody's to write again: see [`can_judge`].

use crate::lax::Lax;

/// Whether all of an input is such that a double is exact, and no expression is in it.
#[must_use]
pub fn can_judge(text: &str) -> bool {
    let bytes = text.as_bytes();
    let long = bytes.windows(16).any(|window| window.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.'));
    let power = bytes.windows(2).any(|pair| pair[0].is_ascii_digit() && matches!(pair[1], b'e' | b'E'));
    !(long || power || text.contains("regex") || text.contains('\\'))
}

/// # Panics
/// If a call that was let through should not have been, by a rule that is enforced.
pub fn would_pass(policy: &Lax, tool: &str, alias: &str, arguments: Option<&Lax>) {
    let empty = Lax::Object(Vec::new());
    let arguments = arguments.filter(|arguments| matches!(arguments, Lax::Object(_))).unwrap_or(&empty);
    let tools = policy.last("tools");
    let own = tools.and_then(|tools| tools.last(tool).or_else(|| tools.last(alias)));
    let default = policy.last("default").and_then(Lax::as_str);
    assert!(own.is_some() || default == Some("allow"), "no rule names it");
    let rules = [policy.last("all_tools"), own];
    for rule in rules.into_iter().flatten().filter(|rule| enforced(rule)) {
        assert_ne!(rule.last("action").and_then(Lax::as_str), Some("deny"), "{rule:?}");
        for condition in elements(rule, "deny_if").iter().filter(|condition| enforced(condition)) {
            assert_eq!(judge(condition, arguments, false), Some(false), "deny_if {condition:?} of {arguments:?}");
        }
        for condition in elements(rule, "require").iter().filter(|condition| enforced(condition)) {
            assert_eq!(judge(condition, arguments, true), Some(true), "require {condition:?} of {arguments:?}");
        }
    }
}

fn enforced(part: &Lax) -> bool {
    part.last("mode").and_then(Lax::as_str) != Some("shadow")
}

fn elements<'l>(rule: &'l Lax, name: &str) -> &'l [Lax] {
    rule.last(name).and_then(Lax::as_array).unwrap_or_default()
}

/// True, false, or none where it cannot be judged. `every` says what `[*]` means.
fn judge(condition: &Lax, arguments: &Lax, every: bool) -> Option<bool> {
    if let Some(inner) = condition.last("not") {
        return judge(inner, arguments, !every).map(|truth| !truth);
    }
    for (word, decisive) in [("any", true), ("all", false)] {
        if condition.last(word).is_some() {
            let truths: Vec<_> = elements(condition, word).iter().map(|inner| judge(inner, arguments, every)).collect();
            return combined(&truths, decisive);
        }
    }
    let path = condition.last("path").and_then(Lax::as_str).expect("a path");
    walk(path.strip_prefix("args").expect("of arguments"), Some(arguments), every, condition)
}

/// Kleene's `or` (decisive is true) or `and` (decisive is false).
fn combined(truths: &[Option<bool>], decisive: bool) -> Option<bool> {
    if truths.contains(&Some(decisive)) {
        Some(decisive)
    } else if truths.contains(&None) {
        None
    } else {
        Some(!decisive)
    }
}

fn walk(path: &str, here: Option<&Lax>, every: bool, condition: &Lax) -> Option<bool> {
    if path.is_empty() {
        return test(condition, here);
    }
    if let Some(rest) = path.strip_prefix("[*]") {
        let Some(Lax::Array(elements)) = here else { return None };
        let truths: Vec<_> = elements.iter().map(|element| walk(rest, Some(element), every, condition)).collect();
        return combined(&truths, !every);
    }
    if let Some(rest) = path.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        return member(&rest[..end], &rest[end..], here, every, condition);
    }
    let rest = path.strip_prefix('[').expect("a step");
    if rest.starts_with('"') {
        let mut names = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let name = names.next().expect("a name").expect("a string");
        let end = names.byte_offset();
        return member(&name, &rest[end + 1..], here, every, condition);
    }
    let (index, rest) = rest.split_once(']').expect("an index");
    match here {
        Some(Lax::Array(elements)) => {
            walk(rest, elements.get(index.parse::<usize>().expect("a number")), every, condition)
        }
        Some(_) => None,
        None => walk(rest, None, every, condition),
    }
}

fn member(name: &str, rest: &str, here: Option<&Lax>, every: bool, condition: &Lax) -> Option<bool> {
    match here {
        Some(object @ Lax::Object(_)) => walk(rest, object.last(name), every, condition),
        Some(_) => None,
        None => walk(rest, None, every, condition),
    }
}

fn test(condition: &Lax, seen: Option<&Lax>) -> Option<bool> {
    let operator = condition.last("op").and_then(Lax::as_str).expect("an operator");
    let value = condition.last("value");
    let Some(seen) = seen else { return Some(operator == "exists" && matches!(value, Some(Lax::Bool(false)))) };
    let one = || vec![value.expect("a value")];
    let several = || value.and_then(Lax::as_array).expect("an array").iter().collect::<Vec<_>>();
    match operator {
        "exists" => Some(!matches!(value, Some(Lax::Bool(false)))),
        "eq" => among(seen, &one()),
        "neq" => among(seen, &one()).map(|truth| !truth),
        "in" => among(seen, &several()),
        "not_in" => among(seen, &several()).map(|truth| !truth),
        "contains" => match (seen, value.expect("a value")) {
            (Lax::Array(elements), value) => Some(elements.iter().any(|element| same(element, value))),
            (Lax::String(text), Lax::String(part)) => Some(text.contains(part.as_str())),
            _ => None,
        },
        "lt" => order(seen, value, |seen, value| seen < value),
        "lte" => order(seen, value, |seen, value| seen <= value),
        "gt" => order(seen, value, |seen, value| seen > value),
        "gte" => order(seen, value, |seen, value| seen >= value),
        other => panic!("{other} is no operator that is judged here"),
    }
}

fn order(seen: &Lax, value: Option<&Lax>, holds: impl Fn(f64, f64) -> bool) -> Option<bool> {
    match (seen, value) {
        (Lax::Number(seen), Some(Lax::Number(value))) => Some(holds(seen.as_f64()?, value.as_f64()?)),
        _ => None,
    }
}

fn among(seen: &Lax, values: &[&Lax]) -> Option<bool> {
    if values.iter().any(|value| same(seen, value)) {
        Some(true)
    } else if values.iter().any(|value| std::mem::discriminant(*value) == std::mem::discriminant(seen)) {
        Some(false)
    } else {
        None
    }
}

/// By value; of numbers, as far as a double tells.
fn same(left: &Lax, right: &Lax) -> bool {
    match (left, right) {
        (Lax::Number(left), Lax::Number(right)) => left.as_f64() == right.as_f64(),
        (Lax::Array(left), Lax::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Lax::Object(own), Lax::Object(others)) => {
            own.len() == others.len()
                && own.iter().all(|(key, own)| right.last(key).is_some_and(|other| same(own, other)))
        }
        _ => left == right,
    }
}
