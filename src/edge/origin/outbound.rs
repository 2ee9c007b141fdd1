//! A message on its way to the origin: the body as it was judged, under header fields that the gateway computed.

use worker::js_sys::Uint8Array;
use worker::{Headers, Method, Request, RequestInit, RequestRedirect, Result, wasm_bindgen::JsValue};

use super::Route;
use crate::registry::HeaderValue;
use crate::wire::{self, Asked, Era, LEGACY_REVISIONS, MODERN_REVISION, Session};

/// What goes to the origin.
pub(in crate::edge) struct Outbound {
    pub(super) method: Method,
    /// Whether it goes to a session of the origin's.
    pub(super) has_session: bool,
    headers: Headers,
    body: Option<JsValue>,
}

impl Outbound {
    /// A request.
    pub(in crate::edge) fn request_of(
        from: &Headers,
        request: &wire::Request<'_>,
        session: Option<&Session>,
        mirrored: &[(String, String)],
        body: &[u8],
    ) -> Result<Self> {
        let outbound = Self::message(from, request.era, session, body)?;
        if request.era == Era::Modern {
            outbound.headers.set("mcp-method", request.method)?;
            if let Asked::Judged(subject) = &request.asked
                && let Some(name) = subject.mirrored(request.method)
            {
                outbound.headers.set("mcp-name", &name)?;
            }
            for (field, value) in mirrored {
                outbound.headers.set(field, value)?;
            }
        }
        Ok(outbound)
    }

    /// A notification, or an answer to a request of the origin's.
    pub(in crate::edge) fn message(from: &Headers, era: Era, session: Option<&Session>, body: &[u8]) -> Result<Self> {
        let headers = match era {
            Era::Legacy => legacy(from, session)?,
            Era::Modern => {
                let headers = Headers::new();
                headers.set("mcp-protocol-version", MODERN_REVISION)?;
                headers
            }
        };
        headers.set("content-type", "application/json")?;
        headers.set("accept", "application/json, text/event-stream")?;
        let has_session = session.is_some_and(|session| session.origin_id().is_some());
        Ok(Self { method: Method::Post, has_session, headers, body: Some(Uint8Array::from(body).into()) })
    }

    /// A list of tools that the gateway asks for itself.
    pub(super) fn own(body: &str) -> Result<Self> {
        let headers = Headers::new();
        headers.set("mcp-method", "tools/list")?;
        headers.set("mcp-protocol-version", MODERN_REVISION)?;
        headers.set("content-type", "application/json")?;
        headers.set("accept", "application/json, text/event-stream")?;
        Ok(Self { method: Method::Post, has_session: false, headers, body: Some(body.into()) })
    }

    /// The legacy GET stream, resumed where the agent says, or the end of a session.
    pub(in crate::edge) fn session(from: &Headers, method: Method, session: Option<&Session>) -> Result<Self> {
        let headers = legacy(from, session)?;
        headers.set("accept", "text/event-stream")?;
        if let Some(last) = from.get("last-event-id")?
            && last.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
        {
            headers.set("last-event-id", &last)?;
        }
        Ok(Self { method, has_session: session.is_some(), headers, body: None })
    }

    /// The HTTP request, with what the server's record adds.
    pub(super) fn request(&self, route: &Route<'_>) -> Result<Request> {
        for (name, value) in &route.origin.headers {
            match value {
                HeaderValue::Text(text) => self.headers.set(name, text)?,
                HeaderValue::Secret { secret } => self.headers.set(name, &route.env.secret(secret)?.to_string())?,
            }
        }
        let mut init = RequestInit::new();
        init.with_method(self.method.clone())
            .with_headers(self.headers.clone())
            // A redirect is not followed: it would carry the call, and the credentials, to somebody unregistered.
            .with_redirect(RequestRedirect::Manual)
            .with_body(self.body.clone());
        Request::new_with_init(route.origin.url.as_str(), &init)
    }
}

/// The legacy header fields: the revision, if it is a known one, and the origin's own session.
fn legacy(from: &Headers, session: Option<&Session>) -> Result<Headers> {
    let headers = Headers::new();
    if let Some(version) = from.get("mcp-protocol-version")?
        && LEGACY_REVISIONS.contains(&version.as_str())
    {
        headers.set("mcp-protocol-version", &version)?;
    }
    if let Some(id) = session.and_then(Session::origin_id) {
        headers.set("mcp-session-id", id)?;
    }
    Ok(headers)
}
