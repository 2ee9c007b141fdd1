//! The headers in which the modern era mirrors the body (MCP 2026-07-28, Streamable HTTP, Server Validation).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::head::Head;
use super::refused::Refused;

/// Refuses a modern request whose mirrored headers do not say what its body says.
pub(super) fn check(head: &Head<'_>, method: &str, name: Option<&str>) -> Result<(), Refused> {
    if head.method != Some(method) {
        return Err(Refused::header_mismatch("Mcp-Method"));
    }
    let Some(name) = name else { return Ok(()) };
    match head.name.and_then(decode_mirrored) {
        Some(mirrored) if mirrored == name => Ok(()),
        Some(_) | None => Err(Refused::header_mismatch("Mcp-Name")),
    }
}

/// How `value` is written in a mirrored header: as it is where that is safe, else as `=?base64?…?=`.
pub fn encode_mirrored(value: &str) -> String {
    let visible = value.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    let edges = value.starts_with(' ') || value.ends_with(' ');
    let like_sentinel = sentinel(value).is_some();
    if visible && !edges && !like_sentinel && !value.is_empty() {
        value.to_owned()
    } else {
        format!("=?base64?{}?=", STANDARD.encode(value))
    }
}

/// What a mirrored header says; none if its base64 is malformed or not canonical.
pub fn decode_mirrored(header: &str) -> Option<String> {
    // The white space around a value is none of it (RFC 9110, section 5.5).
    let header = header.trim_matches([' ', '\t']);
    match sentinel(header) {
        None => Some(header.to_owned()),
        Some(base64) => String::from_utf8(STANDARD.decode(base64).ok()?).ok(),
    }
}

fn sentinel(value: &str) -> Option<&str> {
    value.strip_prefix("=?base64?")?.strip_suffix("?=")
}
