//! A message on its way to the origin: the body as it was judged, under header fields that the gateway computed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use wasm_bindgen::JsValue;
use worker::Result;

use super::Route;
use crate::edge::visit::Visit;
use crate::registry::HeaderValue;
use crate::wire::{self, Asked, Era, LEGACY_REVISIONS, MODERN_REVISION, Session};

/// What goes to the origin.
pub(in crate::edge) struct Outbound {
    pub(super) method: &'static str,
    /// Whether it goes to a session of the origin's.
    pub(super) has_session: bool,
    /// Values by lower-case name.
    fields: BTreeMap<Cow<'static, str>, String>,
    /// A string, bytes or nothing, as the platform sends it.
    pub(super) body: JsValue,
}

/// What a message is, and what its answer may be.
const MEDIA_TYPES: [(&str, &str); 2] =
    [("content-type", "application/json"), ("accept", "application/json, text/event-stream")];

impl Outbound {
    /// A request.
    pub(in crate::edge) fn request(
        visit: &Visit,
        request: &wire::Request<'_>,
        session: Option<&Session>,
        mirrored: Vec<(String, String)>,
        body: JsValue,
    ) -> Self {
        let mut outbound = Self::message(visit, request.era, session, body);
        if request.era == Era::Modern {
            outbound.add("mcp-method", request.method);
            if let Asked::Judged(subject) = &request.asked
                && let Some(name) = subject.mirrored(request.method)
            {
                outbound.add("mcp-name", name);
            }
            let mirrored = mirrored.into_iter().map(|(field, value)| (field.to_ascii_lowercase().into(), value));
            outbound.fields.extend(mirrored);
        }
        outbound
    }

    /// A notification, or an answer to a request of the origin's.
    pub(in crate::edge) fn message(visit: &Visit, era: Era, session: Option<&Session>, body: JsValue) -> Self {
        let mut outbound = Self::of("POST", session, body);
        match era {
            Era::Legacy => outbound.add_legacy(visit, session),
            Era::Modern => outbound.add("mcp-protocol-version", MODERN_REVISION),
        }
        outbound.add_media_types();
        outbound
    }

    /// A list of tools that the gateway asks for itself.
    pub(super) fn own(body: &str) -> Self {
        let mut outbound = Self::of("POST", None, body.into());
        outbound.add("mcp-protocol-version", MODERN_REVISION);
        outbound.add("mcp-method", "tools/list");
        outbound.add_media_types();
        outbound
    }

    /// The legacy GET stream, resumed where the agent says, or the end of a session.
    pub(in crate::edge) fn session(visit: &Visit, session: Option<&Session>) -> Self {
        let method = if visit.method() == "DELETE" { "DELETE" } else { "GET" };
        let mut outbound = Self::of(method, session, JsValue::UNDEFINED);
        outbound.add_legacy(visit, session);
        outbound.add("accept", "text/event-stream");
        if let Some(last) = visit.field("last-event-id")
            && last.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
        {
            outbound.add("last-event-id", last);
        }
        outbound
    }

    fn of(method: &'static str, session: Option<&Session>, body: JsValue) -> Self {
        let has_session = session.is_some_and(|session| session.origin_id().is_some());
        Self { method, has_session, fields: BTreeMap::new(), body }
    }

    fn add(&mut self, field: &'static str, value: impl Into<String>) {
        self.fields.insert(field.into(), value.into());
    }

    fn add_media_types(&mut self) {
        for (field, value) in MEDIA_TYPES {
            self.add(field, value);
        }
    }

    /// The legacy header fields: the revision, if it is a known one, and the origin's own session.
    fn add_legacy(&mut self, visit: &Visit, session: Option<&Session>) {
        if let Some(version) = visit.field("mcp-protocol-version")
            && LEGACY_REVISIONS.contains(&version.as_ref())
        {
            self.add("mcp-protocol-version", version);
        }
        if let Some(id) = session.and_then(Session::origin_id) {
            self.add("mcp-session-id", id);
        }
    }

    /// All header fields, with what the server's record adds, as a JSON object. What the record says of a field is what the
    /// origin hears of it.
    pub(super) fn fields(&self, route: &Route<'_>) -> Result<String> {
        let own = self.fields.iter().map(|(field, value)| (field.as_ref(), Cow::Borrowed(value.as_str())));
        let mut fields: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
        fields.extend(own);
        for (field, value) in &route.origin.headers {
            let value = match value {
                HeaderValue::Text(text) => text.into(),
                HeaderValue::Secret { secret } => route.env.secret(secret)?.to_string().into(),
            };
            fields.insert(field, value);
        }
        Ok(serde_json::to_string(&fields)?)
    }
}
