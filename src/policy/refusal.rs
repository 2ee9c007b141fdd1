//! The one table from a denial to the answer that the agent gets.

use super::ruling::OVERLOADED_RETRY;
use super::{Denial, Reason, Truth};
use crate::excerpt::excerpt;
use crate::ledger::{Held, MOST_PENDING, Scope, Status, approval_url};
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
    /// Where the gateway was reached: a scheme and a host.
    pub site: &'c str,
}

/// The answer to a request that is denied whatever it asks for. One that no policy governs hears it as an error.
pub fn refuse_any(request: &Request<'_>, denial: &Denial<'_>, context: Context<'_>) -> Answer {
    match &request.asked {
        Asked::Judged(subject) => refuse(request, subject, denial, context),
        Asked::Open(_) | Asked::List(..) => {
            let text = text(&format!("`{}`", request.method), denial, context);
            Answer::denied(&request.id, &text, &data(denial, context, None))
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
            let data = data(denial, context, None);
            let meta = match approval(denial, context) {
                Some(approval) => format!(r#"{{"tollgate/denial":{data},"tollgate/approval":{approval}}}"#),
                None => format!(r#"{{"tollgate/denial":{data}}}"#),
            };
            Answer::tool_error(id, era, &text, Some(&meta))
        }
        (Subject::Prompt { name, .. }, Reason::Hidden) => Answer::no_such_prompt(id, era, name.as_str()),
        // To say "denied" of a resource that no rule names would confirm that it exists.
        (Subject::Resources { uris }, Reason::DefaultDeny) => {
            Answer::no_such_resource(id, era, uris.first().map_or("", AsRef::as_ref))
        }
        (Subject::Template { uri }, Reason::DefaultDeny) => Answer::no_such_resource(id, era, uri),
        (Subject::Prompt { .. } | Subject::Resources { .. } | Subject::Template { .. }, _) => {
            let text = text(&format!("`{}`", request.method), denial, context);
            let approval = approval(denial, context);
            Answer::denied(id, &text, &data(denial, context, approval.as_deref()))
        }
    }
}

/// One text for the model: what was refused, why, and what to do.
fn text(what: &str, denial: &Denial<'_>, context: Context<'_>) -> String {
    let why = why(&denial.reason, context.policy);
    let told = denial.told.map(|told| format!(" {told}")).unwrap_or_default();
    let verb = if matches!(denial.reason, Reason::Held(Held::Pending { .. })) { "holds" } else { "refused" };
    format!("Tollgate {verb} {what}: {why}.{told} {}", advice(&denial.reason, context))
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
        Reason::NeedsApproval => "it needs a person's approval, which cannot be asked for here".to_owned(),
        Reason::Held(Held::Pending { asked: true, .. }) => {
            "it needs a person's approval, who has been asked".to_owned()
        }
        Reason::Held(Held::Pending { asked: false, .. }) => {
            "it needs a person's approval, who was asked before and has not answered".to_owned()
        }
        Reason::Held(Held::Denied { words: Some(words), .. }) => {
            format!("a person was asked and said no: {}", quote(words))
        }
        Reason::Held(Held::Denied { words: None, .. }) => "a person was asked and said no".to_owned(),
        Reason::Held(Held::Crowded) => {
            format!("it needs a person's approval, and {MOST_PENDING} calls of this grant wait for one already")
        }
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

fn advice(reason: &Reason<'_>, context: Context<'_>) -> String {
    match reason {
        Reason::Hidden | Reason::DefaultDeny | Reason::DeniedByRule => {
            "Repeating it will not help: use what the lists of this server show, or ask the operator for access."
                .to_owned()
        }
        Reason::CalledByAlias { live } => format!("Nothing was run. Call `{live}` instead."),
        Reason::AmbiguousAlias | Reason::NoPolicy | Reason::InvalidPolicy | Reason::NeedsApproval => {
            "Repeating it will not help: tell the operator of this gateway.".to_owned()
        }
        Reason::Held(Held::Pending { id, expires_at, .. }) => format!(
            "Nothing was run. Tell your user that it can be answered at {}, go on with something else, and repeat the very same call \
             later: after a yes it passes, once. The question waits until {}.",
            approval_url(context.site, id),
            expires_at.timestamp()
        ),
        Reason::Held(Held::Denied { expires_at, .. }) => format!(
            "Nothing was run. Do not repeat it: the no holds until {}. Ask your user what to do instead.",
            expires_at.timestamp()
        ),
        Reason::Held(Held::Crowded) => {
            "Nothing was run. Ask for nothing more until some of them are answered, then repeat the same call."
                .to_owned()
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

/// What a program reads of the denial, as JSON; with `approval`, where there is no other place for it.
fn data(denial: &Denial<'_>, context: Context<'_>, approval: Option<&str>) -> String {
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
        | Reason::Held(_)
        | Reason::CostUnreadable { .. }
        | Reason::CostExceedsLimit { .. }
        | Reason::ServerStopped => String::new(),
    };
    let stamp = context.stamp.map_or_else(|| "null".to_owned(), |stamp| quote(stamp.as_str()));
    let Context { policy, request_id, .. } = context;
    let approval = approval.map(|approval| format!(r#","approval":{approval}"#)).unwrap_or_default();
    format!(
        r#"{{"rule":{rule},"reason_code":"{code}"{retry_after},"policy":{{"name":"{policy}","stamp":{stamp}}},"request_id":"{request_id}"{approval}}}"#
    )
}

/// What a program reads of the question that was asked about a call, as JSON.
fn approval(denial: &Denial<'_>, context: Context<'_>) -> Option<String> {
    let Reason::Held(held) = &denial.reason else { return None };
    let (id, status, expires_at) = match held {
        Held::Pending { id, expires_at, .. } => (id, Status::Pending, expires_at),
        Held::Denied { id, expires_at, .. } => (id, Status::Denied, expires_at),
        Held::Crowded => return None,
    };
    let (status, url) = (status.as_str(), quote(&approval_url(context.site, id)));
    let (expires_at, request_id) = (expires_at.timestamp(), context.request_id);
    Some(format!(
        r#"{{"id":"{id}","status":"{status}","url":{url},"expires_at":"{expires_at}","request_id":"{request_id}"}}"#
    ))
}
