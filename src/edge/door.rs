//! Who may knock: hosts, origins of web pages, media types, sizes. Checked before any grant is looked at, except for the
//! body, which is only read for a grant.

use futures_util::StreamExt;
use worker::{Env, Headers, Request, Result};

use crate::wire::Answer;

/// The most bytes that a message may have: 1 MiB.
const MAX_BODY: usize = 1024 * 1024;

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) message: &'static str,
}

const fn refused(status: u16, message: &'static str) -> Refused {
    Refused { status, message }
}

impl Refused {
    /// The refusal as an MCP client reads it.
    pub(super) fn answer(self) -> Answer {
        Answer::at_the_door(self.status, self.message)
    }
}

/// Refuses a request for a host that is not ours, or from a web page that is not (DNS rebinding; MCP 2026-07-28,
/// Streamable HTTP, Security).
pub(super) fn check(headers: &Headers, env: &Env) -> Result<Option<Refused>> {
    let hosts = variable(env, "HOSTS");
    let host = headers.get("host")?.unwrap_or_default();
    if !hosts.split(',').any(|allowed| host_matches(allowed.trim(), &host)) {
        return Ok(Some(refused(
            421,
            "This gateway does not answer for this host: the operator lists its hosts in HOSTS",
        )));
    }
    if let Some(origin) = headers.get("origin")? {
        let origins = variable(env, "ORIGINS");
        if !origins.split(',').any(|allowed| !allowed.trim().is_empty() && allowed.trim() == origin) {
            return Ok(Some(refused(403, "Web pages of this origin may not use this gateway")));
        }
    }
    Ok(None)
}

/// Slows down whoever guesses bearers: asked before the store is, for a bearer that this isolate has not met. A shield, not
/// a promise: the platform counts in each of its places by itself.
pub(super) async fn shield(headers: &Headers, env: &Env) -> Result<Option<Refused>> {
    let address = headers.get("cf-connecting-ip")?.unwrap_or_default();
    let outcome = env.rate_limiter("SHIELD")?.limit(address).await?;
    Ok((!outcome.success).then_some(refused(429, "Too many unknown grants from this address: wait a minute")))
}

/// An entry without a port stands for the host on any port.
fn host_matches(allowed: &str, host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    !allowed.is_empty() && (allowed.eq_ignore_ascii_case(host) || allowed.eq_ignore_ascii_case(name))
}

fn variable(env: &Env, name: &str) -> String {
    // An unset variable is an empty list, and an empty list lets nobody in.
    env.var(name).map(|value| value.to_string()).unwrap_or_default()
}

/// Reads the body, if it is of a kind and a size that we read.
pub(super) async fn body(request: &mut Request) -> Result<std::result::Result<Vec<u8>, Refused>> {
    let headers = request.headers();
    let media_type = headers.get("content-type")?.unwrap_or_default();
    if !is_json(&media_type) {
        return Ok(Err(refused(415, "The content type must be application/json")));
    }
    if headers.has("content-encoding")? {
        return Ok(Err(refused(415, "A message must not be compressed: send it without Content-Encoding")));
    }
    Ok(capped(request, MAX_BODY).await?.ok_or(too_large()))
}

/// The body, or nothing if it has more than `most` bytes. One whose length nobody announced is counted as it comes.
pub(super) async fn capped(request: &mut Request, most: usize) -> Result<Option<Vec<u8>>> {
    let announced = request.headers().get("content-length")?.map(|length| length.parse::<usize>());
    match announced {
        Some(Ok(length)) if length <= most => return request.bytes().await.map(Some),
        Some(_) => return Ok(None),
        None => {}
    }
    let mut body = Vec::new();
    // A request without a body has no stream.
    let Ok(mut stream) = request.stream() else { return Ok(Some(body)) };
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(body))
}

const fn too_large() -> Refused {
    refused(413, "A message has at most 1 MiB")
}

/// `application/json`, with no parameter but `charset=utf-8`.
fn is_json(media_type: &str) -> bool {
    let (essence, parameter) = media_type.split_once(';').unwrap_or((media_type, ""));
    let charset = parameter.trim();
    essence.trim().eq_ignore_ascii_case("application/json")
        && (charset.is_empty()
            || charset.eq_ignore_ascii_case("charset=utf-8")
            || charset.eq_ignore_ascii_case("charset=\"utf-8\""))
}
