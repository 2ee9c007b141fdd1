//! Answers as HTTP responses.

use serde_json::Value;
use worker::{Response, ResponseBuilder, Result};

use crate::wire::{Answer, Id};

/// A plain text.
pub(super) fn text(status: u16, text: &str) -> Result<Response> {
    Ok(ResponseBuilder::new()
        .with_status(status)
        .with_header("content-type", "text/plain; charset=utf-8")?
        .fixed(text.as_bytes().to_vec()))
}

/// A JSON document that nobody may keep.
pub(super) fn json(status: u16, body: &Value) -> Result<Response> {
    json_text(status, body.to_string())
}

/// The same, written already.
pub(super) fn json_text(status: u16, body: String) -> Result<Response> {
    Ok(ResponseBuilder::new()
        .with_status(status)
        .with_header("content-type", "application/json")?
        .with_header("cache-control", "no-store")?
        .fixed(body.into_bytes()))
}

/// An answer of the gateway's own to an MCP client.
pub(super) fn answer(answer: &Answer) -> Result<Response> {
    json(answer.status, &answer.body)
}

/// What the agent hears when something that judges cannot be reached.
pub(super) fn outage(id: Option<&Id>) -> Result<Response> {
    answer(&Answer::outage(id, "The gateway cannot judge this now. Nothing was forwarded; try again later"))
}

/// No live grant was shown.
pub(super) fn unauthorized() -> Result<Response> {
    let response = answer(&Answer::unauthorized())?;
    response.headers().set("www-authenticate", "Bearer")?;
    Ok(response)
}

/// The path is right, the method is not: only those `allowed` are.
pub(super) fn not_allowed(allowed: &str) -> Result<Response> {
    let response = text(405, "This path does not take this method.\n")?;
    response.headers().set("allow", allowed)?;
    Ok(response)
}

/// There is nothing at this path.
pub(super) fn not_found() -> Result<Response> {
    text(404, "Nothing here. A gateway URL is /{server}/mcp; the admin API is /api/v1/.\n")
}
