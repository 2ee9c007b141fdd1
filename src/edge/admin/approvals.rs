//! `/api/v1/approvals`: what agents ask people, and the answers.

use web_sys::UrlSearchParams;

use super::documents::document;
use super::{Answered, Call, Problem, page};
use crate::edge::store::Kind;
use crate::edge::{approvals, head, ledger, reply};
use crate::ledger::{Decision, Status};
use crate::wire::json::{Fields, Invalid, Pointer};

/// The most bytes of an answer.
const MAX_DOCUMENT: usize = 16 * 1024;

/// `?grant=ID`: the newest of a grant, whatever has become of them. Else those that wait, of all grants, by their servers.
pub(super) async fn list(call: Call<'_>) -> Answered {
    let query = call.url()?.search_params();
    match query.get("grant") {
        Some(grant) => of_grant(call, &grant, &query).await,
        None => pending(call, &query).await,
    }
}

async fn of_grant(call: Call<'_>, grant: &str, query: &UrlSearchParams) -> Answered {
    let grant = call.grant(grant).await?;
    let wanted = query.get("status");
    let found = ledger::approvals(call.env, &grant.id).await?;
    let mut shown = Vec::new();
    for approval in found {
        if wanted.as_deref().is_none_or(|wanted| wanted == approval.status.as_str()) {
            shown.push(approval.shown().map_err(worker::Error::from)?);
        }
    }
    Ok(reply::json_text(200, &format!(r#"{{"approvals":[{}],"cursor":null}}"#, shown.join(","))))
}

/// Each head lists what the grants of its server ask, so no ledger is looked into.
async fn pending(call: Call<'_>, query: &UrlSearchParams) -> Answered {
    if query.get("status").is_some_and(|status| status != Status::Pending.as_str()) {
        let message = "across grants only `status=pending` can be listed; add `grant=ID` for what has become of others";
        return Err(Invalid { pointer: Pointer::default(), message: message.to_owned() }.into());
    }
    let asked = page::asked(&call)?;
    let servers = call.store.documents(Kind::Server, asked.limit, asked.cursor).await?;
    let mut listed = Vec::new();
    for (name, _) in &servers.items {
        listed.extend(head::listed(call.env, name).await?);
    }
    let cursor = serde_json::to_string(&servers.cursor).map_err(worker::Error::from)?;
    Ok(reply::json_text(200, &format!(r#"{{"approvals":[{}],"cursor":{cursor}}}"#, listed.join(","))))
}

pub(super) async fn get(call: Call<'_>, id: &str) -> Answered {
    let approval = approvals::find(call.env, id).await?.ok_or_else(unknown)?;
    Ok(reply::json_text(200, &approval.shown().map_err(worker::Error::from)?))
}

/// `POST …/approve` and `…/deny`, with `{"reason"?}`.
pub(super) async fn answer(call: Call<'_>, id: &str, yes: bool) -> Answered {
    let body = call.body(MAX_DOCUMENT).await?;
    let words = if body.is_empty() { None } else { words(&body)? };
    let decision = Decision::said(yes, &call.who, call.visit.address(), words);
    match approvals::answer(call.env, id, decision).await? {
        approvals::Answered::Done(approval) => {
            Ok(reply::json_text(200, &approval.shown().map_err(worker::Error::from)?))
        }
        approvals::Answered::Over(status) => Err(Problem::Over(approvals::over(status).to_owned())),
        approvals::Answered::Unknown => Err(unknown()),
    }
}

fn words(body: &[u8]) -> Result<Option<String>, Problem> {
    let document = document(body)?;
    let mut fields = Fields::of(&document, Pointer::default())?;
    let words = fields.take_string("reason")?.map(str::to_owned);
    fields.finish()?;
    approvals::words(words)
        .map_err(|message| Invalid { pointer: Pointer::default().key("reason"), message: message.to_owned() }.into())
}

fn unknown() -> Problem {
    Problem::NotFound("there is no such approval".to_owned())
}
