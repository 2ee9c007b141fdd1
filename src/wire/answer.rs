//! Answers that the gateway makes itself.

use super::era::Era;
use super::id::Id;
use super::json::{Node, Object, Value, quote};

/// An HTTP status and a JSON-RPC message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The message, as JSON. It is written, not built: a denial is what the gateway says most often.
    pub body: String,
}

/// A message of the origin's that is none that we can pass on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnAnswer;

/// The gateway itself failed: nothing was forwarded, or the origin's answer cannot be passed on.
pub(super) const INTERNAL_ERROR: i32 = -32603;
/// The body is not JSON.
pub(super) const PARSE_ERROR: i32 = -32700;
/// The body is JSON, but no message.
pub(super) const INVALID_REQUEST: i32 = -32600;
/// The method is not in the table of the era.
pub(super) const METHOD_NOT_FOUND: i32 = -32601;
/// The parameters are not the method's.
pub(super) const INVALID_PARAMS: i32 = -32602;
/// A mirrored header is missing, malformed or disagrees with the body (2026-07-28).
pub const HEADER_MISMATCH: i32 = -32020;
/// The protocol version is not one that the gateway speaks (2026-07-28).
pub(super) const UNSUPPORTED_VERSION: i32 = -32022;
/// No such resource, in the legacy era.
const RESOURCE_NOT_FOUND: i32 = -32002;
/// A policy refused. Outside -32768…-32000, which JSON-RPC and MCP reserve.
const DENIED: i32 = 4030;
/// Nobody with a live grant asked. Outside the reserved range too.
const UNAUTHORIZED: i32 = 4010;

/// Whether a result says that its tool has failed.
pub fn says_is_error(result: &Object<'_>) -> bool {
    matches!(result.get("isError"), Some(Node { value: Value::Bool(true), .. }))
}

impl Answer {
    /// A JSON-RPC error. The id is null when it could not be read; `data` is JSON.
    pub fn error(status: u16, id: Option<&Id>, code: i32, message: &str, data: Option<&str>) -> Self {
        let id = id.map_or_else(|| "null".to_owned(), Id::written);
        let message = quote(message);
        let data = data.map(|data| format!(r#","data":{data}"#)).unwrap_or_default();
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":{code},"message":{message}{data}}}}}"#);
        Self { status, body }
    }

    /// Somebody was refused before any message was read.
    pub fn at_the_door(status: u16, message: &str) -> Self {
        Self::error(status, None, INVALID_REQUEST, message, None)
    }

    /// No live grant was shown. 401 is for this alone: clients answer it with a sign-in.
    pub fn unauthorized() -> Self {
        let message = "Show a valid grant for this server: Authorization: Bearer tg_…";
        Self::error(401, None, UNAUTHORIZED, message, None)
    }

    /// Something that the call needs cannot be reached; nothing was forwarded.
    pub fn outage(id: Option<&Id>, message: &str) -> Self {
        Self::error(503, id, INTERNAL_ERROR, message, None)
    }

    /// A session that is not, or is not this agent's: the client begins anew. Who shows another's session learns nothing
    /// else than who shows one that never was.
    pub fn no_such_session(id: Option<&Id>) -> Self {
        Self::error(404, id, INVALID_REQUEST, "Session not found", None)
    }

    /// An answer of the agent's to a request that nobody made of it.
    pub fn not_asked(sealed_id: &str) -> Self {
        let id = Id::String(sealed_id.to_owned());
        Self::error(400, Some(&id), INVALID_REQUEST, "Nobody asked this on this session", None)
    }

    /// The origin took too long.
    pub fn late_origin(id: Option<&Id>) -> Self {
        Self::error(504, id, INTERNAL_ERROR, "The origin did not answer in time. What it has done is not known", None)
    }

    /// A mirrored header field disagrees with the body.
    pub fn header_mismatch(id: &Id, field: &str) -> Self {
        let message = format!("The header `{field}` must be there once, well formed, and agree with the body");
        Self::error(400, Some(id), HEADER_MISMATCH, &message, None)
    }

    /// The origin did not answer, or not with anything that can be passed on.
    pub fn bad_origin(id: Option<&Id>, message: &str) -> Self {
        Self::error(502, id, INTERNAL_ERROR, message, None)
    }

    /// A tool result that says `isError`, which the model reads. `meta` is a JSON object.
    pub fn tool_error(id: &Id, era: Era, text: &str, meta: Option<&str>) -> Self {
        let (id, text) = (id.written(), quote(text));
        let kind = match era {
            Era::Legacy => "",
            Era::Modern => r#","resultType":"complete""#,
        };
        let meta = meta.map(|meta| format!(r#","_meta":{meta}"#)).unwrap_or_default();
        let result = format!(r#"{{"content":[{{"type":"text","text":{text}}}],"isError":true{kind}{meta}}}"#);
        Self { status: 200, body: format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#) }
    }

    /// A policy refused something that is no tool call. `denial` is JSON.
    pub fn denied(id: &Id, text: &str, denial: &str) -> Self {
        Self::error(200, Some(id), DENIED, text, Some(denial))
    }

    /// What the origin says of a resource that does not exist.
    pub fn no_such_resource(id: &Id, era: Era, uri: &str) -> Self {
        let message = format!("Resource not found: '{uri}'");
        let (status, code) = match era {
            Era::Legacy => (200, RESOURCE_NOT_FOUND),
            Era::Modern => (400, INVALID_PARAMS),
        };
        Self::error(status, Some(id), code, &message, Some(&format!(r#"{{"uri":{}}}"#, quote(uri))))
    }

    /// What the origin says of a prompt that does not exist.
    pub fn no_such_prompt(id: &Id, era: Era, name: &str) -> Self {
        let status = match era {
            Era::Legacy => 200,
            Era::Modern => 400,
        };
        Self::error(status, Some(id), INVALID_PARAMS, &format!("Unknown prompt: '{name}'"), None)
    }
}
