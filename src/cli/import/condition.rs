//! Conditions on arguments.

use serde_json::Value;

use super::file;
use super::warnings::Warnings;
use crate::draft::{ArgumentPath, Condition, Operator, Test};
use crate::wire::json::quote;

/// What must hold, in the same words as far as they mean the same.
pub(super) fn require(
    condition: &file::Condition,
    reason: Option<&str>,
    warnings: &mut Warnings,
) -> Condition<ArgumentPath> {
    let file::Condition { pointer, path, op, value, .. } = condition;
    let mut value = value.clone();
    match op {
        Operator::Regex => {
            if let Some(expression) = value.as_str() {
                value = Value::from(whole(expression));
            }
        }
        Operator::Eq | Operator::Neq | Operator::In | Operator::NotIn | Operator::Contains => {
            if let Some(text) = loosely_equal(&value) {
                let message =
                    format!("types are strict here: Intercept took {text} for the same, and here it is refused");
                warnings.add(&pointer.key("value"), message);
            }
        }
        Operator::Lt | Operator::Lte | Operator::Gt | Operator::Gte | Operator::Exists => {}
    }
    Condition::Test(Test {
        path: argument(path),
        op: *op,
        value: Some(value),
        mode: None,
        reason: reason.map(str::to_owned),
    })
}

/// The path of an argument by its steps.
pub(super) fn argument(steps: &[String]) -> ArgumentPath {
    let steps = steps.iter().map(|step| {
        let plain = !step.is_empty() && !step.contains(['[', ']', '"']);
        if plain { format!(".{step}") } else { format!("[{}]", quote(step)) }
    });
    ArgumentPath(format!("args{}", steps.collect::<String>()))
}

/// Intercept looked for an expression somewhere in a text, and its `.` was no line feed; here an expression describes the
/// whole text, and `.` is any character.
fn whole(expression: &str) -> String {
    let inner = expression.strip_prefix('^').and_then(|rest| rest.strip_suffix('$'));
    match inner {
        // Anchored at both ends, it describes the whole already. An alternative would be anchored at one end only, and `\$`
        // is a dollar.
        Some(inner) if !inner.contains(['|', '(', '.']) && !inner.ends_with('\\') => inner.to_owned(),
        Some(_) | None => format!(".*(?-s:{expression}).*"),
    }
}

/// What Intercept, which compared the texts of values, took for the same as `value`.
fn loosely_equal(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(format!("the string \"{number}\"")),
        Value::Bool(truth) => Some(format!("the string \"{truth}\"")),
        Value::String(text) if text.parse::<f64>().is_ok() || matches!(text.as_str(), "true" | "false") => {
            Some(format!("{text} without quotes"))
        }
        Value::Array(values) => values.iter().find_map(loosely_equal),
        Value::String(_) | Value::Null | Value::Object(_) => None,
    }
}
