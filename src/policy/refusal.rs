//! The one table from a denial to the answer that the agent gets.

use super::ruling::OVERLOADED_RETRY;
use super::{Denial, Reason, Truth};
use crate::excerpt::excerpt;
use crate::ledger::Scope;
use crate::registry::{Name, Stamp};
use crate::wire::json::quote;
use crate::wire::{Answer, Asked, Request, Subject};

/// What an answer says beside the denial itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// The grant's policy.
    pub policy: &'c Name,
    /// Its version, if there is one.
    pub stamp: Option<&'c Stamp>,
    /// The id under which this request is found again.
    pub request_id: &'c str,
}

/// The answer to a request that is denied whatever it asks for. One that no policy governs hears it as an error.
pub fn refuse_any(request: &Request<'_>, denial: &Denial<'_>, context: Context<'_>) -> Answer {
    match &request.asked {
        Asked::Judged(subject) => refuse(request, subject, denial, context),
        Asked::Open(_) | Asked::List(..) => {
            let text = text(&format!("`{}`", request.method), denial, context);
            Answer::denied(&request.id, &text, &data(denial, context))
        }
    }
}

/// The answer to a request of `subject` that was denied.
pub fn refuse(request: &Request<'_>, subject: &Subject<'_>, denial: &Denial<'_>, context: Context<'_>) -> Answer {
    let (id, era) = (&request.id, request.era);
    match (subject, &denial.reason) {
        (Subject::Tool { name, .. }, Reason::Hidden) => {
            Answer::tool_error(id, era, &format!("Unknown tool: '{name}'"), None)
        }
        (Subject::Tool { name, .. }, _) => {
            let text = text(&format!("the call of `{name}`"), denial, context);
            Answer::tool_error(id, era, &text, Some(&data(denial, context)))
        }
        (Subject::Prompt { name, .. }, Reason::Hidden) => Answer::no_such_prompt(id, era, name.as_str()),
        // To say "denied" of a resource that no rule names would confirm that it exists.
        (Subject::Resources { uris }, Reason::DefaultDeny) => {
            Answer::no_such_resource(id, era, uris.first().map_or("", AsRef::as_ref))
        }
        (Subject::Template { uri }, Reason::DefaultDeny) => Answer::no_such_resource(id, era, uri),
        (Subject::Prompt { .. } | Subject::Resources { .. } | Subject::Template { .. }, _) => {
            let text = text(&format!("`{}`", request.method), denial, context);
            Answer::denied(id, &text, &data(denial, context))
        }
    }
}

/// One text for the model: what was refused, why, and what to do.
fn text(what: &str, denial: &Denial<'_>, context: Context<'_>) -> String {
    let why = why(&denial.reason, context.policy);
    let told = denial.told.map(|told| format!(" {told}")).unwrap_or_default();
    format!("Tollgate refused {what}: {why}.{told} {}", advice(&denial.reason))
}

fn why(reason: &Reason<'_>, policy: &Name) -> String {
    match reason {
        Reason::Hidden | Reason::DefaultDeny => format!("no rule of the policy `{policy}` allows it"),
        Reason::DeniedByRule => format!("the policy `{policy}` denies it"),
        Reason::CalledByAlias { live } => format!("on this server the tool is called `{live}`"),
        Reason::AmbiguousAlias => format!("the policy `{policy}` has two rules for it"),
        Reason::NoPolicy => format!("the policy `{policy}` does not exist"),
        Reason::InvalidPolicy => format!("the policy `{policy}` cannot be read"),
        Reason::Forbidden(condition, truth) => {
            format!(
                "the policy `{policy}` forbids `{}`{}",
                excerpt(&condition.to_string(), SHOWN),
                unless_judged(*truth)
            )
        }
        Reason::Unmet(condition, truth) => {
            format!(
                "the policy `{policy}` requires `{}`{}",
                excerpt(&condition.to_string(), SHOWN),
                unless_judged(*truth)
            )
        }
        Reason::Unfit(violation) => {
            let at = Some(violation.at.as_str()).filter(|at| !at.is_empty()).map(|at| format!(" at `{at}`"));
            format!("the arguments do not fit the policy `{policy}`:{} {}", at.unwrap_or_default(), violation.message)
        }
        Reason::Unknown => format!("the policy `{policy}` looks at arguments that are not known yet"),
        Reason::NeedsApproval => "it needs approval, which this gateway cannot give yet".to_owned(),
        Reason::CostUnreadable { path } => {
            format!("`{path}` must say what it costs: a number, not negative, of at most six decimal places")
        }
        Reason::CostExceedsLimit { path, max } => {
            format!("it costs more, by `{path}`, than the limit of {max} ever has room for")
        }
        Reason::RateLimited { max, unit, window, scope, .. } => {
            // Who waits may find the room taken by others.
            let shared = match scope {
                Scope::Grant | Scope::Session(_) => "",
                Scope::Server => " that all grants of this server share",
            };
            match unit {
                None if *max == 1 => format!("the limit of 1 call per {window}{shared} is used up"),
                None => format!("the limit of {max} calls per {window}{shared} is used up"),
                Some(unit) => {
                    format!("the limit of {max} per {window}{shared}, counted by `{unit}`, has no room for it")
                }
            }
        }
        Reason::ServerStopped => "the operator has stopped this server".to_owned(),
        Reason::LedgerOverloaded => "too many calls are being counted at once".to_owned(),
    }
}

fn advice(reason: &Reason<'_>) -> String {
    match reason {
        Reason::Hidden | Reason::DefaultDeny | Reason::DeniedByRule => {
            "Repeating it will not help: use what the lists of this server show, or ask the operator for access."
                .to_owned()
        }
        Reason::CalledByAlias { live } => format!("Nothing was run. Call `{live}` instead."),
        Reason::AmbiguousAlias | Reason::NoPolicy | Reason::InvalidPolicy | Reason::NeedsApproval => {
            "Repeating it will not help: tell the operator of this gateway.".to_owned()
        }
        Reason::Forbidden(..)
        | Reason::Unmet(..)
        | Reason::Unfit(_)
        | Reason::Unknown
        | Reason::CostUnreadable { .. }
        | Reason::CostExceedsLimit { .. } => {
            "Nothing was run. Call it with other arguments, or ask the operator for access.".to_owned()
        }
        Reason::ServerStopped => "Nothing was run. Stop here, and ask the operator when to go on.".to_owned(),
        Reason::LedgerOverloaded => wait(OVERLOADED_RETRY),
        Reason::RateLimited { retry_after, unit: None, .. } => wait(*retry_after),
        Reason::RateLimited { retry_after, unit: Some(_), .. } => {
            format!("{} One that costs less may pass sooner.", wait(*retry_after))
        }
    }
}

fn wait(seconds: u64) -> String {
    let name = if seconds == 1 { "second" } else { "seconds" };
    format!("Nothing was run. Wait {seconds} {name}, then repeat the same call.")
}

/// The most characters of a condition that a model is shown.
const SHOWN: usize = 300;

fn unless_judged(truth: Truth) -> &'static str {
    match truth {
        Truth::True | Truth::False => "",
        Truth::Unjudgeable => ", which cannot be judged of these arguments",
    }
}

/// What a program reads of the denial, as JSON.
fn data(denial: &Denial<'_>, context: Context<'_>) -> String {
    let rule = quote(&denial.rule.to_string());
    let code = denial.reason.code();
    let retry_after = match &denial.reason {
        Reason::RateLimited { retry_after, .. } => format!(r#","retry_after":{retry_after}"#),
        Reason::LedgerOverloaded => format!(r#","retry_after":{OVERLOADED_RETRY}"#),
        Reason::Hidden
        | Reason::DefaultDeny
        | Reason::DeniedByRule
        | Reason::CalledByAlias { .. }
        | Reason::AmbiguousAlias
        | Reason::NoPolicy
        | Reason::InvalidPolicy
        | Reason::Forbidden(..)
        | Reason::Unmet(..)
        | Reason::Unfit(_)
        | Reason::Unknown
        | Reason::NeedsApproval
        | Reason::CostUnreadable { .. }
        | Reason::CostExceedsLimit { .. }
        | Reason::ServerStopped => String::new(),
    };
    let stamp = context.stamp.map_or_else(|| "null".to_owned(), |stamp| quote(stamp.as_str()));
    let Context { policy, request_id, .. } = context;
    format!(
        r#"{{"rule":{rule},"reason_code":"{code}"{retry_after},"policy":{{"name":"{policy}","stamp":{stamp}}},"request_id":"{request_id}"}}"#
    )
}
