//! Reading a rule.

use super::condition::{conditions, outcome};
use super::errors::Errors;
use super::limit::{limits, rate_limit};
use super::mode;
use crate::ledger::Approver;
use crate::policy::condition::{Path, Root};
use crate::policy::rule::{Action, Approval, ArgumentsRule, Refund, Rule};
use crate::policy::schema::Schema;
use crate::registry::{Duration, Stamp};
use crate::wire::json::{Fields, Value, string};

/// How long an approval may be waited for, in seconds, if a policy does not say.
const APPROVAL_TTL: u64 = 15 * 60;

/// The rule of what is called `key` in the document.
pub(super) fn rule(key: &str, mut fields: Fields<'_, '_>, errors: &mut Errors) -> Rule {
    let pointer = fields.pointer().clone();
    let stamp = Stamp::of(fields.canonical().as_bytes());
    let mode = mode(&mut fields, errors);
    let action = action(&mut fields, errors);
    let reason = errors.catch(fields.take_string("reason")).flatten().map(str::to_owned);
    let deny_if = conditions("deny_if", &mut fields, errors);
    let require = conditions("require", &mut fields, errors);
    let arguments = fields.take("arguments").and_then(|(node, pointer)| {
        let schema = Schema::read(node, &pointer, &mut errors.0)?;
        Some(ArgumentsRule { pointer, schema })
    });
    let mut limits = limits(&mut fields, errors);
    if let Some((node, pointer)) = fields.take("rate_limit") {
        limits.extend(rate_limit(key, node, pointer, errors));
    }
    let refund_on = refund_on(&mut fields, errors);
    let audit = audit(&mut fields, errors);
    errors.finish(fields);
    Rule { pointer, stamp, mode, action, reason, deny_if, require, arguments, limits, refund_on, audit }
}

#[derive(Clone, Copy)]
enum Act {
    Allow,
    Deny,
    RequireApproval,
}

fn action(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Action {
    let acts = [("allow", Act::Allow), ("deny", Act::Deny), ("require_approval", Act::RequireApproval)];
    let act = errors.word(fields, "action", &acts).unwrap_or(Act::Allow);
    let asked = fields.take("approval");
    match (act, asked) {
        (Act::RequireApproval, asked) => Action::RequireApproval(
            asked
                .and_then(|(node, pointer)| errors.catch(Fields::of(node, pointer)))
                .map_or(Approval { ttl: APPROVAL_TTL, by: Approver::Operator, when: Vec::new() }, |fields| {
                    approval(fields, errors)
                }),
        ),
        (Act::Allow | Act::Deny, Some((_, pointer))) => {
            errors.add(&pointer, "goes with `\"action\": \"require_approval\"`, and says nothing without it");
            Action::Deny
        }
        (Act::Allow, None) => Action::Allow,
        (Act::Deny, None) => Action::Deny,
    }
}

fn approval(mut fields: Fields<'_, '_>, errors: &mut Errors) -> Approval {
    let pointer = fields.pointer().key("ttl");
    let ttl = errors.catch(fields.take_string("ttl")).flatten().map(|text| {
        let ttl = Duration::read(text).map(Duration::seconds).filter(|ttl| (60..=7 * 86_400).contains(ttl));
        ttl.ok_or_else(|| format!("must be a time from \"1m\" to \"7d\": {}", Duration::GRAMMAR))
    });
    let ttl = ttl.and_then(|ttl| errors.at(&pointer, ttl)).unwrap_or(APPROVAL_TTL);
    let by = errors.word(&mut fields, "by", &[("operator", Approver::Operator), ("user", Approver::User)]);
    let when = conditions("when", &mut fields, errors);
    errors.finish(fields);
    Approval { ttl, by: by.unwrap_or(Approver::Operator), when }
}

fn refund_on(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Vec<Refund> {
    let mut refunds = Vec::new();
    for (node, pointer) in errors.elements(fields, "refund_on") {
        match &node.value {
            Value::String(word) if word == "error" => refunds.push(Refund::Error),
            Value::String(word) if word == "tool_error" => refunds.push(Refund::ToolError),
            Value::Object(_) => refunds.extend(outcome(node, pointer, errors).map(Box::new).map(Refund::Result)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                errors.add(&pointer, "must be \"error\", \"tool_error\" or a condition whose path begins `result.`");
            }
        }
    }
    refunds
}

fn audit(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Vec<Path> {
    let mut paths = Vec::new();
    for (node, pointer) in errors.elements(fields, "audit") {
        let path = errors.catch(string(node, &pointer)).map(|text| Path::read(text, Root::Arguments));
        paths.extend(path.and_then(|path| errors.at(&pointer, path)));
    }
    paths
}
