//! The two wire eras, and their revisions.

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
