//! The origin's HTTP response, and what of it the agent gets.

use std::rc::Rc;

use web_sys::Response;
use worker::{Result, console_error};

use super::whole::{Unread, whole};
use super::{Exchange, Outbound, Sent, stream};
use crate::edge::settings::Patience;
use crate::edge::{clock, platform, reply};
use crate::ledger::Outcome;
use crate::wire::{Answer, Edit, HEADER_MISMATCH, Id, Translated, is_session_id, json};

/// What is said of an answer that passes.
const JSON: &str = r#"{"content-type":"application/json"}"#;

pub(super) async fn of(
    response: Response,
    outbound: &Outbound,
    exchange: &Exchange,
    patience: Patience,
) -> Result<Sent> {
    let report = &exchange.report;
    report.answered(response.status());
    let media_type = response.headers().get("content-type")?.unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let session = session_begun(&response, exchange)?;
    let posted = outbound.method == "POST";
    let answered = match (response.status(), essence.as_str()) {
        // Nobody waits for an answer to a notification, whatever the origin has to say to it.
        (200 | 202, _) if posted && exchange.id().is_none() => {
            report.came_to_unknown(Outcome::Passed);
            reply::empty(202)
        }
        (200 | 204, _) if outbound.method == "DELETE" => {
            report.came_to_unknown(Outcome::Passed);
            reply::empty(200)
        }
        (200, "text/event-stream") => {
            stream::events(&response, exchange.translation.clone(), Rc::clone(report), patience).await?
        }
        (200, "application/json") if posted => json(&response, exchange, patience).await,
        (405, _) if !posted => reply::not_allowed("POST")?,
        // Clients answer 401 and 403 with a sign-in, but it is the gateway that the origin refuses here.
        (401 | 403, _) => {
            console_error!("the origin refuses the gateway's credentials");
            reply::answer(&Answer::bad_origin(exchange.id(), "The origin refuses this gateway"))
        }
        (status @ 400..=499, "application/json") => return Ok(error(&response, status, exchange, patience).await),
        (404, _) if outbound.has_session => reply::answer(&Answer::no_such_session(exchange.id())),
        (status, _) => {
            if status >= 500 {
                report.failed();
            }
            console_error!("the origin answered {status} with a body of type {essence:?}");
            reply::answer(&Answer::bad_origin(exchange.id(), "The origin's answer is not one of MCP"))
        }
    };
    // What was not told apart above is an answer that the agent does not get.
    if !report.flows() {
        report.came_to_unknown(Outcome::OriginFailed);
    }
    match session {
        Some(session) if answered.status() == 200 => reply::with(answered, "mcp-session-id", &session),
        Some(_) | None => Ok(answered),
    }
    .map(Sent::Answered)
}

/// The session that begins with an answer to `initialize`, under the gateway's seal. In any other answer the id of a
/// session says nothing that the agent does not know.
fn session_begun(response: &Response, exchange: &Exchange) -> Result<Option<String>> {
    let Some(holder) = &exchange.begins_session else { return Ok(None) };
    let session = response.headers().get("mcp-session-id")?.filter(|session| is_session_id(session));
    let sealed = session.map(|session| holder.begin(&session, clock::now().0)).transpose();
    sealed.map_err(|_| worker::Error::from("SEAL_KEY cannot seal"))
}

/// A JSON answer. One that nothing must edit, and at which nobody has to look, passes through unread: if the origin
/// stops in the middle of it, so does what the agent gets, since the head has gone by then.
async fn json(response: &Response, exchange: &Exchange, patience: Patience) -> Response {
    let report = &exchange.report;
    let Some(answering) = exchange.translation.answering.as_ref().filter(|answering| answering.edit != Edit::None)
    else {
        if report.wants_answer() {
            return looked_at(response, exchange, patience).await;
        }
        report.came_to_unknown(Outcome::Passed);
        return platform::pass(response, JSON);
    };
    let body = match whole(response, patience).await {
        Ok(body) => body,
        Err(unread) => return reply::answer(&unread.answer(exchange.id())),
    };
    match std::str::from_utf8(&body).map(|text| exchange.translation.translate(text)) {
        Ok(Ok(Translated::Answer(text))) => reply::json_text(200, &text),
        Ok(Ok(Translated::Aside(_) | Translated::Nothing) | Err(_)) | Err(_) => reply::answer(&Answer::bad_origin(
            Some(&answering.id),
            "The origin's answer cannot be read, and what cannot be filtered is not passed on",
        )),
    }
}

/// A JSON answer that passes as it is, and is looked at. One that is too long to be read passes too; then nobody knows what came
/// of the call. One that does not come to its end does not: of it no head has gone to the agent yet, and none would.
async fn looked_at(response: &Response, exchange: &Exchange, patience: Patience) -> Response {
    let report = &exchange.report;
    let Ok(copy) = response.clone() else {
        report.came_to_unknown(Outcome::Passed);
        return platform::pass(response, JSON);
    };
    // Only its `hears` is wanted.
    match whole(&copy, patience).await {
        Ok(body) => {
            if let Ok(text) = String::from_utf8(body) {
                drop(exchange.translation.translate(&text));
            }
        }
        Err(Unread::TooLarge) => {}
        Err(unread @ (Unread::Broken | Unread::Silent)) => return reply::answer(&unread.answer(exchange.id())),
    }
    report.came_to_unknown(Outcome::Passed);
    platform::pass(response, JSON)
}

/// An error of the origin's, if it is one that MCP knows.
async fn error(response: &Response, status: u16, exchange: &Exchange, patience: Patience) -> Sent {
    let body = match whole(response, patience).await {
        Ok(body) => body,
        Err(unread) => return Sent::Answered(reply::answer(&unread.answer(exchange.id()))),
    };
    match error_code(&body, exchange.id()) {
        // Refused before anything ran.
        Some(code) if code == i64::from(HEADER_MISMATCH) => Sent::HeadersRefused,
        Some(_) => {
            exchange.report.errs();
            Sent::Answered(reply::json_text(status, &String::from_utf8_lossy(&body)))
        }
        None => {
            let answer = Answer::bad_origin(exchange.id(), "The origin's answer is not one of MCP");
            Sent::Answered(reply::answer(&answer))
        }
    }
}

/// The code of a well-formed error that answers `id`, or nothing in particular.
fn error_code(body: &[u8], id: Option<&Id>) -> Option<i64> {
    let message = json::parse(body).ok()?;
    let message = message.as_object()?;
    let answers = match message.get("id") {
        Some(node) if node.value != json::Value::Null => Id::read(node).as_ref() == id,
        Some(_) | None => true,
    };
    let error = message.get("error").filter(|_| answers && message.get("result").is_none())?;
    error.as_object()?.get("code")?.as_integer()
}
