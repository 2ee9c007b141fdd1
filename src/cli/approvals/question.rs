//! One question, as the admin API shows it, and as a person reads it.

use chrono::DateTime;
use clap::Args;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::arguments::readable;
use crate::cli::clock::{in_words, now};
use crate::cli::report::Failure;
use crate::cli::terminal::{Lines, Paint, columns};
use crate::cli::visible::seen;
use crate::ledger::{Approval, Approver, Status};
use crate::wire::json::parse;

/// Which question is meant.
#[derive(Args)]
pub(super) struct Id {
    /// The id, `ap_…`, or the address of its approval page. Of an address only the id is read: the gateway is --gateway.
    #[arg(value_name = "ID")]
    given: String,
}

impl Id {
    pub(super) fn read(&self) -> Result<&str, Failure> {
        // Chats write addresses between angle brackets.
        let given = self.given.trim().trim_start_matches('<').trim_end_matches('>');
        let id = match given.split_once("/approve/") {
            Some((_, rest)) => rest.split(['?', '#', '/']).next().unwrap_or_default(),
            None => given,
        };
        if Approval::ledger_of(id).is_some() {
            return Ok(id);
        }
        let message = format!(
            "`{}` is no question: an id is `ap_`, 32 hexadecimal digits, `_` and 16 more, or the address of an approval page.",
            seen(&self.given)
        );
        Err(Failure::usage(message))
    }
}

/// A question as the gateway shows it.
#[derive(Deserialize)]
pub(super) struct Question {
    id: String,
    pub(super) status: Status,
    url: String,
    pub(super) grant: Grant,
    pub(super) server: String,
    method: String,
    name: String,
    arguments: Option<Box<RawValue>>,
    rule: String,
    reason: Option<String>,
    by: Approver,
    policy: Policy,
    asked_at: String,
    pub(super) expires_at: String,
    decision: Option<Decision>,
    used_by: Option<String>,
    request_id: String,
}

#[derive(Deserialize)]
pub(super) struct Grant {
    id: String,
    pub(super) label: String,
}

#[derive(Deserialize)]
struct Policy {
    name: String,
}

#[derive(Deserialize)]
struct Decision {
    yes: bool,
    by: String,
    at: String,
    from: Option<String>,
    reason: Option<String>,
}

impl Question {
    /// Reads an answer of the gateway.
    pub(super) fn read(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }

    /// Everything that a person needs who is to answer it.
    pub(super) fn text(&self, paint: Paint) -> String {
        let mut text = Lines::default();
        let standing = match self.status {
            Status::Pending => paint.yellow("pending"),
            Status::Approved | Status::Used => paint.green(self.status.as_str()),
            Status::Denied | Status::Expired | Status::Voided => paint.red(self.status.as_str()),
        };
        text.line(format!("{} {standing}: {}", paint.bold(&seen(&self.id)), self.standing()));
        if let Some(Decision { yes, by, at, from, reason }) = &self.decision {
            let from = from.as_deref().map(|from| format!(" from {}", seen(from))).unwrap_or_default();
            let words = reason.as_deref().map(|words| format!(": “{}”", seen(words))).unwrap_or_default();
            text.line(format!("{}, said {}, {}{from}{words}", if *yes { "Yes" } else { "No" }, seen(by), time(at)));
        }
        text.line(format!(
            "\n{}",
            if self.status == Status::Pending { "Exactly this would run:" } else { "The call:" }
        ));
        text.line(format!("{}{}", paint.bold(&self.what()), self.arguments(paint)));
        text.line("");
        text.text(&columns(&self.rows(paint)));
        text.into_text()
    }

    /// What is called: a tool by its name, anything else with its method.
    pub(super) fn what(&self) -> String {
        what(&self.method, &self.name)
    }

    fn arguments(&self, paint: Paint) -> String {
        let Some(sent) = &self.arguments else { return String::new() };
        match parse(sent.get().as_bytes()) {
            Ok(node) => format!(" with\n{}", readable(&node, "", paint)),
            // The gateway has read it strictly; whatever this is, it is shown.
            Err(_) => format!(" with\n{}", seen(sent.get())),
        }
    }

    fn rows(&self, paint: Paint) -> Vec<Vec<String>> {
        let by = match self.by {
            Approver::Operator => "an operator",
            Approver::User => "whoever holds the grant, or an operator",
        };
        let rows = [
            ("asked by", Some(format!("{} (grant {})", seen(&self.grant.label), seen(&self.grant.id)))),
            ("server", Some(seen(&self.server))),
            ("because of", Some(format!("rule {} of policy {}", seen(&self.rule), seen(&self.policy.name)))),
            ("its author says", self.reason.as_deref().map(seen)),
            ("may be answered by", Some(by.to_owned())),
            ("asked", Some(format!("{}, {}", time(&self.asked_at), ago(&self.asked_at)))),
            ("request", Some(seen(&self.request_id))),
            ("used by request", self.used_by.as_deref().map(seen)),
            ("page", Some(seen(&self.url))),
        ];
        rows.into_iter().filter_map(|(term, value)| Some(vec![paint.dim(term), value?])).collect()
    }

    /// What has become of it, in a sentence.
    fn standing(&self) -> String {
        let until = format!("until {} ({})", time(&self.expires_at), left(&self.expires_at));
        match self.status {
            Status::Pending => format!("it waits for an answer {until}."),
            Status::Approved => format!("the agent's next identical call passes, once, {until}."),
            Status::Denied => format!("the agent is told so {until}."),
            Status::Used => "it was approved, and the call has passed.".to_owned(),
            Status::Expired => {
                "nobody answered in time, or the yes was not used in time. The agent has to ask again.".to_owned()
            }
            Status::Voided => {
                "the policy or the grant has changed since it was asked. The agent has to ask again.".to_owned()
            }
        }
    }
}

/// A tool by its name, anything else with its method.
pub(super) fn what(method: &str, name: &str) -> String {
    if method == "tools/call" { seen(name) } else { format!("{} {}", seen(method), seen(name)) }
}

/// An instant as the gateway writes it, for people: in UTC.
pub(super) fn time(at: &str) -> String {
    match DateTime::parse_from_rfc3339(at) {
        Ok(instant) => instant.to_utc().format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => seen(at),
    }
}

/// How long ago that was.
pub(super) fn ago(at: &str) -> String {
    millis(at).map_or_else(|| "?".to_owned(), |at| format!("{} ago", in_words(now().0.saturating_sub(at))))
}

/// How long it is until then.
pub(super) fn left(at: &str) -> String {
    millis(at).map_or_else(|| "?".to_owned(), |at| format!("{} left", in_words(at.saturating_sub(now().0))))
}

fn millis(at: &str) -> Option<u64> {
    u64::try_from(DateTime::parse_from_rfc3339(at).ok()?.timestamp_millis()).ok()
}
