//! The rules of one tool, as one rule of ours.

use super::condition::require;
use super::counter::{limit_of_rate, limit_of_state};
use super::file::{self, Action, State};
use super::warnings::Warnings;
use crate::draft::{self, Approval, Limit, Rule};
use crate::wire::json::Pointer;

/// All rules of a tool hold together, in both languages. `prefix` goes before the names of counters, which in Intercept
/// belong to a tool, `scope` is what it calls the tool in paths.
pub(super) fn rule(prefix: &str, scope: &str, rules: &[file::Rule], warnings: &mut Warnings) -> Rule {
    if let Some(denies) = rules.iter().find(|rule| rule.action == Action::Deny) {
        for other in rules.iter().filter(|rule| rule.pointer != denies.pointer) {
            warnings.add(&other.pointer, "is left out: another rule denies every call of this tool");
        }
        return denied(denies.on_deny.clone());
    }
    let mut whole = Rule::default();
    let states: Vec<&State> = rules.iter().filter_map(|rule| rule.state.as_ref()).collect();
    // What a limit tells the agent is the reason of the whole rule.
    let mut told: Vec<String> = Vec::new();
    for rule in rules {
        if let Action::RequireApproval(timeout) = &rule.action {
            ask(&mut whole, rule, timeout.as_deref(), warnings);
            continue;
        }
        match limits(prefix, scope, rule, &states, warnings) {
            Ok(limits) => {
                if !limits.is_empty() {
                    told.extend(rule.on_deny.clone());
                }
                whole.limits.extend(limits);
            }
            Err((pointer, why)) => {
                warnings.add(&pointer, format!("{why}: every call of this tool is denied"));
                return denied(Some("The operator's policy could not be converted for this tool.".to_owned()));
            }
        }
        let conditions = rule.conditions.iter().filter(|condition| !condition.of_state);
        whole.require.extend(conditions.map(|condition| require(condition, rule.on_deny.as_deref(), warnings)));
    }
    for state in states.iter().filter(|state| !is_read(state, rules)) {
        warnings.add(&state.pointer, "is left out: no condition reads it, so it limits nothing");
    }
    tell(&mut whole, told, rules, warnings);
    whole
}

fn denied(reason: Option<String>) -> Rule {
    Rule { action: Some(draft::Action::Deny), reason, ..Rule::default() }
}

fn ask(whole: &mut Rule, rule: &file::Rule, timeout: Option<&str>, warnings: &mut Warnings) {
    whole.action = Some(draft::Action::RequireApproval);
    if !rule.conditions.is_empty() || rule.state.is_some() || rule.rate_limit.is_some() {
        warnings.add(&rule.pointer, "asks a person for every call here, whatever its conditions and limits are");
    }
    let ttl = timeout.filter(|time| {
        let (number, unit) = time.split_at_checked(time.len().saturating_sub(1)).unwrap_or_default();
        matches!(unit, "s" | "m" | "h") && number.bytes().all(|byte| byte.is_ascii_digit()) && !number.is_empty()
    });
    match (timeout, ttl) {
        (Some(time), None) => {
            warnings.add(
                &rule.pointer.key("approval_timeout"),
                format!("`{time}` is left out: an answer is waited for 15m"),
            );
        }
        (_, Some(ttl)) => whole.approval = Some(Approval { ttl: Some(ttl.to_owned()), by: None, when: Vec::new() }),
        (None, None) => {}
    }
}

fn limits(
    prefix: &str,
    scope: &str,
    rule: &file::Rule,
    states: &[&State],
    warnings: &mut Warnings,
) -> Result<Vec<Limit>, (Pointer, String)> {
    let mut limits: Vec<Limit> = rule.rate_limit.iter().map(|rate| limit_of_rate(prefix, *rate)).collect();
    for condition in rule.conditions.iter().filter(|condition| condition.of_state) {
        let failed = |why: &str| (condition.pointer.clone(), why.to_owned());
        let [of, counter] = condition.path.as_slice() else { return Err(failed("is no counter")) };
        if of != scope {
            return Err(failed("looks at the counter of another tool, which cannot be said here"));
        }
        let state = states.iter().find(|state| state.counter == *counter);
        let state = state.ok_or_else(|| failed("looks at a counter that no rule of this tool counts"))?;
        limits.push(limit_of_state(prefix, condition, state, warnings).map_err(|why| failed(&why))?);
    }
    if !limits.is_empty() {
        warnings.once(
            "Intercept counted for one process; here all grants of the server share each counter. `\"scope\": \"grant\"` gives each its own",
        );
        warnings.once(
            "Windows begin with the minute, hour and day of UTC, as Intercept's did (`\"algorithm\": \"fixed\"`), so twice `max` may pass around a border. Without `algorithm` no interval ever has more than `max`",
        );
        warnings.once(
            "Intercept gave the budget of a failed call back; here it stays spent. `\"refund_on\": [\"error\"]` gives it back",
        );
    }
    Ok(limits)
}

fn is_read(state: &State, rules: &[file::Rule]) -> bool {
    let mut conditions = rules.iter().flat_map(|rule| &rule.conditions);
    conditions.any(|condition| condition.of_state && condition.path.last() == Some(&state.counter))
}

/// Of a limit the agent is told what the rule says. That goes for all of the rule, so only one text may, and only where
/// every condition has its own.
fn tell(whole: &mut Rule, mut told: Vec<String>, rules: &[file::Rule], warnings: &mut Warnings) {
    told.dedup();
    let spoken = whole.require.iter().all(|condition| match condition {
        draft::Condition::Test(test) => test.reason.is_some(),
        draft::Condition::Any(any) => any.reason.is_some(),
        draft::Condition::All(all) => all.reason.is_some(),
        draft::Condition::Not(not) => not.reason.is_some(),
    });
    match told.as_slice() {
        [] => {}
        [one] if spoken => whole.reason = Some(one.clone()),
        _ => {
            for rule in rules.iter().filter(|rule| rule.on_deny.as_ref().is_some_and(|text| told.contains(text))) {
                let message = "is left out: a limit has no text of its own, and the agent is told the limit and when to try again";
                warnings.add(&rule.pointer.key("on_deny"), message);
            }
        }
    }
}
