//! The origin's HTTP response, and what of it the agent gets.

use worker::{Method, Response, ResponseBuilder, Result, console_error};

use super::whole::whole;
use super::{Exchange, Outbound, Patience, Sent, stream};
use crate::edge::{clock, reply};
use crate::wire::{Answer, Edit, HEADER_MISMATCH, Id, Translated, is_session_id, json};

pub(super) async fn of(
    response: Response,
    outbound: &Outbound,
    exchange: &Exchange,
    patience: Patience,
) -> Result<Sent> {
    let session = response.headers().get("mcp-session-id")?;
    let media_type = response.headers().get("content-type")?.unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let posted = outbound.method == Method::Post;
    let answered = match (response.status_code(), essence.as_str()) {
        // Nobody waits for an answer to a notification, whatever the origin has to say to it.
        (200 | 202, _) if posted && exchange.id().is_none() => Ok(ResponseBuilder::new().with_status(202).empty()),
        (200 | 204, _) if outbound.method == Method::Delete => Ok(ResponseBuilder::new().with_status(200).empty()),
        (200, "text/event-stream") => stream::events(response, exchange.translation.clone(), patience),
        (200, "application/json") if posted => json(response, exchange, patience).await,
        (405, _) if !posted => return reply::not_allowed("POST").map(Sent::Answered),
        // Clients answer 401 and 403 with a sign-in, but it is the gateway that the origin refuses here.
        (401 | 403, _) => {
            console_error!("the origin refuses the gateway's credentials");
            reply::answer(&Answer::bad_origin(exchange.id(), "The origin refuses this gateway"))
        }
        (status @ 400..=499, "application/json") => return error(response, status, exchange, patience).await,
        (404, _) if outbound.has_session => reply::answer(&Answer::no_such_session(exchange.id())),
        (status, _) => {
            console_error!("the origin answered {status} with a body of type {essence:?}");
            reply::answer(&Answer::bad_origin(exchange.id(), "The origin's answer is not one of MCP"))
        }
    }?;
    begin_session(&answered, session, exchange)?;
    Ok(Sent::Answered(answered))
}

/// The session that begins with an answer to `initialize`, under the gateway's seal. In any other answer the id of a
/// session says nothing that the agent does not know.
fn begin_session(answered: &Response, session: Option<String>, exchange: &Exchange) -> Result<()> {
    let session = session.filter(|session| is_session_id(session));
    if let (200, Some(session), Some(holder)) = (answered.status_code(), session, &exchange.begins_session) {
        let sealed = holder.begin(&session, clock::now().0);
        let sealed = sealed.map_err(|_| worker::Error::from("SEAL_KEY cannot seal"))?;
        answered.headers().set("mcp-session-id", &sealed)?;
    }
    Ok(())
}

/// A JSON answer. One that nothing must edit passes through unread: if the origin stops in the middle of it, so does what
/// the agent gets, since the head has gone by then.
async fn json(response: Response, exchange: &Exchange, patience: Patience) -> Result<Response> {
    let Some(answering) = exchange.translation.answering.as_ref().filter(|answering| answering.edit != Edit::None)
    else {
        let (_, body) = response.into_parts();
        return Ok(ResponseBuilder::new().with_header("content-type", "application/json")?.body(body));
    };
    let body = match whole(response, patience).await {
        Ok(body) => body,
        Err(unread) => return reply::answer(&unread.answer(exchange.id())),
    };
    match std::str::from_utf8(&body).map(|text| exchange.translation.translate(text)) {
        Ok(Ok(Translated::Answer(text))) => reply::json_text(200, text.into_owned()),
        Ok(Ok(Translated::Aside(_) | Translated::Nothing) | Err(_)) | Err(_) => reply::answer(&Answer::bad_origin(
            Some(&answering.id),
            "The origin's answer cannot be read, and what cannot be filtered is not passed on",
        )),
    }
}

/// An error of the origin's, if it is one that MCP knows.
async fn error(response: Response, status: u16, exchange: &Exchange, patience: Patience) -> Result<Sent> {
    let body = match whole(response, patience).await {
        Ok(body) => body,
        Err(unread) => return reply::answer(&unread.answer(exchange.id())).map(Sent::Answered),
    };
    match error_code(&body, exchange.id()) {
        // Refused before anything ran.
        Some(code) if code == i64::from(HEADER_MISMATCH) => Ok(Sent::HeadersRefused),
        Some(_) => reply::json_text(status, String::from_utf8_lossy(&body).into_owned()).map(Sent::Answered),
        None => {
            let answer = Answer::bad_origin(exchange.id(), "The origin's answer is not one of MCP");
            reply::answer(&answer).map(Sent::Answered)
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
