//! How a message says which era it belongs to.

use super::era::{Era, LEGACY_REVISIONS, META_CAPABILITIES, META_VERSION, MODERN_REVISION};
use super::json::Object;
use super::refused::Refused;

/// Decides the era from header **and** body, which must agree: one origin routes by the header alone, others by the
/// body, and a message that says both things is executed unchecked by one of them.
pub(super) fn era(header: Option<&str>, params: Option<&Object<'_>>) -> Result<Era, Refused> {
    let meta = params.and_then(|params| params.get("_meta")).and_then(|meta| meta.as_object());
    let in_body = meta.and_then(|meta| meta.get(META_VERSION));
    match (header, in_body) {
        (None, None) => Ok(Era::Legacy),
        (Some(header), None) if LEGACY_REVISIONS.contains(&header) => Ok(Era::Legacy),
        (Some(MODERN_REVISION), None) => Err(Refused::missing_meta(META_VERSION)),
        (Some(header), None) => Err(Refused::unsupported_version(header)),
        (Some(header), Some(node)) if node.as_str() == Some(header) => {
            if header != MODERN_REVISION {
                return Err(Refused::unsupported_version(header));
            }
            match meta.and_then(|meta| meta.get(META_CAPABILITIES)).and_then(|node| node.as_object()) {
                Some(_) => Ok(Era::Modern),
                None => Err(Refused::missing_meta(META_CAPABILITIES)),
            }
        }
        (_, Some(_)) => Err(Refused::header_mismatch("MCP-Protocol-Version")),
    }
}

/// The era that the header alone claims, for answers to bodies that cannot be read.
pub(super) fn claimed(header: Option<&str>) -> Era {
    match header {
        Some(version) if !LEGACY_REVISIONS.contains(&version) => Era::Modern,
        Some(_) | None => Era::Legacy,
    }
}
