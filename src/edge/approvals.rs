//! What agents ask people, as it is found and answered: by the admin API and by the page.

use worker::{Env, Result};

use super::clock;
use super::held::fingerprint;
use super::ledger::{self, Decided};
use super::store::{Kind, Store};
use crate::ledger::{Approval, Decision, Petition, Status};
use crate::policy::{self, Edition, Rulebook, Ruling};
use crate::registry::Server;
use crate::wire::json::quote;
use crate::wire::{self, Asked, Head, Message};

/// The most characters of a person's words.
const MOST_WORDS: usize = 1_000;

/// What becomes of a person's answer.
pub(super) enum Answered {
    /// It holds.
    Done(Box<Approval>),
    /// The question was over already.
    Over(Status),
    /// There is no such question.
    Unknown,
}

/// A question as it stands.
pub(super) async fn find(env: &Env, id: &str) -> Result<Option<Approval>> {
    match Approval::ledger_of(id) {
        Some(ledger) => ledger::approval(env, &ledger, id).await,
        None => Ok(None),
    }
}

/// Takes a person's answer. A yes is one under the rules as they are: where they have changed since it was asked, the question is void.
pub(super) async fn answer(env: &Env, id: &str, decision: Decision) -> Result<Answered> {
    let (Some(ledger), Some(approval)) = (Approval::ledger_of(id), find(env, id).await?) else {
        return Ok(Answered::Unknown);
    };
    if decision.yes && approval.status == Status::Pending && !is_asked_still(env, &approval).await? {
        ledger::void(env, &ledger, id).await?;
        return Ok(Answered::Over(Status::Voided));
    }
    Ok(match ledger::decide(env, &ledger, id, decision).await? {
        Decided::Done(approval) => Answered::Done(approval),
        Decided::Not(status) => Answered::Over(status),
        Decided::Unknown => Answered::Unknown,
    })
}

/// Whether the same call would make the same question today.
async fn is_asked_still(env: &Env, approval: &Approval) -> Result<bool> {
    let (store, petition) = (Store::of(env), &approval.petition);
    let Some(grant) = store.grant_by_id(&petition.grant).await? else { return Ok(false) };
    if !grant.is_live(clock::now()) {
        return Ok(false);
    }
    let Some(server) = store.newest(Kind::Server, &grant.server).await? else { return Ok(false) };
    let Ok(server) = Server::parse(server.document.as_bytes()) else { return Ok(false) };
    let Some(policy) = store.newest(Kind::Policy, &grant.policy).await? else { return Ok(false) };
    let edition = Edition::of(policy.document.as_bytes());
    let message = message(petition);
    let head = Head { version: None, method: None, name: None };
    let Ok(Message::Request(request)) = wire::read(&head, message.as_bytes()) else { return Ok(false) };
    let Asked::Judged(subject) = &request.asked else { return Ok(false) };
    let decided = policy::decide(Rulebook { edition: &edition, aliases: &server.aliases }, subject);
    Ok(match decided.ruling {
        Ruling::Hold(hold) => {
            let now = fingerprint(hold.asks(), &petition.grant, &petition.server, request.method, subject);
            now == approval.fingerprint
        }
        Ruling::Allow(_) | Ruling::Meter(_) | Ruling::Deny(_) => false,
    })
}

/// The call as a message of the legacy era.
fn message(petition: &Petition) -> String {
    let (method, name) = (quote(&petition.method), quote(&petition.name));
    let params = match &petition.arguments {
        Some(arguments) => format!(r#"{{"name":{name},"arguments":{arguments}}}"#),
        None => format!(r#"{{"uri":{name}}}"#),
    };
    format!(r#"{{"jsonrpc":"2.0","id":0,"method":{method},"params":{params}}}"#)
}

/// Why nobody can answer it any more.
pub(super) fn over(status: Status) -> &'static str {
    match status {
        Status::Pending => "it is being answered",
        Status::Approved => "it is approved already",
        Status::Denied => "it is denied already",
        Status::Used => "it was approved, and the call has passed",
        Status::Expired => "it has expired: the agent has to ask again",
        Status::Voided => "the policy or the grant has changed since it was asked: the agent has to ask again",
    }
}

/// What a person has said beside yes or no, if it is anything, and not too long.
pub(super) fn words(words: Option<String>) -> std::result::Result<Option<String>, &'static str> {
    if words.as_ref().is_some_and(|words| words.chars().count() > MOST_WORDS) {
        return Err("has at most 1000 characters");
    }
    Ok(words.filter(|words| !words.trim().is_empty()))
}
