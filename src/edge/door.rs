//! Who may knock at all, and what of a body is read for a grant.

use worker::{Env, Result};

use super::settings::Settings;
use super::visit::Visit;
use crate::wire::Answer;

/// The most bytes that a message may have: 1 MiB.
pub(super) const MAX_BODY: u32 = 1024 * 1024;

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
    /// A message of more than [`MAX_BODY`].
    pub(super) const TOO_LARGE: Self = refused(413, "A message has at most 1 MiB");

    /// The refusal as an MCP client reads it.
    pub(super) fn answer(self) -> Answer {
        Answer::at_the_door(self.status, self.message)
    }
}

/// Refuses a request for a host that is not ours, or from a web page that is not (DNS rebinding; MCP 2026-07-28,
/// Streamable HTTP, Security).
pub(super) fn check(visit: &Visit, settings: &Settings) -> Option<Refused> {
    if let Some(refused) = check_host(visit, settings) {
        return Some(refused);
    }
    let origin = visit.field("origin")?;
    (!settings.origins.iter().any(|allowed| *allowed == origin))
        .then_some(refused(403, "Web pages of this origin may not use this gateway"))
}

/// Refuses a request for a host that is not ours.
pub(super) fn check_host(visit: &Visit, settings: &Settings) -> Option<Refused> {
    let host = visit.field("host").unwrap_or_default();
    (!settings.hosts.iter().any(|allowed| host_matches(allowed, &host)))
        .then_some(refused(421, "This gateway does not answer for this host: the operator lists its hosts in HOSTS"))
}

/// Slows down whoever guesses bearers: asked before the store is, for a bearer that this isolate has not met. A shield, not
/// a promise: the platform counts in each of its places by itself.
pub(super) async fn shield(visit: &Visit, env: &Env) -> Result<Option<Refused>> {
    let outcome = env.rate_limiter("SHIELD")?.limit(visit.address().unwrap_or_default()).await?;
    Ok((!outcome.success).then_some(refused(429, "Too many unknown grants from this address: wait a minute")))
}

/// Refuses a body of a kind that we do not read.
pub(super) fn check_body(visit: &Visit) -> Option<Refused> {
    if !is_json(&visit.field("content-type").unwrap_or_default()) {
        return Some(refused(415, "The content type must be application/json"));
    }
    visit
        .field("content-encoding")
        .map(|_| refused(415, "A message must not be compressed: send it without Content-Encoding"))
}

/// An entry without a port stands for the host on any port.
fn host_matches(allowed: &str, host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    allowed.eq_ignore_ascii_case(host) || allowed.eq_ignore_ascii_case(name)
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
