//! Counters, and the conditions on them, as limits.

use super::condition::argument;
use super::file::{self, State};
use super::warnings::Warnings;
use crate::draft::{Algorithm, Length, Limit, Operator, Scope, WindowName};

/// `5/hour`
pub(super) fn limit_of_rate(prefix: &str, (max, window): (u64, WindowName)) -> Limit {
    let name = match window {
        WindowName::Second => "_rate_second",
        WindowName::Minute => "_rate_minute",
        WindowName::Hour => "_rate_hour",
        WindowName::Day => "_rate_day",
    };
    limit(prefix, name, window, max)
}

/// A condition that a counter is not above a number.
pub(super) fn limit_of_state(
    prefix: &str,
    condition: &file::Condition,
    state: &State,
    warnings: &mut Warnings,
) -> Result<Limit, String> {
    let number = condition.value.as_f64().filter(|number| *number >= 0.0);
    let number = number.ok_or_else(|| "compares a counter with what is no number".to_owned())?;
    let most = match condition.op {
        Operator::Lte => number.floor(),
        // After the call, as Intercept counted: below a whole number is one less at most.
        Operator::Lt => number.ceil() - 1.0,
        Operator::Eq
        | Operator::Neq
        | Operator::In
        | Operator::NotIn
        | Operator::Gt
        | Operator::Gte
        | Operator::Regex
        | Operator::Contains
        | Operator::Exists => return Err("asks of a counter what is no limit, which cannot be said here".to_owned()),
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float above 64 bits becomes the largest"
    )]
    let most = most.max(0.0) as u64;
    if let Some(path) = &state.increment_from {
        warnings.once(
            "A cost (`cost_from`) counts exactly, and a call without one, or with one below zero, is refused; Intercept cut fractions off and counted down",
        );
        if condition.op == Operator::Lt {
            warnings
                .add(&condition.pointer, format!("`lt` became at most {most}: a fraction between the two is refused"));
        }
        let limit = limit(prefix, &state.counter, state.window, most);
        return positive(Limit { cost_from: Some(argument(path)), ..limit });
    }
    let calls = most.checked_div(state.increment).ok_or_else(|| "counts by zero, which limits nothing".to_owned())?;
    if state.increment > 1 {
        let message = format!("counts by {}, so {most} of it became {calls} calls", state.increment);
        warnings.add(&state.pointer.key("increment"), message);
    }
    positive(limit(prefix, &state.counter, state.window, calls))
}

fn positive(limit: Limit) -> Result<Limit, String> {
    if limit.max == 0 { Err("leaves no room for a single call".to_owned()) } else { Ok(limit) }
}

/// A counter of one tool: its name is the tool's and its own, since here names are the policy's.
fn limit(prefix: &str, name: &str, window: WindowName, max: u64) -> Limit {
    let known = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | ':' | '-');
    let name: String = name.chars().map(|character| if known(character) { character } else { '_' }).take(39).collect();
    Limit {
        counter: format!("{prefix}.{name}"),
        window: Length::Named(window),
        max,
        scope: Some(Scope::Server),
        algorithm: Some(Algorithm::Fixed),
        cost_from: None,
        sessions: None,
        mode: None,
    }
}
