//! The origin's HTTP response, and what of it the agent gets.

use futures_util::StreamExt;
use worker::{Method, Response, ResponseBuilder, Result, console_error};

use super::{Exchange, Outbound, Patience, Sent, stream};
use crate::edge::{clock, reply};
use crate::wire::{Answer, Edit, Id, Translated, is_session_id, json};

/// The most bytes of an answer that is read as a whole: 4 MiB.
pub(super) const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// `HeaderMismatch` of 2026-07-28: the request was refused before anything ran.
const HEADER_MISMATCH: i64 = -32020;

pub(super) async fn of(
    mut response: Response,
    outbound: &Outbound,
    exchange: &Exchange,
    patience: Patience,
) -> Result<Sent> {
    let session = response.headers().get("mcp-session-id")?;
    let media_type = response.headers().get("content-type")?.unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let posted = outbound.method == Method::Post;
    let answered = match (response.status_code(), essence.as_str()) {
        (202, _) if posted => Ok(ResponseBuilder::new().with_status(202).empty()),
        // Nobody waits for an answer to a notification, whatever the origin has to say to it.
        (200, _) if posted && exchange.id().is_none() => Ok(ResponseBuilder::new().with_status(202).empty()),
        (200 | 204, _) if outbound.method == Method::Delete => Ok(ResponseBuilder::new().with_status(200).empty()),
        (200, "text/event-stream") => stream::events(response, exchange.translation.clone(), patience),
        (200, "application/json") if posted => json(response, exchange).await,
        (405, _) if !posted => return reply::not_allowed("POST").map(Sent::Answered),
        // Clients answer 401 and 403 with a sign-in, but it is the gateway that the origin refuses here.
        (401 | 403, _) => {
            console_error!("the origin refuses the gateway's credentials");
            reply::answer(&Answer::bad_origin(exchange.id(), "The origin refuses this gateway"))
        }
        (status @ 400..=499, "application/json") => return error(&mut response, status, exchange).await,
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

/// A JSON answer. One that nothing must edit passes through unread.
async fn json(mut response: Response, exchange: &Exchange) -> Result<Response> {
    match &exchange.translation.answering {
        Some(answering) if answering.edit != Edit::None => {
            let body = whole(&mut response).await?;
            let translated = body
                .as_deref()
                .and_then(|body| std::str::from_utf8(body).ok())
                .map(|text| exchange.translation.translate(text));
            match translated {
                Some(Ok(Translated::Answer(text))) => reply::json_text(200, text.into_owned()),
                Some(Ok(Translated::Aside(_) | Translated::Nothing) | Err(_)) | None => {
                    reply::answer(&Answer::bad_origin(
                        Some(&answering.id),
                        "The origin's answer cannot be read, and what cannot be filtered is not passed on",
                    ))
                }
            }
        }
        Some(_) | None => {
            let builder = ResponseBuilder::new().with_header("content-type", "application/json")?;
            let (_, body) = response.into_parts();
            Ok(builder.body(body))
        }
    }
}

/// An error of the origin's, if it is one that MCP knows.
async fn error(response: &mut Response, status: u16, exchange: &Exchange) -> Result<Sent> {
    let body = whole(response).await?;
    let code = body.as_deref().and_then(|body| error_code(body, exchange.id()));
    match (body, code) {
        (Some(_), Some(HEADER_MISMATCH)) => Ok(Sent::HeadersRefused),
        (Some(body), Some(_)) => {
            let text = String::from_utf8_lossy(&body).into_owned();
            reply::json_text(status, text).map(Sent::Answered)
        }
        (Some(_) | None, _) => {
            reply::answer(&Answer::bad_origin(exchange.id(), "The origin's answer is not one of MCP"))
                .map(Sent::Answered)
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

/// The whole body, or nothing if it is larger than [`MAX_ANSWER`].
pub(super) async fn whole(response: &mut Response) -> Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    let mut stream = response.stream()?;
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > MAX_ANSWER {
            return Ok(None);
        }
    }
    Ok(Some(body))
}
