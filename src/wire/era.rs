//! The two wire eras, and how a message says which it belongs to.

use super::json::Object;
use super::refused::Refused;

/// The revision of the modern era: no `initialize`, no sessions, `_meta` on every request.
pub const MODERN_REVISION: &str = "2026-07-28";

/// The revisions of the legacy era: `initialize`, sessions, a GET stream. Newest first.
pub const LEGACY_REVISIONS: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

pub(super) const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
pub(super) const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// Which of the two protocols a message speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// 2024-11-05 to 2025-11-25.
    Legacy,
    /// 2026-07-28.
    Modern,
}

impl Era {
    /// Decides the era from header **and** body, which must agree: one origin routes by the header alone, others by the
    /// body, and a message that says both things is executed unchecked by one of them.
    pub(super) fn decide(header: Option<&str>, params: Option<&Object<'_>>) -> Result<Self, Refused> {
        let meta = params.and_then(|params| params.get("_meta")).and_then(|meta| meta.as_object());
        let in_body = meta.and_then(|meta| meta.get(META_VERSION));
        match (header, in_body) {
            (None, None) => Ok(Self::Legacy),
            (Some(header), None) if LEGACY_REVISIONS.contains(&header) => Ok(Self::Legacy),
            (Some(MODERN_REVISION), None) => Err(Refused::missing_meta(META_VERSION)),
            (Some(header), None) => Err(Refused::unsupported_version(header)),
            (Some(header), Some(node)) if node.as_str() == Some(header) => {
                if header != MODERN_REVISION {
                    return Err(Refused::unsupported_version(header));
                }
                match meta.and_then(|meta| meta.get(META_CAPABILITIES)).and_then(|node| node.as_object()) {
                    Some(_) => Ok(Self::Modern),
                    None => Err(Refused::missing_meta(META_CAPABILITIES)),
                }
            }
            (_, Some(_)) => Err(Refused::header_mismatch("MCP-Protocol-Version")),
        }
    }

    /// The era that the header alone claims, for answers to bodies that cannot be read.
    pub(super) fn claimed(header: Option<&str>) -> Self {
        match header {
            Some(version) if !LEGACY_REVISIONS.contains(&version) => Self::Modern,
            Some(_) | None => Self::Legacy,
        }
    }
}
