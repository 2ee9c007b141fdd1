//! The origin: what it is sent, and what of its answers reaches the agent.
//!
//! Nothing gets here without a [`Permit`] or, for messages that call and read nothing, an [`Open`]. The bytes forwarded
//! are the bytes judged; the header fields around them are computed, never copied.

use futures_util::StreamExt;
use worker::{
    Env, Error, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response, ResponseBody, ResponseBuilder,
    Result, console_error, js_sys::Uint8Array,
};

use super::reply;
use crate::policy::Permit;
use crate::registry::{HeaderValue, Origin};
use crate::wire::{self, Answer, Asked, Cut, Era, Id, ListFilter, Relay, json};

/// The most bytes of an answer that is read as a whole: 4 MiB.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// What goes to the origin, and how its answer comes back.
pub(super) struct Downstream {
    method: Method,
    headers: Headers,
    body: Option<Vec<u8>>,
    exchange: Exchange,
}

/// What the answer belongs to.
pub(super) struct Exchange {
    id: Option<Id>,
    list: Option<ListFilter>,
}

impl Exchange {
    /// The answer to `request`; of a list, only what the filter keeps.
    pub(super) fn of(request: &wire::Request<'_>, list: Option<ListFilter>) -> Self {
        Self { id: Some(request.id.clone()), list }
    }
}

impl Downstream {
    /// A request, its body as it was judged.
    pub(super) fn of_request(
        from: &Headers,
        request: &wire::Request<'_>,
        exchange: Exchange,
        body: Vec<u8>,
    ) -> Result<Self> {
        let headers = message_headers(from, request.era)?;
        if request.era == Era::Modern {
            headers.set("mcp-method", request.method)?;
            if let Asked::Judged(subject) = &request.asked
                && let Some(name) = subject.mirrored(request.method)
            {
                headers.set("mcp-name", &name)?;
            }
        }
        Ok(Self { method: Method::Post, headers, body: Some(body), exchange })
    }

    /// A notification, its body as it was read.
    pub(super) fn of_notification(from: &Headers, era: Era, body: Vec<u8>) -> Result<Self> {
        let exchange = Exchange { id: None, list: None };
        Ok(Self { method: Method::Post, headers: message_headers(from, era)?, body: Some(body), exchange })
    }

    /// The legacy GET stream, or the end of a session.
    pub(super) fn of_session(from: &Headers, method: Method) -> Result<Self> {
        let headers = session_headers(from)?;
        headers.set("accept", "text/event-stream")?;
        Ok(Self { method, headers, body: None, exchange: Exchange { id: None, list: None } })
    }
}

fn message_headers(from: &Headers, era: Era) -> Result<Headers> {
    let headers = match era {
        Era::Legacy => session_headers(from)?,
        Era::Modern => {
            let headers = Headers::new();
            headers.set("mcp-protocol-version", wire::MODERN_REVISION)?;
            headers
        }
    };
    headers.set("content-type", "application/json")?;
    headers.set("accept", "application/json, text/event-stream")?;
    Ok(headers)
}

/// The legacy header fields: revision and session, if they are well formed.
fn session_headers(from: &Headers) -> Result<Headers> {
    let headers = Headers::new();
    if let Some(version) = from.get("mcp-protocol-version")?
        && wire::LEGACY_REVISIONS.contains(&version.as_str())
    {
        headers.set("mcp-protocol-version", &version)?;
    }
    if let Some(session) = from.get("mcp-session-id")?
        && is_session_id(&session)
    {
        headers.set("mcp-session-id", &session)?;
    }
    Ok(headers)
}

/// Visible ASCII (MCP 2025-11-25, Transports, Session Management), and no comma, which joins a header sent twice.
fn is_session_id(session: &str) -> bool {
    !session.is_empty() && session.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b',')
}

/// Forwards what a policy has allowed.
pub(super) async fn forward(_: Permit, env: &Env, origin: &Origin, downstream: Downstream) -> Result<Response> {
    exchange(env, origin, downstream).await
}

/// Passes on a message that calls and reads nothing.
pub(super) async fn relay(_: wire::Open, env: &Env, origin: &Origin, downstream: Downstream) -> Result<Response> {
    exchange(env, origin, downstream).await
}

async fn exchange(env: &Env, origin: &Origin, downstream: Downstream) -> Result<Response> {
    for (name, value) in &origin.headers {
        match value {
            HeaderValue::Text(text) => downstream.headers.set(name, text)?,
            HeaderValue::Secret { secret } => downstream.headers.set(name, &env.secret(secret)?.to_string())?,
        }
    }
    let mut init = RequestInit::new();
    init.with_method(downstream.method.clone())
        .with_headers(downstream.headers)
        // A redirect is not followed: it would carry the call, and the credentials, to somebody who was not registered.
        .with_redirect(RequestRedirect::Manual)
        .with_body(downstream.body.map(|body| Uint8Array::from(body.as_slice()).into()));
    let request = Request::new_with_init(origin.url.as_str(), &init)?;
    let exchange = downstream.exchange;
    match Fetch::Request(request).send().await {
        Ok(response) => answer(response, downstream.method, exchange).await,
        Err(error) => {
            console_error!("the origin cannot be reached: {error}");
            reply::answer(&Answer::bad_origin(exchange.id.as_ref(), "The origin cannot be reached"))
        }
    }
}

/// What of the origin's answer the agent gets.
async fn answer(mut response: Response, method: Method, exchange: Exchange) -> Result<Response> {
    let session = response.headers().get("mcp-session-id")?.filter(|session| is_session_id(session));
    let media_type = response.headers().get("content-type")?.unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let answered = match (response.status_code(), essence.as_str()) {
        (202, _) => Ok(ResponseBuilder::new().with_status(202).empty()),
        (200 | 204, _) if method == Method::Delete => Ok(ResponseBuilder::new().with_status(200).empty()),
        (200, "text/event-stream") => events(response, exchange),
        (200, "application/json") => match exchange.list {
            None => body_as_it_is(response),
            Some(filter) => list(response, exchange.id, &filter).await,
        },
        (405, _) if method != Method::Post => {
            let response = reply::text(405, "The origin has no such stream.\n")?;
            response.headers().set("allow", "POST")?;
            return Ok(response);
        }
        // Clients answer 401 and 403 with a sign-in, but it is the gateway that the origin refuses here.
        (401 | 403, _) => {
            console_error!("the origin refuses the gateway's credentials");
            reply::answer(&Answer::bad_origin(exchange.id.as_ref(), "The origin refuses this gateway"))
        }
        (status @ 400..=499, "application/json") => error(&mut response, status, exchange.id).await,
        (status, _) => {
            console_error!("the origin answered {status} with a body of type {essence:?}");
            reply::answer(&Answer::bad_origin(exchange.id.as_ref(), "The origin's answer is not one of MCP"))
        }
    }?;
    if let Some(session) = session {
        answered.headers().set("mcp-session-id", &session)?;
    }
    Ok(answered)
}

/// An answer that nothing must read passes through unread.
fn body_as_it_is(response: Response) -> Result<Response> {
    let builder = ResponseBuilder::new().with_header("content-type", "application/json")?;
    let (_, body) = response.into_parts();
    Ok(builder.body(body))
}

/// A stream of events, each passed on as soon as it is whole.
fn events(mut response: Response, exchange: Exchange) -> Result<Response> {
    let mut relay = match (exchange.list, exchange.id) {
        (Some(filter), Some(id)) => Relay::of_list(id, filter),
        (Some(_), None) => return Err(Error::from("a list without an id")),
        (None, _) => Relay::plain(),
    };
    let mut cut = false;
    let events = response.stream()?.map(move |chunk| {
        let text = relay.push(&chunk?).unwrap_or_else(|Cut { farewell }| {
            cut = true;
            farewell
        });
        Ok::<_, Error>((text, cut))
    });
    // The stream ends after the farewell, and an empty chunk is not worth sending.
    let events = events
        .scan(false, |ended, item| {
            let going_on = !std::mem::replace(ended, matches!(item, Ok((_, true)) | Err(_)));
            std::future::ready(going_on.then_some(item))
        })
        .filter(|item| std::future::ready(!matches!(item, Ok((text, _)) if text.is_empty())))
        .map(|item| item.map(|(text, _)| text.into_bytes()));
    ResponseBuilder::new()
        .with_header("content-type", "text/event-stream")?
        .with_header("cache-control", "no-cache, no-transform")?
        .with_header("x-accel-buffering", "no")?
        .from_stream(events)
}

/// A list, without what the agent may not use.
async fn list(mut response: Response, id: Option<Id>, filter: &ListFilter) -> Result<Response> {
    let body = whole(&mut response).await?;
    let edited = body.as_deref().and_then(|body| {
        let message = json::parse(body).ok()?;
        let answers = message.as_object()?.get("id").and_then(Id::read) == id;
        answers.then(|| filter.edit(&message).ok()).flatten()
    });
    match edited {
        Some(edited) => Ok(ResponseBuilder::new()
            .with_header("content-type", "application/json")?
            .body(ResponseBody::Body(edited.into_bytes()))),
        None => reply::answer(&Answer::bad_origin(
            id.as_ref(),
            "The origin's list cannot be read, and a list that cannot be filtered is not passed on",
        )),
    }
}

/// An error of the origin's, if it is one that MCP knows.
async fn error(response: &mut Response, status: u16, id: Option<Id>) -> Result<Response> {
    let body = whole(response).await?;
    let is_error = body.as_deref().and_then(|body| json::parse(body).ok()).is_some_and(|message| {
        message.as_object().is_some_and(|message| message.get("error").is_some() && message.get("result").is_none())
    });
    match body {
        Some(body) if is_error => {
            Ok(ResponseBuilder::new().with_status(status).with_header("content-type", "application/json")?.fixed(body))
        }
        Some(_) | None => reply::answer(&Answer::bad_origin(id.as_ref(), "The origin's answer is not one of MCP")),
    }
}

/// The whole body, or nothing if it is larger than [`MAX_ANSWER`].
async fn whole(response: &mut Response) -> Result<Option<Vec<u8>>> {
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
