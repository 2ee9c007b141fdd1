//! Answers as HTTP responses.

use serde_json::Value;
use web_sys::Response;
use worker::Result;

use super::platform;
use crate::wire::{Answer, Id};

const TEXT: &str = r#"{"content-type":"text/plain; charset=utf-8"}"#;
const JSON: &str = r#"{"content-type":"application/json","cache-control":"no-store"}"#;

/// A plain text.
pub(super) fn text(status: u16, text: &str) -> Response {
    platform::respond(status, TEXT, Some(text.as_bytes()))
}

/// A JSON document that nobody may keep.
pub(super) fn json(status: u16, body: &Value) -> Response {
    json_text(status, &body.to_string())
}

/// The same, written already.
pub(super) fn json_text(status: u16, body: &str) -> Response {
    platform::respond(status, JSON, Some(body.as_bytes()))
}

/// No body at all.
pub(super) fn empty(status: u16) -> Response {
    platform::respond(status, "{}", None)
}

/// The response with one more header field.
pub(super) fn with(response: Response, name: &str, value: &str) -> Result<Response> {
    response.headers().set(name, value)?;
    Ok(response)
}

/// An answer of the gateway's own to an MCP client.
pub(super) fn answer(answer: &Answer) -> Response {
    json_text(answer.status, &answer.body)
}

/// What the agent hears when something that judges cannot be reached.
pub(super) fn outage(id: Option<&Id>) -> Response {
    answer(&Answer::outage(id, "The gateway cannot judge this now. Nothing was forwarded; try again later"))
}

/// No live grant was shown.
pub(super) fn unauthorized() -> Result<Response> {
    with(answer(&Answer::unauthorized()), "www-authenticate", "Bearer")
}

/// The path is right, the method is not: only those `allowed` are.
pub(super) fn not_allowed(allowed: &str) -> Result<Response> {
    with(text(405, "This path does not take this method.\n"), "allow", allowed)
}

/// There is nothing at this path.
pub(super) fn not_found() -> Response {
    // Some clients show it to a person, when they look for a sign-in after a grant has not held.
    text(
        404,
        "Nothing here. A gateway URL is /{server}/mcp; the admin API is /api/v1/. There is no sign-in: show a valid grant.\n",
    )
}
