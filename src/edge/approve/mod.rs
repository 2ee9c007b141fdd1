//! `/approve/{id}`: the page on which a person reads what would run, and says yes or no. `page.js` draws it.
//!
//! Safe against other web pages: the cookie is `SameSite=Strict`, each form bears a token of its session and its question, a POST must
//! come from this site, and no page may frame this one. Safe against what it shows: whatever an agent has chosen is text. `tests/page`
//! proves both in a browser.

mod form;
mod session;

use serde_json::{Value, json};
use web_sys::Response;
use worker::{Env, Result, console_error};

use super::approvals::{self, Answered};
use super::store::{Kind, Store};
use super::visit::Visit;
use super::{clock, door, ledger, platform, reply};
use crate::ledger::{Approval, Decision, Status};
use crate::registry::{Name, ServerDraft};
use form::Form;
use session::Session;

/// How many of the questions before this one are shown.
const BEFORE: usize = 5;

/// Answers a request for the page of `id`.
pub(super) async fn answer(visit: &Visit, env: &Env, id: &str) -> Result<Response> {
    let answered = match visit.method() {
        "GET" => show(visit, env, id).await,
        "POST" => act(visit, env, id).await,
        _ => return reply::with(problem(405, "This page takes only GET and POST."), "allow", "GET, POST"),
    };
    answered.or_else(|error| {
        console_error!("the approval page: {error}");
        Ok(problem(503, "The gateway cannot look at this now. Nothing was decided; try again."))
    })
}

async fn show(visit: &Visit, env: &Env, id: &str) -> Result<Response> {
    let Some(session) = Session::shown(visit, env)? else {
        // A link in another site brings no cookie along. What this page itself asks for does.
        let page = if visit.url().ends_with("?here") { sign_in(None) } else { json!({ "page": "again" }) };
        return Ok(platform::page(200, &page.to_string()));
    };
    let Some((approval, who)) = readable(env, id, &session).await? else {
        let page = sign_in(Some("There is no such question, or it is not yours to answer: sign in as somebody else."));
        return Ok(platform::page(404, &page.to_string()));
    };
    let page = page(env, &session, &approval, &who, None).await?;
    Ok(platform::page(200, &page.to_string()))
}

async fn act(visit: &Visit, env: &Env, id: &str) -> Result<Response> {
    if visit.field("origin").as_deref() != Some(visit.site()) {
        return Ok(problem(403, "This form was not sent from the page itself."));
    }
    if !Form::is_one(visit) {
        return Ok(problem(415, "This is no form as this page sends them."));
    }
    let Some(form) = Form::of(visit).await? else {
        return Ok(problem(413, "This form is larger than any of this page."));
    };
    match form.field("do").as_deref() {
        Some("sign-in") => enter(visit, env, id, &form).await,
        Some("sign-out") => Session::end(&back_to(id)),
        Some(word @ ("approve" | "deny")) => decide(visit, env, id, &form, word == "approve").await,
        Some(_) | None => Ok(problem(400, "This form says nothing that this page understands.")),
    }
}

async fn enter(visit: &Visit, env: &Env, id: &str, form: &Form) -> Result<Response> {
    if let Some(refused) = door::shield(visit, env).await? {
        return reply::with(
            problem(refused.status, "Too many attempts from this address: wait a minute."),
            "retry-after",
            "60",
        );
    }
    let token = form.field("token").unwrap_or_default();
    match Session::begin(env, token.trim(), id).await? {
        Some(session) => session.remembered(env, &back_to(id)),
        None => Ok(platform::page(403, &sign_in(Some("Nobody has this token here.")).to_string())),
    }
}

async fn decide(visit: &Visit, env: &Env, id: &str, form: &Form, yes: bool) -> Result<Response> {
    let Some(session) = Session::shown(visit, env)? else {
        return Ok(platform::page(403, &sign_in(Some("Sign in again: nothing was decided.")).to_string()));
    };
    if !session.has_made(env, id, &form.field("form").unwrap_or_default())? {
        return Ok(problem(
            403,
            "This form is not one that this page has made for you. Open the page again; nothing was decided.",
        ));
    }
    let Some((approval, who)) = readable(env, id, &session).await? else { return Ok(unknown()) };
    let Ok(words) = approvals::words(form.field("reason")) else {
        return Ok(problem(422, "A reason has at most 1,000 characters. Nothing was decided."));
    };
    let decision = Decision::said(yes, &who, visit.address(), words);
    match approvals::answer(env, id, decision).await? {
        Answered::Done(_) => see(&back_to(id)),
        Answered::Over(status) => {
            let approval = Approval { status, ..approval };
            let page = page(env, &session, &approval, &who, Some(approvals::over(status))).await?;
            Ok(platform::page(409, &page.to_string()))
        }
        Answered::Unknown => Ok(unknown()),
    }
}

/// A question, and by which name this person may answer it. Who may not is told what one is told who asks for one that never was.
async fn readable(env: &Env, id: &str, session: &Session) -> Result<Option<(Approval, String)>> {
    let Some(approval) = approvals::find(env, id).await? else { return Ok(None) };
    Ok(session.name(env, &approval).await?.map(|who| (approval, who)))
}

/// What the page shows.
async fn page(env: &Env, session: &Session, approval: &Approval, who: &str, problem: Option<&str>) -> Result<Value> {
    let petition = &approval.petition;
    let preset = match Name::read(&petition.server) {
        Some(server) => preset(env, &server).await?,
        None => None,
    };
    let before = ledger::approvals(env, &petition.grant).await?;
    let before: Vec<_> = before
        .iter()
        .filter(|other| other.id != approval.id && other.petition.name == petition.name)
        .filter(|other| other.status != Status::Pending)
        .take(BEFORE)
        .map(|other| {
            json!({
                "status": other.status, "same": other.fingerprint == approval.fingerprint, "at": other.asked_at.timestamp(),
                "by": other.decision.as_ref().map(|decision| &decision.by),
                "reason": other.decision.as_ref().and_then(|decision| decision.words.as_ref()),
            })
        })
        .collect();
    Ok(json!({
        "page": "question", "shown": approval.shown()?, "arguments": petition.arguments, "form": session.form(env, &approval.id)?,
        "who": who, "preset": preset, "before": before, "problem": problem, "now": clock::now().timestamp(),
    }))
}

/// The preset of a server, by which its tools are known.
async fn preset(env: &Env, server: &Name) -> Result<Option<Value>> {
    let version = Store::of(env).newest(Kind::Server, server).await?;
    let draft = version.and_then(|version| ServerDraft::parse(version.document.as_bytes()).ok());
    Ok(draft.and_then(|draft| draft.shown().get("preset").cloned()))
}

fn sign_in(problem: Option<&str>) -> Value {
    json!({ "page": "sign-in", "problem": problem })
}

fn unknown() -> Response {
    problem(404, "There is no such question, or it is not yours to answer.")
}

fn problem(status: u16, text: &str) -> Response {
    platform::page(status, &json!({ "page": "problem", "problem": text }).to_string())
}

/// The page again, by GET.
fn see(location: &str) -> Result<Response> {
    reply::with(platform::page(303, &json!({ "page": "again" }).to_string()), "location", location)
}

/// As a link of the page's own leads to it.
fn back_to(id: &str) -> String {
    format!("/approve/{id}?here")
}
